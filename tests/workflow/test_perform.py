"""A task on a worker whose disk is full or whose store is gone: it fails, and the next run makes good."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow import tiny
from voc_lib.errors import StorageError
from voc_lib.workflow import perform as performing
from voc_lib.workflow.order import Order, Outcome, Status
from voc_lib.workflow.perform import perform
from voc_lib.workflow.plan import TaskKey
from voc_lib.workflow.records import TaskRecord, read_records, write_record

_KEY = TaskKey("2013-05", "BJ", "01_link")


@pytest.fixture
def order(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setattr(performing, "execute", lambda order: Outcome(order.task, Status.DONE))
    context = tiny.project(tmp_path, project / "params")
    return tiny.judge(context).verdicts[_KEY].order


def _full(*_: object) -> None:
    raise StorageError("file cannot be written", found=os.strerror(errno.ENOSPC))


def _gone(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("trouble", [_full, _gone])
def test_a_record_that_cannot_be_written_fails_its_task(
    order: Order, monkeypatch: pytest.MonkeyPatch, trouble: object
) -> None:
    assert perform(order).status == Status.DONE
    with monkeypatch.context() as patch:
        patch.setattr(performing, "write_record", trouble)
        outcome = perform(replace(order, reasons=("asked for again",), parts={"notebook": "another"}))
    assert outcome.status == Status.FAILED
    assert "No space left" in str(outcome.error) or "Input/output" in str(outcome.error)
    assert read_records(order.context.data, [_KEY]) == {}  # so the next run does it again
    assert perform(order).status == Status.DONE


def test_a_record_of_another_run_is_no_proof(order: Order) -> None:
    write_record(order.context.data, _KEY, TaskRecord({"notebook": "another"}, {}, {}))
    assert perform(order).record == read_records(order.context.data, [_KEY])[_KEY]
