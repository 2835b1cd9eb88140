"""How jupyter_client gets forked kernels: the provisioner that the kernelspec `voc` names.

Within `voc run` one template serves all workers (its socket stands in VOC_KERNEL_TEMPLATE); elsewhere, as in
JupyterLab, the process that asks first starts a template of its own. Where forking is impossible or fails, an ordinary
kernel starts instead, and the log says so once.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from voc_lib.workflow.forkserver.client import SOCKET_VARIABLE, Template, fork_kernel

__all__ = ["ForkProvisioner"]

_lock = threading.Lock()
_own: list[Template] = []
_said: set[str] = set()


def _template_socket() -> str:
    """The socket of the template that serves this process; started at first need."""
    given = os.environ.get(SOCKET_VARIABLE)
    if given:
        return given
    with _lock:
        if _own and _own[0].process.poll() is not None:
            _own.pop().close()
        if not _own:
            _own.append(Template())
            atexit.register(_close_own)
        return _own[0].socket_path


def _close_own() -> None:
    while _own:
        _own.pop().close()


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from a template; an ordinary kernel is the fall-back."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel for the command `python -m ipykernel_launcher …`; other commands start as ever."""
        try:
            if sys.platform != "linux":
                raise OSError("kernels are forked on Linux only")
            argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
            self.process = fork_kernel(
                _template_socket(),
                argv=argv,
                env=kwargs.get("env") or os.environ,
                cwd=str(kwargs.get("cwd") or Path.cwd()),
                stdout=kwargs.get("stdout") or 1,
                stderr=kwargs.get("stderr") or 2,
            )
        except Exception as error:
            self._say_once(f"forking a kernel failed ({error}); an ordinary kernel starts instead")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.process.pid
        self.pgid = self.process.pid  # the kernel leads its own session and group
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """To the kernel's process group, through the template: its number cannot be another process's by then."""
        if self.process is not None and hasattr(self.process, "returncode"):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)

    def _say_once(self, text: str) -> None:
        if text not in _said:
            _said.add(text)
            self.log.warning(text)
