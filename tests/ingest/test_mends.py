"""Refused rows go out as a workbook, come back corrected, and become records; the ledger adds up all the while."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from tests.ingest.test_landing import everything, order, outcomes, put
from voc_lib.cli import main
from voc_lib.errors import ProfileError, SourceError
from voc_lib.ingest import intake, land
from voc_lib.ingest.refusal_files import write_refused
from voc_lib.ingest.refused import MENDABLE, ORIGIN, SHEET
from voc_lib.params import Profile

SECRETS = ("王小五", "13800138000", "C1", "登录不上")
CORRECT = {
    "X1": {"occurred_at": "2013-05-30 10:00"}, "X3": {"branch": "天津市分行"}, "X4": {"text": "年费收了两次"},
    "A1": {"record_id": "A1b"}, "X2": {"occurred_at": "2013/5/9"},
    "": {
        "record_id": "U1", "occurred_at": "2013-05-08 09:00", "branch": "北京分行", "text": "排队太久",
        "customer": "0012",
    },
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def raw_rows() -> list[str]:
    return [
        *(order(f"A{i}") for i in range(4)), order("A1", text="说的是别的事"), order("X1", time="2013-02-30 10:00:00"),
        order("X2", time="2099-01-01 00:00:00"), order("X3", branch="火星分行"), order("X4", text=" "),
        order("X5") + ",多一列",
    ]  # fmt: skip


def sent_out(root: Path, profile: Profile) -> list[Path]:
    return [path for path, _ in write_refused(profile, root, root.parent / "out")]


def fill_in(workbook: Path, target: Path, correct: Mapping[str, Mapping[str, object]]) -> Path:
    """What a clerk does: open, fill in by the row's number, save under another name."""
    book = openpyxl.load_workbook(workbook)
    sheet = book[SHEET]
    heading = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        number = row[heading.index(ORIGIN["record_id"])].value or ""
        for name, value in correct.get(number, {}).items():
            row[heading.index(MENDABLE[name])].value = value
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


def test_the_workbooks_tell_origin_and_reason_and_nothing_of_anybody(root: Path, profile: Profile) -> None:
    put(root, *raw_rows())
    land(profile, root)
    paths = sent_out(root, profile)
    assert [path.name for path in paths] == ["refused_BJ.xlsx", "refused_unknown.xlsx"]
    cells = [cell.value for path in paths for row in openpyxl.load_workbook(path)[SHEET].iter_rows() for cell in row]
    assert {
        "时间不存在",
        "时间晚于数据截止",
        "机构无法识别",
        "内容为空",
        "编号重复而内容不同",
        "行格式无法读取",
    } <= set(cells)
    assert not [text for text in cells if text and any(secret in str(text) for secret in SECRETS)]
    book = openpyxl.load_workbook(paths[0])
    rules = {str(rule.sqref)[0]: rule.formula1 for rule in book[SHEET].data_validations.dataValidation}
    names = [cell.value for cell in book["词表"]["A"]]
    assert names == [branch.name for branch in profile.branches.branches] and len(rules) == 2
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in sent_out(root, profile)] == first


def test_corrected_rows_become_records_and_the_ledger_adds_up(root: Path, profile: Profile) -> None:
    put(root, *raw_rows())
    before = land(profile, root)
    assert before.n_refused == 6
    for path in sent_out(root, profile):
        fill_in(path, root / "raw" / f"{path.stem}（已改）.xlsx", CORRECT)
    report = land(profile, root)
    assert outcomes(report) == {"record": 10} and report.n_rows == before.n_rows and report.unmatched == ()
    landed = everything(root, profile, "landed").set_index("record_id")
    assert {*landed.index} == {"A0", "A1", "A1b", "A2", "A3", "X1", "X2", "X3", "X4", "U1"}
    assert (
        landed["branch"]["X3"] == "TJ" and landed["text"]["X4"] == "年费收了两次" and landed["text"]["X1"] == "登录不上"
    )
    assert f"{landed['occurred_at']['X1']:%m-%d %H:%M}" == "05-30 10:00"
    assert landed["customer_key"]["U1"] != landed["customer_key"]["X1"] == landed["customer_key"]["A1"]
    assert landed["origin_file"].nunique() == 1 and landed["origin_row"].is_unique
    sums = intake(everything(root, profile, "ledger"))
    assert sums[["n_rows", "n_records"]].sum().tolist() == [10, 10]
    assert everything(root, profile, "quarantine").empty and not land(profile, root).changed
    assert any(note.endswith("2 refused rows corrected") for note in report.notes)


