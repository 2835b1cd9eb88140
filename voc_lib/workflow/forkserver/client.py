"""The side of who asks for kernels: a request to a template, and the kernel process that comes of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal, Protocol

__all__ = ["SOCKET_VARIABLE", "ForkedKernel", "KernelProcess", "OrdinaryKernel", "TemplateGone", "fork_kernel"]

SOCKET_VARIABLE = "VOC_KERNEL_TEMPLATE"
PATIENCE = 180.0  # seconds for a kernel: a template, even one that died and comes back, is ready in ten if not busy


class TemplateGone(ConnectionError):
    """No template answers, and none will."""


class KernelProcess(Protocol):
    """What both kinds of kernel offer; used like a subprocess.Popen."""

    kind: Literal["forked", "ordinary"]
    pid: int
    returncode: int | None
    peak_memory: int | None
    """Largest resident size so far reached, in bytes; None until the end. A forked kernel's counts the pages that it
    shares with its template."""
    was_lost: bool
    """Whether it ended only because its template did."""

    def poll(self) -> int | None:
        """The exit status (negative: the signal that ended it), or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises: subprocess.TimeoutExpired."""

    def send_signal(self, number: int) -> None:
        """To its whole process group, if it still runs."""


class ForkedKernel:
    """A kernel process that a template forked.

    Closing the connection kills it, so it cannot outlive this process.
    """

    kind: Literal["forked", "ordinary"] = "forked"
    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self._received = b""
        self.pid = pid
        self.returncode: int | None = None
        self.peak_memory: int | None = None
        self.was_lost = False

    def poll(self) -> int | None:
        """The exit status (negative: the signal that ended it), or None while it runs."""
        return self._wait(timeout=0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises: subprocess.TimeoutExpired."""
        status = self._wait(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("forked kernel", timeout or 0.0)
        return status

    def send_signal(self, number: int) -> None:
        """To its whole process group, if it still runs; by the template, for which its number cannot be another's."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._connection.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def terminate(self) -> None:
        """SIGTERM to its process group."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to its process group."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        while self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                data = self._connection.recv(4096)
            except (TimeoutError, BlockingIOError):
                return None
            except OSError:
                data = b""
            self._received += data
            if b"\n" in self._received:
                said = json.loads(self._received.partition(b"\n")[0])
                self._end(int(said["exit"]), int(said["peak"]))
            elif not data:  # the template is gone, and its kernels with it
                self.was_lost = True
                # What the kernel had started is left; nobody else can have got the number so soon.
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
                self._end(-signal.SIGKILL, None)
        return self.returncode

    def _end(self, status: int, peak_memory: int | None) -> None:
        self.returncode, self.peak_memory = status, peak_memory
        self._connection.close()


class OrdinaryKernel:
    """A kernel that was started as a new process, with its peak memory as `ForkedKernel` gives it.

    Args:
        process: as jupyter_client starts it, leading a process group of its own.
    """

    kind: Literal["forked", "ordinary"] = "ordinary"

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.pid = process.pid
        self.peak_memory: int | None = None
        self.was_lost = False
        self._inherited = _peak_bytes(resource.getrusage(resource.RUSAGE_SELF))
        self._seen: int | None = None

    @property
    def returncode(self) -> int | None:
        """The exit status once it was asked for and has come."""
        return self._process.returncode

    def poll(self) -> int | None:
        """The exit status (negative: the signal that ended it), or None while it runs."""
        if self._process.returncode is None:
            self._seen = _status_bytes(self.pid, "VmHWM") or self._seen
            try:
                pid, status, usage = os.wait4(self.pid, os.WNOHANG)  # Popen would throw the usage away
            except ChildProcessError:
                return self._process.poll()
            if pid:
                # Linux counts what this process held when it started the kernel as if the kernel had held it.
                peak = _peak_bytes(usage)
                self.peak_memory = peak if peak > self._inherited else self._seen
                self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._process.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises: subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        pause = 0.001
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        return status

    def send_signal(self, number: int) -> None:
        """To its whole process group, if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM to its process group."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to its process group."""
        self.send_signal(signal.SIGKILL)


def fork_kernel(
    socket_path: str,
    *,
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    stdout: IO[Any] | int,
    stderr: IO[Any] | int,
    patience: float = PATIENCE,
) -> ForkedKernel:
    """Ask the template behind a socket for a kernel; where it died meanwhile, its successor.

    Args:
        socket_path: the template's socket.
        argv: arguments of the kernel application, e.g. ["-f", connection_file].
        env, cwd: environment and working folder of the kernel.
        stdout, stderr: where it writes what no cell captures.
        patience: seconds to wait for a template that is being started.
    Raises: TemplateGone when there is none and none comes in time.
    """
    request = json.dumps({"argv": list(argv), "env": dict(env), "cwd": cwd, "umask": _umask()}).encode() + b"\n"
    until = time.monotonic() + patience
    nothing = os.open(os.devnull, os.O_RDONLY)
    streams = [nothing, *(stream if isinstance(stream, int) else stream.fileno() for stream in (stdout, stderr))]
    try:
        while (left := until - time.monotonic()) > 0:
            kernel = _ask(socket_path, request, streams, left)
            if kernel is not None:
                return kernel
        raise TemplateGone(f"no kernel template answered in {patience:.0f} s")
    finally:
        os.close(nothing)


def _ask(socket_path: str, request: bytes, streams: Sequence[int], patience: float) -> ForkedKernel | None:
    """A kernel, or None when the template went before it answered: its owner's socket waits for the next."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(patience)
        try:
            connection.connect(socket_path)
        except OSError as error:  # nobody listens, not even the owner for a template to come
            raise TemplateGone(f"no kernel template: {error.strerror}") from error
        answer = b""
        with contextlib.suppress(OSError):
            sent = socket.send_fds(connection, [request], streams)
            connection.sendall(request[sent:])
            while not answer.endswith(b"\n"):  # byte by byte: what follows belongs to the kernel's end
                byte = connection.recv(1)
                if not byte:
                    break
                answer += byte
        if answer.endswith(b"\n"):
            return ForkedKernel(connection, int(json.loads(answer)["pid"]))
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _umask() -> int:
    """This process's mask for new files; os.umask can only tell it by changing it, for all threads."""
    found = _status_entry("self", "Umask")
    return int(found, 8) if found else 0o022


def _peak_bytes(usage: resource.struct_rusage) -> int:
    """Largest resident size; macOS counts bytes, others kibibytes."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _status_bytes(pid: int, entry: str) -> int | None:
    """An entry of a running process's status, in bytes; None when it has ended, or off Linux."""
    found = _status_entry(pid, entry)
    return int(found) * 1024 if found else None


def _status_entry(pid: int | str, entry: str) -> str | None:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(rf"^{entry}:\s*(\d+)", text, re.MULTILINE)
    return found[1] if found else None
