"""The graph of a run: one task for each notebook, branch and month, and the edges that their declarations imply.

A task depends on the tasks of the same run that write the partitions it reads. Tables that landing writes are there
before the first task starts. The HTML and the PDF of a report are tasks of their own, each after its notebook.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from voc_lib.errors import ProfileError
from voc_lib.schema import HEAD_OFFICE
from voc_lib.store import window
from voc_lib.workflow.stages import FORMATS, Stage

__all__ = ["Plan", "RunTask", "TaskKey", "make_plan"]

LANDED_TABLES = ("landed", "quarantine", "ledger", "rawfiles", "edits", "answers")
Partition = tuple[str, str, str]  # table, branch, month


@dataclass(frozen=True, order=True)
class TaskKey:
    """What tells one task from another."""

    month: str
    branch: str
    stage: str

    def __str__(self) -> str:
        return f"{self.stage} {self.branch} {self.month}"


@dataclass(frozen=True)
class RunTask:
    """One notebook to run for one branch (or the head office) and month, or one rendering of it.

    Args:
        format: html or pdf: the executed notebook is rendered so; None: the notebook is run.
        needs: tasks of this run without which it cannot run: they write what it reads of its own branch.
        waits_for: tasks of this run that write what it reads of all branches: it runs when all have ended and at
            least one of those of its own month well.
    """

    stage: Stage
    branch: str
    month: str
    format: str | None = None
    needs: tuple[TaskKey, ...] = ()
    waits_for: tuple[TaskKey, ...] = ()

    @property
    def kind(self) -> str:
        """What it does, whatever the branch and month: 04_branch_report, or 04_branch_report.pdf."""
        return self.stage.name if self.format is None else f"{self.stage.name}.{self.format}"

    @property
    def key(self) -> TaskKey:
        """Its identity."""
        return TaskKey(self.month, self.branch, self.kind)

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook is run with."""
        return {"branch": self.branch, "month": self.month} if self.stage.scope == "branch" else {"month": self.month}

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """The partitions it writes."""
        tables = self.stage.writes if self.format is None else ()
        return tuple((table, self.branch, self.month) for table in tables)

    @property
    def folder(self) -> str:
        """Where its files go, below the output folder."""
        return f"{self.month}/{self.branch}"

    @property
    def notebook(self) -> str:
        """The executed notebook, below the output folder: written by the one that runs it, read by its renderings."""
        return f"{self.folder}/{self.stage.number}.ipynb"

    @property
    def target(self) -> str:
        """What it makes, below the output folder: the executed notebook, or the report."""
        return self.notebook if self.format is None else f"{self.folder}/report.{self.format}"

    @property
    def files(self) -> tuple[str, ...]:
        """What it puts beside its target, below the output folder."""
        return () if self.format is not None else tuple(f"{self.folder}/{name}" for name in self.stage.files)


@dataclass(frozen=True)
class Plan:
    """The tasks of a run, each after all that it depends on; `added` are those the call did not name but needs."""

    tasks: tuple[RunTask, ...]
    added: frozenset[TaskKey] = field(default_factory=frozenset)

    def __iter__(self) -> Iterator[RunTask]:
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)


def make_plan(
    stages: Iterable[Stage],
    *,
    available: Collection[tuple[str, str]],
    all_branches: Collection[str],
    branches: Collection[str] | None = None,
    months: Collection[str] | None = None,
    formats: Collection[str] = FORMATS,
) -> Plan:
    """Derive the graph of a run.

    Args:
        stages: the notebooks.
        available: branch and month of each branch-month that has landed.
        all_branches: codes of all branches, in the order in which reports list them.
        branches: which to run; head_office stands for the roll-up. None for all. The roll-up runs in any case.
        months: which to run; None for all.
        formats: what reports are rendered to.
    Returns: what was asked for, and what that reads of its own branch (earlier months too), and that again, as `make`
        does: or the result would depend on what had been run before.
    Raises: ProfileError on a circle, or two tasks that would write one path.
    """
    order = {code: place for place, code in enumerate((*all_branches, HEAD_OFFICE))}
    tasks = _all_tasks(stages, sorted(available), order, formats)
    writers = _writers(tasks)
    linked = {task.key: _linked(task, writers, list(all_branches)) for task in tasks}
    chosen = {
        key
        for key, task in linked.items()
        if (months is None or task.month in months)
        and (branches is None or task.branch in branches or task.branch == HEAD_OFFICE)
    }
    added = _needed_by(chosen, linked)
    added |= {key for key, task in linked.items() if task.format is not None and added.issuperset(task.needs)}
    return Plan(tuple(_topological(linked, chosen | added, order)), frozenset(added))


