"""Does the tasks of a run on a Dask cluster: the graph as futures, forked kernels on each worker.

The scheduler knows the whole graph, so a task starts as soon as what it builds on has ended, wherever that was; its
dashboard is the view. Workers share no disk with this process: notebooks travel with their orders, the profile with a
plugin, and tables, notebooks and reports lie where all can reach them.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distributed import Client, Future, Worker, WorkerPlugin, get_worker

from voc_lib.errors import RunError
from voc_lib.store import locate, remove_file, write_bytes
from voc_lib.workflow.content import digest, digest_of_set
from voc_lib.workflow.execute import quiet_loggers
from voc_lib.workflow.kernels import kernel_template
from voc_lib.workflow.order import Order, Outcome
from voc_lib.workflow.perform import fail, perform
from voc_lib.workflow.plan import RunTask, TaskKey
from voc_lib.workflow.reach import library_files
from voc_lib.workflow.run import Graph

__all__ = ["ClusterFleet"]

_PATIENCE = 20  # seconds for the scheduler to answer, and for a first worker to be there
# papermill and nbclient change state of the whole process: one notebook at a time, whatever the worker's threads.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class ClusterFleet:
    """Does tasks on the workers of a Dask scheduler.

    Args:
        address: of the scheduler, e.g. tcp://10.0.0.1:8786.
    """

    address: str

    @property
    def jobs(self) -> int:
        """How many workers there are; 1 before any is."""
        with self._connect() as client:
            return max(1, len(client.scheduler_info(n_workers=-1)["workers"]))

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        """Do all tasks of a graph. What a lost worker was doing is done by another.

        Raises: RunError when the scheduler cannot be reached, has no workers, or these cannot do the tasks.
        """
        with self._connect() as client:
            any_order = next(iter(graph.orders.values()))
            _check_workers(client, any_order)
            plugin = _Kernels(any_order, [order.source for order in _one_of_each(graph) if order.source])
            client.register_plugin(plugin, name=plugin.name)
            try:
                yield from _Run(client, graph, plugin.name).events()
            finally:
                client.unregister_worker_plugin(plugin.name)

    def _connect(self) -> Client:
        try:
            return Client(self.address, timeout=_PATIENCE, name="voc")
        except (OSError, ValueError) as error:
            raise RunError(
                "Dask scheduler cannot be reached",
                address=self.address,
                found=type(error).__name__,
                hint="start one with `dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`",
            ) from None


class _Run:
    """One run of a graph on a cluster."""

    def __init__(self, client: Client, graph: Graph, plugin: str) -> None:
        self.client = client
        self.graph = graph
        self.plugin = plugin
        self.name = uuid.uuid4().hex
        self.arrived: queue.SimpleQueue[TaskKey | tuple[TaskKey, Future]] = queue.SimpleQueue()
        self.futures: dict[TaskKey, Future] = {}
        self.built_on: dict[TaskKey, list[Future]] = {}
        self.erred: dict[TaskKey, Future] = {}

    def events(self) -> Iterator[RunTask | Outcome]:
        """Each task when a worker got it, and its outcome when it has ended."""
        names = {str(key): key for key in self.graph.orders}
        told: set[TaskKey] = set()
        self.client.subscribe_topic(self.name, lambda event: self.arrived.put(names[event[1]]))
        try:
            for key in self.graph.orders:
                self._submit(key)
            while not self.graph.outcomes.keys() >= self.graph.orders.keys():
                arrived = self.arrived.get()
                if isinstance(arrived, TaskKey):
                    outcomes: list[Outcome] = []
                    keys = [arrived]
                else:
                    outcomes = self._ended(*arrived)
                    keys = [outcome.task.key for outcome in outcomes]  # the message that it began may come later
                for key in keys:
                    if key not in told:
                        told.add(key)
                        yield self.graph.orders[key].task
                yield from outcomes
        finally:
            self.client.unsubscribe_topic(self.name)
            self.client.cancel(list(self.futures.values()))

    def _submit(self, key: TaskKey) -> None:
        known, future_of = self.graph.outcomes, self.futures
        before = [known[earlier] if earlier in known else future_of[earlier] for earlier in self.graph.before(key)]
        self.built_on[key] = [future_of[earlier] for earlier in self.graph.before(key) if earlier not in known]
        future = self.client.submit(
            _perform,
            self.graph.orders[key],
            before,
            self.name,
            self.plugin,
            key=(f"{key.stage}-{uuid.uuid4().hex}", key.branch, key.month),  # the dashboard groups by the first word
            pure=False,
        )
        self.futures[key] = future
        future.add_done_callback(lambda done: self.arrived.put((key, done)))

    def _ended(self, key: TaskKey, future: Future) -> list[Outcome]:
        """What is known now that a future has ended.

        A task that could not even be tried (it took its workers down) takes all futures behind it with it. These are
        handed in once more when it is known what came of all that they build on.
        """
        if future is not self.futures[key]:
            return []
        if future.status == "finished":
            self.graph.outcomes[key] = future.result()
        else:
            self.erred[key] = future
        outcomes = [self.graph.outcomes[key]] if key in self.graph.outcomes else []
        for waiting in [one for one in self.graph.orders if one in self.erred]:
            if not all(earlier in self.graph.outcomes for earlier in self.graph.before(waiting)):
                continue
            gone = self.erred.pop(waiting)
            if any(one.status == "error" for one in self.built_on[waiting]):
                self._submit(waiting)
            else:
                error = type(gone.exception()).__name__
                outcome = fail(self.graph.orders[waiting], f"could not be done on any worker: {error}")
                self.graph.outcomes[waiting] = outcome
                outcomes.append(outcome)
        return outcomes


class _Kernels(WorkerPlugin):
    """What a worker is given for a run: the profile, and a template for its kernels."""

    idempotent = True

    def __init__(self, order: Order, sources: Sequence[str]) -> None:
        folder = Path(order.context.params)
        self.profile = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self.sources = list(sources)
        self.places = (order.context.data, order.context.output)
        self.name = f"voc-{digest_of_set({name: digest(found) for name, found in self.profile.items()})[:16]}"
        self.params = ""
        self._stack: ExitStack | None = None

    def setup(self, worker: Worker) -> None:
        """Called by the worker when it gets the plugin, also if it joins later."""
        quiet_loggers()
        self._stack = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="voc-worker-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name, content in self.profile.items():
            path = folder / "params" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        notebooks = []
        for place, source in enumerate(self.sources):
            notebooks.append(folder / f"{place:02d}.ipynb")
            notebooks[-1].write_text(source, encoding="utf-8")
        self.params = str(folder / "params")
        self._stack.enter_context(kernel_template(notebooks=notebooks, params=self.params, places=self.places))

    def teardown(self, worker: Worker) -> None:
        """Called by the worker when it ends, or when the run has."""
        if self._stack is not None:
            self._stack.close()
            self._stack = None


def _perform(order: Order, before: list[Outcome], topic: str, plugin: str) -> Outcome:
    """What a worker does with an order."""
    worker = get_worker()
    worker.log_event(topic, str(order.task.key))
    kernels: Any = worker.plugins[plugin]
    with _one_at_a_time:
        return perform(replace(order, context=replace(order.context, params=kernels.params)), before)


def _one_of_each(graph: Graph) -> list[Order]:
    return list({order.task.kind: order for order in graph.orders.values()}.values())


def _check_workers(client: Client, order: Order) -> None:
    """Refuse workers that run other code than this process, or do not see its data. Raises: RunError."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise RunError(
            "Dask scheduler has no workers",
            address=client.scheduler.address if client.scheduler else None,
            hint="start some with `dask worker ADDRESS --nthreads 1`",
        ) from None
    probe = f"{order.context.data.rstrip('/')}/state/probe-{uuid.uuid4().hex}"
    write_bytes(probe, b"")
    try:
        answers: Mapping[str, dict[str, Any]] = client.run(_self_portrait, probe)
    finally:
        remove_file(probe)
    own = digest_of_set(library_files())
    for address, answer in sorted(answers.items()):
        if answer["library"] != own:
            raise RunError(
                "a worker runs another version of this library",
                worker=address,
                hint="install the same version there; results would depend on where a task was done",
            )
        if not answer["sees_data"]:
            raise RunError(
                "a worker does not see the data folder",
                worker=address,
                data=order.context.data,
                hint="give --data and --output as URLs that all machines reach (s3://…), or share the disk",
            )


def _self_portrait(probe: str) -> dict[str, Any]:
    fs, path = locate(probe)
    return {"library": digest_of_set(library_files()), "sees_data": bool(fs.exists(path))}
