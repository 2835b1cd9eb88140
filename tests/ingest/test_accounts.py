"""Whole files by month: they add up, and what lands later changes nothing of the months before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.test_landing import order, put
from voc_lib.ingest import intake, land
from voc_lib.ingest.collect import collect
from voc_lib.ingest.prepare import Preparer
from voc_lib.ingest.raw import find_raw_files
from voc_lib.ingest.settle import settle
from voc_lib.ingest.spill import Spill
from voc_lib.params import Profile
from voc_lib.privacy import Masker, Pseudonymiser, load_or_make_key
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, conform
from voc_lib.store import Store

BRANCHES = ("北京市分行", "天津市分行", "火星分行")
TIMES = ("2013-02-30 10:00:00", "2099-01-01 00:00:00", "")
TABLES = ("landed", "quarantine", "ledger", "rawfiles")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def partitions_up_to(root: Path, month: str) -> dict[str, bytes]:
    """The bytes of every landed partition of a month up to this one."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for table in TABLES
        for path in sorted((root / table).rglob("part.parquet"))
        if path.parent.name.removeprefix("month=") <= month  # "unknown" sorts after every month
    }


def rawfiles(root: Path, profile: Profile, month: str) -> pd.DataFrame:
    return Store(str(root), profile.tz).read("rawfiles", HEAD_OFFICE, month)


def some_rows(month: int) -> st.SearchStrategy[list[str]]:
    """Rows dated in a month, with faults, repetitions and clashes of numbers, and rows without a possible time."""
    dated = st.integers(1, 28).map(lambda day: f"2013-{month:02d}-{day:02d} 10:00:00")
    row = st.builds(
        order,
        number=st.integers(1, 12).map("GD{}".format),
        time=st.one_of(dated, dated, dated, st.sampled_from(TIMES)),
        branch=st.sampled_from(BRANCHES),
        text=st.sampled_from(["登录不上", "排队太久", " "]),
    )
    return st.lists(row, max_size=8)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.tuples(some_rows(3), some_rows(4), some_rows(5)),
    ahead=some_rows(5),
    new=some_rows(5),
    new_name=st.sampled_from(["work_orders_0.csv", "work_orders_9.csv"]),
)
def test_a_new_month_changes_nothing_of_the_months_before(
    root: Path,
    profile: Profile,
    old: tuple[list[str], list[str], list[str]],
    ahead: list[str],
    new: list[str],
    new_name: str,
) -> None:
    shutil.rmtree(root, ignore_errors=True)
    put(root, order("A3", "2013-03-01 10:00:00"), *old[0], *old[1], *ahead, name="work_orders_2.csv")
    put(root, order("A4", "2013-04-01 10:00:00"), *old[1], name="work_orders_4.csv")
    before = settled(root, profile, as_of="2013-04-30T23:59:59")
    put(root, order("A5", "2013-05-01 10:00:00"), *new, name=new_name)
    after = settled(root, profile, as_of="2013-05-31T23:59:59")
    for table in TABLES:
        for month in ("2013-03", "2013-04"):
            pd.testing.assert_frame_equal(_of(before[table], month), _of(after[table], month), obj=f"{table} {month}")
    for month in ("2013-03", "2013-04", "2013-05"):
        sums = intake(_of(after["rawfiles"], month))
        for name, n_rows in zip(sums["origin_file"], sums["n_rows"], strict=True):
            assert n_rows == len((root / "raw" / name).read_bytes().splitlines()) - 1
    last, whole = intake(_of(after["rawfiles"], "2013-05")), intake(after["ledger"])
    whole = whole[whole["origin_file"].isin(last["origin_file"])].reset_index(drop=True)
    # In a file this small one row from 2099 is a usual number, so it counts as later where landing refuses it.
    told = ["origin_file", "n_rows", "n_records", "n_duplicates"]
    pd.testing.assert_frame_equal(last[told], whole[told])
    assert (last["n_refused"] + last["n_later"]).tolist() == whole["n_refused"].tolist()


def settled(root: Path, profile: Profile, *, as_of: str) -> dict[str, pd.DataFrame]:
    """The tables that landing would write, each in its stored form; the writing is what takes its time."""
    files = find_raw_files(profile, root / "raw")
    preparer = Preparer(profile, Masker.default(), Pseudonymiser(load_or_make_key(root)))
    with Spill(root / "spill") as spill:
        collected = collect(profile, files, spill=spill, preparer=preparer)
        done = settle(collected, as_of=pd.Timestamp(as_of), tz=profile.tz)
        parts = list(done.parts())
    tables = {
        "landed": pd.concat([part.landed for part in parts if len(part.landed)], ignore_index=True),
        "quarantine": pd.concat([part.quarantine for part in parts], ignore_index=True),
        "ledger": done.accounts.ledger(),
        "rawfiles": done.accounts.rawfiles({file.name: file.sha256 for file in files}, collected.dated),
    }
    return {name: conform(frame, name, tz=profile.tz) for name, frame in tables.items()}


