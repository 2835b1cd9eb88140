"""Kernels for tests: one with a client that runs code in it."""

from __future__ import annotations

import ast
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

from tests.workflow.processes import PATIENCE
from voc_lib.workflow.forkserver import SOCKET_VARIABLE, KernelProcess, Plan

__all__ = ["LIGHT", "Session"]

LIGHT = Plan(
    modules=("numpy", "matplotlib"),
    first_steps=False,
)

_NO_HISTORY = "--HistoryManager.hist_file=:memory:"  # as nbclient has it


class Session:
    """A kernel and a client that runs code in it.

    Args:
        socket_path: of the template that it is forked from; None for an ordinary kernel.
        folder: its working folder.
        env: of the kernel; this process's by default.
    """

    def __init__(self, socket_path: str | None, folder: Path, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.manager = KernelManager(transport="ipc", connection_file=str(folder / "k.json"))
        self.manager._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", _NO_HISTORY],
            display_name="voc",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "voc-fork", "config": {"own_template": False}}},
        )
        before = os.environ.pop(SOCKET_VARIABLE, None)
        if socket_path is not None:
            os.environ[SOCKET_VARIABLE] = socket_path
        try:
            self.manager.start_kernel(env=dict(os.environ if env is None else env), cwd=str(folder))
        finally:
            os.environ.pop(SOCKET_VARIABLE, None)
            if before is not None:
                os.environ[SOCKET_VARIABLE] = before
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def process(self) -> KernelProcess:
        served = getattr(self.manager.provisioner, "served", None)
        assert served is not None
        return served  # type: ignore[no-any-return]

    @property
    def pid(self) -> int:
        return self.process.pid

    def run(self, code: str) -> Any:
        """Run code, and give the value of its variable `result`."""
        reply = self.client.execute_interactive(
            textwrap.dedent(code), user_expressions={"r": "repr(result)"}, timeout=PATIENCE, output_hook=lambda _: None
        )["content"]
        assert reply["status"] == "ok", reply
        return ast.literal_eval(ast.literal_eval(reply["user_expressions"]["r"]["data"]["text/plain"]))

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
