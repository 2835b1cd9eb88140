"""Pseudonyms: the same customer has the same key, nobody learns whose it is, and the secret shows nowhere."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas as pd
import pytest

from voc_lib.errors import ProfileError
from voc_lib.privacy import Pseudonymiser, load_or_make_key

KEY = b"0123456789abcdef"


def test_the_key_of_a_number_depends_on_number_and_secret_only() -> None:
    one = Pseudonymiser(KEY)
    assert one.key_of("C001") == one.key_of(" Ｃ００１ ")
    assert one.key_of("C001") != one.key_of("C002")
    assert one.key_of("C001") != Pseudonymiser(KEY + b"x").key_of("C001")
    assert len(one.key_of("C001")) == 64


def test_missing_numbers_stay_missing() -> None:
    keys = Pseudonymiser(KEY).key_series(pd.Series(["C001", None, "  "], dtype="str"))
    assert keys.isna().tolist() == [False, True, True]


def test_the_secret_is_in_no_representation_and_is_not_pickled() -> None:
    hidden = Pseudonymiser(KEY)
    assert KEY.decode() not in f"{hidden!r} {hidden}"
    with pytest.raises(TypeError, match="not stored or sent"):
        pickle.dumps(hidden)


def test_a_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path, environ={})
    file = tmp_path / "state" / "customer_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_or_make_key(tmp_path, environ={}) == key
    assert [path.name for path in file.parent.iterdir()] == ["customer_key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o606, 0o610])
def test_a_key_file_open_to_others_is_refused_with_what_to_run(tmp_path: Path, mode: int) -> None:
    key = load_or_make_key(tmp_path, environ={})
    file = tmp_path / "state" / "customer_key"
    file.chmod(mode)
    with pytest.raises(ProfileError) as caught:
        load_or_make_key(tmp_path, environ={})
    assert f"mode {mode:04o}" in str(caught.value) and f"chmod 600 {file}" in str(caught.value)
    assert key.hex() not in str(caught.value)
    assert file.stat().st_mode & 0o777 == mode, "what somebody may have read is not hushed up"
    file.chmod(0o600)
    assert load_or_make_key(tmp_path, environ={}) == key


def test_the_environment_wins_and_a_short_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    assert (
        load_or_make_key(tmp_path, environ={"VOC_CUSTOMER_KEY": "a secret of enough bytes"})
        == b"a secret of enough bytes"
    )
    with pytest.raises(ProfileError, match="too short") as caught:
        load_or_make_key(tmp_path, environ={"VOC_CUSTOMER_KEY": "short-one"})
    assert "short-one" not in str(caught.value)
