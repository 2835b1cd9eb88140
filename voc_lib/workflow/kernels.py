"""How a kernel is started: the one place that decides.

An ipykernel of this very interpreter, whatever kernelspecs the user or the system have registered; over IPC sockets in
a private folder, because ipykernel 7 warns that code and outputs travel in plain text over TCP; in an environment that
leaves nothing of the machine to depend on. During a run each is forked from a warm template (see `forkserver`); where
there is none, an ordinary kernel starts.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from voc_lib.context import Context
from voc_lib.errors import RunError
from voc_lib.store import locate
from voc_lib.workflow.forkserver import SOCKET_VARIABLE, KernelProcess, Plan, Template
from voc_lib.workflow.surroundings import KERNEL_NAME, fixed_environment

__all__ = ["KernelSeat", "kernel_seat", "kernel_template"]

_NO_HISTORY = "--HistoryManager.enabled=False"  # no database; In and Out are lists all the same
_END = 60.0  # seconds to see a killed kernel end; it takes milliseconds, on a quiet machine
_LONGEST_SOCKET_PATH = 107  # bytes of sun_path on Linux; the kernel's sockets add about 20 to the folder's name


class KernelSeat:
    """A private folder in which one kernel runs, and what the engine needs to start it there.

    Args:
        folder: working folder of the kernel, empty at the start and removed at the end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = _manager_class()(folder)

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments for the engine, that is for nbclient's NotebookClient. The kernel stays the seat's."""
        return {"kernel_name": KERNEL_NAME, "km": self._manager, "extra_arguments": [_NO_HISTORY]}

    @property
    def process(self) -> KernelProcess | None:
        """The kernel's process, if one was started; still there when it has ended."""
        return getattr(self._manager.provisioner, "served", None)

    @property
    def kind(self) -> str | None:
        """How its kernel was started: forked or ordinary; None if none was."""
        return self.process.kind if self.process is not None else None

    @property
    def peak_memory(self) -> int | None:
        """Largest resident size that the kernel ever had, in bytes, known when it has ended.

        What a forked kernel shares with its template is counted in, so the sum over kernels says more than they took.
        """
        return self.process.peak_memory if self.process is not None else None

    def was_lost(self) -> bool:
        """Whether the kernel ended because the template it was forked from did: no fault of the notebook."""
        if self.process is None:
            return False
        self.process.poll()
        return self.process.was_lost

    def last_words(self, limit: int = 2000) -> str:
        """The end of what the kernel process wrote to its standard error; empty when there is nothing."""
        file = self.folder / "stderr.log"
        return file.read_text(encoding="utf-8", errors="replace")[-limit:].strip() if file.is_file() else ""

    def end(self) -> None:
        """End the kernel and all it has started, at once: what it has to leave behind, it has written whole by then."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_END)
        self._manager.let_go()


@contextmanager
def kernel_seat(context: Context) -> Iterator[KernelSeat]:
    """Prepare a folder with the context file for one kernel; both are gone when the block is left."""
    with tempfile.TemporaryDirectory(prefix="voc-", dir=_short_folder(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        context.save(folder / "context.json")
        seat = KernelSeat(folder)
        try:
            yield seat
        finally:
            seat.end()


@contextmanager
def kernel_template(
    *, notebooks: Iterable[str | Path] = (), params: str | Path | None = None, places: Iterable[str] = ()
) -> Iterator[Template | None]:
    """One template process for all kernels of this process and its children, which find it through the environment.

    It is started and not waited for; the first kernel waits for what it imports. Where it cannot be had, ordinary
    kernels start instead, and the log says so once. Within another such block that one's template serves.

    Args:
        notebooks: what they import, directly or through the library, the template imports ahead.
        params: the profile folder whose dictionaries it loads ahead.
        places: folders or fsspec URLs that kernels will read and write; the template imports their file systems.
    """
    if os.environ.get(SOCKET_VARIABLE):
        yield None
        return
    plan = Plan(
        notebooks=[str(path) for path in notebooks],
        modules=sorted({type(locate(place)[0]).__module__ for place in places}),
        params=None if params is None else str(params),
    )
    try:
        if sys.platform != "linux":
            raise RunError("kernels are forked on Linux only")
        template = Template(plan, env=fixed_environment())
    except (OSError, RunError) as error:
        logging.getLogger(__name__).warning("no kernel template (%s); ordinary kernels start instead", error)
        yield None
        return
    os.environ[SOCKET_VARIABLE] = template.socket_path
    try:
        yield template
    finally:
        os.environ.pop(SOCKET_VARIABLE, None)
        template.close()


def _manager_class() -> Any:
    # Importing them takes half a second, which whoever only asks for a name here should not pay.
    from voc_lib.workflow.seated import SeatedKernelManager

    return SeatedKernelManager


def _short_folder() -> str | None:
    # The path of a Unix socket is limited; a deep temporary folder would not leave enough of it.
    usual = tempfile.gettempdir()
    return "/tmp" if len(os.fsencode(usual)) > _LONGEST_SOCKET_PATH - 40 else None
