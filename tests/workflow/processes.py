"""Which process of a run is what, and whether it has gone, for tests that kill some of them.

A process that nobody has buried (a zombie) has gone: burying an orphan is the business of process 1, and in a container
that one may take its time, or never do it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import psutil

__all__ = ["PATIENCE", "gone", "is_kernel", "is_template", "is_worker", "left_of", "wait_until"]

# Seconds for what takes one or two: nothing waits so long but on a machine that is busy with other things, and there a
# test must not fail for that.
PATIENCE = 300.0


def wait_until(holds: Callable[[], object], within: float = PATIENCE) -> bool:
    """Whether something holds in time; it is looked at once at least."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int, within: float = PATIENCE) -> bool:
    """Whether that process ends in time."""
    return wait_until(lambda: not _is_running(pid), within)


def left_of(processes: Iterable[psutil.Process], within: float = PATIENCE) -> list[psutil.Process]:
    """Those that have not ended in time."""
    left = list(processes)

    def none_left() -> bool:
        left[:] = [one for one in left if one.is_running() and _is_running(one.pid)]
        return not left

    wait_until(none_left, within)
    return left


def _is_running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except psutil.NoSuchProcess:
        return False


def is_kernel(process: psutil.Process) -> bool:
    """Whether it is a kernel, forked or ordinary."""
    return _name(process) == "voc-kernel" or ("ipykernel_launcher" in _words(process) and not is_template(process))


def is_template(process: psutil.Process) -> bool:
    """Whether it is the process that kernels are forked from, ready or still importing."""
    return _name(process) != "voc-kernel" and "voc_lib.workflow.forkserver.template" in _words(process)


def is_worker(process: psutil.Process) -> bool:
    """Whether it is a process of the pool that runs notebooks."""
    return "--multiprocessing-fork" in _words(process)


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
