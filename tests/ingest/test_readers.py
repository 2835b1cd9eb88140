"""Reading one raw file: what is broken costs its own row and no other, and what cannot be read says why."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.test_landing import HEAD, order
from voc_lib.errors import SourceError
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.readers import READERS, read_chunks
from voc_lib.params import Profile, SourceSettings

NAMES = ("李秘密", "赵隐私", "王小五")


@pytest.fixture
def work_orders(profile: Profile) -> SourceSettings:
    assert profile.sources.work_order is not None
    return profile.sources.work_order


@dataclass
class Sheet:
    """All chunks of a sheet together."""

    heading: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)

    @property
    def n_rows(self) -> int:
        return len(self.rows) + len(self.unreadable)


def read_all(
    folder: Path, content: str | bytes, settings: SourceSettings, name: str = "work_orders_1.csv"
) -> dict[str, Sheet]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sheets: dict[str, Sheet] = {}
    for chunk in read_chunks(RawFile(name, path, "work_order", ""), settings):
        sheet = sheets.setdefault(chunk.sheet, Sheet(chunk.heading))
        sheet.rows += [list(row) for row in zip(*(column.to_pylist() for column in chunk.columns), strict=True)]
        sheet.numbers += chunk.numbers.tolist()
        sheet.unreadable += chunk.unreadable
    return sheets


def read(folder: Path, content: str | bytes, settings: SourceSettings, name: str = "work_orders_1.csv") -> Sheet:
    return next(iter(read_all(folder, content, settings, name).values()))


def written(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().rstrip("\n")


TEXTS = st.lists(
    st.sampled_from(["登录不上", ",", "，", '"', "\n", "闪退", " ", "2013", "a,b"]), min_size=1, max_size=6
).map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXTS, st.integers(-1, 60)), min_size=1, max_size=8), text_place=st.integers(3, 10))
def test_a_broken_quote_loses_its_own_row_alone(
    tmp_path_factory: pytest.TempPathFactory,
    work_orders: SourceSettings,
    texts: list[tuple[str, int]],
    text_place: int,
) -> None:
    """Any rows lose one of their quotes; every row that is whole is there, and no dropped cell is in a text."""
    heading = HEAD.split(",")
    heading.insert(text_place, heading.pop(heading.index("工单内容")))
    lines, whole = [], []
    for number, (text, quote) in enumerate(texts):
        values = dict(zip(HEAD.split(","), order(f"A{number}").split(","), strict=True))
        values |= {"客户姓名": f"隐私{number}", "工单内容": text}
        cells = [values[column] for column in heading]
        line = written(cells)
        quotes = [place for place, sign in enumerate(line) if sign == '"']
        if 0 <= quote < len(quotes):
            line = line[: quotes[quote]] + line[quotes[quote] + 1 :]
        else:
            whole.append(cells)
        lines.append(line)
    folder = tmp_path_factory.mktemp("raw")
    sheet = read(folder, "\n".join([",".join(heading), *lines, ""]), work_orders)
    for cells in whole:
        assert cells in sheet.rows
    for row in sheet.rows:
        kept = [cell for column, cell in zip(heading, row, strict=True) if column != "客户姓名"]
        assert not any("隐私" in cell for cell in kept)


def test_every_tenth_row_with_an_open_quote_costs_a_tenth(tmp_path: Path, work_orders: SourceSettings) -> None:
    rows = [order(f"A{i}", text='"登录不上' if i % 10 == 0 else "登录不上") for i in range(200)]
    sheet = read(tmp_path, "\n".join([HEAD, *rows, ""]), work_orders)
    assert (len(sheet.rows), len(sheet.unreadable), sheet.n_rows) == (180, 20, 200)
    assert [number for number, _ in sheet.unreadable] == list(range(2, 202, 10))


def test_texts_over_lines_and_quotes_in_a_text_are_kept(tmp_path: Path, work_orders: SourceSettings) -> None:
    rows = [order("A1", text='"第一行\n第二行, 还有"'), order("A2", text='"闪退"了'), order("A3", text='他说"慢"')]
    sheet = read(tmp_path, "\n".join([HEAD, *rows, ""]), work_orders)
    assert [row[9] for row in sheet.rows] == ["第一行\n第二行, 还有", '"闪退"了', '他说"慢"']
    first = ["工单内容", *(cell for cell in HEAD.split(",") if cell != "工单内容")]
    rows = ['"第一行\n第二行",A1,2013-05-02 10:00:00,北京市分行,东城支行,疑难,柜面,C1,王小五,13800138000,处理中']
    sheet = read(tmp_path, "\n".join([",".join(first), *rows, ""]), work_orders)
    assert [row[0] for row in sheet.rows] == ["第一行\n第二行"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_damaged_byte_costs_its_row_alone(tmp_path: Path, work_orders: SourceSettings, encoding: str) -> None:
    rows = [order(f"A{i}").encode(encoding) for i in range(5)]
    rows[2] = rows[2].replace("登录".encode(encoding), "登录".encode(encoding)[:-1] + b"\xff")
    sheet = read(tmp_path, b"\n".join([HEAD.encode(encoding), *rows, b""]), work_orders)
    assert [row[0] for row in sheet.rows] == ["A0", "A1", "A3", "A4"]
    assert sheet.unreadable == [(4, "a damaged character, line 4 of the file")]


def test_the_euro_sign_of_the_windows_code_page_is_read(tmp_path: Path, work_orders: SourceSettings) -> None:
    row = order("A1", text="换了100E").encode("gbk").replace(b"100E", b"100\x80")
    assert read(tmp_path, HEAD.encode("gbk") + b"\n" + row + b"\n", work_orders).rows[0][9] == "换了100€"


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path, work_orders: SourceSettings) -> None:
    rows = "\n".join([HEAD, *(order(f"A{i}") for i in range(40)), ""]).encode("gb18030").replace(b"A", b"\xff")
    with pytest.raises(SourceError, match=r"none of the encodings .*line: 2, damaged_lines: 40 as gb18030"):
        read(tmp_path, rows, work_orders)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.txt"])
def test_encoding_and_separator_are_found(
    tmp_path: Path, work_orders: SourceSettings, encoding: str, sign: str, name: str
) -> None:
    content = f"{HEAD}\n{order()}\n".replace(",", sign).encode(encoding)
    sheet = read(tmp_path, content, work_orders, name)
    assert sheet.rows == [order().split(",")] and sheet.heading == tuple(HEAD.split(","))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
def test_titles_above_the_heading_of_a_text_are_no_rows(
    tmp_path: Path, work_orders: SourceSettings, encoding: str, separator: str
) -> None:
    """A title with a quote and a comma in it, a blank line, a line of when it was made: none of them is the heading."""
    top = ['二〇一三年五月"工单"明细,（内部', "", "导出时间：2013-06-01  导出人：客服中心"]
    lines = [*top, HEAD.replace(",", separator), order().replace(",", separator), ""]
    sheet = read(tmp_path, "\n".join(lines).encode(encoding), work_orders)
    assert sheet.heading == tuple(HEAD.split(","))
    assert (sheet.rows, sheet.numbers, sheet.unreadable) == ([order().split(",")], [5], [])


def test_titles_and_merged_headings_of_a_workbook_are_understood(tmp_path: Path, work_orders: SourceSettings) -> None:
    """A title over the sheet; groups over some columns, others merged over both rows; each sheet by itself."""
    import openpyxl

    book = openpyxl.Workbook()
    head = HEAD.split(",")
    for sheet, title in ((book.active, ["五月工单明细"]), (book.create_sheet("六月"), [])):
        assert sheet is not None
        if title:
            sheet.append(title)
            sheet.append([])
        group = head.index("客户号")
        sheet.append([*head[:group], "客户信息", "", "", *head[group + 3 :]])
        sheet.append([*[""] * group, *head[group : group + 3], *[""] * (len(head) - group - 3)])
        sheet.append(order().split(","))
    book.save(tmp_path / "made.xlsx")
    found = read_all(tmp_path, (tmp_path / "made.xlsx").read_bytes(), work_orders, "work_orders_1.xlsx")
    assert [sheet.heading for sheet in found.values()] == [tuple(head)] * 2
    assert [sheet.rows for sheet in found.values()] == [[order().split(",")]] * 2
    assert [sheet.numbers for sheet in found.values()] == [[5], [3]]


def test_an_object_within_an_object_has_the_keys_of_both(tmp_path: Path) -> None:
    columns = {"record_id": "order.id", "occurred_at": "order.time", "branch": "branch", "text": "detail"}
    settings = SourceSettings.model_validate({"files": ["*.jsonl"], "columns": columns})
    line = '{"order": {"id": 7, "time": "2013-05-02", "tags": ["a"]}, "branch": "北京", "detail": {"a": 1}, "more": {}}'
    sheet = read(tmp_path, line, settings, "x.jsonl")
    assert sheet.heading == ("order.id", "order.time", "order.tags", "branch", "detail", "more")
    assert sheet.rows == [["7", "2013-05-02", '["a"]', "北京", '{"a": 1}', "{}"]]


def test_big5_is_told_from_gb18030_by_its_heading_or_by_its_characters(
    tmp_path: Path, work_orders: SourceSettings
) -> None:
    heading = HEAD.translate(str.maketrans("单编号时间网点类户联电话内处状态", "單編號時間網點類戶聯電話內處狀態"))
    row = order(branch="北京市分行", text="手機銀行登錄不上，請幫我處理").replace("东", "東").replace("处", "處")
    row = row.replace("疑难", "疑難").replace("柜", "櫃")
    sheet = read(tmp_path, f"{heading}\n{row}\n".encode("big5"), work_orders)
    assert sheet.rows == [row.split(",")]
    latin = work_orders.model_copy(update={"columns": {**work_orders.columns, "text": "text"}, "drop": ()})
    texts = "\n".join(f"{n},手機銀行登錄不上，請幫我處理，謝謝" for n in range(5))
    assert (
        read(tmp_path, f"id,text\n{texts}\n".encode("big5"), latin).rows[0][1] == "手機銀行登錄不上，請幫我處理，謝謝"
    )
    texts = texts.translate(str.maketrans("機銀錄請幫處謝", "机银录请帮处谢"))
    assert read(tmp_path, f"id,text\n{texts}\n".encode("gb18030"), latin).rows[0][1].startswith("手机银行")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    texts=st.lists(st.tuples(TEXTS, st.integers(-1, 60)), min_size=1, max_size=8),
    block=st.integers(1, 300),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_the_size_of_blocks_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory,
    work_orders: SourceSettings,
    texts: list[tuple[str, int]],
    block: int,
    line_end: str,
) -> None:
    lines = [HEAD]
    for number, (text, quote) in enumerate(texts):
        line = written(order(f"A{number}", text="正文").replace("正文", "\0").split(",")).replace("\0", written([text]))
        places = [place for place, sign in enumerate(line) if sign == '"']
        lines.append(line[: places[quote]] + line[places[quote] + 1 :] if 0 <= quote < len(places) else line)
    content = line_end.join([*lines, ""])
    folder = tmp_path_factory.mktemp("raw")
    whole = read(folder, content, work_orders)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voc_lib.ingest.readers.encoding._BLOCK", block)
        assert read(folder, content, work_orders) == whole


def test_json_lines_keep_the_number_of_their_line(tmp_path: Path, work_orders: SourceSettings) -> None:
    lines = [
        json.dumps({"工单编号": "A1", "分": 5, "比": 0.5, "有": True, "无": None}, ensure_ascii=False),
        "", "[1]", "{", json.dumps({"工单编号": 2, "工单内容": ["甲"]}, ensure_ascii=False), "[" * 100_000,
    ]  # fmt: skip
    sheet = read(tmp_path, "\n".join(lines), work_orders, "x.jsonl")
    assert sheet.heading == ("工单编号", "分", "比", "有", "无", "工单内容")
    assert sheet.rows == [["A1", "5", "0.5", "TRUE", "", ""], ["2", "", "", "", "", '["甲"]']]
    assert (sheet.numbers, [number for number, _ in sheet.unreadable]) == ([1, 5], [3, 4, 6])
    with pytest.raises(SourceError, match=r"holds no JSON objects .*x\.jsonl"):
        read(tmp_path, "1\n", work_orders, "x.jsonl")


def test_parquet_of_any_types_is_read_as_text(tmp_path: Path, work_orders: SourceSettings) -> None:
    sink = io.BytesIO()
    pd.DataFrame(
        {
            "号": [1, 2],
            "时": [dt.datetime(2013, 5, 2, 10), None],
            "类": pd.Categorical(["甲", None]),
            "文": ["一", None],
        }
    ).to_parquet(sink)
    sheet = read(tmp_path, sink.getvalue(), work_orders, "x.parquet")
    assert sheet.rows == [["1", "2013-05-02 10:00:00", "甲", "一"], ["2", "", "", ""]]
    assert sheet.numbers == [2, 3]
    with pytest.raises(SourceError, match=r"Parquet file cannot be read .*x\.parquet"):
        read(tmp_path, sink.getvalue()[:-10], work_orders, "x.parquet")


def test_all_sheets_of_a_workbook_are_read_or_those_named(tmp_path: Path, work_orders: SourceSettings) -> None:
    book = openpyxl.Workbook()
    for name, number in (("一月", "A1"), ("二月", "A2")):
        sheet = book.create_sheet(name)
        sheet.append([])
        sheet.append(["工单编号", "受理时间"])
        sheet.append([number, dt.datetime(2013, 5, 2, 10)])
        sheet.append([])
        sheet.append([7, 0.25])
    sink = io.BytesIO()
    book.save(sink)
    sheets = read_all(tmp_path, sink.getvalue(), work_orders, "x.xlsx")
    assert {name: sheet.rows for name, sheet in sheets.items()} == {
        "一月": [["A1", "2013-05-02 10:00:00"], ["7", "0.25"]],
        "二月": [["A2", "2013-05-02 10:00:00"], ["7", "0.25"]],
    }
    assert sheets["一月"].numbers == [3, 5]
    only = work_orders.model_copy(update={"sheets": ("二月",)})
    assert list(read_all(tmp_path, sink.getvalue(), only, "x.xlsx")) == ["二月"]
    gone = work_orders.model_copy(update={"sheets": ("三月",)})
    with pytest.raises(SourceError, match=r"sheet missing .*sheet: 三月"):
        read(tmp_path, sink.getvalue(), gone, "x.xlsx")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("suffix", READERS)
def test_whatever_the_bytes_a_reader_succeeds_or_raises_its_documented_error(
    tmp_path_factory: pytest.TempPathFactory, work_orders: SourceSettings, suffix: str, data: st.DataObject
) -> None:
    """Bytes out of nowhere, and a good file with some of its bytes changed, cut off or put in twice."""
    content = data.draw(st.one_of(st.binary(max_size=200), spoilt(good_file(suffix))))
    try:
        sheets = read_all(tmp_path_factory.mktemp("raw"), content, work_orders, f"x{suffix}")
    except SourceError as error:
        assert f"x{suffix}" in str(error)
        return
    for sheet in sheets.values():
        assert all(len(row) == len(sheet.heading) for row in sheet.rows)
        assert len({*sheet.numbers, *(number for number, _ in sheet.unreadable)}) == sheet.n_rows


def spoilt(content: bytes) -> st.SearchStrategy[bytes]:
    places = st.integers(0, len(content))
    return st.one_of(
        st.tuples(places, st.binary(min_size=1, max_size=4)).map(
            lambda change: content[: change[0]] + change[1] + content[change[0] + len(change[1]) :]
        ),
        places.map(lambda end: content[:end]),
        st.tuples(places, places).map(lambda ends: content[: max(ends)] + content[min(ends) :]),
    )


@cache
def good_file(suffix: str) -> bytes:
    frame = pd.DataFrame([order(f"A{n}", text='一"句，\n话').split(",") for n in range(3)], columns=HEAD.split(","))
    sink = io.BytesIO()
    if suffix == ".parquet":
        frame.to_parquet(sink)
    elif suffix in (".jsonl", ".ndjson"):
        frame.to_json(sink, orient="records", lines=True, force_ascii=False)
    elif suffix in (".xlsx", ".xlsm", ".xls"):
        frame.to_excel(sink, index=False)
    else:
        frame.to_csv(sink, index=False, encoding="gb18030", sep="," if suffix == ".csv" else "\t")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "an empty file"), (b"PK\3\4 cut off", "12 bytes that are no whole")]
)
def test_a_workbook_that_is_none_says_so_in_words(
    tmp_path: Path, work_orders: SourceSettings, content: bytes, told: str
) -> None:
    with pytest.raises(SourceError, match=f"workbook cannot be read .*found: {told}"):
        read(tmp_path, content, work_orders, name="x.xlsx")
