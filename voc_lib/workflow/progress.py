"""What a run tells while it runs: a live view on a terminal, plain lines elsewhere.

Progress comes from the runner, task by task, never from hooks inside a notebook: those fire when a cell is sent.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from voc_lib.workflow.execute import Outcome
from voc_lib.workflow.plan import Plan, RunTask, TaskKey

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LiveProgress", "Observer", "PlainProgress", "TimeLeft", "make_progress"]


class Observer(Protocol):
    """Is told what happens in a run."""

    def begin(self, plan: Plan, *, jobs: int) -> None:
        """Before the first task."""

    def started(self, task: RunTask) -> None:
        """A worker got the task."""

    def ended(self, outcome: Outcome) -> None:
        """The task was done, or failed."""

    def skipped(self, task: RunTask, because: TaskKey) -> None:
        """The task cannot run, because of another."""

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
        self.total = self.n_done = self.n_failed = self.n_skipped = 0
        self.running: dict[TaskKey, float] = {}
        self.left = TimeLeft(Counter(), jobs=1)

    def begin(self, plan: Plan, *, jobs: int) -> None:
        self.total = len(plan)
        self.left = TimeLeft(Counter(task.stage.name for task in plan), jobs=jobs)

    def started(self, task: RunTask) -> None:
        self.running[task.key] = self.clock()

    def ended(self, outcome: Outcome) -> None:
        seconds = self.clock() - self.running.pop(outcome.task.key)
        self.left.done(outcome.task.stage.name, seconds)
        self.n_done += outcome.done
        self.n_failed += not outcome.done

    def skipped(self, task: RunTask, because: TaskKey) -> None:
        self.left.dropped(task.stage.name)
        self.n_skipped += 1

    @property
    def n_ended(self) -> int:
        return self.n_done + self.n_failed + self.n_skipped

    def tally(self) -> str:
        """Such as "57/150, 1 failed, 4 skipped, 3:20 left"."""
        parts = [f"{self.n_ended}/{self.total}"]
        parts += [f"{n} {word}" for n, word in ((self.n_failed, "failed"), (self.n_skipped, "skipped")) if n]
        left = self.left.seconds()
        return ", ".join(
            [*parts, *([f"{_clock(left)} left"] if left is not None and self.n_ended < self.total else [])]
        )


class PlainProgress(_Counting):
    """A line for each task that ends."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self.stream = stream

    def ended(self, outcome: Outcome) -> None:
        """One line; the error below it."""
        seconds = self.clock() - self.running[outcome.task.key]
        super().ended(outcome)
        self._say(f"{'done  ' if outcome.done else 'FAILED'} {outcome.task.key}  {seconds:.1f} s  [{self.tally()}]")
        if outcome.error:
            self._say(f"  {outcome.error}")

    def skipped(self, task: RunTask, because: TaskKey) -> None:
        """One line."""
        super().skipped(task, because)
        self._say(f"skipped {task.key}: {because} is missing  [{self.tally()}]")

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

    def begin(self, plan: Plan, *, jobs: int) -> None:
        """Show the bar."""
        super().begin(plan, jobs=jobs)
        self.live.start()

    def ended(self, outcome: Outcome) -> None:
        """A failure is printed above the bar."""
        super().ended(outcome)
        if not outcome.done:
            self.console.print(
                f"FAILED {outcome.task.key}\n  {outcome.error}", style="red", markup=False, highlight=False
            )

    def skipped(self, task: RunTask, because: TaskKey) -> None:
        """Printed above the bar."""
        super().skipped(task, because)
        self.console.print(f"skipped {task.key}: {because} is missing", style="yellow", markup=False, highlight=False)

    def close(self) -> None:
        """Leave the last state on the screen."""
        self.live.stop()

    def _view(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        whole, flight = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
        whole.add_row(ProgressBar(total=max(self.total, 1), completed=self.n_ended, width=40), Text(self.tally()))
        for key, since in sorted(self.running.items()):
            flight.add_row("", key.branch, key.month, key.stage, _clock(self.clock() - since))
        return Group(whole, flight)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
