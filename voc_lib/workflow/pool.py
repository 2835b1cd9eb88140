"""Worker processes of this machine: one for each job, started fresh, each doing one task at a time.

Processes rather than threads, for papermill changes state of the whole process; spawned rather than forked, so that
they inherit nothing.
"""

from __future__ import annotations

import heapq
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from voc_lib.errors import StorageError
from voc_lib.workflow.execute import quiet_loggers
from voc_lib.workflow.kernels import kernel_template
from voc_lib.workflow.order import Outcome
from voc_lib.workflow.perform import fail, perform
from voc_lib.workflow.plan import RunTask, TaskKey
from voc_lib.workflow.run import Graph

__all__ = ["LocalFleet"]

_END = 60.0  # seconds for a worker whose parent has gone to tidy up; it takes a tenth of one, on a quiet machine


@dataclass(frozen=True)
class LocalFleet:
    """Does tasks in processes of this machine, with kernels forked from one template.

    Args:
        jobs: how many tasks are done at once.
    """

    jobs: int = 2

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        """Do all tasks of a graph. A worker that dies costs the tasks in flight a second try, once."""
        orders = graph.orders.values()
        notebooks = {order.task.stage.path for order in orders if order.task.format is None}
        context = next(iter(orders)).context
        tried: set[TaskKey] = set()
        again: list[TaskKey] = []
        with kernel_template(notebooks=sorted(notebooks), params=context.params, places=(context.data, context.output)):
            while True:
                with _worker_pool(min(self.jobs, len(graph.orders))) as pool:
                    again = yield from _work(graph, pool, self.jobs, again, tried)
                if not again:
                    return


def _work(
    graph: Graph, pool: Executor, jobs: int, again: list[TaskKey], tried: set[TaskKey]
) -> Generator[RunTask | Outcome, None, list[TaskKey]]:
    """Work until nothing is left. Returns the tasks to be tried once more in a new pool, if a worker died."""
    running: dict[Future[Outcome], TaskKey] = {}
    queue = _Queue(graph)
    broken: list[TaskKey] = []
    while True:
        while len(running) < jobs and not broken and (key := queue.next()) is not None:
            order = graph.orders[key]
            try:
                running[pool.submit(perform, order, graph.outcomes_before(key))] = key
            except BrokenProcessPool:
                broken.append(key)
                break
            if key not in again:
                yield order.task
        if not running:
            return broken
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            key = running.pop(future)
            try:
                outcome = future.result()
            except BrokenProcessPool:
                # A dying worker takes the pool with it, and nobody can tell which of the tasks in flight it was: each
                # of them is tried once more.
                if key not in tried:
                    tried.add(key)
                    broken.append(key)
                    continue
                outcome = fail(graph.orders[key], "worker process died twice while it did the task")
            graph.outcomes[key] = outcome
            queue.ended(key)
            yield outcome


class _Queue:
    """Gives the tasks that can be done, in the order of the plan."""

    def __init__(self, graph: Graph) -> None:
        keys = [key for key in graph.orders if key not in graph.outcomes]
        self._place = {key: place for place, key in enumerate(keys)}
        self._keys = keys
        self._open = {key: {k for k in graph.before(key) if k in self._place} for key in keys}
        self._followers: dict[TaskKey, list[TaskKey]] = {}
        for key, before in self._open.items():
            for earlier in before:
                self._followers.setdefault(earlier, []).append(key)
        self._ready = [self._place[key] for key in keys if not self._open[key]]  # sorted, and so a heap

    def next(self) -> TaskKey | None:
        """The next task that can be done; None when there is none for now."""
        return self._keys[heapq.heappop(self._ready)] if self._ready else None

    def ended(self, key: TaskKey) -> None:
        """That task has ended, one way or another."""
        for follower in self._followers.get(key, ()):
            self._open[follower].discard(key)
            if not self._open[follower]:
                heapq.heappush(self._ready, self._place[follower])


@contextmanager
def _worker_pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of workers; when the block is left by an error or Ctrl-C they and their kernels are stopped at once."""
    try:
        pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
    except OSError as error:
        raise StorageError(
            "worker processes cannot be started",
            found=error.strerror,
            hint="they share locks through /dev/shm: it must be there and take files",
        ) from None
    try:
        yield pool
    except BaseException:
        # No public way to stop running workers before Python 3.14 (terminate_workers).
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def _start_worker() -> None:
    quiet_loggers()
    # Ctrl-C reaches the whole terminal's group; the parent decides, and says so by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _leave(number: int, frame: FrameType | None) -> None:
    # Unwinds the stack, so that the kernel is stopped and its folder removed.
    sys.exit(128 + number)


def _end_with_parent() -> None:
    # A pool's worker holds both ends of its queue and would wait for ever if the run were killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)  # as if the parent had had the time to say so: the kernel's folder goes
        time.sleep(_END)
        os._exit(1)
