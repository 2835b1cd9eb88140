"""The owner's side: keeps a template alive, and takes it down again.

A template dies with the process that started it, however that ends: it watches a pipe that only its owner holds. One
that dies sooner is started again at the same socket, which stays with the owner: who asks meanwhile waits in its queue.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from voc_lib.errors import RunError
from voc_lib.workflow.forkserver.preload import Plan

__all__ = ["Template"]

_DEATHS = 5  # in a row, without a kernel served
_END = 10.0  # seconds that a template has to end by itself
_LOG = logging.getLogger("voc_lib.workflow.forkserver")

# One thread each: a fleet fills the cores with kernels, and a pool of threads would not survive the fork. The last one
# keeps the allocator that pyarrow carries along from starting a thread when it is imported.
_SURROUNDINGS = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYTHONHASHSEED": "0",
}


@dataclass
class _Life:
    """One template process, and the pipes to it."""

    process: subprocess.Popen[bytes]
    lifeline: int
    status: IO[str]

    def end(self) -> None:
        """Let go of it, and see it end; a second time nothing happens."""
        if self.lifeline < 0:
            return
        os.close(self.lifeline)
        self.lifeline = -1
        try:
            self.process.wait(_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.status.close()


class Template:
    """A template of this process's own, from now until `close`. It is there at once, and serves when it has imported.

    Args:
        plan: what it has ready before it forks.
        env: its environment; a kernel gets its own with each request.
    Raises: RunError when a process cannot be started at all.
    """

    def __init__(self, plan: Plan | None = None, env: Mapping[str, str] | None = None) -> None:
        self._plan = plan or Plan()
        self._env = {**(os.environ if env is None else env), **_SURROUNDINGS}
        self._folder = tempfile.mkdtemp(prefix="voc-kernels-", dir=_short_folder())  # 0700: this user's only
        self.socket_path = str(Path(self._folder) / "template.sock")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.socket_path)
        self._listener.listen(128)
        self._lock = threading.Lock()
        self._closing = False
        self._ready = threading.Event()
        self._retired: list[_Life] = []
        self.deaths = 0
        self.gave_up: str | None = None
        self.failed: dict[str, str] = {}
        try:
            self._life = self._start()
        except OSError as error:
            self._listener.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise RunError("kernel template did not start", reason=error.strerror) from error
        self._thread = threading.Thread(target=self._keep, name="voc-template-keeper", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process number of the template that now serves."""
        return self._life.process.pid

    def wait_ready(self, timeout: float = 60.0) -> bool:
        """Wait until it serves. Gives whether it does."""
        self._ready.wait(timeout)
        return self._ready.is_set() and self.gave_up is None

    def close(self) -> None:
        """End the template and all kernels that are left."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            for life in (self._life, *self._retired):
                life.end()
            self._listener.close()
        self._thread.join(_END)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Template:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> _Life:
        lifeline_read, lifeline = os.pipe()
        status, status_write = os.pipe()
        passed = (self._listener.fileno(), lifeline_read, status_write)
        command = [sys.executable, "-m", "voc_lib.workflow.forkserver.template", *map(str, passed)]
        try:
            process = subprocess.Popen(
                [*command, json.dumps(asdict(self._plan))], pass_fds=passed, stdin=subprocess.DEVNULL, env=self._env
            )
        except BaseException:
            os.close(lifeline)
            os.close(status)
            raise
        finally:
            os.close(lifeline_read)
            os.close(status_write)
        return _Life(process, lifeline, os.fdopen(status, encoding="utf-8"))

    def _keep(self) -> None:
        while True:
            trouble = self._follow(self._life)
            with self._lock:
                if self._closing:
                    return
                trouble = self._replace(trouble)
                if trouble is not None:
                    self.gave_up = trouble
                    self._listener.close()  # who waits for a kernel now learns that there is none
                    self._ready.set()
            if trouble is not None:
                _LOG.warning("no kernel template (%s); ordinary kernels start instead, which takes longer", trouble)
                return

    def _follow(self, life: _Life) -> str | None:
        """Listen to a template until it has died or retired. Gives what makes another one pointless, if anything."""
        with contextlib.suppress(ValueError, OSError):  # closed under our hands by `close`
            for line in life.status:
                said = json.loads(line)
                if "kernel" in said:
                    self.deaths = 0
                elif "stale" in said:
                    self._ready.clear()
                    self._retired.append(life)
                elif "ready" in said:
                    self.failed = said["failed"]
                    if len(said["threads"]) > 1:
                        return f"what it imported started threads: {', '.join(said['threads'])}"
                    self._ready.set()
        return None

    def _replace(self, trouble: str | None) -> str | None:
        """Start the next template. Gives why not, if so."""
        for life in [life for life in self._retired if life.process.poll() is not None]:
            self._retired.remove(life)
            life.end()
        if self._life not in self._retired and self._life.lifeline >= 0:
            self._ready.clear()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._life.process.wait(_END)
            status = self._life.process.poll()
            self._life.end()
            self.deaths += 1
            if trouble is None and self.deaths >= _DEATHS:
                trouble = f"it died {self.deaths} times in a row, last with status {status}"
            if trouble is not None:
                return trouble
            _LOG.info("kernel template died with status %s; another one is started", status)
        try:
            self._life = self._start()
        except OSError as error:
            return f"another one did not start: {error.strerror}"
        return None


def _short_folder() -> str | None:
    # The path of a Unix socket has about a hundred bytes; a deep temporary folder would not leave enough of it.
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > 60 else None
