"""Another key: every pseudonym is another, the same voices belong together, nothing else changes, no key is told."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd
import pytest

from tests.ingest.test_landing import everything, order, put
from voc_lib.errors import ProfileError
from voc_lib.ingest import land
from voc_lib.params import Profile
from voc_lib.privacy import find_canaries

KEYS = ("first key for tests, long enough", "second key for tests, long enough")


def landed(root: Path, profile: Profile) -> pd.DataFrame:
    land(profile, root)
    return everything(root, profile, "landed").sort_values("record_id", ignore_index=True)


def raw(root: Path) -> None:
    put(root, *(order(f"A{i}").replace("C1", f"C{i % 3}") for i in range(9)))


def check_rotated(before: pd.DataFrame, after: pd.DataFrame) -> None:
    assert not set(before["customer_key"]) & set(after["customer_key"])
    assert before["customer_key"].nunique() == 3
    together = pd.concat([before["customer_key"], after["customer_key"]], axis=1).drop_duplicates()
    assert len(together) == 3, "who was one customer is one still, and nobody else"
    pd.testing.assert_frame_equal(before.drop(columns="customer_key"), after.drop(columns="customer_key"))


def test_a_new_key_in_the_environment_lands_everything_anew(
    tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "data"
    raw(root)
    with caplog.at_level(logging.DEBUG):
        monkeypatch.setenv("VOC_CUSTOMER_KEY", KEYS[0])
        before = landed(root, profile)
        pd.testing.assert_frame_equal(before, landed(root, profile))
        monkeypatch.setenv("VOC_CUSTOMER_KEY", KEYS[1])
        check_rotated(before, landed(root, profile))
        monkeypatch.setenv("VOC_CUSTOMER_KEY", KEYS[0])
        pd.testing.assert_frame_equal(before, landed(root, profile))
    assert not any(key in caplog.text for key in KEYS)
    assert find_canaries(root, [*KEYS, *(key.encode().hex() for key in KEYS)]).empty
    old = before["customer_key"].iloc[0]
    monkeypatch.setenv("VOC_CUSTOMER_KEY", KEYS[1])
    assert old not in set(landed(root, profile)["customer_key"])
    assert find_canaries(root, [old]).empty, "no table keeps a pseudonym of the old key"


def test_a_key_file_taken_away_is_made_anew(tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOC_CUSTOMER_KEY", raising=False)
    root = tmp_path / "data"
    raw(root)
    before = landed(root, profile)
    file = root / "state" / "customer_key"
    old = file.read_text().strip()
    file.unlink()
    check_rotated(before, landed(root, profile))
    assert file.read_text().strip() != old
    assert find_canaries(root, [old]).empty
    assert find_canaries(root, [file.read_text().strip()])["file"].tolist() == ["state/customer_key"]


def test_a_key_file_open_to_others_stops_the_landing_before_anything_is_written(
    tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOC_CUSTOMER_KEY", raising=False)
    root = tmp_path / "data"
    raw(root)
    file = root / "state" / "customer_key"
    file.parent.mkdir(parents=True)
    file.write_text("ab" * 32)
    file.chmod(0o644)
    with pytest.raises(ProfileError, match="chmod 600"):
        land(profile, root)
    assert not (root / "landed").exists()
