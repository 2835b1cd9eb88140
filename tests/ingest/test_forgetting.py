"""Forgetting a customer: gone from every table, whatever lands again, whichever key is used, wherever it was killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from tests.builders import rows
from tests.ingest.test_landing import everything, order, outcomes, put
from voc_lib.cli import main
from voc_lib.errors import ProfileError
from voc_lib.ingest import forget, intake, land, link_matters, trace
from voc_lib.params import Profile
from voc_lib.privacy import find_canaries, verify_trail
from voc_lib.store import Store, write_bytes

NUMBER = "6217009988"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def of(customer: str, number: str, **options: str) -> str:
    return order(number, **options).replace(",C1,", f",{customer},")


def some_tables(root: Path, profile: Profile) -> None:
    """Two months with the customer in both, linked, and a hotspot that mentions both of them."""
    put(
        root, of(NUMBER, "A1", text="登录不上去了怎么办"), of(NUMBER, "A2", text="登录不上去了怎么办"),
        of("C2", "B1", text="排队太久"), of(NUMBER, "A3", time="2013-06-03 10:00:00", text="年费收了两次"),
        of("C2", "B2", time="2013-06-04 10:00:00"), of(NUMBER, "X1", branch="火星分行"), of(NUMBER, "X2", text=" "),
    )  # fmt: skip
    land(profile, root)
    store = Store(str(root), profile.tz)
    for month in ("2013-05", "2013-06"):
        linked = link_matters(store.read("landed", "BJ", month), month=month, settings=profile.thresholds.ingest)
        store.write("records", linked, "BJ", month)
    ids = ["work_order:A1", "work_order:B1"]
    hot = rows("hotspots", [{"branch": "BJ", "month": "2013-05", "record_ids": ids, "typical_record_ids": ids[:1]}])
    store.write("hotspots", hot, "BJ", "2013-05")


def numbers_of(root: Path) -> set[str]:
    """The record numbers in all tables below the folder."""
    frames = [pd.read_parquet(path) for path in root.rglob("part.parquet")]
    return {number for frame in frames if "record_id" in frame for number in frame["record_id"].dropna()}


def test_the_customer_leaves_every_table_and_stays_away(root: Path, profile: Profile) -> None:
    some_tables(root, profile)
    found = forget(profile, root, f" {NUMBER}.0")
    assert found.rows == {"hotspots": 1, "landed": 3, "records": 3}
    assert found.reports == (
        ("BJ", "2013-05"), ("BJ", "2013-06"), ("head_office", "2013-05"), ("head_office", "2013-06"),
    )  # fmt: skip
    assert found.raw_files == ("work_orders_201305.csv",)
    assert not numbers_of(root) & {"A1", "A2", "A3"}
    hot = Store(str(root), profile.tz).read("hotspots", "BJ", "2013-05").iloc[0]
    assert list(hot["record_ids"]) == ["work_order:B1"] and list(hot["typical_record_ids"]) == []

    report = land(profile, root)
    assert outcomes(report) == {"record": 2, "erased": 5} and (report.n_refused, report.n_erased) == (0, 5)
    assert numbers_of(root) == {"B1", "B2"}, "refused rows of theirs are gone as well"
    sums = intake(everything(root, profile, "ledger"))
    assert sums[["n_rows", "n_records", "n_erased"]].sum().tolist() == [7, 2, 5]
    # The same rows in another file, under another name, and a new voice of theirs.
    shutil.copy(root / "raw" / "work_orders_201305.csv", root / "raw" / "work_orders_again.csv")
    put(root, of(NUMBER, "A9", time="2013-06-20 10:00:00"), name="work_orders_201306.csv")
    assert outcomes(land(profile, root)) == {"record": 2, "duplicate": 2, "erased": 11}


def test_they_stay_away_when_the_customer_key_is_rotated(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_tables(root, profile)
    forget(profile, root, NUMBER)
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "another key for tests, also 32 bytes")
    assert land(profile, root).n_erased == 5
    assert numbers_of(root / "landed") == {"B1", "B2"}


def test_tables_made_before_a_rotation_are_searched_as_well(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_tables(root, profile)
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "another key for tests, also 32 bytes")
    land(profile, root)
    assert forget(profile, root, NUMBER).rows["records"] == 3
    assert not numbers_of(root / "records") & {"A1", "A2", "A3"}


def test_without_the_key_of_the_list_nothing_lands(root: Path, profile: Profile) -> None:
    some_tables(root, profile)
    forget(profile, root, NUMBER)
    key = root / "state" / "erasure_key"
    assert key.stat().st_mode & 0o077 == 0
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(ProfileError, match="erasure key is missing"):
        land(profile, root)
    key.touch(mode=0o600)
    key.write_bytes(kept[::-1].strip() + b"\n")
    with pytest.raises(ProfileError, match="another key"):
        land(profile, root)


def test_the_number_stands_nowhere_and_the_trail_tells_of_it(root: Path, profile: Profile) -> None:
    some_tables(root, profile)
    forget(profile, root, NUMBER)
    for folder in sorted(path for path in root.iterdir() if path.name != "raw"):
        assert find_canaries(folder, [NUMBER]).empty
    assert verify_trail(root) == 1
    told = json.loads((root / "state" / "audit.jsonl").read_text(encoding="utf-8"))
    assert told["what"] == "forget" and told["rows"]["landed"] == 3 and ["BJ", "2013-06"] in told["reports"]


@pytest.mark.parametrize("number", ["", "  ", "无", "0"])
def test_a_number_that_stands_for_nobody_is_refused(root: Path, profile: Profile, number: str) -> None:
    with pytest.raises(ProfileError, match="stands for nobody"):
        forget(profile, root, number)


def test_what_people_wrote_is_named_not_touched(root: Path, profile: Profile) -> None:
    some_tables(root, profile)
    write_bytes(str(root / "editorial" / "BJ.yaml"), b"typical: [work_order:A1]\n")
    write_bytes(str(root / "labels" / "category.csv"), "text,category\n登录不上去了怎么办,11\n".encode())
    write_bytes(str(root / "labels" / "other.csv"), "text,category\n别人说的话,11\n".encode())
    assert trace(profile, root, NUMBER).by_hand == ("labels/category.csv", "editorial/BJ.yaml")


@pytest.mark.parametrize("kill_at", [1, 2, 4, 6, 7])
def test_killed_at_any_write_it_is_finished_by_the_next_landing(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    some_tables(root, profile)
    n_written = 0

    def dying(url: str, payload: bytes) -> None:
        nonlocal n_written
        if n_written == kill_at:
            raise KeyboardInterrupt
        n_written += 1
        write_bytes(url, payload)

    with monkeypatch.context() as patch:
        for module in ("voc_lib.ingest.forgetting", "voc_lib.privacy.erasure", "voc_lib.privacy.audit"):
            patch.setattr(f"{module}.write_bytes", dying)
        with pytest.raises(KeyboardInterrupt):
            forget(profile, root, NUMBER)
    land(profile, root)
    assert not numbers_of(root) & {"A1", "A2", "A3", "X1", "X2"}
    assert not (root / "state" / "forgetting.json").exists()
    assert verify_trail(root) >= 1


def test_make_clean_leaves_the_list_its_key_and_the_trail(root: Path, profile: Profile, project: Path) -> None:
    some_tables(root, profile)
    forget(profile, root, NUMBER)
    (root.parent / "scripts").mkdir()
    (root.parent / "output").mkdir()
    script = shutil.copy(project / "scripts" / "clean.sh", root.parent / "scripts")
    subprocess.run(["sh", script], check=True, env={"PATH": os.environ["PATH"], "VOC_ENVIRONMENT": "none"})
    assert not (root / "landed").exists() and not (root / "state" / "land.json").exists()
    assert land(profile, root).n_erased == 5 and verify_trail(root) == 1


def test_the_verb_never_shows_the_number_and_names_the_reports(root: Path, profile: Profile, project: Path) -> None:
    some_tables(root, profile)
    call = ["forget", "--params", str(project / "params"), "--data", str(root)]
    refused = CliRunner().invoke(main, call, input=f"{NUMBER}\nn\n")
    assert refused.exit_code == 0 and trace(profile, root, NUMBER).n_rows == 7
    done = CliRunner().invoke(main, call, input=f"{NUMBER}\ny\n")
    assert done.exit_code == 0, done.output
    assert NUMBER not in refused.output + done.output
    assert "report that would change: BJ 2013-05" in done.output
    assert "report that would change: head_office 2013-06" in done.output
    assert "5 of forgotten customers left out" in done.output
    numbers = root.parent / "numbers.txt"
    numbers.write_text("C2\n", encoding="utf-8")
    both = CliRunner().invoke(main, [*call, "--file", str(numbers), "--yes"])
    assert numbers_of(root) == set() and both.exit_code == 2, "and with nobody left there is nothing to report on"
