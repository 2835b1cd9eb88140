"""How jupyter_client gets kernels: the provisioner `voc-fork`, which a kernelspec names.

Within a run one template serves all workers (its socket stands in VOC_KERNEL_TEMPLATE); elsewhere, as in JupyterLab,
the process that asks first starts a template of its own. Where forking is impossible or fails, an ordinary kernel
starts instead, and the log says so once.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool

from voc_lib.workflow.forkserver.client import SOCKET_VARIABLE, KernelProcess, OrdinaryKernel, TemplateGone, fork_kernel
from voc_lib.workflow.forkserver.keeper import Template
from voc_lib.workflow.forkserver.preload import Plan

__all__ = ["ForkProvisioner"]

_LOG = logging.getLogger("voc_lib.workflow.forkserver")
_END = 60.0  # seconds to see a killed kernel end; it takes milliseconds, on a quiet machine
_lock = threading.Lock()
_own: list[Template] = []


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from a template; an ordinary kernel is the fall-back."""

    own_template = Bool(True, help="Whether to start a template in this process where it has been given none.").tag(
        config=True
    )

    process: Any = None
    served: KernelProcess | None = None
    """The kernel last started; still there when jupyter_client has let go of it."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel for the command `python -m ipykernel_launcher …`; other commands start as ever."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        request: dict[str, Any] = {
            "env": {**(kwargs.get("env") or os.environ), "JPY_PARENT_PID": str(os.getpid())},
            "cwd": folder,
            "stdout": kwargs.get("stdout") or 1,
            "stderr": kwargs.get("stderr") or 2,
        }
        try:
            argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
            if SOCKET_VARIABLE in os.environ:
                self.process = fork_kernel(os.environ[SOCKET_VARIABLE], argv=argv, **request)
            elif self.own_template:
                # Its owner serves others meanwhile, and the first kernel waits for the template's imports.
                self.process = await asyncio.to_thread(_fork_from_own, argv, request)
            else:
                raise TemplateGone("no kernel template")
        except (OSError, ValueError) as error:
            if self.own_template or SOCKET_VARIABLE in os.environ:
                _say_once(f"a kernel could not be forked ({error}); an ordinary one starts instead")
            await super().launch_kernel(cmd, **kwargs)
            self.process = OrdinaryKernel(self.process)
        self.pid = self.pgid = self.process.pid  # the kernel leads its own session and group
        self.cwd = folder
        self.served = self.process
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """To the kernel's process group."""
        if self.process is not None:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel's process group and see it end, which takes no tenth of a second, as its watcher would."""
        await super().kill(restart=restart)
        until = time.monotonic() + _END
        while await self.poll() is None and time.monotonic() < until:
            await asyncio.sleep(0.002)


def _fork_from_own(argv: list[str], request: dict[str, Any]) -> KernelProcess:
    if sys.platform != "linux":
        raise TemplateGone("kernels are forked on Linux only")
    with _lock:
        if not _own:
            _own.append(Template(_plan_around(Path(request["cwd"]))))
            atexit.register(_close_own)
    return fork_kernel(_own[0].socket_path, argv=argv, **request)


def _plan_around(folder: Path) -> Plan:
    """What the project around a folder needs; without one what any notebook of ours would."""
    for place in (folder, *folder.parents):
        if (place / "params" / "run.yaml").is_file():
            notebooks = sorted(str(path) for path in (place / "notebooks").glob("*.ipynb"))
            return Plan(notebooks=notebooks, params=str(place / "params"))
    return Plan()


def _close_own() -> None:
    while _own:
        _own.pop().close()


def _say_once(text: str) -> None:
    """One line for all processes that ask the same template; none where its owner is gone."""
    given = os.environ.get(SOCKET_VARIABLE) or (_own[0].socket_path if _own else None)
    if given:
        try:
            os.close(os.open(f"{given}.said", os.O_CREAT | os.O_EXCL))
        except OSError:
            return
    _LOG.warning("%s", text)
