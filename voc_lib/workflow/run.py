"""Runs a plan: gives workers each task as soon as what it builds on has ended, and keeps going when one fails.

Tasks that are known to be up to date are not run at all. Of the others each decides for itself, when its turn comes,
whether it has to be done (see `perform`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

from voc_lib.workflow.assess import Verdict
from voc_lib.workflow.execute import check_order
from voc_lib.workflow.manifest import update_manifest
from voc_lib.workflow.order import Order, Outcome, Status
from voc_lib.workflow.plan import Plan, RunTask, TaskKey
from voc_lib.workflow.progress import Observer
from voc_lib.workflow.records import TaskRecord, write_set

__all__ = ["Fleet", "Graph", "RunResult", "run_plan"]


class Fleet(Protocol):
    """Where tasks are done: worker processes of this machine, or a cluster."""

    @property
    def jobs(self) -> int:
        """How many tasks are done at once."""

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        """Do all tasks of a graph; gives each task when a worker got it, and its outcome when it has ended."""


@dataclass
class Graph:
    """The tasks that a fleet has to do.

    Args:
        orders: by key, each after those that it builds on.
        outcomes: what has come of tasks: first of those that need no doing, then of each that has ended.
    """

    orders: dict[TaskKey, Order]
    outcomes: dict[TaskKey, Outcome] = field(default_factory=dict)

    def before(self, key: TaskKey) -> tuple[TaskKey, ...]:
        """The tasks of this run that must have ended before this one."""
        task = self.orders[key].task
        return (*task.needs, *task.waits_for)

    def outcomes_before(self, key: TaskKey) -> list[Outcome]:
        """What came of them."""
        return [self.outcomes[earlier] for earlier in self.before(key)]


@dataclass(frozen=True)
class RunResult:
    """How a run ended: the outcomes, by how each task ended, in the order of the plan."""

    done: tuple[Outcome, ...]
    unchanged: tuple[Outcome, ...]
    failed: tuple[Outcome, ...]
    skipped: tuple[Outcome, ...]

    @property
    def records(self) -> dict[TaskKey, TaskRecord]:
        """What is known of each task that is done or unchanged."""
        good = (*self.done, *self.unchanged)
        return {outcome.task.key: outcome.record for outcome in good if outcome.record is not None}


def run_plan(
    plan: Plan,
    verdicts: Mapping[TaskKey, Verdict],
    *,
    sets: Mapping[str, Mapping[str, str]],
    fleet: Fleet,
    observers: Iterable[Observer] = (),
) -> RunResult:
    """Bring every task of a plan up to date.

    Args:
        plan: the tasks with what they build on.
        verdicts: of `assess`, for each task.
        sets: entries behind the hashes of the ingredients, kept for the next run's explanations.
        fleet: where the tasks are done.
        observers: are told what happens.
    Raises: ProfileError, before anything is started, when a parameter does not fit its notebook.
    """
    graph = Graph({task.key: verdicts[task.key].order for task in plan if not verdicts[task.key].is_current})
    for verdict in verdicts.values():
        if verdict.is_current:
            order = verdict.order
            graph.outcomes[order.task.key] = Outcome(order.task, Status.UNCHANGED, record=order.record)
    for order in {order.task.kind: order for order in graph.orders.values() if order.task.format is None}.values():
        check_order(order)
    if graph.orders:
        _work(plan, graph, sets, fleet, tuple(observers))
    result = _result(plan, graph)
    _write_manifests(plan, verdicts, result)
    return result


def _work(
    plan: Plan,
    graph: Graph,
    sets: Mapping[str, Mapping[str, str]],
    fleet: Fleet,
    observers: tuple[Observer, ...],
) -> None:
    data = next(iter(graph.orders.values())).context.data
    for name, entries in sets.items():
        write_set(data, name, entries)
    todo = Plan(tuple(task for task in plan if task.key in graph.orders), plan.added)
    with ExitStack() as stack:
        for observer in observers:
            stack.callback(observer.close)
            observer.begin(todo, jobs=fleet.jobs, n_current=len(plan) - len(todo))
        for event in fleet.run(graph):
            for observer in observers:
                if isinstance(event, Outcome):
                    observer.ended(event)
                else:
                    observer.started(event)


def _result(plan: Plan, graph: Graph) -> RunResult:
    ended = [graph.outcomes[task.key] for task in plan]

    def those(status: Status) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in ended if outcome.status == status)

    return RunResult(*(those(status) for status in (Status.DONE, Status.UNCHANGED, Status.FAILED, Status.SKIPPED)))


def _write_manifests(plan: Plan, verdicts: Mapping[TaskKey, Verdict], result: RunResult) -> None:
    """A manifest beside each report that is there; it holds what is known of renderings that were not asked for too."""
    of_folder: dict[tuple[str, str], dict[TaskKey, TaskRecord]] = {}
    records = result.records
    for key, record in records.items():
        of_folder.setdefault((key.branch, key.month), {})[key] = record
    for task in plan:
        if task.stage.is_report and task.format is None and task.key in records:
            update_manifest(task, of_folder[task.branch, task.month], output=verdicts[task.key].order.context.output)
