"""The template process: imports once, then forks a kernel for each request, until its owner is gone.

Protocol, over a Unix socket that only the owner's user can reach. One connection is one kernel and owns it:
    client → {"argv": […], "env": {…}, "cwd": "…"} and, as ancillary data, the descriptors for stdin, stdout, stderr
    template → {"pid": n}, and {"exit": status} once the kernel has ended
    client → {"signal": n}: sent to the kernel's process group, if it still runs
When a client closes its connection, its kernel's process group is killed: a kernel never outlives whoever asked for it.
When the lifeline (a pipe whose other end the owner holds) closes, all kernels are killed and the template ends.

Nothing here may start a thread before the fork, nor create a ZeroMQ context or an event loop: neither survives one.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Any, NoReturn

__all__ = ["main"]

_PR_SET_PDEATHSIG = 1
_MAX_REQUEST = 1 << 20


@dataclass
class _Kernel:
    """A connection, and the kernel behind it once it was forked."""

    connection: socket.socket
    pid: int | None = None
    received: bytearray = field(default_factory=bytearray)
    descriptors: list[int] = field(default_factory=list)


class _Server:
    """The loop: one thread, no state but its kernels."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self.listener = listener
        self.lifeline = lifeline
        self.kernels: dict[int, _Kernel] = {}
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_write, False)
        os.set_blocking(self.wake_read, False)
        self.selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Answer requests until the lifeline closes."""
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's to handle
        for source in (self.listener, self.lifeline, self.wake_read):
            self.selector.register(source, selectors.EVENT_READ)
        try:
            while True:
                for key, _ in self.selector.select():
                    if key.fd == self.lifeline:
                        return
                    if key.fd == self.listener.fileno():
                        self._accept()
                    elif key.fd == self.wake_read:
                        self._reap()
                    else:
                        self._receive(self.kernels[key.fd])
        finally:
            for kernel in list(self.kernels.values()):
                _kill_group(kernel.pid, signal.SIGKILL)

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        self.kernels[connection.fileno()] = _Kernel(connection)
        self.selector.register(connection, selectors.EVENT_READ)

    def _receive(self, kernel: _Kernel) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(kernel.connection, 65536, 3)
        except OSError:
            data, descriptors = b"", []
        kernel.descriptors += descriptors
        kernel.received += data
        if not data or len(kernel.received) > _MAX_REQUEST:
            _kill_group(kernel.pid, signal.SIGKILL)
            if kernel.pid is None or not data:
                self._forget(kernel)
            return
        while b"\n" in kernel.received:
            line, _, rest = kernel.received.partition(b"\n")
            kernel.received = bytearray(rest)
            request = json.loads(bytes(line))
            if "signal" in request:
                _kill_group(kernel.pid, int(request["signal"]))
            elif kernel.pid is None:
                self._fork(kernel, request)

    def _fork(self, kernel: _Kernel, request: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            _become_kernel(self, kernel, request)
        kernel.pid = pid
        for descriptor in kernel.descriptors:
            os.close(descriptor)
        kernel.descriptors = []
        self._send(kernel, {"pid": pid})

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.wake_read, 4096):
                pass
        by_pid = {kernel.pid: kernel for kernel in self.kernels.values() if kernel.pid is not None}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # What the kernel itself started is in its group: it goes with it.
            _kill_group(pid, signal.SIGKILL)
            kernel = by_pid.get(pid)
            if kernel is not None:
                kernel.pid = None
                self._send(kernel, {"exit": os.waitstatus_to_exitcode(status)})

    def _send(self, kernel: _Kernel, answer: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            kernel.connection.sendall(json.dumps(answer).encode() + b"\n")

    def _forget(self, kernel: _Kernel) -> None:
        self.kernels.pop(kernel.connection.fileno(), None)
        self.selector.unregister(kernel.connection)
        for descriptor in kernel.descriptors:
            os.close(descriptor)
        kernel.connection.close()

    def release(self) -> None:
        """In a forked kernel: let go of all that is the template's."""
        self.selector.close()
        for kernel in self.kernels.values():
            kernel.connection.close()
        self.listener.close()
        for descriptor in (self.lifeline, self.wake_read, self.wake_write):
            os.close(descriptor)


def _kill_group(pid: int | None, number: int) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def _die_with_parent(parent: int) -> None:
    """Ask the kernel (Linux) for SIGKILL when the parent dies, and go at once if it is already gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _become_kernel(server: _Server, kernel: _Kernel, request: dict[str, Any]) -> NoReturn:
    """Make this fork like a process that was started for the purpose, and run a kernel in it."""
    status = 1
    try:
        parent = os.getppid()
        os.setsid()
        _die_with_parent(parent)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for target, descriptor in enumerate(kernel.descriptors):
            os.dup2(descriptor, target)
        for descriptor in kernel.descriptors:
            os.close(descriptor)
        kernel.descriptors = []
        server.release()
        os.environ.clear()
        os.environ.update(request["env"], JPY_PARENT_PID=str(parent))
        os.chdir(request["cwd"])
        _reseed()
        gc.unfreeze()
        status = _run_kernel(request["argv"])
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            import atexit

            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _reseed() -> None:
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _run_kernel(argv: list[str]) -> int:
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *argv]
    IPKernelApp.launch_instance(argv=argv)
    return 0


def main() -> None:
    """Run a template: `python -m voc_lib.workflow.forkserver.template LISTENER_FD LIFELINE_FD READY_FD MODULE…`."""
    listener_fd, lifeline, ready = (int(value) for value in sys.argv[1:4])
    os.setsid()  # a Ctrl-C on the owner's terminal is not meant for kernels
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads it when it is imported, and watches that process
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    failed = {}
    for module in sys.argv[4:]:
        try:
            importlib.import_module(module)
        except Exception as error:  # a missing optional package must not cost the kernels their speed
            failed[module] = repr(error)
    gc.collect()
    gc.freeze()
    os.write(ready, json.dumps({"ready": os.getpid(), "failed": failed}).encode() + b"\n")
    os.close(ready)
    _Server(socket.socket(fileno=listener_fd), lifeline).serve()


if __name__ == "__main__":
    main()
