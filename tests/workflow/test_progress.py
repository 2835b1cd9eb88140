"""What a run says while it runs."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest

from voc_lib.workflow.order import Outcome, Status
from voc_lib.workflow.plan import Plan, RunTask
from voc_lib.workflow.progress import LiveProgress, Observer, PlainProgress, TimeLeft, make_progress
from voc_lib.workflow.runlog import RunLog
from voc_lib.workflow.stages import Stage


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tasks(n: int) -> list[RunTask]:
    stage = Stage("01", "01_link", Path("01_link.ipynb"), "branch", (), ())
    return [RunTask(stage, "BJ", f"2013-{month:02d}") for month in range(1, n + 1)]


def tell(observer: Observer, clock: Clock) -> None:
    """Five tasks: done after 10 s, failed after 20 s, skipped, found unchanged, and still running."""
    first, second, third, fourth, fifth = tasks(5)
    observer.begin(Plan((first, second, third, fourth, fifth)), jobs=1, n_current=7)
    observer.started(first)
    clock.now = 10
    observer.ended(Outcome(first, Status.DONE, reasons=("notebook changed",), kernel="forked", peak_memory=5))
    observer.started(second)
    clock.now = 30
    observer.ended(Outcome(second, Status.FAILED, error="notebook failed: ValueError", kernel_words="bang"))
    observer.started(third)
    observer.ended(Outcome(third, Status.SKIPPED, because=second.key))
    observer.started(fourth)
    observer.ended(Outcome(fourth, Status.UNCHANGED))
    observer.started(fifth)
    clock.now = 33


def test_plain_lines_name_branch_month_notebook_and_time_left() -> None:
    stream, clock = io.StringIO(), Clock()
    tell(PlainProgress(stream, clock), clock)
    assert stream.getvalue().splitlines() == [
        "7 tasks are up to date",
        "done      01_link BJ 2013-01  10.0 s  [1/5, 0:40 left]",
        "FAILED    01_link BJ 2013-02  20.0 s  [2/5, 1 failed, 0:45 left]",
        "  notebook failed: ValueError",
        "skipped   01_link BJ 2013-03: 01_link BJ 2013-02 is missing  [3/5, 1 failed, 1 skipped, 0:30 left]",
        "unchanged 01_link BJ 2013-04  [4/5, 1 unchanged, 1 failed, 1 skipped, 0:15 left]",
    ]


def test_the_live_view_shows_the_whole_and_what_is_in_flight() -> None:
    stream, clock = io.StringIO(), Clock()
    view = LiveProgress(stream, clock)
    tell(view, clock)
    with view.console.capture() as captured:
        view.console.print(view._view())
    view.close()
    shown = captured.get()
    assert "4/5, 1 unchanged, 1 failed, 1 skipped, 0:15 left" in shown
    assert "BJ  2013-05  01_link  0:03" in shown
    assert "notebook failed: ValueError" in stream.getvalue()


def test_a_stream_that_is_no_terminal_gets_plain_lines() -> None:
    assert isinstance(make_progress(io.StringIO()), PlainProgress)


def test_time_left_uses_the_durations_of_the_same_notebook() -> None:
    left = TimeLeft(Counter({"short": 3, "long": 2, "unseen": 1}), jobs=2)
    assert left.seconds() is None
    left.done("short", 2)
    left.done("long", 10)
    # two short ones of 2 s, a long one of 10 s, and one that nothing is known of, at the mean of 6 s; two at once
    assert left.seconds() == pytest.approx((2 * 2 + 10 + 6) / 2)
    left.dropped("unseen")
    assert left.seconds() == pytest.approx((2 * 2 + 10) / 2)


def test_the_run_log_holds_a_json_object_a_line(tmp_path: Path) -> None:
    log = RunLog(str(tmp_path))
    tell(log, Clock())
    log.close()
    [file] = (tmp_path / "state" / "log").iterdir()
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [entry["event"] for entry in entries] == [
        *("begin", "start", "done", "start", "failed", "start", "skipped", "start", "unchanged", "start", "end")
    ]
    done, failed, skipped = entries[2], entries[4], entries[6]
    assert (done["reasons"], done["kernel"], done["peak_memory_bytes"]) == (["notebook changed"], "forked", 5)
    assert (failed["error"], failed["kernel_stderr"]) == ("notebook failed: ValueError", "bang")
    assert skipped["because"] == "01_link BJ 2013-02"
    assert entries[0]["current"] == 7
    assert all("at" in entry for entry in entries)
