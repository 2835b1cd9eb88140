"""No worker and no kernel outlives a run, however it ends; one that dies costs its task a second try, not the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.workflow import tiny
from tests.workflow.processes import is_kernel, is_template, is_worker

pytestmark = pytest.mark.kernel

_PATIENCE = 60.0


def start(folder: Path) -> subprocess.Popen[bytes]:
    """`voc run` in a session of its own, as a shell would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "voc_lib", "run", "--branch", "BJ", "--month", "2013-05", "--no-pdf", "--jobs", "1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def wait_for(file: Path, run: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while not file.exists():
        assert run.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_no_process_is_left_behind(tmp_path: Path, project: Path, number: signal.Signals) -> None:
    flag = tmp_path / "sleeping"
    sleeping = tiny.notebook([f"import pathlib, time\npathlib.Path({str(flag)!r}).touch()\ntime.sleep(600)"])
    tiny.project(tmp_path / "p", project / "params", {"01_sleeping.ipynb": sleeping})
    run = start(tmp_path / "p")
    wait_for(flag, run)
    descendants = psutil.Process(run.pid).children(recursive=True)
    assert any(is_kernel(one) for one in descendants)
    assert any(is_template(one) for one in descendants)
    if number == signal.SIGINT:
        os.killpg(run.pid, number)  # as a terminal sends it: to the whole group
    else:
        run.kill()
    run.communicate(timeout=_PATIENCE)
    _, alive = psutil.wait_procs(descendants, timeout=_PATIENCE)
    assert not alive
    assert not (tmp_path / "p" / "output").exists()


@pytest.mark.parametrize("victim", ["worker", "template"])
def test_a_process_that_dies_costs_a_second_try(tmp_path: Path, project: Path, victim: str) -> None:
    flag = tmp_path / "tried"
    cell = (
        "import pathlib, time\n"
        f"flag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists():\n    flag.touch()\n    time.sleep(600)"
    )
    tiny.project(tmp_path / "p", project / "params", {"01_killed.ipynb": tiny.notebook([cell])})
    run = start(tmp_path / "p")
    wait_for(flag, run)
    kind = is_worker if victim == "worker" else is_template
    victims = [one for one in psutil.Process(run.pid).children() if kind(one)]
    assert victims
    for process in victims:
        process.kill()
    output, _ = run.communicate(timeout=_PATIENCE)
    assert run.returncode == 0, output.decode()
    assert "01_killed BJ 2013-05" in output.decode()


def test_a_kernel_that_dies_by_itself_fails_its_notebook(tmp_path: Path, project: Path) -> None:
    cell = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    tiny.project(tmp_path / "p", project / "params", {"01_dying.ipynb": tiny.notebook([cell])})
    run = start(tmp_path / "p")
    output, _ = run.communicate(timeout=_PATIENCE)
    assert run.returncode == 1, output.decode()
    assert "kernel died" in output.decode()
