"""The template process: imports once, then forks a kernel for each request, until its owner is gone.

Protocol, over a Unix socket that only the owner's user can reach. One connection is one kernel and owns it:
    client → {"argv": […], "env": {…}, "cwd": "…", "umask": n} and, as ancillary data, descriptors for its 0, 1 and 2
    template → {"pid": n}, and {"exit": status, "peak": bytes} once the kernel has ended
    client → {"signal": n}: sent to the kernel's process group, if it still runs
When a client closes its connection, its kernel's process group is killed: a kernel never outlives whoever asked for it.
When the lifeline (a pipe whose other end the owner holds) closes, all kernels are killed and the template ends. A
connection that is closed before there was a number means: ask again, another template answers.

To its owner it writes lines on a pipe: {"ready": …} once, {"kernel": n} for each kernel, and {"stale": file} when a
source of what it has imported has changed. Then it takes no more requests, and ends with its last kernel.

Nothing here may start a thread before the fork, nor create a ZeroMQ context or an event loop: neither survives one.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import select
import selectors
import shutil
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from voc_lib.workflow.forkserver.birth import Birth, name_process, run_as_new
from voc_lib.workflow.forkserver.preload import Plan, Sources, preload

__all__ = ["main"]

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

    def __init__(
        self, listener: socket.socket, lifeline: int, status: int, sources: Sources, env: dict[str, str]
    ) -> None:
        self.listener: socket.socket | None = listener
        self.lifeline = lifeline
        self.status = status
        self.sources = sources
        self.env = env  # what imports have set, which other libraries read later, and child processes
        self.kernels: dict[int, _Kernel] = {}
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_write, False)
        os.set_blocking(self.wake_read, False)
        self.selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Answer requests until the lifeline closes; once retired, until the last kernel has ended."""
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for source in (self.listener, self.lifeline, self.wake_read):
            if source is not None:
                self.selector.register(source, selectors.EVENT_READ)
        try:
            while self.listener is not None or self.kernels:
                for key, _ in self.selector.select():
                    if key.fd == self.lifeline:
                        self._clear_away()
                        return
                    if key.fd == self.wake_read:
                        self._reap()
                    elif key.fileobj is self.listener:
                        self._accept()
                    elif key.fd in self.kernels:
                        self._receive(self.kernels[key.fd])
        finally:
            for kernel in list(self.kernels.values()):
                _kill_group(kernel.pid, signal.SIGKILL)

    def _clear_away(self) -> None:
        """Remove the socket's folder, which an owner that was killed leaves behind."""
        if self.listener is not None:
            shutil.rmtree(Path(self.listener.getsockname()).parent, ignore_errors=True)

    def _accept(self) -> None:
        assert self.listener is not None
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
            self._forget(kernel)
            return
        while b"\n" in kernel.received:
            line, _, rest = kernel.received.partition(b"\n")
            kernel.received = bytearray(rest)
            request = json.loads(bytes(line))
            if "signal" in request:
                _kill_group(kernel.pid, int(request["signal"]))
            elif kernel.pid is None:
                self._answer(kernel, request)
                return

    def _answer(self, kernel: _Kernel, request: dict[str, Any]) -> None:
        changed = None if self.listener is None else self.sources.changed()
        if changed is not None:
            self._retire(changed)
        if self.listener is None:
            self._forget(kernel)
        else:
            self._fork(kernel, Birth(**{**request, "env": {**self.env, **request["env"]}}))

    def _fork(self, kernel: _Kernel, birth: Birth) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(kernel, birth)
        kernel.pid = pid
        for descriptor in kernel.descriptors:
            os.close(descriptor)
        kernel.descriptors = []
        self._send(kernel, {"pid": pid})
        _tell(self.status, {"kernel": pid})

    def _become(self, kernel: _Kernel, birth: Birth) -> NoReturn:
        """In the fork: let go of all that is the template's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        for other in self.kernels.values():
            other.connection.close()
        if self.listener is not None:
            self.listener.close()
        for descriptor in (self.lifeline, self.status, self.wake_read, self.wake_write):
            os.close(descriptor)
        run_as_new(birth, kernel.descriptors)

    def _retire(self, changed: str) -> None:
        assert self.listener is not None
        self.selector.unregister(self.listener)
        self.listener.close()
        self.listener = None
        _tell(self.status, {"stale": changed})
        os.close(self.status)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.wake_read, 4096):
                pass
        by_pid = {kernel.pid: kernel for kernel in self.kernels.values() if kernel.pid is not None}
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # What the kernel itself started is in its group: it goes with it.
            _kill_group(pid, signal.SIGKILL)
            kernel = by_pid.get(pid)
            if kernel is not None:
                kernel.pid = None
                code = os.waitstatus_to_exitcode(status)
                self._send(kernel, {"exit": code, "peak": usage.ru_maxrss * 1024})

    def _send(self, kernel: _Kernel, answer: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            kernel.connection.sendall(json.dumps(answer).encode() + b"\n")

    def _forget(self, kernel: _Kernel) -> None:
        self.kernels.pop(kernel.connection.fileno(), None)
        self.selector.unregister(kernel.connection)
        for descriptor in kernel.descriptors:
            os.close(descriptor)
        kernel.connection.close()


def _kill_group(pid: int | None, number: int) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def _tell(status: int, what: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # an owner that is gone shows in the lifeline
        os.write(status, json.dumps(what).encode() + b"\n")


def _end_with(lifeline: int) -> None:
    """While modules are imported nothing reads the lifeline: let its closing (SIGIO) end this process."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(1)


def _threads() -> list[str]:
    """Names of this process's threads."""
    names = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            names.append((task / "comm").read_text(encoding="utf-8").strip())
    return sorted(names)


def main() -> None:
    """Run a template: `python -m voc_lib.workflow.forkserver.template LISTENER_FD LIFELINE_FD STATUS_FD PLAN`."""
    listener_fd, lifeline, status = (int(value) for value in sys.argv[1:4])
    plan = Plan(**json.loads(sys.argv[4]))
    os.setsid()  # a Ctrl-C on the owner's terminal is not meant for kernels
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with(lifeline)
    name_process("voc-template")
    sources, failed, env = preload(plan)
    # Of what is alive now nothing can become garbage; left alone, its pages stay shared with the kernels.
    gc.collect()
    gc.freeze()
    threads = _threads()
    _tell(status, {"ready": os.getpid(), "failed": failed, "threads": threads})
    if len(threads) > 1:
        sys.exit(1)  # a lock that another thread held would stay locked in a fork
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) & ~os.O_ASYNC)
    _Server(socket.socket(fileno=listener_fd), lifeline, status, sources, env).serve()


if __name__ == "__main__":
    main()
