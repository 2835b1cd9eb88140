"""The same run on a Dask cluster: real scheduler, real workers in processes of their own, real kernels."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.workflow import tiny
from tests.workflow.processes import PATIENCE, wait_until
from voc_lib.context import Context
from voc_lib.errors import RunError
from voc_lib.workflow.cluster import ClusterFleet

pytestmark = pytest.mark.kernel


@dataclass
class Cluster:
    """A scheduler and its workers, as an operator would start them."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def scheduler(self) -> None:
        """Start one, and wait until it answers at the port that it chose itself."""
        told = self.folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
        process = self._start("scheduler", *options)
        assert wait_until(lambda: _address(told) or process.poll() is not None)
        self.address = _address(told)

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """Start one; it may take a while to join."""
        return self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", *options)

    def wait_for_workers(self, n: int) -> None:
        """Until so many have joined: a run waits for the first of them, but not as long as a busy machine takes."""
        from distributed import Client

        with Client(self.address, timeout=PATIENCE) as client:
            client.wait_for_workers(n, timeout=PATIENCE)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)
        log.close()
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """Kill them all, with what they have started."""
        for process in reversed(self.processes):
            with contextlib.suppress(psutil.NoSuchProcess):
                for one in psutil.Process(process.pid).children(recursive=True):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
            process.kill()
            process.wait()


def _address(told: Path) -> str:
    try:
        return str(json.loads(told.read_text(encoding="utf-8"))["address"])
    except (FileNotFoundError, ValueError):  # not there yet, or half of it
        return ""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "dask").mkdir()
    made = Cluster(tmp_path / "dask")
    try:
        made.scheduler()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Context:
    context = tiny.project(tmp_path_factory.mktemp("reference"), project / "params")
    assert not tiny.run(context).failed
    return context


def test_two_workers_give_the_bytes_of_this_machine(
    cluster: Cluster, reference: Context, tmp_path: Path, project: Path
) -> None:
    cluster.worker()
    cluster.worker()
    cluster.wait_for_workers(2)
    context = tiny.project(tmp_path / "p", project / "params")
    seen: list[str] = []
    result = tiny.run(context, fleet=ClusterFleet(cluster.address), observers=[Told(seen)])
    assert not result.failed
    assert {outcome.kernel for outcome in result.done if outcome.task.format is None} == {"forked"}
    assert tiny.hashes(context.output) == tiny.hashes(reference.output)
    started = [line for line in seen if line.startswith("started")]
    assert len(started) == len(set(started)) == 16
    assert all(seen.index(line.replace("done", "started")) < place for place, line in enumerate(seen) if "done" in line)
    # The cluster goes on, and keeps nothing of the run: neither template nor profile.
    assert not tiny.run(context, fleet=ClusterFleet(cluster.address)).done
    assert all(process.poll() is None for process in cluster.processes)


def test_a_lost_worker_loses_nothing(cluster: Cluster, reference: Context, tmp_path: Path, project: Path) -> None:
    victim = cluster.worker("--no-nanny")
    flag = tmp_path / "tried"
    made = tiny.notebooks()
    # The first report kills the worker on which it runs, as a machine that is switched off would.
    made["04_report.ipynb"].cells[-1].source += (
        f"\nimport os, pathlib, signal, time\nflag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n"
        f"    flag.touch()\n    os.kill({victim.pid}, signal.SIGKILL)\n    time.sleep(600)"
    )
    context = tiny.project(tmp_path / "p", project / "params", made)
    cluster.wait_for_workers(1)
    second: list[object] = []
    observer = Told([], then=lambda: second or second.append(cluster.worker()))
    result = tiny.run(context, fleet=ClusterFleet(cluster.address), observers=[observer])
    assert not result.failed
    assert flag.exists()
    assert victim.wait(PATIENCE) == -signal.SIGKILL
    tables = tiny.hashes(Path(reference.data) / "summary")
    assert tiny.hashes(Path(context.data) / "summary") == tables


@pytest.mark.full
def test_a_task_that_kills_every_worker_is_a_failure_and_the_rest_is_done(
    cluster: Cluster, tmp_path: Path, project: Path
) -> None:
    made = tiny.notebooks()
    made["01_link.ipynb"].cells[-1].source += (
        "\nimport psutil\nif branch == 'TJ' and month == '2013-04':\n"
        "    for one in psutil.process_iter(['cmdline']):\n"
        "        words = ' '.join(one.info['cmdline'] or ())\n"
        f"        if 'dask_worker' in words and {cluster.address!r} in words:\n"
        "            for child in one.children():\n                child.kill()\n"
        "    import time; time.sleep(600)"
    )
    context = tiny.project(tmp_path / "p", project / "params", made)
    cluster.worker()
    cluster.wait_for_workers(1)
    result = tiny.run(context, fleet=ClusterFleet(cluster.address))
    assert [str(outcome.task.key) for outcome in result.failed] == ["01_link TJ 2013-04"]
    assert "could not be done on any worker" in str(result.failed[0].error)
    skipped = {str(outcome.task.key) for outcome in result.skipped}
    assert {"04_report TJ 2013-04", "04_report TJ 2013-05", "04_report.html TJ 2013-04"} <= skipped
    assert (Path(context.output) / "2013-04" / "head_office" / "report.html").is_file()
    assert (Path(context.output) / "2013-05" / "BJ" / "report.html").is_file()


def test_no_scheduler_and_no_worker_are_told_in_one_message(
    cluster: Cluster, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voc_lib.workflow.cluster._PATIENCE", 2)
    context = tiny.project(tmp_path / "p", project / "params")
    with pytest.raises(RunError, match=r"cannot be reached.*tcp://127\.0\.0\.1:9"):
        tiny.run(context, fleet=ClusterFleet("tcp://127.0.0.1:9"))
    with pytest.raises(RunError, match="no workers"):
        tiny.run(context, fleet=ClusterFleet(cluster.address))
    assert not Path(context.output).exists()


class Told:
    """An observer that writes down what it is told."""

    def __init__(self, seen: list[str], then: object = None) -> None:
        self.seen = seen
        self.then = then

    def begin(self, plan: object, *, jobs: int, n_current: int) -> None: ...

    def started(self, task: object) -> None:
        self.seen.append(f"started {task.key}")  # type: ignore[attr-defined]
        if self.then:
            self.then()  # type: ignore[operator]

    def ended(self, outcome: object) -> None:
        self.seen.append(f"{outcome.status} {outcome.task.key}")  # type: ignore[attr-defined]

    def close(self) -> None: ...