def _of(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    return frame[frame["month"] == month].reset_index(drop=True)


def test_the_default_as_of_moves_on_and_the_months_before_stay(root: Path, profile: Profile) -> None:
    april = [order(f"A{i}", "2013-04-03 09:00:00") for i in range(30)]
    put(root, *april, order("X1", "2013-05-01 00:10:00"), order("X2", "2099-01-01 00:00:00"), name="work_orders_04.csv")
    assert land(profile, root).as_of == "2013-04-30T23:59:59"
    before = partitions_up_to(root, "2013-04")
    assert {Path(name).parts[0] for name in before} == set(TABLES)
    put(root, *(order(f"M{i}", "2013-05-03 09:00:00") for i in range(30)), name="work_orders_05.csv")
    assert land(profile, root).as_of == "2013-05-31T23:59:59"
    assert partitions_up_to(root, "2013-04") == before
    outcomes = rawfiles(root, profile, "2013-04").set_index("outcome")
    assert outcomes["n_rows"].to_dict() == {"record": 30, "future_time": 2}
    assert outcomes["unplaced_rows"]["future_time"] == [32, 33]
    # What was a row from the future to April is a record of May, and so is its file a file of May.
    may = rawfiles(root, profile, "2013-05").set_index(["origin_file", "outcome"])["n_rows"].to_dict()
    assert may == {
        ("work_orders_04.csv", "record"): 31,
        ("work_orders_04.csv", "future_time"): 1,
        ("work_orders_05.csv", "record"): 30,
    }


def test_a_file_that_grew_by_a_month_leaves_the_branches_earlier_months_alone(root: Path, profile: Profile) -> None:
    april = [order(f"A{i}", "2013-04-03 09:00:00") for i in range(30)]
    put(root, *april, name="work_orders_2013.csv")
    land(profile, root)
    before = partitions_up_to(root, "2013-04")
    put(root, *april, *(order(f"M{i}", "2013-05-03 09:00:00") for i in range(30)), name="work_orders_2013.csv")
    land(profile, root)
    after = partitions_up_to(root, "2013-04")
    assert {name for name in before if before[name] != after[name]} == {
        "rawfiles/branch=head_office/month=2013-04/part.parquet"
    }
    assert rawfiles(root, profile, "2013-04").set_index("outcome")["n_rows"].to_dict() == {"record": 30, "later": 30}


def test_a_later_number_of_an_earlier_record_is_the_one_refused_whatever_its_files_name(
    root: Path, profile: Profile
) -> None:
    put(root, order("GD1", "2013-05-02 10:00:00", text="晚的"), name="work_orders_a.csv")
    put(root, order("GD1", "2013-04-02 10:00:00", text="早的"), name="work_orders_b.csv")
    put(root, *(order(f"A{i}", "2013-05-03 09:00:00") for i in range(3)), name="work_orders_c.csv")
    land(profile, root)
    store = Store(str(root), profile.tz)
    assert store.read("landed", "BJ", "2013-04")["text"].tolist() == ["早的"]
    refused = store.read("quarantine", "BJ", "2013-05")[["origin_file", "reason"]].values.tolist()
    assert refused == [["work_orders_a.csv", "duplicate_id_conflict"]]


def test_a_file_without_a_month_stands_in_the_ledger_alone(root: Path, profile: Profile) -> None:
    put(root, *(order(f"A{i}") for i in range(15)), *[order("", branch="火星分行")] * 15, name="work_orders_1.csv")
    put(root, order("X1", time="不详"), name="work_orders_2.csv")
    land(profile, root)
    whole = rawfiles(root, profile, "2013-05").set_index("outcome")
    assert set(whole["origin_file"]) == {"work_orders_1.csv"}
    assert whole["n_unplaced"].to_dict() == {"record": 0, "unreadable_row": 15}
    assert whole["unplaced_rows"]["unreadable_row"] == list(range(17, 29)), "the first twelve"
    nowhere = Store(str(root), profile.tz).read("ledger", UNKNOWN, UNKNOWN)
    assert nowhere.set_index("origin_file")["n_rows"]["work_orders_2.csv"] == 1


def test_a_missing_partition_of_whole_files_is_landed_again(root: Path, profile: Profile) -> None:
    put(root, order())
    land(profile, root)
    store = Store(str(root), profile.tz)
    store.remove("rawfiles", HEAD_OFFICE, "2013-05")
    assert land(profile, root).changed and store.exists("rawfiles", HEAD_OFFICE, "2013-05")


def test_months_that_are_gone_take_their_whole_files_with_them(root: Path, profile: Profile) -> None:
    put(root, order("A1", "2013-04-02 10:00:00"), order("A2", "2013-05-02 10:00:00"))
    land(profile, root)
    put(root, order("A2", "2013-05-02 10:00:00"))
    land(profile, root)
    assert Store(str(root), profile.tz).partitions("rawfiles") == [(HEAD_OFFICE, "2013-05")]


@pytest.mark.shared
def test_the_shared_exports_landed_month_by_month(root: Path, profile: Profile, shared_data: Path) -> None:
    """Half-year files lie there from the start; the work orders come month by month, and as_of with them."""
    (root / "raw").mkdir(parents=True)
    for file in (shared_data / "exports").glob("*2013H1*"):
        shutil.copy(file, root / "raw")
    before: dict[str, bytes] = {}
    for month in range(1, 7):
        shutil.copy(shared_data / "exports" / f"work_orders_20130{month}.csv", root / "raw")
        end = pd.Period(f"2013-{month:02d}", freq="M").end_time.floor("s")
        land(profile, root, as_of=end.to_pydatetime())
        now = partitions_up_to(root, f"2013-{month:02d}")
        assert before.items() <= now.items()
        before = now
        sums = intake(rawfiles(root, profile, f"2013-{month:02d}"))
        assert sums["n_rows"].sum() == sums[["n_records", "n_duplicates", "n_refused", "n_later"]].to_numpy().sum()
    assert not sums["n_later"].any() and sums["future_time"].sum() == 6
