"""What is known of tasks that were done."""

from __future__ import annotations

from pathlib import Path

from voc_lib.workflow.plan import TaskKey
from voc_lib.workflow.records import TaskRecord, read_records, read_set, remove_record, write_record, write_set

KEY = TaskKey("2013-05", "BJ", "04_report.pdf")
RECORD = TaskRecord({"lock": "a"}, {"output/x": "b"}, {"output/y": "c"}, {"font": None})


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_record(str(tmp_path), KEY, RECORD)
    assert read_records(str(tmp_path), [KEY, TaskKey("2013-05", "BJ", "01_link")]) == {KEY: RECORD}
    remove_record(str(tmp_path), KEY)
    remove_record(str(tmp_path), KEY)
    assert read_records(str(tmp_path), [KEY]) == {}


def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    write_record(str(tmp_path), KEY, RECORD)
    [file] = (tmp_path / "state" / "done").rglob("*.json")
    whole = file.read_text(encoding="utf-8")
    for broken in (whole[:40], "[]", whole.replace('"format": 1', '"format": 99'), '{"format": 1}'):
        file.write_text(broken, encoding="utf-8")
        assert read_records(str(tmp_path), [KEY]) == {}, broken


def test_the_entries_behind_a_hash_are_kept_once(tmp_path: Path) -> None:
    assert read_set(str(tmp_path), "abc") == {}
    write_set(str(tmp_path), "abc", {"pandas": "3.0"})
    write_set(str(tmp_path), "abc", {"pandas": "never looked at: the name is the hash of the entries"})
    assert read_set(str(tmp_path), "abc") == {"pandas": "3.0"}
