"""How a kernel is started: the one place that decides, so that another way (forking a warm process) can take its place.

An ordinary ipykernel of this very interpreter, whatever kernelspecs the user or the system have registered; over IPC
sockets in a private folder, because ipykernel 7 warns that code and outputs travel in plain text over TCP; in an
environment that leaves nothing of the machine to depend on.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.context import CONTEXT_VARIABLE, Context

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpec

__all__ = ["KERNEL_NAME", "KernelSeat", "kernel_environment", "kernel_seat", "kernel_spec"]

KERNEL_NAME = "python3"  # nbclient keeps IPython's history in memory only for a kernel of this name
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_LONGEST_SOCKET_PATH = 107  # bytes of sun_path on Linux; the kernel's sockets add about 20 to the folder's name


@dataclass(frozen=True)
class KernelSeat:
    """A private folder in which one kernel runs, and what the engine needs to start it there.

    Args:
        folder: working folder of the kernel, empty at the start and removed at the end.
        options: keyword arguments for the engine, that is for nbclient's NotebookClient.
    """

    folder: Path
    options: dict[str, Any]

    def last_words(self, limit: int = 2000) -> str:
        """The end of what the kernel process wrote to its standard error; empty when there is nothing."""
        file = self.folder / "stderr.log"
        return file.read_text(encoding="utf-8", errors="replace")[-limit:].strip() if file.is_file() else ""


@contextmanager
def kernel_seat(context: Context) -> Iterator[KernelSeat]:
    """Prepare a folder with the context file for one kernel; it disappears when the kernel has gone."""
    with tempfile.TemporaryDirectory(prefix="voc-", dir=_short_folder(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        context.save(folder / "context.json")
        yield KernelSeat(folder, _engine_options(folder))


def kernel_spec() -> KernelSpec:
    """What is launched as a kernel. Another provisioner enters here, through the specification's metadata."""
    from jupyter_client.kernelspec import KernelSpec

    return KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3 (ipykernel)",
        language="python",
        name=KERNEL_NAME,
    )


def kernel_environment(folder: Path) -> dict[str, str]:
    """Environment of a kernel: this process's, without what would make results depend on machine, user or place."""
    left_out = ("LC_", "PYTHON", "JPY_", "IPYTHON", "MPL", "VOC_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    environment.update(dict.fromkeys(_ONE_THREAD, "1"))
    environment.update(
        {
            CONTEXT_VARIABLE: str(folder / "context.json"),
            "IPYTHONDIR": str(folder / "ipython"),  # no start-up files, no history of the user's
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "TZ": "UTC",
        }
    )
    return environment


def _engine_options(folder: Path) -> dict[str, Any]:
    from traitlets.config import Config

    settings = Config()
    settings.SeatedKernelManager.folder = str(folder)
    return {
        "kernel_name": KERNEL_NAME,
        "kernel_manager_class": _manager_class(),
        "config": settings,
        # What a kernel has to leave behind it has written by then: tables are files, and written whole.
        "shutdown_kernel": "immediate",
    }


def _manager_class() -> type:
    from jupyter_client import AsyncKernelManager
    from traitlets import Unicode

    class SeatedKernelManager(AsyncKernelManager):
        """Starts the kernel of `kernel_spec` in its folder, with sockets there and no port on the network."""

        folder = Unicode(config=True)

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.transport = "ipc"
            self.connection_file = str(Path(self.folder) / "kernel.json")
            self._kernel_spec = kernel_spec()

        async def _async_pre_start_kernel(self, **options: Any) -> Any:
            options["cwd"] = self.folder
            options["env"] = kernel_environment(Path(self.folder))
            with (Path(self.folder) / "stderr.log").open("wb") as stderr:
                options["stderr"] = os.dup(stderr.fileno())
            return await super()._async_pre_start_kernel(**options)

        async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
            try:
                await super()._async_launch_kernel(kernel_cmd, **options)
            finally:
                os.close(options["stderr"])

    return SeatedKernelManager


def _short_folder() -> str | None:
    # The path of a Unix socket is limited; a deep temporary folder would not leave enough of it.
    usual = tempfile.gettempdir()
    return "/tmp" if len(os.fsencode(usual)) > _LONGEST_SOCKET_PATH - 40 else None
