"""No worker and no kernel outlives a run, however it ends; one that dies costs its task a second try, not the run."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.workflow import tiny
from tests.workflow.processes import PATIENCE, is_kernel, is_template, is_worker, left_of, wait_until
from voc_lib.errors import StorageError
from voc_lib.workflow import pool

pytestmark = pytest.mark.kernel


@pytest.fixture(autouse=True)
def attended() -> Iterator[None]:
    """As at a terminal: what runs in the background (as CI may) ignores Ctrl-C, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
    assert wait_until(lambda: file.exists() or run.poll() is not None)
    assert run.poll() is None


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a run puts what it needs for a while; a short path, for sockets lie there."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "kill", "kill -9"])
def test_no_process_is_left_behind(tmp_path: Path, project: Path, temporary: Path, number: signal.Signals) -> None:
    flag = tmp_path / "sleeping"
    sleeping = tiny.notebook([f"import pathlib, time\npathlib.Path({str(flag)!r}).touch()\ntime.sleep(600)"])
    tiny.project(tmp_path / "p", project / "params", {"01_sleeping.ipynb": sleeping})
    run = start(tmp_path / "p")
    wait_for(flag, run)
    descendants = psutil.Process(run.pid).children(recursive=True)
    assert any(is_kernel(one) for one in descendants)
    assert any(is_template(one) for one in descendants)
    for _ in range(3 if number == signal.SIGINT else 1):  # an impatient user presses Ctrl-C again
        if number == signal.SIGINT:
            os.killpg(run.pid, number)  # as a terminal sends it: to the whole group
        else:
            run.send_signal(number)
        time.sleep(0.05)
    said, _ = run.communicate(timeout=PATIENCE)
    assert not left_of(descendants)
    assert not (tmp_path / "p" / "output").exists()
    # Of a run that was killed the copy of the profile stays.
    left = [path.name for path in temporary.iterdir() if number != signal.SIGKILL or "profile" not in path.name]
    assert left == []
    if number != signal.SIGKILL:
        assert run.returncode == 130
        assert b"Traceback" not in said


@pytest.mark.parametrize(("ending", "status"), [("pass", 0), ("raise ValueError", 1)], ids=["success", "failure"])
def test_no_process_is_left_behind_by_a_run_that_ends_by_itself(
    tmp_path: Path, project: Path, temporary: Path, ending: str, status: int
) -> None:
    flag, go = tmp_path / "waiting", tmp_path / "go"
    cell = (
        "import pathlib, subprocess, time\nsubprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(flag)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.05)\n{ending}"
    )
    tiny.project(tmp_path / "p", project / "params", {"01_waiting.ipynb": tiny.notebook([cell])})
    run = start(tmp_path / "p")
    wait_for(flag, run)
    descendants = psutil.Process(run.pid).children(recursive=True)
    assert any(is_kernel(one) for one in descendants)
    assert any(one.name() == "sleep" for one in descendants)
    go.touch()
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == status, said.decode()
    assert not left_of(descendants)
    assert list(temporary.iterdir()) == []


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
    output, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, output.decode()
    assert "01_killed BJ 2013-05" in output.decode()


def test_a_kernel_that_dies_by_itself_fails_its_notebook(tmp_path: Path, project: Path) -> None:
    cell = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    tiny.project(tmp_path / "p", project / "params", {"01_dying.ipynb": tiny.notebook([cell])})
    run = start(tmp_path / "p")
    output, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, output.decode()
    assert "kernel died" in output.decode()


def test_a_machine_without_shared_memory_is_told_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(pool, "ProcessPoolExecutor", refuse)
    with pytest.raises(StorageError, match=r"Read-only.*\n.*/dev/shm"), pool._worker_pool(1):
        pass
