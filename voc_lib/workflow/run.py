"""Runs a plan: hands tasks to workers as soon as what they need is there, and keeps going when one fails.

A task that failed takes down what needs it, and nothing else. The tables and reports that a failed or skipped task had
written in an earlier run are withdrawn, so that nothing later takes them for this run's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from voc_lib.context import Context
from voc_lib.params import load_profile
from voc_lib.store import Store
from voc_lib.workflow.execute import Order, Outcome, check_order, execute
from voc_lib.workflow.manifest import MANIFEST, write_manifest
from voc_lib.workflow.plan import Plan, RunTask, Stage, TaskKey
from voc_lib.workflow.pool import worker_pool
from voc_lib.workflow.progress import Observer

__all__ = ["RunResult", "run_plan"]


@dataclass(frozen=True)
class RunResult:
    """How a run ended: the tasks done, those that failed, and those skipped with the one that is missing."""

    done: tuple[TaskKey, ...]
    failed: tuple[Outcome, ...]
    skipped: tuple[tuple[TaskKey, TaskKey], ...]


def run_plan(
    plan: Plan,
    stages: Sequence[Stage],
    *,
    context: Context,
    project: str,
    jobs: int = 2,
    pdf: bool = True,
    observers: Iterable[Observer] = (),
) -> RunResult:
    """Run all tasks of a plan.

    Args:
        plan: the tasks with their dependencies.
        stages: all notebooks of the workflow.
        context: where profile, tables and outputs are; each task gets a copy with its own declarations.
        project: folder whose path must not be seen in a notebook, and that may hold requirements.lock.
        jobs: how many tasks run at once, each in a process of its own.
        pdf: whether reports are rendered as PDF too.
        observers: are told what happens.
    Raises: ProfileError, before anything is started, when a parameter does not fit its notebook.
    """
    orders = {task.key: _order(task, context, project=project, pdf=pdf) for task in plan}
    for order in {order.task.stage.name: order for order in orders.values()}.values():
        check_order(order)
    run = _Run(plan, orders, tuple(stages), tuple(observers))
    with ExitStack() as stack:
        for observer in run.observers:
            stack.callback(observer.close)
            observer.begin(plan, jobs=jobs)
        broken: list[TaskKey] = []
        while True:
            with worker_pool(jobs) as pool:
                broken = run.work(pool, jobs=jobs, again=broken)
            if not broken:
                return run.result()


def run_order(order: Order, stages: tuple[Stage, ...]) -> Outcome:
    """What a worker does with one order."""
    return execute(
        order,
        finish=lambda order: write_manifest(order.task, stages, context=order.context, project=order.project),
    )


@dataclass
class _Run:
    """State of a run: what is open, what was done, what failed."""

    plan: Plan
    orders: dict[TaskKey, Order]
    stages: tuple[Stage, ...]
    observers: tuple[Observer, ...]
    outcomes: dict[TaskKey, Outcome] = field(default_factory=dict)
    skipped: dict[TaskKey, TaskKey] = field(default_factory=dict)
    tried: set[TaskKey] = field(default_factory=set)

    def work(self, pool: Executor, *, jobs: int, again: list[TaskKey]) -> list[TaskKey]:
        """Run until nothing is left. Gives the tasks to be tried again in a new pool, if a worker died."""
        running: dict[Future[Outcome], RunTask] = {}
        waiting = [task for task in self.plan if task.key not in self.outcomes and task.key not in self.skipped]
        broken: list[TaskKey] = []
        while True:
            while len(running) < jobs and not broken:
                task = self._next(waiting)
                if task is None:
                    break
                try:
                    running[pool.submit(run_order, self.orders[task.key], self.stages)] = task
                except BrokenProcessPool:
                    broken.append(task.key)
                    break
                if task.key not in again:
                    self._tell("started", task)
            if not running:
                return broken
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                try:
                    self._end(future.result())
                except BrokenProcessPool:
                    self._broken(task, broken)

    def _next(self, waiting: list[RunTask]) -> RunTask | None:
        """Take the first task that can run; what can never run is skipped on the way."""
        for task in list(waiting):
            before = {*task.needs, *task.waits_for}
            if not all(key in self.outcomes or key in self.skipped for key in before):
                continue
            waiting.remove(task)
            missing = self._missing(task)
            if missing is None:
                return task
            self.skipped[task.key] = missing
            _withdraw(self.orders[task.key], notebook=True)
            self._tell("skipped", task, missing)
        return None

    def _missing(self, task: RunTask) -> TaskKey | None:
        """What keeps a task from running: one that it needs, or all of its month that it waits for."""
        for key in task.needs:
            if not self._is_done(key):
                return self.skipped.get(key, key)
        of_month = [key for key in task.waits_for if key.month == task.month]
        if of_month and not any(self._is_done(key) for key in of_month):
            return self.skipped.get(of_month[0], of_month[0])
        return None

    def _is_done(self, key: TaskKey) -> bool:
        return key in self.outcomes and self.outcomes[key].done

    def _end(self, outcome: Outcome) -> None:
        self.outcomes[outcome.task.key] = outcome
        if not outcome.done:
            _withdraw(self.orders[outcome.task.key], notebook=False)
        self._tell("ended", outcome)

    def _broken(self, task: RunTask, broken: list[TaskKey]) -> None:
        # A dying worker takes the pool with it, and nobody can tell which of the tasks in flight it was: each of them
        # is tried once more.
        if task.key in self.tried:
            self._end(Outcome(task, False, error="worker process died twice while it ran the notebook"))
        else:
            self.tried.add(task.key)
            broken.append(task.key)

    def _tell(self, what: str, *about: object) -> None:
        for observer in self.observers:
            getattr(observer, what)(*about)

    def result(self) -> RunResult:
        ended = [self.outcomes[task.key] for task in self.plan if task.key in self.outcomes]
        return RunResult(
            tuple(outcome.task.key for outcome in ended if outcome.done),
            tuple(outcome for outcome in ended if not outcome.done),
            tuple((task.key, self.skipped[task.key]) for task in self.plan if task.key in self.skipped),
        )


def _order(task: RunTask, context: Context, *, project: str, pdf: bool) -> Order:
    own = replace(
        context,
        notebook=task.stage.name,
        reads=tuple(str(read) for read in task.stage.reads),
        writes=task.stage.writes,
        scratch=False,
    )
    return Order(task, own, pdf, project)


def _withdraw(order: Order, *, notebook: bool) -> None:
    """Take away what an earlier run of the task left: its tables, its report, and its notebook if it did not run."""
    import fsspec.core

    store = Store(order.context.data, load_profile(order.context.params).tz)
    for partition in order.task.partitions:
        store.remove(*partition)
    gone = [order.task.target] if notebook else []
    if order.task.stage.is_report:
        gone += [f"{order.task.folder}/{name}" for name in ("report.html", "report.pdf", MANIFEST)]
    for name in gone:
        fs, path = fsspec.core.url_to_fs(f"{order.context.output.rstrip('/')}/{name}")
        if fs.exists(path):
            fs.rm(path)
