"""The owner's side: starts a template, asks it for kernels, and takes it down again.

A template dies with the process that started it, however that ends: it watches a pipe that only its owner holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from voc_lib.errors import RunError

__all__ = ["PRELOAD", "SOCKET_VARIABLE", "ForkedKernel", "Template", "fork_kernel"]

SOCKET_VARIABLE = "VOC_KERNEL_TEMPLATE"

# What the notebooks and the library import, heaviest last. Imported only: what starts a thread pool when used (Arrow's
# and OpenMP's among them) would not survive the fork.
PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "IPython.core.pylabtools",
    "matplotlib_inline.backend_inline",
    "pandas",
    "pandas.core.methods.describe",
    "pandas.io.formats.html",
    "pandas.io.formats.style",
    "pyarrow.parquet",
    "fsspec.implementations.local",
    "pandera.pandas",
    "yaml",
    "jinja2",
    "openpyxl",
    "rjieba",
    "scipy.stats",
    "sklearn.linear_model",
    "sklearn.feature_extraction.text",
    "seaborn",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "voc_lib.context",
)

# One thread each: a fleet fills the cores with kernels, and an idle pool of threads would not survive the fork.
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class ForkedKernel:
    """A kernel process that a template forked; used like a subprocess.Popen.

    Closing the connection kills it, so it cannot outlive this process.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self._received = b""
        self.pid = pid
        self.returncode: int | None = None

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
        """To its whole process group, if it still runs."""
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
            if not data:  # the template is gone, and its kernels with it
                self._end(-signal.SIGKILL)
            elif b"\n" in self._received:
                self._end(int(json.loads(self._received.partition(b"\n")[0])["exit"]))
        return self.returncode

    def _end(self, status: int) -> None:
        self.returncode = status
        self._connection.close()


class Template:
    """A template process of this process's own.

    Args:
        preload: modules that it imports before it forks.
        env: its environment; a kernel gets its own with each request.
    Raises: RunError when it cannot be started.
    """

    def __init__(self, preload: Sequence[str] = PRELOAD, env: Mapping[str, str] | None = None) -> None:
        self._folder = tempfile.mkdtemp(prefix="voc-kernels-")  # 0700: only this user reaches the socket
        self.socket_path = str(Path(self._folder) / "template.sock")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.socket_path)
        listener.listen(64)
        lifeline_read, self._lifeline = os.pipe()
        ready_read, ready_write = os.pipe()
        try:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    __name__.replace(".client", ".template"),
                    str(listener.fileno()),
                    str(lifeline_read),
                    str(ready_write),
                    *preload,
                ],
                pass_fds=(listener.fileno(), lifeline_read, ready_write),
                stdin=subprocess.DEVNULL,
                env={**(os.environ if env is None else env), **THREADS},
            )
        finally:
            listener.close()
            os.close(lifeline_read)
            os.close(ready_write)
        with os.fdopen(ready_read, encoding="utf-8") as ready:
            answer = ready.readline()
        if not answer:
            status = self.process.wait()
            self.close()
            raise RunError("kernel template did not start", status=status, hint="its own message stands above")
        self.failed_imports: dict[str, str] = json.loads(answer)["failed"]

    @property
    def pid(self) -> int:
        """Process number of the template."""
        return self.process.pid

    def close(self) -> None:
        """End the template and all kernels that are left."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
            self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Template:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fork_kernel(
    socket_path: str,
    *,
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    stdout: IO[Any] | int,
    stderr: IO[Any] | int,
) -> ForkedKernel:
    """Ask the template behind a socket for a kernel.

    Args:
        socket_path: the template's socket.
        argv: arguments of the kernel application, e.g. ["-f", connection_file].
        env, cwd: environment and working folder of the kernel.
        stdout, stderr: where it writes what no cell captures.
    Raises: OSError when the template is not there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        connection.connect(socket_path)
        descriptors = [
            nothing,
            *(stream if isinstance(stream, int) else stream.fileno() for stream in (stdout, stderr)),
        ]
        request = json.dumps({"argv": list(argv), "env": dict(env), "cwd": cwd}).encode() + b"\n"
        sent = socket.send_fds(connection, [request], descriptors)
        connection.sendall(request[sent:])
        answer = b""
        while not answer.endswith(b"\n"):  # byte by byte: what follows belongs to the kernel's end
            byte = connection.recv(1)
            if not byte:
                raise ConnectionError("the kernel template closed the connection")
            answer += byte
        return ForkedKernel(connection, int(json.loads(answer)["pid"]))
    except BaseException:
        connection.close()
        raise
    finally:
        os.close(nothing)
