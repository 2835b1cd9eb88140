"""Forked kernels: as clean as new ones, and gone when they should be. Real templates, real kernels."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from voc_lib.workflow.forkserver import SOCKET_VARIABLE, Template
from voc_lib.workflow.forkserver.provisioner import ForkProvisioner

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

LIGHT = ("ipykernel.kernelapp", "ipykernel.ipkernel", "numpy", "matplotlib", "voc_lib.context")


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with Template(LIGHT) as made:
        yield made


class Session:
    """A kernel and a client that runs code in it."""

    def __init__(self, template: Template, folder: Path, **env: str) -> None:
        from jupyter_client import KernelManager
        from jupyter_client.kernelspec import KernelSpec

        self.manager = KernelManager(transport="ipc", connection_file=str(folder / "k.json"))
        self.manager._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="voc",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "voc-fork"}},
        )
        environment = {**os.environ, SOCKET_VARIABLE: template.socket_path, **env}
        before = os.environ.get(SOCKET_VARIABLE)
        os.environ[SOCKET_VARIABLE] = template.socket_path
        try:
            self.manager.start_kernel(env=environment, cwd=str(folder))
        finally:
            os.environ.pop(SOCKET_VARIABLE) if before is None else os.environ.update({SOCKET_VARIABLE: before})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=30)

    @property
    def pid(self) -> int:
        assert isinstance(self.manager.provisioner, ForkProvisioner)
        pid = self.manager.provisioner.pid
        assert pid is not None
        return pid

    def run(self, code: str) -> Any:
        """The value of an expression, or of the last variable `_`."""
        reply = self.client.execute_interactive(
            textwrap.dedent(code), user_expressions={"r": "repr(result)"}, timeout=30, output_hook=lambda _: None
        )["content"]
        assert reply["status"] == "ok", reply
        import ast

        return ast.literal_eval(ast.literal_eval(reply["user_expressions"]["r"]["data"]["text/plain"]))

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def start(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []

    def begin(**env: str) -> Session:
        sessions.append(Session(template, tmp_path_factory.mktemp("k"), **env))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.stop()


def gone(pid: int, within: float = 10.0) -> bool:
    """Whether that process ends in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # ended, and only its parent's to bury
            return True
        time.sleep(0.05)
    return False


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
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        os.chdir("/")
        result = [os.environ["VOC_TEST_WORD"], random.random(), float(numpy.random.rand())]
        """
        )[0]
        == "first"
    )
    second = start(VOC_TEST_WORD="second")
    result = second.run(
        """
        import os, random, signal
        import numpy, matplotlib
        result = {
            "word": os.environ["VOC_TEST_WORD"], "variable": "leaked" in globals(), "environ": "VOC_LEAK" in os.environ,
            "size": matplotlib.rcParams["font.size"], "usr1": signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL,
            "cwd": os.getcwd(), "session": os.getsid(0) == os.getpid() == os.getpgid(0),
        }
        """
    )
    assert result == {
        "word": "second",
        "variable": False,
        "environ": False,
        "size": 10.0,
        "usr1": True,
        "cwd": result["cwd"],
        "session": True,
    }
    assert result["cwd"] != "/"


def test_kernels_draw_different_random_numbers(start: Callable[..., Session]) -> None:
    code = "import random, numpy, uuid\nresult = [random.random(), float(numpy.random.rand()), uuid.uuid4().hex]"
    first, second = start().run(code), start().run(code)
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_no_descriptor_thread_or_context_of_the_template_is_inherited(start: Callable[..., Session]) -> None:
    links = start().run(
        """
        import os
        result = []
        for name in os.listdir("/proc/self/fd"):
            try:
                result.append(os.readlink(f"/proc/self/fd/{name}"))
            except FileNotFoundError:
                pass
        """
    )
    other = start().run("import os\nresult = len(os.listdir('/proc/self/fd'))")
    assert not any("voc-kernels" in link for link in links)
    # A kernel holds about sixty, give or take a few; one that kept those of another would hold twice that.
    assert abs(len(links) - other) <= 10


def test_a_kernel_is_interrupted_as_any_other(start: Callable[..., Session]) -> None:
    session = start()
    session.client.execute("import time\ntry:\n    time.sleep(30)\nexcept KeyboardInterrupt:\n    result = 'stopped'")
    time.sleep(0.5)
    session.manager.interrupt_kernel()
    assert session.run("pass") == "stopped"


def test_shutting_down_ends_the_kernel_and_what_it_started(start: Callable[..., Session]) -> None:
    session = start()
    child = session.run("import subprocess\nresult = subprocess.Popen(['sleep', '100']).pid")
    pid = session.pid
    session.manager.shutdown_kernel()
    assert gone(pid)
    assert gone(child)


def test_a_killed_kernel_is_noticed(start: Callable[..., Session]) -> None:
    session = start()
    os.kill(session.pid, signal.SIGKILL)
    assert gone(session.pid)
    process = session.manager.provisioner.process  # type: ignore[union-attr]
    assert process.wait(timeout=10) == -signal.SIGKILL
    assert not session.manager.is_alive()


@pytest.mark.parametrize("killed", ["owner", "template"])
def test_kernels_never_outlive_owner_or_template(killed: str, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import sys, time
                from pathlib import Path
                from tests.workflow.forkserver.test_kernels import LIGHT, Session
                from voc_lib.workflow.forkserver import Template
                template = Template(LIGHT)
                session = Session(template, Path(sys.argv[1]))
                print(template.pid, session.pid, flush=True)
                time.sleep(100)
                """
            ),
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    template_pid, kernel_pid = (int(word) for word in owner.stdout.readline().split())
    os.kill(owner.pid if killed == "owner" else template_pid, signal.SIGKILL)
    assert gone(template_pid)
    assert gone(kernel_pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()


def test_without_a_template_an_ordinary_kernel_starts_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Gone:
        socket_path = str(tmp_path / "nowhere.sock")

    session = Session(Gone(), tmp_path)  # type: ignore[arg-type]
    try:
        assert session.run("result = 1 + 1") == 2
        assert isinstance(session.manager.provisioner.process, subprocess.Popen)  # type: ignore[union-attr]
    finally:
        session.stop()
