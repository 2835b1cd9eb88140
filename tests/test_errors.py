"""Errors say what is wrong, where, and what to do, also after crossing a process boundary."""

from __future__ import annotations

import pickle

import pytest

from voc_lib import errors
from voc_lib.errors import SourceError, VocError, nearest

KINDS = [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]


def test_an_error_names_place_value_and_remedy() -> None:
    error = SourceError(
        "required column missing", file="a.csv", column="受理时间", row=None, hint="name it in sources.yaml"
    )
    assert str(error) == "required column missing (file: a.csv, column: 受理时间)\n  → name it in sources.yaml"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_pickling_with_its_fields(kind: type[VocError]) -> None:
    error = pickle.loads(pickle.dumps(kind("wrong", hint="mend it", file="a.csv", row=3)))
    assert type(error) is kind
    assert (error.message, error.hint, error.where) == ("wrong", "mend it", {"file": "a.csv", "row": 3})


def test_exit_codes_tell_a_failed_branch_from_a_wrong_call() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS} == {
        "ModelError": 2,
        "ProfileError": 2,
        "PublishError": 2,
        "RenderError": 1,
        "RunError": 1,
        "SourceError": 2,
        "StorageError": 2,
        "TableError": 2,
        "VocError": 2,
    }


def test_nearest_finds_a_slip_and_nothing_far_off() -> None:
    assert nearest("time_fromats", ["files", "time_formats"]) == "time_formats"
    assert nearest("bj", ["BJ", "TJ"]) == "BJ"
    assert nearest("xyz", ["files", "time_formats"]) is None
