"""kill -9 at any moment, of the run or of any process of it: the next run ends with the bytes of an undisturbed one."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.workflow import tiny
from tests.workflow.processes import PATIENCE, is_kernel, is_template, is_worker, left_of, wait_until
from voc_lib.context import Context

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]

_TABLES = ("records", "summary")
VICTIMS = {"template": is_template, "worker": is_worker, "kernel": is_kernel}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Context:
    context = tiny.project(tmp_path_factory.mktemp("reference"), project / "params")
    assert not tiny.run(context).failed
    return context


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "voc_lib", "run", "--no-pdf"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )


def wait_for_done(run: subprocess.Popen[str], n: int) -> None:
    """Until so many tasks are done."""
    assert run.stdout is not None
    for line in run.stdout:
        n -= line.startswith("done ")
        if n <= 0:
            return
    raise AssertionError("the run ended before")


def assert_same(context: Context, reference: Context) -> None:
    resumed = {name: found for name, found in tiny.hashes(context.output).items() if name != "index.html"}
    assert resumed == tiny.hashes(reference.output)
    for table in _TABLES:
        assert tiny.hashes(Path(context.data) / table) == tiny.hashes(Path(reference.data) / table)


@pytest.mark.parametrize(
    "n_done", [pytest.param(0, marks=pytest.mark.full), 1, pytest.param(4, marks=pytest.mark.full), 9]
)
def test_a_killed_run_goes_on_where_it_was(reference: Context, tmp_path: Path, project: Path, n_done: int) -> None:
    context = tiny.project(tmp_path / "p", project / "params")
    run = start(tmp_path / "p")
    if n_done:
        wait_for_done(run, n_done)
    else:
        time.sleep(1.5)  # somewhere before the first task has ended
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.wait()
    assert not left_of(family)
    assert run.stdout is not None
    run.stdout.close()
    again = start(tmp_path / "p")
    output, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, output
    assert output.count("done ") <= 17 - n_done  # the closing line counts once
    assert_same(context, reference)


@pytest.mark.parametrize("victim", list(VICTIMS))
def test_a_killed_part_costs_no_more_than_its_task(
    reference: Context, tmp_path: Path, project: Path, victim: str
) -> None:
    context = tiny.project(tmp_path / "p", project / "params")
    run = start(tmp_path / "p")
    wait_for_done(run, 2)
    found: list[psutil.Process] = []

    def is_found() -> bool:
        found[:] = [one for one in children(run) if VICTIMS[victim](one)]
        return bool(found)

    assert wait_until(lambda: is_found() or run.poll() is not None)
    with contextlib.suppress(psutil.NoSuchProcess):  # a kernel may have ended meanwhile: it is its moment that counts
        found[0].kill()
    output, _ = run.communicate(timeout=PATIENCE)
    # A kernel that was killed is a failure, for it may have been out of memory; the rest is made good at once.
    if victim == "kernel" and run.returncode == 1:
        assert "kernel died" in output
        again = start(tmp_path / "p")
        output, _ = again.communicate(timeout=PATIENCE)
        assert again.returncode == 0, output
    else:
        assert run.returncode == 0, output
    assert_same(context, reference)


def children(run: subprocess.Popen[str]) -> list[psutil.Process]:
    try:
        return psutil.Process(run.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
