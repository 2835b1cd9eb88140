"""The worker processes: one for each job, started fresh, each running one notebook at a time.

Processes rather than threads, for papermill changes state of the whole process; spawned rather than forked, so that
they inherit nothing.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import FrameType

from voc_lib.workflow.execute import quiet_loggers

__all__ = ["worker_pool"]


@contextmanager
def worker_pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of workers; when the block is left by an error or Ctrl-C they and their kernels are stopped at once."""
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        # No public way to stop running workers before Python 3.14 (terminate_workers).
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def _start_worker() -> None:
    quiet_loggers()
    # Ctrl-C reaches the whole terminal's group; the parent decides, and says so by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _leave(number: int, frame: FrameType | None) -> None:
    # Unwinds the stack, so that the kernel is stopped and its folder removed.
    sys.exit(128 + number)


def _end_with_parent() -> None:
    # A pool's worker holds both ends of its queue and would wait for ever if the run were killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
