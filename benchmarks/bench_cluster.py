"""All reports of six branches and six months on a Dask cluster of this machine: two workers against one.

Each cluster is new, and each run starts from the same landed tables; what counts is the wall time of `voc run`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.exports import OUR_NOTEBOOKS, put_exports, voc
from benchmarks.ratio import Ratio


def measure() -> list[Ratio]:
    """The ratio, over all branches and months."""
    return _compare(())


def _compare(narrowed: Sequence[str]) -> list[Ratio]:
    """The ratio, of a run with these options."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exports = put_exports(folder / "landed" / "data" / "raw")
        voc("land", folder / "landed")
        times = {n: _seconds(folder, n, narrowed) for n in (1, 2)}
        n_notebooks = len(list((folder / "2" / "output").rglob("[0-9][0-9].ipynb")))
    on = f"{n_notebooks} notebooks with their HTML and PDF, {exports}; 1.7 or more is wanted"
    return [Ratio("a Dask cluster of one worker", "one of two workers", times[1] / times[2], on)]


def _seconds(folder: Path, n_workers: int, narrowed: Sequence[str]) -> float:
    project = folder / str(n_workers)
    shutil.copytree(folder / "landed", project)
    with _cluster(n_workers, folder) as address:
        start = time.perf_counter()
        voc("run", project, "--scheduler", address, "--notebooks", str(OUR_NOTEBOOKS), *narrowed)
        return time.perf_counter() - start


@contextmanager
def _cluster(n_workers: int, folder: Path) -> Iterator[str]:
    """The address of a scheduler with so many workers, all there."""
    from distributed import Client

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    processes = [_start("scheduler", folder, "--host", "127.0.0.1", "--port", str(port))]
    try:
        processes += [_start("worker", folder, address, "--nthreads", "1", "--no-nanny") for _ in range(n_workers)]
        with Client(address, timeout=60) as client:
            client.wait_for_workers(n_workers, timeout=60)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _start(what: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
    with Path(os.devnull).open("wb") as nowhere:
        return subprocess.Popen(command, cwd=folder, stdout=nowhere, stderr=nowhere)