def test_twice_renamed_in_parts_and_in_any_order_it_is_the_same(root: Path, profile: Profile, tmp_path: Path) -> None:
    put(root, *raw_rows())
    land(profile, root)
    paths = sent_out(root, profile)
    parts = [{"X1": CORRECT["X1"]}, {"X4": CORRECT["X4"], "X1": {"record_id": "X1new"}}, CORRECT]
    stored = []
    for order_of_parts in ((0, 1), (1, 0), (0, 1, 0)):
        for path in (root / "raw").glob("*.xlsx"):
            path.unlink()
        for place, part in enumerate(order_of_parts):
            fill_in(paths[0], root / "raw" / f"{place}.xlsx", parts[part])
        report = land(profile, root)
        assert outcomes(report)["record"] == 6
        stored.append({path: path.read_bytes() for path in sorted(root.rglob("part.parquet"))})
    assert stored[0] == stored[1] == stored[2]
    assert "X1new" in set(everything(root, profile, "landed")["record_id"])
    # The raw file under another name, and then grown: its rows are the same.
    raw = root / "raw" / "work_orders_201305.csv"
    raw.rename(root / "raw" / "work_orders_may.csv")
    assert outcomes(land(profile, root))["record"] == 6
    (root / "raw" / "work_orders_may.csv").unlink()
    put(root, *raw_rows(), order("B1", text="后来的一行"))
    assert outcomes(land(profile, root))["record"] == 7


@pytest.mark.parametrize(
    ("number", "wrong", "said"),
    [
        ("X1", {"occurred_at": "明天13800138000"}, r"cell J\d: not a time"),
        ("X3", {"branch": "天津分航"}, r"cell K\d: not a branch, nearest: 天津市分行"),
        ("X1", {"score": "9"}, r"cell M\d: not a score from 1 to 5"),
        ("", {"record_id": "U1"}, r"row \d: a row that could not be read needs 更正时间, 更正分行, 更正内容"),
    ],
)
def test_a_wrong_cell_is_told_by_its_name_and_holds_up_nothing_else(
    root: Path, profile: Profile, number: str, wrong: Mapping[str, str], said: str
) -> None:
    put(root, *raw_rows())
    land(profile, root)
    for path in sent_out(root, profile):
        fill_in(path, root / "raw" / path.name, {**CORRECT, number: wrong})
    report = land(profile, root)
    assert outcomes(report)["record"] == 9 and report.n_refused == 1
    noted = [note for note in report.notes if "refused_" in note and "stays refused" in note]
    assert len(noted) == 1 and "13800138000" not in noted[0]
    assert re.search(said, noted[0])


def test_two_workbooks_that_contradict_each_other_correct_nothing(root: Path, profile: Profile) -> None:
    put(root, *raw_rows())
    land(profile, root)
    bj = sent_out(root, profile)[0]
    fill_in(bj, root / "raw" / "1.xlsx", {"X4": {"text": "年费收了两次"}})
    fill_in(bj, root / "raw" / "2.xlsx", {"X4": {"text": "年费收了三次"}})
    report = land(profile, root)
    assert outcomes(report)["empty_text"] == 1
    assert any("2.xlsx" in note and "更正内容 is another than in 1.xlsx" in note for note in report.notes)


def test_a_workbook_without_one_of_its_columns_and_one_for_another_file(root: Path, profile: Profile) -> None:
    put(root, *raw_rows())
    land(profile, root)
    bj = sent_out(root, profile)[0]
    broken = fill_in(bj, root / "raw" / "1.xlsx", CORRECT)
    book = openpyxl.load_workbook(broken)
    book[SHEET]["B1"].value = "文件指文"
    book.save(broken)
    with pytest.raises(SourceError, match=r"column: 文件指纹, nearest: 文件指文"):
        land(profile, root)
    shutil.copy(bj, broken)
    fill_in(bj, broken, CORRECT)
    (root / "raw" / "work_orders_201305.csv").unlink()
    put(root, order("Z1"), name="work_orders_other.csv")
    report = land(profile, root)
    assert outcomes(report) == {"record": 1}
    assert sum("is not here as it was" in note for note in report.notes) == 4


def test_what_somebody_filled_in_is_not_written_over(root: Path, profile: Profile, project: Path) -> None:
    put(root, *raw_rows())
    land(profile, root)
    bj = sent_out(root, profile)[0]
    fill_in(bj, bj, CORRECT)
    with pytest.raises(ProfileError, match="a workbook with corrections is there"):
        sent_out(root, profile)
    places = ["--params", str(project / "params"), "--data", str(root), "--output", str(root.parent / "output")]
    done = CliRunner().invoke(main, ["refused", *places, "--branch", "BJ"])
    assert done.exit_code == 0 and "refused_BJ.xlsx" in done.output and "unknown" not in done.output
    assert CliRunner().invoke(main, ["refused", *places, "--branch", "XX"]).exit_code == 2
