"""Reading one raw file: what is broken costs its own row and no other, and what cannot be read says why."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.test_landing import HEAD, order
from voc_lib.errors import SourceError
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.readers import Sheet, read_sheets
from voc_lib.params import Profile, SourceSettings

NAMES = ("李秘密", "赵隐私", "王小五")


@pytest.fixture
def work_orders(profile: Profile) -> SourceSettings:
    assert profile.sources.work_order is not None
    return profile.sources.work_order


def read(folder: Path, content: str | bytes, settings: SourceSettings, name: str = "work_orders_1.csv") -> Sheet:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_sheets(RawFile(name, path, "work_order", ""), settings)[0]


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
    with pytest.raises(SourceError, match=r"none of the encodings .*found: utf-16"):
        read(tmp_path, HEAD.encode("utf-16"), work_orders)


@pytest.mark.parametrize(("sign", "told"), [(";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")])
def test_another_separator_is_told(tmp_path: Path, work_orders: SourceSettings, sign: str, told: str) -> None:
    content = f"{HEAD}\n{order()}\n".replace(",", sign)
    with pytest.raises(SourceError, match=f"another separator .*expected: comma, found: {told}"):
        read(tmp_path, content, work_orders)


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "an empty file"), (b"PK\3\4 cut off", "12 bytes that are no whole")]
)
def test_a_workbook_that_is_none_says_so_in_words(
    tmp_path: Path, work_orders: SourceSettings, content: bytes, told: str
) -> None:
    with pytest.raises(SourceError, match=f"workbook cannot be read .*found: {told}"):
        read(tmp_path, content, work_orders, name="x.xlsx")
