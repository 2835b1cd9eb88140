"""The kernelspec `voc` as JupyterLab's server uses it: start, run, interrupt, restart, shut down, and be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.processes import PATIENCE, gone
from voc_lib.workflow.forkserver import SOCKET_VARIABLE
from voc_lib.workflow.forkserver.kernelspec import write_kernelspec

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

# What the server does when a notebook is opened and its buttons are pressed.
_SERVER = """
import asyncio, json, logging, pathlib, sys, time
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
specs, folder, stay = sys.argv[1], sys.argv[2], sys.argv[3] == "stay"

def say(**what):
    print(json.dumps(what), flush=True)

async def main():
    manager = AsyncMappingKernelManager(
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[specs]), root_dir=folder, default_kernel_name="voc"
    )
    first, second = await manager.start_kernel(path=""), await manager.start_kernel(path="")
    kernel = manager.get_kernel(first)
    await kernel.ready

    def described():
        process = kernel.provisioner.served
        from voc_lib.workflow.forkserver import provisioner
        return {"pid": process.pid, "kind": process.kind, "template": provisioner._own[0].pid}

    async def run(code):
        client = kernel.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=300)
            reply = await client.execute(code, user_expressions={"r": "repr(result)"}, reply=True, timeout=300)
        finally:
            client.stop_channels()
        content = reply["content"]
        return content.get("ename") or eval(content["user_expressions"]["r"]["data"]["text/plain"])

    say(what="started", **described(), said=await run("import os\\nresult = 1, os.getcwd()"))
    if stay:
        say(other=manager.get_kernel(second).provisioner.served.pid)
        time.sleep(100)
    await run("x = 5; result = x")
    sleeping = asyncio.ensure_future(run("import pathlib, time\\npathlib.Path('sleeping').touch()\\ntime.sleep(600)"))
    while not pathlib.Path(folder, "sleeping").exists():  # until then there is nothing to interrupt
        await asyncio.sleep(0.02)
    await manager.interrupt_kernel(first)
    say(what="interrupted", **described(), said=await sleeping)
    await manager.restart_kernel(first)
    say(what="restarted", **described(), said=await run("result = 'x' in globals()"))
    await manager.shutdown_kernel(first)
    say(what="shut down", alive=[first in manager, second in manager])
    await manager.shutdown_all()

asyncio.run(main())
"""


@pytest.fixture
def server(tmp_path: Path, project: Path) -> Any:
    """Starts a server on a project in miniature; "stay" keeps its kernels running."""
    write_kernelspec(tmp_path)
    notebooks = tmp_path / "project" / "notebooks"
    notebooks.mkdir(parents=True)
    (tmp_path / "project" / "params").symlink_to(project / "params")
    environment = {key: value for key, value in os.environ.items() if key != SOCKET_VARIABLE}
    started: list[subprocess.Popen[str]] = []

    def start(then: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _SERVER, str(tmp_path / "share/jupyter/kernels"), str(notebooks), then]
        started.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_kernel_is_started_interrupted_restarted_and_shut_down(server: Any, tmp_path: Path) -> None:
    output, errors = server("leave").communicate(timeout=PATIENCE)
    said = [json.loads(line) for line in output.splitlines()]
    assert [one["what"] for one in said] == ["started", "interrupted", "restarted", "shut down"], errors
    started, interrupted, restarted, shut_down = said
    assert started["said"] == str((1, str(tmp_path / "project" / "notebooks")))
    assert interrupted["said"] == "KeyboardInterrupt"
    assert restarted["said"] == "False"
    assert started["kind"] == restarted["kind"] == "forked"
    assert started["pid"] == interrupted["pid"] != restarted["pid"]
    assert started["template"] == restarted["template"]
    assert shut_down["alive"] == [False, True]
    assert all(gone(one[key]) for one in (started, restarted) for key in ("pid", "template"))
    assert "ordinary" not in errors


def test_nothing_is_left_when_the_server_is_killed(server: Any) -> None:
    process = server("stay")
    started = json.loads(process.stdout.readline())
    other = json.loads(process.stdout.readline())["other"]
    pids = [started["pid"], started["template"], other]
    assert not any(gone(pid, within=0) for pid in pids)
    process.send_signal(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_the_kernelspec_is_found_and_names_the_provisioner(tmp_path: Path) -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    folder = write_kernelspec(tmp_path)
    spec = KernelSpecManager(kernel_dirs=[str(folder.parent)]).get_kernel_spec("voc")
    assert spec.display_name == "VOC"
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "voc-fork"
    assert spec.argv[0] == sys.executable
