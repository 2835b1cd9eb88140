"""Forked kernels: each by itself, interrupted and ended as any other, and gone when it should be."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.forkserver.sessions import LIGHT, Session
from tests.workflow.processes import PATIENCE, gone, wait_until
from voc_lib.workflow.forkserver import Template, TemplateGone, fork_kernel

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]


def test_nothing_of_one_kernel_is_seen_by_the_next(start: Callable[..., Session]) -> None:
    first = start(VOC_TEST_WORD="first")
    assert (
        first.run(
            """
        import os, random, signal
        import numpy, matplotlib
        leaked = 1
        os.environ["VOC_LEAK"] = "1"
        matplotlib.rcParams["font.size"] = 99.0
        numpy.set_printoptions(precision=2)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        os.chdir("/")
        os.umask(0)
        result = os.environ["VOC_TEST_WORD"]
        """
        )
        == "first"
    )
    second = start(VOC_TEST_WORD="second")
    result = second.run(
        """
        import os, signal
        import numpy, matplotlib
        result = {
            "word": os.environ["VOC_TEST_WORD"], "variable": "leaked" in globals(), "environ": "VOC_LEAK" in os.environ,
            "size": matplotlib.rcParams["font.size"], "usr1": signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL,
            "cwd": os.getcwd(), "session": os.getsid(0) == os.getpid() == os.getpgid(0), "umask": os.umask(0o022),
            "precision": numpy.get_printoptions()["precision"],
        }
        """
    )
    mask = os.umask(0o022)
    os.umask(mask)
    assert result == {
        "word": "second",
        "variable": False,
        "environ": False,
        "size": 10.0,
        "usr1": True,
        "cwd": str(second.folder),
        "session": True,
        "umask": mask,
        "precision": 8,
    }


def test_kernels_draw_different_random_numbers(start: Callable[..., Session]) -> None:
    code = """
        import os, random, secrets, tempfile, uuid
        import numpy
        result = [random.random(), float(numpy.random.rand()), float(numpy.random.default_rng().random()),
                  uuid.uuid4().hex, secrets.token_hex(), tempfile.mktemp()]
        """
    first, second = start().run(code), start().run(code)
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_a_kernel_is_interrupted_as_any_other(start: Callable[..., Session]) -> None:
    session = start()
    session.client.execute(
        "import pathlib, time\ntry:\n    pathlib.Path('sleeping').touch()\n    time.sleep(600)\n"
        "except KeyboardInterrupt:\n    result = 'stopped'"
    )
    assert wait_until((session.folder / "sleeping").exists)  # until then there is nothing to interrupt
    session.manager.interrupt_kernel()
    assert session.run("pass") == "stopped"


@pytest.mark.parametrize("now", [False, True], ids=["asked to", "at once"])
def test_shutting_down_ends_the_kernel_and_what_it_started(start: Callable[..., Session], now: bool) -> None:
    session = start()
    child = session.run("import subprocess\nresult = subprocess.Popen(['sleep', '100']).pid")
    session.manager.shutdown_kernel(now=now)
    assert gone(session.pid)
    assert gone(child)
    # Asked to, ipykernel first waits for its children to end; its manager does not have that patience.
    assert session.process.returncode == (-signal.SIGKILL if now else -signal.SIGTERM)
    assert not session.process.was_lost


def test_what_a_kernel_does_at_its_end_it_does(start: Callable[..., Session]) -> None:
    session = start()
    session.run(
        """
        import atexit, pathlib, threading, time
        atexit.register(lambda: pathlib.Path("at the end").touch())
        threading.Thread(target=lambda: (time.sleep(0.3), pathlib.Path("by a thread").touch())).start()
        result = 0
        """
    )
    session.manager.shutdown_wait_time = PATIENCE  # by default it is killed if it takes longer than 5 seconds
    session.manager.shutdown_kernel()
    assert session.process.returncode == 0
    assert (session.folder / "at the end").exists()
    assert (session.folder / "by a thread").exists()


def test_a_killed_kernel_is_noticed_and_not_called_lost(start: Callable[..., Session]) -> None:
    session = start()
    os.kill(session.pid, signal.SIGKILL)
    assert session.process.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert not session.process.was_lost
    assert not session.manager.is_alive()


@pytest.mark.parametrize("forked", [True, False], ids=["forked", "ordinary"])
def test_peak_memory_is_known_when_a_kernel_has_ended(template: Template, tmp_path: Path, forked: bool) -> None:
    held = b"1" * 600_000_000  # what this process holds is not the kernel's, though Linux counts it so
    session = Session(template.socket_path if forked else None, tmp_path)
    del held
    assert session.process.kind == ("forked" if forked else "ordinary")
    assert session.process.peak_memory is None
    session.run("result = len(bytearray(200_000_000))")
    session.stop()
    assert session.process.peak_memory is not None
    assert 200e6 < session.process.peak_memory < 500e6


@pytest.mark.parametrize("killed", ["owner", "template", "client"])
def test_kernels_never_outlive_owner_template_or_client(killed: str, tmp_path: Path) -> None:
    """The owner of the template here is one process, and who asked for the kernel another."""
    client = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.workflow.forkserver.sessions import Session\n"
        "session = Session(sys.argv[2], Path(sys.argv[1]))\n"
        'child = session.run(\'import subprocess\\nresult = subprocess.Popen(["sleep", "100"]).pid\')\n'
        "print(session.pid, child, flush=True)\n"
        "time.sleep(100)\n"
    )
    code = """
        import subprocess, sys, time
        from tests.workflow.forkserver.sessions import LIGHT
        from voc_lib.workflow.forkserver import Template
        template = Template(LIGHT)
        client = subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1], template.socket_path],
                                  stdout=subprocess.PIPE, text=True)
        line = client.stdout.readline()
        print(template.socket_path, template.pid, client.pid, line, flush=True)
        time.sleep(100)
        """
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), client], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    socket_path, *numbers = owner.stdout.readline().split()
    template_pid, client_pid, kernel_pid, child_pid = map(int, numbers)
    try:
        os.kill({"owner": owner.pid, "template": template_pid, "client": client_pid}[killed], signal.SIGKILL)
        assert gone(kernel_pid)
        if killed != "template":  # then the client, who knows of it, ends what the kernel had started
            assert gone(child_pid)
        if killed == "owner":
            assert gone(template_pid)
            assert not Path(socket_path).parent.exists()
    finally:
        for pid in (client_pid, owner.pid, child_pid):
            if not gone(pid, within=0):
                os.kill(pid, signal.SIGKILL)
        owner.wait()
        owner.stdout.close()


def test_what_a_lost_kernel_had_started_goes_with_it(tmp_path: Path) -> None:
    with Template(LIGHT) as template:
        session = Session(template.socket_path, tmp_path)
        child = session.run("import subprocess\nresult = subprocess.Popen(['sleep', '100']).pid")
        os.kill(template.pid, signal.SIGKILL)
        assert session.process.wait(timeout=PATIENCE) == -signal.SIGKILL
        assert session.process.was_lost
        assert gone(session.pid)
        assert gone(child)
        session.stop()


def test_without_a_template_an_ordinary_kernel_starts_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        session = Session(str(tmp_path / "nowhere.sock"), tmp_path / name)
        try:
            assert session.run("result = 1 + 1") == 2
            assert session.process.kind == "ordinary"
        finally:
            session.stop()
    assert caplog.text.count("an ordinary one starts instead") == 1


def test_200_kernels_leave_nothing_behind_in_the_template(template: Template, tmp_path: Path) -> None:
    proc = Path(f"/proc/{template.pid}")

    def fork(n: int) -> None:
        for _ in range(n):
            with (tmp_path / "out").open("wb") as out:
                kernel = fork_kernel(
                    template.socket_path, argv=["--version"], env=dict(os.environ), cwd="/", stdout=out, stderr=out
                )
            assert kernel.wait(timeout=PATIENCE) == 0

    def descriptors() -> list[str]:
        kinds = []
        for path in (proc / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                kinds.append(str(path.readlink()).partition(":")[0])
        return sorted(kinds)

    def is_quiet() -> bool:
        """No connection is left but the socket at which it listens: the last is closed there a little later."""
        return descriptors().count("socket") == 1

    def private() -> int:
        """Kilobytes that it has written and shares with nobody."""
        rollup = (proc / "smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_Dirty"))

    fork(20)
    assert wait_until(is_quiet)
    before, kilobytes = descriptors(), private()
    fork(200)
    assert (tmp_path / "out").read_text().strip()  # they ran
    assert wait_until(is_quiet)
    assert descriptors() == before
    assert private() - kilobytes < 1024  # five a kernel: less than it takes to remember what one was asked
    assert (proc / f"task/{template.pid}/children").read_text().split() == []


def test_a_template_that_does_not_answer_is_waited_for_no_longer_than_said(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        with pytest.raises(TemplateGone, match="no kernel template answered in 0 s"):
            fork_kernel(str(tmp_path / "deaf.sock"), argv=[], env={}, cwd="/", stdout=1, stderr=2, patience=0.2)