def _all_tasks(
    stages: Iterable[Stage], available: list[tuple[str, str]], order: Mapping[str, int], formats: Collection[str]
) -> list[RunTask]:
    months = sorted({month for _, month in available})
    places = {
        "branch": [(branch, month) for branch, month in available if branch in order],
        "month": [(HEAD_OFFICE, month) for month in months],
    }
    return [
        RunTask(stage, branch, month, format)
        for stage in stages
        for branch, month in places[stage.scope]
        for format in (None, *(formats if stage.is_report else ()))
    ]


def _writers(tasks: Iterable[RunTask]) -> dict[Partition, RunTask]:
    """Who writes each partition. Raises: ProfileError when two would write one, or one file."""
    writers: dict[Partition, RunTask] = {}
    targets: dict[str, RunTask] = {}
    for task in tasks:
        for target in (task.target, *task.files):
            if targets.setdefault(target, task) is not task:
                raise _conflict(task, targets[target], f"output/{target}")
        for partition in task.partitions:
            if partition[0] in LANDED_TABLES:
                raise ProfileError("only landing writes this table", table=partition[0], notebook=task.stage.name)
            if writers.setdefault(partition, task) is not task:
                table, branch, month = partition
                raise _conflict(task, writers[partition], f"{table} of {branch} {month}")
    return writers


def _conflict(one: RunTask, other: RunTask, what: str) -> ProfileError:
    return ProfileError(
        "two notebooks would write the same",
        written=what,
        notebooks=f"{other.stage.name} and {one.stage.name}",
        hint="change metadata.voc.writes or the number of one of them",
    )


def _linked(task: RunTask, writers: Mapping[Partition, RunTask], all_branches: list[str]) -> RunTask:
    if task.format is not None:
        return replace(task, needs=(TaskKey(task.month, task.branch, task.stage.name),))
    needs: set[TaskKey] = set()
    waits_for: set[TaskKey] = set()
    for read in task.stage.reads:
        if read.table in LANDED_TABLES:
            continue
        for branch in all_branches if read.all_branches else [task.branch]:
            for month in window(task.month, read.first, read.last):
                writer = writers.get((read.table, branch, month))
                if writer is not None:
                    (needs if branch == task.branch else waits_for).add(writer.key)
    return replace(task, needs=tuple(sorted(needs)), waits_for=tuple(sorted(waits_for)))


def _needed_by(chosen: set[TaskKey], tasks: Mapping[TaskKey, RunTask]) -> set[TaskKey]:
    """Tasks that were not asked for, but on which those asked for are built."""
    added: set[TaskKey] = set()
    waiting = list(chosen)
    while waiting:
        new = set(tasks[waiting.pop()].needs) - chosen - added
        added |= new
        waiting.extend(new)
    return added


def _topological(
    tasks: Mapping[TaskKey, RunTask], keys: Collection[TaskKey], order: Mapping[str, int]
) -> Iterator[RunTask]:
    """The tasks with the edges among them, month by month and branch by branch. Raises: ProfileError on a circle."""
    within = {key: _within(tasks[key], keys) for key in keys}
    open_edges = {key: {*task.needs, *task.waits_for} for key, task in within.items()}
    followers: dict[TaskKey, list[TaskKey]] = {key: [] for key in keys}
    for key, before in open_edges.items():
        for earlier in before:
            followers[earlier].append(key)

    def place(key: TaskKey) -> tuple[Any, ...]:
        return (key.month, order[key.branch], key.stage, key)

    ready = [place(key) for key, before in open_edges.items() if not before]
    heapq.heapify(ready)
    n_given = 0
    while ready:
        key = heapq.heappop(ready)[-1]
        yield within[key]
        n_given += 1
        for follower in followers[key]:
            open_edges[follower].discard(key)
            if not open_edges[follower]:
                heapq.heappush(ready, place(follower))
    if n_given < len(within):
        stuck = sorted({key.stage for key, before in open_edges.items() if before})
        raise ProfileError(
            "notebooks depend on each other in a circle",
            notebooks=", ".join(stuck),
            hint="a notebook may read what it writes only of earlier months, e.g. scored[-12..-1]",
        )


def _within(task: RunTask, keys: Collection[TaskKey]) -> RunTask:
    return replace(
        task,
        needs=tuple(key for key in task.needs if key in keys),
        waits_for=tuple(key for key in task.waits_for if key in keys),
    )
