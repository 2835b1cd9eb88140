"""What a run tells while it runs: a live view on a terminal, plain lines elsewhere.

Progress comes from the runner, task by task, never from hooks inside a notebook: those fire when a cell is sent.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from voc_lib.workflow.order import Outcome, Status
from voc_lib.workflow.plan import Plan, RunTask, TaskKey

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LiveProgress", "Observer", "PlainProgress", "TimeLeft", "make_progress"]


class Observer(Protocol):
    """Is told what happens in a run."""

    def begin(self, plan: Plan, *, jobs: int, n_current: int) -> None:
        """Before the first task of a plan; so many more are up to date and not in it."""

    def started(self, task: RunTask) -> None:
        """A worker got the task."""

    def ended(self, outcome: Outcome) -> None:
        """The task was done, found unchanged, failed, or was skipped."""

    def close(self) -> None:
        """After the last task, or when the run is broken off."""


def make_progress(stream: TextIO) -> Observer:
    """The live view if the stream is a terminal, plain lines otherwise."""
    return LiveProgress(stream) if stream.isatty() else PlainProgress(stream)


class TimeLeft:
    """Estimates how long the rest takes from how long tasks of the same notebook took.

    Args:
        remaining: how many tasks are left, by notebook.
        jobs: how many run at once.
    """

    def __init__(self, remaining: Counter[str], *, jobs: int) -> None:
        self._remaining = remaining.copy()
        self._jobs = jobs
        self._seconds: Counter[str] = Counter()
        self._n: Counter[str] = Counter()

    def done(self, stage: str, seconds: float) -> None:
        """A task of that notebook has ended after so many seconds."""
        self._remaining[stage] -= 1
        self._n[stage] += 1
        self._seconds[stage] += seconds  # type: ignore[assignment]  # a Counter sums floats as well

    def dropped(self, stage: str) -> None:
        """A task of that notebook will not run."""
        self._remaining[stage] -= 1

    def seconds(self) -> float | None:
        """The estimate; None before anything has ended."""
        total = sum(self._n.values())
        if total == 0:
            return None
        usual = sum(self._seconds.values()) / total
        left = sum(
            n * (self._seconds[stage] / self._n[stage] if self._n[stage] else usual)
            for stage, n in self._remaining.items()
        )
        return max(left, 0.0) / self._jobs


class _Counting:
    """What both views keep count of."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.total = 0
        self.n: Counter[Status] = Counter()
        self.running: dict[TaskKey, float] = {}
        self.left = TimeLeft(Counter(), jobs=1)

    def begin(self, plan: Plan, *, jobs: int, n_current: int) -> None:
        self.total = len(plan)
        self.left = TimeLeft(Counter(task.kind for task in plan), jobs=jobs)

    def started(self, task: RunTask) -> None:
        self.running[task.key] = self.clock()

    def ended(self, outcome: Outcome) -> None:
        seconds = self.clock() - self.running.pop(outcome.task.key)
        if outcome.status in (Status.UNCHANGED, Status.SKIPPED):
            self.left.dropped(outcome.task.kind)
        else:
            self.left.done(outcome.task.kind, seconds)
        self.n[outcome.status] += 1

    @property
    def n_ended(self) -> int:
        return self.n.total()

    def tally(self) -> str:
        """Such as "57/150, 12 unchanged, 1 failed, 4 skipped, 3:20 left"."""
        parts = [f"{self.n_ended}/{self.total}"]
        parts += [f"{n} {status}" for status in Status if status != Status.DONE and (n := self.n[status])]
        left = self.left.seconds()
        return ", ".join(
            [*parts, *([f"{_clock(left)} left"] if left is not None and self.n_ended < self.total else [])]
        )


class PlainProgress(_Counting):
    """A line for each task that ends."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self.stream = stream

    def begin(self, plan: Plan, *, jobs: int, n_current: int) -> None:
        """One line, if not everything is to be done."""
        super().begin(plan, jobs=jobs, n_current=n_current)
        if n_current:
            self._say(_current(n_current))

    def ended(self, outcome: Outcome) -> None:
        """One line; the error below it."""
        seconds = self.clock() - self.running[outcome.task.key]
        super().ended(outcome)
        self._say(f"{_ending(outcome)}{_took(outcome, seconds)}  [{self.tally()}]")
        if outcome.error:
            self._say(f"  {outcome.error}")

    def close(self) -> None:
        """Nothing to tidy."""

    def _say(self, line: str) -> None:
        self.stream.write(line + "\n")
        self.stream.flush()


class LiveProgress(_Counting):
    """A bar for the whole and a line for each task in flight; failures stay above them."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        from rich.console import Console
        from rich.live import Live

        self.console = Console(file=stream)
        self.live = Live(get_renderable=self._view, console=self.console, refresh_per_second=4, transient=False)

    def begin(self, plan: Plan, *, jobs: int, n_current: int) -> None:
        """Show the bar."""
        super().begin(plan, jobs=jobs, n_current=n_current)
        if n_current:
            self.console.print(_current(n_current), highlight=False)
        self.live.start()

    def ended(self, outcome: Outcome) -> None:
        """What went wrong is printed above the bar."""
        super().ended(outcome)
        style = {Status.FAILED: "red", Status.SKIPPED: "yellow"}.get(outcome.status)
        if style:
            error = f"\n  {outcome.error}" if outcome.error else ""
            self.console.print(f"{_ending(outcome)}{error}", style=style, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the last state on the screen."""
        self.live.stop()

    def _view(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        whole, flight = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
        whole.add_row(ProgressBar(total=max(self.total, 1), completed=self.n_ended, width=24), Text(self.tally()))
        for key, since in sorted(self.running.items()):
            flight.add_row("", key.branch, key.month, key.stage, _clock(self.clock() - since))
        return Group(whole, flight)


def _current(n: int) -> str:
    return f"{n} tasks are up to date"


def _ending(outcome: Outcome) -> str:
    words = {Status.DONE: "done     ", Status.FAILED: "FAILED   "}.get(outcome.status, f"{outcome.status:9}")
    because = f": {outcome.because} is missing" if outcome.because else ""
    return f"{words} {outcome.task.key}{because}"


def _took(outcome: Outcome, seconds: float) -> str:
    return f"  {seconds:.1f} s" if outcome.status in (Status.DONE, Status.FAILED) else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
