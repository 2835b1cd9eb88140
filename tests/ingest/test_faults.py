"""What raw files get wrong: it costs no other row, tells a person what to do, and shows nobody's data."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from tests.ingest.test_landing import everything, order, outcomes, put
from voc_lib.errors import SourceError
from voc_lib.ingest import land, landed_months
from voc_lib.ingest.times import parse_times, usual_months
from voc_lib.params import Profile
from voc_lib.store import Store


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def stored(root: Path) -> bytes:
    frames = (pd.read_parquet(path).to_csv() for path in root.rglob("part.parquet"))
    return "".join(frames).encode() + (root / "state" / "land.json").read_bytes()


def test_numbers_of_persons_in_the_wrong_column_are_stored_nowhere(root: Path, profile: Profile) -> None:
    put(
        root, *(order(f"A{i}") for i in range(3)), order("X1", time="13900139000"), order("X2", time="110105194912310"),
        order("X3", branch="13700137000"), order("X4", branch="我叫王小五住在东城支行"), order("13600136000"),
        order("13500135000", branch="火星分行"), order("X5", time="2013-02-30 10:00"),
    )  # fmt: skip
    report = land(profile, root)
    assert outcomes(report) == {"record": 4, "impossible_time": 3, "unknown_branch": 3}
    kept = stored(root)
    for number in ("13900139000", "110105194912310", "13700137000", "13600136000", "13500135000", "王小五"):
        assert number.encode() not in kept, number
    details = everything(root, profile, "quarantine").set_index("record_id")["detail"]
    assert details["X5"] == "2013-02-30 10:00"
    assert details["X1"] == "not a time, 11 characters"
    landed = everything(root, profile, "landed")["record_id"]
    assert landed.is_unique and landed.str.fullmatch("A[0-9]|#[0-9a-f]{16}").all()


def test_a_new_spelling_of_a_branch_is_told_with_its_rows_and_the_nearest(root: Path, profile: Profile) -> None:
    put(root, *(order(f"A{i}") for i in range(10)), *(order(f"B{i}", branch="北京市分航") for i in range(4)))
    notes = land(profile, root).notes
    assert set(everything(root, profile, "quarantine")["detail"]) == {"北京市分航, nearest: BJ 北京市分行"}
    assert any(
        note.startswith(
            "work_orders_201305.csv: 4 rows of no branch: 北京市分航, nearest: BJ 北京市分行 (row 12, 13, 14, 15)"
        )
        and "aliases in params/branches.yaml" in note
        for note in notes
    )
    assert "work_orders_201305.csv: 4 of 14 rows refused (29%), most for unknown_branch" in notes
    again = land(profile, root)
    assert not again.changed and again.notes == notes


def test_a_source_without_a_file_is_told_with_the_nearest_name(root: Path, profile: Profile) -> None:
    put(root, order())
    (root / "raw" / "survey_callback_2013.csv").write_text("x", encoding="utf-8")
    notes = land(profile, root).notes
    assert "survey: no file matches survey_callbacks_*.csv; did you mean survey_callback_2013.csv?" in notes
    assert "complaint_intent: no file matches complaint_intents_*.xlsx" in notes


def test_a_file_name_in_upper_case_or_of_another_system_is_read(root: Path, profile: Profile) -> None:
    put(root, order("A1"), name="WORK_ORDERS_201305.CSV")
    folder = os.fsencode(root / "raw")
    other = put(root, order("A2"), name="work_orders_x.csv")
    other.rename(os.fsdecode(folder + b"/work_orders_" + "五月".encode("gbk") + b".csv"))
    Path(os.fsdecode(folder + b"/" + "说明".encode("gbk") + b".txt")).write_bytes(b"x")
    report = land(profile, root)
    assert [file.name for file in report.files] == ["WORK_ORDERS_201305.CSV", "work_orders_五月.csv"]
    assert report.unmatched == ("说明.txt",) and report.n_records == 2
    (root / "raw" / "more.txt").write_bytes(b"x")
    again = land(profile, root)
    assert not again.changed and again.unmatched == ("more.txt", "说明.txt")


def test_a_text_that_shows_nothing_is_no_text(root: Path, profile: Profile) -> None:
    texts = ["\u200b\u200b", "\ufeff", "\x07", "\u200b好"]
    put(root, *(order(f"A{i}", text=text) for i, text in enumerate(texts)), encoding="utf-8")
    assert outcomes(land(profile, root)) == {"empty_text": 3, "record": 1}


def test_what_is_done_about_a_voice_comes_from_the_latest_export(root: Path, profile: Profile) -> None:
    put(root, order("A1").replace("处理中", "已处理"), order("B1", "2013-06-03 10:00:00"), name="work_orders_0.csv")
    put(root, order("A1"), order("A2"), order("A2").replace("登录不上", "别的事"), name="work_orders_1.csv")
    assert outcomes(land(profile, root)) == {"record": 3, "duplicate": 1, "duplicate_id_conflict": 1}
    status = everything(root, profile, "landed").set_index("record_id")["status"]
    assert status.to_dict() == {"A1": "已处理", "A2": "处理中", "B1": "处理中"}


def test_customers_that_are_none_have_no_key_and_one_number_has_one(root: Path, profile: Profile) -> None:
    values = ["0", "00000000", "无", "匿名", "-", "---", "\u200b", "", "123", "123.0", "c1", "C1", "Ｃ1", "10"]
    put(root, *(order(f"A{i:02d}").replace("C1", value) for i, value in enumerate(values)), encoding="utf-8")
    land(profile, root)
    keys = everything(root, profile, "landed").sort_values("record_id")["customer_key"].tolist()
    assert all(pd.isna(key) for key in keys[:8])
    assert keys[8] == keys[9] and len(set(keys[10:13])) == 1 and len({*keys[8:]}) == 3


def test_a_typing_error_in_a_year_makes_no_month_of_a_run(root: Path, profile: Profile) -> None:
    rows = [order(f"A{i}") for i in range(15)]
    put(root, *rows, order("X1", "1913-05-02 10:00:00"), order("X2", "0213-05-02 10:00:00"))
    assert landed_months(root) is None
    report = land(profile, root)
    assert (report.months, report.stray_months) == (("2013-05",), ("1913-05",)) == (landed_months(root), ("1913-05",))
    assert outcomes(report) == {"record": 16, "impossible_time": 1}
    assert any(note.startswith("1913-05: 1 records far from all others") for note in report.notes)


@pytest.mark.parametrize(
    ("sizes", "usual"),
    [
        ({"2013-05": 1}, ["2013-05"]),
        ({"2013-04": 1, "2013-05": 2}, ["2013-04", "2013-05"]),
        ({"1913-05": 1, "2013-05": 15}, ["2013-05"]),
        ({"1913-05": 30, "2013-04": 30, "2013-05": 30}, ["2013-04", "2013-05"]),
        ({"2011-06": 20, "2013-05": 30}, ["2011-06", "2013-05"]),
        ({"2013-05": 30, "2099-01": 5}, ["2013-05"]),
    ],
)
def test_usual_months(sizes: dict[str, int], usual: list[str]) -> None:
    times = [pd.Timestamp(f"{month}-02") for month, size in sizes.items() for _ in range(size)]
    assert usual_months(pd.Series(times)) == usual


def test_times_before_telephone_banking_are_impossible() -> None:
    times = parse_times(pd.Series(["0213-05-02", "2013-05-02"]), ("%Y-%m-%d",), tz="UTC")
    assert times.isna().tolist() == [True, False]


def test_a_damaged_table_is_landed_again(root: Path, profile: Profile) -> None:
    put(root, order())
    land(profile, root)
    store = Store(str(root), profile.tz)
    part = Path(store.path("landed", "BJ", "2013-05"))
    whole = part.read_bytes()
    part.write_bytes(whole[:100])
    assert land(profile, root).changed
    assert part.read_bytes() == whole


def test_a_folder_of_strangers_names_the_pattern(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    (root / "raw" / "orders.csv").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match="no raw file belongs to a source"):
        land(profile, root)
