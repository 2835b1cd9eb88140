"""Purged raw files: the tables stay to the byte, what comes again is known, and customers can still be forgotten."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from tests.ingest.test_forgetting import of
from tests.ingest.test_landing import everything, order, outcomes, put
from tests.ingest.test_mends import CORRECT, fill_in, sent_out
from voc_lib.cli import main
from voc_lib.errors import TableError
from voc_lib.ingest import forget, land, purge, trace
from voc_lib.params import Profile, load_profile
from voc_lib.privacy import find_canaries, verify_trail

MAY, JUNE = "work_orders_201305.csv", "work_orders_201306.csv"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


@pytest.fixture
def profile(project: Path, tmp_path: Path) -> Profile:
    """The profile that ships, with twenty days for raw files."""
    folder = tmp_path / "params"
    shutil.copytree(project / "params", folder)
    run = folder / "run.yaml"
    run.write_text(
        run.read_text(encoding="utf-8").replace("keep_raw_days: null", "keep_raw_days: 20"), encoding="utf-8"
    )
    return load_profile(folder)


def put_both(root: Path) -> None:
    put(
        root, *(of(f"C{i}", f"A{i}", text=f"登录不上第{i}次") for i in range(5)), of("C0", "A0", text="登录不上第0次"),
        order("X1", branch="火星分行"), order("X4", text=" "), of("C1", "A1", text="说的是别的"),
        order("U") + ",多一列", order("13700137000", text="我的事"),
    )  # fmt: skip
    put(root, *(of(f"C{i}", f"B{i}", time="2013-06-23 10:00:00") for i in range(4)), name=JUNE)


def tables(root: Path) -> dict[str, bytes]:
    names = ("landed", "quarantine", "ledger", "rawfiles")
    return {
        str(path.relative_to(root)): path.read_bytes() for n in names for path in sorted((root / n).rglob("*.parquet"))
    }


def test_the_tables_are_the_same_to_the_byte_after_a_purge_and_after_landing_anew(root: Path, profile: Profile) -> None:
    put_both(root)
    report = land(profile, root)
    before = tables(root)
    assert purge(profile, root, plan_only=True).files == ((MAY, "2013-05-02", 4),)
    assert (root / "raw" / MAY).exists()
    assert purge(profile, root).files == ((MAY, "2013-05-02", 4),)
    assert not (root / "raw" / MAY).exists() and (root / "raw" / JUNE).exists()
    assert tables(root) == before and not land(profile, root).changed
    shutil.rmtree(root / "landed")
    again = land(profile, root)
    assert again.changed and tables(root) == before and outcomes(again) == outcomes(report)
    assert purge(profile, root).files == () and verify_trail(root) == 1
    for folder in (path for path in root.iterdir() if path.name != "raw"):
        assert find_canaries(folder, ["13700137000", "13800138000", "王小五"]).empty


def test_two_files_of_the_same_bytes_are_kept_apart(root: Path, profile: Profile) -> None:
    put_both(root)
    shutil.copy(root / "raw" / MAY, root / "raw" / "work_orders_copy.csv")
    report = land(profile, root)
    before = tables(root)
    assert len(purge(profile, root).files) == 2
    assert tables(root) == before and outcomes(land(profile, root)) == outcomes(report)


def test_what_comes_again_is_known_and_what_is_new_is_not_lost(root: Path, profile: Profile) -> None:
    put_both(root)
    original = (put(root, name="work_orders_0.csv").parent / MAY).read_bytes()
    (root / "raw" / "work_orders_0.csv").unlink()
    purge(profile, root)
    # The same bytes under another name are not read again; the next purge takes them away.
    (root / "raw" / "work_orders_back.csv").write_bytes(original)
    report = land(profile, root)
    assert report.n_rows == 15 and any("landed and purged before" in note for note in report.notes)
    purge(profile, root)
    assert not (root / "raw" / "work_orders_back.csv").exists()
    # An overlapping export: one row as it was, one that says something else, one new.
    put(
        root, of("C2", "A2", text="登录不上第2次"), of("C3", "A3", text="换了说法"),
        of("C9", "A9", time="2013-06-20 09:00:00"), order("13700137000", text="我的事"), name="work_orders_overlap.csv",
    )  # fmt: skip
    overlap = next(file for file in land(profile, root).files if file.name == "work_orders_overlap.csv")
    assert overlap.outcomes == {"duplicate": 2, "duplicate_id_conflict": 1, "record": 1}
    landed = everything(root, profile, "landed")
    assert not landed.duplicated(["source", "record_id"]).any() and len(landed) == 11


def test_a_customer_is_forgotten_in_what_is_kept_even_after_a_rotation(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_both(root)
    purge(profile, root)
    linked = everything(root, profile, "landed").set_index("record_id")["customer_key"]
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "another key for tests, also 32 bytes")
    land(profile, root)
    rotated = everything(root, profile, "landed").set_index("record_id")["customer_key"]
    assert not set(linked) & set(rotated), "no key of the old kind is left in the tables"
    found = forget(profile, root, "C1")
    assert found.rows == {"kept": 5, "landed": 3, "quarantine": 3} and trace(profile, root, "C1").n_rows == 0
    report = land(profile, root)
    # C1 is the customer also of X1, X4 and the row whose number is a phone.
    assert report.n_erased == 6 and report.n_rows == sum(outcomes(report).values()) == 15
    assert not {"A1", "B1"} & set(everything(root, profile, "landed")["record_id"])
    assert "X4" not in set(everything(root, profile, "quarantine")["record_id"].dropna())


def test_all_raw_files_may_be_gone(root: Path, profile: Profile) -> None:
    put_both(root)
    land(profile, root)
    assert len(purge(profile, root, as_of="2013-12-31").files) == 2
    assert not list((root / "raw").iterdir())
    before = tables(root)
    shutil.rmtree(root / "landed")
    land(profile, root, as_of="2013-12-31")
    assert tables(root) == before
    done = CliRunner().invoke(main, ["land", "--params", str(profile.folder), "--data", str(root)])
    assert done.exit_code == 0 and "15 rows of 2 files" in done.output, done.output


def test_corrected_rows_stay_corrected_and_the_workbook_goes_with_its_file(root: Path, profile: Profile) -> None:
    put_both(root)
    land(profile, root)
    for path in sent_out(root, profile):
        fill_in(path, root / "raw" / path.name, {name: CORRECT[name] for name in ("X3", "X4")})
    n_records = land(profile, root).n_records
    assert purge(profile, root).workbooks == ("refused_BJ.xlsx",)
    report = land(profile, root)
    assert report.n_records == n_records and not any("not here as it was" in note for note in report.notes)
    assert everything(root, profile, "landed").set_index("record_id")["text"]["X4"] == "年费收了两次"


def test_what_is_kept_and_damaged_is_one_clear_error(root: Path, profile: Profile) -> None:
    put_both(root)
    purge(profile, root)
    part = next((root / "kept").rglob("landed.parquet"))
    part.write_bytes(part.read_bytes()[:50])
    shutil.rmtree(root / "landed")
    with pytest.raises(TableError, match=r"kept of purged raw files is missing or damaged .*landed.parquet"):
        land(profile, root)


def test_another_export_under_the_name_of_a_purged_file_stands_beside_it(root: Path, profile: Profile) -> None:
    put_both(root)
    purge(profile, root)
    put(root, of("C2", "A2", text="登录不上第2次"), of("C9", "A9", time="2013-06-20 09:00:00"), name=MAY)
    report = land(profile, root)
    named = {file.name: file.outcomes for file in report.files}
    assert named[MAY] == {"duplicate": 1, "record": 1}
    assert [name for name in named if name.startswith(f"{MAY} (")] and len(named) == 3
    assert sum(outcomes(report).values()) == report.n_rows == 17
    assert len(everything(root, profile, "landed")) == 11


def test_an_archive_goes_when_all_that_it_holds_may_go(root: Path, profile: Profile) -> None:
    put_both(root)
    raw = root / "raw"
    with zipfile.ZipFile(raw / "both.zip", "w") as archive:
        for name in (MAY, JUNE):
            archive.write(raw / name, name)
    (raw / MAY).unlink()
    (raw / JUNE).unlink()
    land(profile, root)
    before = tables(root)
    done = purge(profile, root)
    assert (done.files, done.held) == ((), (f"both.zip/{MAY}",)) and (raw / "both.zip").exists()
    done = purge(profile, root, as_of="2013-12-31")
    assert len(done.files) == 2 and not done.held and not (raw / "both.zip").exists()
    assert tables(root) == before and verify_trail(root) == 2


@pytest.mark.parametrize("kill_at", range(6))
def test_killed_at_any_step_no_row_is_lost_or_counted_twice(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    put_both(root)
    land(profile, root)
    before = tables(root)
    n_done = 0

    def dying(real: object) -> object:
        def step(*args: object, **named: object) -> object:
            nonlocal n_done
            if n_done == kill_at:
                raise KeyboardInterrupt
            n_done += 1
            return real(*args, **named)  # type: ignore[operator]

        return step

    from voc_lib.ingest import kept, retention

    with monkeypatch.context() as patch:
        patch.setattr(kept, "write_bytes", dying(kept.write_bytes))
        patch.setattr(retention, "record_event", dying(retention.record_event))
        patch.setattr(Path, "unlink", dying(Path.unlink))
        with pytest.raises(KeyboardInterrupt):
            purge(profile, root)
    land(profile, root)
    assert tables(root) == before
    purge(profile, root)
    assert tables(root) == before and not (root / "raw" / MAY).exists() and verify_trail(root) >= 1


def test_without_days_nothing_goes(root: Path, project: Path) -> None:
    shipped = load_profile(project / "params")
    put_both(root)
    assert purge(shipped, root, as_of="2020-01-01").files == () and (root / "raw" / MAY).exists()
    refused = CliRunner().invoke(main, ["purge", "--params", str(project / "params"), "--data", str(root)])
    assert refused.exit_code == 2 and "keep_raw_days" in refused.output


def test_the_verb_says_what_went(root: Path, profile: Profile) -> None:
    put_both(root)
    call = ["--params", str(profile.folder), "--data", str(root)]
    plan = CliRunner().invoke(main, ["purge", "--plan", *call])
    assert "would be purged: work_orders_201305.csv, last voice on 2013-05-02; 4 refused rows" in plan.output
    done = CliRunner().invoke(main, ["land", *call])
    assert "purged: work_orders_201305.csv" in done.output and done.exit_code == 0
    assert len(pd.read_json(root / "state" / "audit.jsonl", lines=True)) == 1
