"""The audit trail: it grows, and whatever else is done to it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from voc_lib.errors import TableError
from voc_lib.privacy import record_event, verify_trail


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    for number in range(4):
        record_event(tmp_path, "purge", file=f"工单_{number}.csv")
    return tmp_path / "state" / "audit.jsonl"


def test_it_grows_by_a_line_an_event_and_is_whole(trail: Path, tmp_path: Path) -> None:
    assert verify_trail(tmp_path) == 4
    before = trail.read_bytes()
    record_event(tmp_path, "forget", rows={"landed": 2})
    assert trail.read_bytes().startswith(before) and verify_trail(tmp_path) == 5
    last = json.loads(trail.read_bytes().splitlines()[-1])
    assert last["what"] == "forget" and last["rows"] == {"landed": 2} and last["n"] == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0].replace(b"0.csv", b"9.csv"), *lines[1:]],
        lambda lines: [*lines[:-1], lines[-1].replace(b"3.csv", b"9.csv")],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: lines[:-1],
        lambda lines: [],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines, b"{}"],
        lambda lines: [*lines[:2], b"\xff", *lines[2:]],
    ],
    ids=["first", "last", "taken out", "beginning", "end", "all", "swapped", "forged", "bytes"],
)
def test_whatever_else_is_done_to_it_shows_and_nothing_is_added(
    trail: Path, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    forged = b"".join(line + b"\n" for line in change(trail.read_bytes().splitlines()))
    trail.write_bytes(forged)
    with pytest.raises(TableError, match="audit trail is not whole"):
        verify_trail(tmp_path)
    with pytest.raises(TableError, match="audit trail is not whole"):
        record_event(tmp_path, "purge")
    assert trail.read_bytes() == forged


def test_a_crash_in_the_middle_of_a_line_or_before_the_head_costs_nothing(trail: Path, tmp_path: Path) -> None:
    head = tmp_path / "state" / "audit.head"
    old = head.read_bytes()
    record_event(tmp_path, "purge")
    head.write_bytes(old)
    with trail.open("ab") as file:
        file.write(b'{"n": 6, "wh')
    assert verify_trail(tmp_path) == 5
    record_event(tmp_path, "purge")
    assert verify_trail(tmp_path) == 6


def test_a_folder_without_a_trail_has_an_empty_one(tmp_path: Path) -> None:
    assert verify_trail(tmp_path) == 0
