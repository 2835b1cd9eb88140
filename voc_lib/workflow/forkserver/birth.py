"""What a fork does to be like a process that was started for the purpose, before it runs a kernel."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import locale
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

__all__ = ["Birth", "name_process", "run_as_new"]

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


@dataclass(frozen=True)
class Birth:
    """What a new kernel is given.

    Args:
        argv: arguments of ipykernel_launcher.
        env: the whole environment.
        cwd: working folder.
        umask: mask for new files.
    """

    argv: list[str]
    env: dict[str, str]
    cwd: str
    umask: int


def name_process(name: str) -> None:
    """Give this process a name of up to 15 letters, as `ps -o comm` and psutil show it."""
    _prctl(_PR_SET_NAME, name.encode())


def run_as_new(birth: Birth, streams: Sequence[int]) -> NoReturn:
    """Make this fork like a new process, and run a kernel in it.

    Args:
        birth: what it is given.
        streams: descriptors for stdin, stdout and stderr; every other one is closed.
    """
    status = 1
    try:
        template = os.getppid()
        os.setsid()
        _die_with(template)
        name_process("voc-kernel")
        _reset_signals()
        _take_streams(streams)
        _take_surroundings(birth)
        _reseed()
        status = _run_kernel(birth.argv)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT  # told to go before it was ready: nothing that anybody need read
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            # As multiprocessing ends its forks: wait for threads, run exit handlers, but do not take the house apart.
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _prctl(option: int, value: int | bytes) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with(parent: int) -> None:
    """Ask Linux for SIGKILL when the parent dies, and go at once if it is already gone."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _reset_signals() -> None:
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGIO):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _take_streams(streams: Sequence[int]) -> None:
    for target, descriptor in enumerate(streams):
        os.dup2(descriptor, target)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _take_surroundings(birth: Birth) -> None:
    os.environ.clear()
    os.environ.update(birth.env)
    os.chdir(birth.cwd)
    os.umask(birth.umask)
    # Set when a process starts; its environment may be another than the template's.
    locale.setlocale(locale.LC_CTYPE, "")
    time.tzset()


def _reseed() -> None:
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _run_kernel(argv: Sequence[str]) -> int:
    import ipykernel_launcher  # type: ignore[import-untyped]

    from voc_lib.workflow.forkserver.application import IPKernelApp

    sys.argv = [str(ipykernel_launcher.__file__), *argv]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *argv]
    # 1 stands for a parent that is not to be watched: Linux does that here, without a thread that looks each second.
    IPKernelApp.launch_instance(argv=[*argv, "--IPKernelApp.parent_handle=1"])
    return 0
