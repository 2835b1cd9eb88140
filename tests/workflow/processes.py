"""Which process of a run is what, for tests that kill some of them."""

from __future__ import annotations

import psutil

__all__ = ["is_kernel", "is_template", "is_worker", "kernels_of"]


def is_kernel(process: psutil.Process) -> bool:
    """Whether it is a kernel, forked or ordinary."""
    return _name(process) == "voc-kernel" or ("ipykernel_launcher" in _words(process) and not is_template(process))


def is_template(process: psutil.Process) -> bool:
    """Whether it is the process that kernels are forked from, ready or still importing."""
    return _name(process) != "voc-kernel" and "voc_lib.workflow.forkserver.template" in _words(process)


def is_worker(process: psutil.Process) -> bool:
    """Whether it is a process of the pool that runs notebooks."""
    return "--multiprocessing-fork" in _words(process)


def kernels_of(owner: int) -> list[psutil.Process]:
    """The kernels below a process, whoever started them."""
    return [one for one in psutil.Process(owner).children(recursive=True) if is_kernel(one)]


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
