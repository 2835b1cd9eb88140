"""The run log: one JSON object a line, with the times, durations and reasons that no other artefact may hold."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from voc_lib.store import write_bytes
from voc_lib.workflow.order import Outcome, Status
from voc_lib.workflow.plan import Plan, RunTask

__all__ = ["RunLog"]


class RunLog:
    """Writes the events of a run to data/state/log/RUN.jsonl as they happen.

    Args:
        data_root: folder or fsspec URL of the data.
    """

    def __init__(self, data_root: str) -> None:
        self._lines: list[str] = []
        self._file: IO[str] | None = None
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self.path = f"{data_root.rstrip('/')}/state/log/run-{started}-{os.getpid()}.jsonl"

    def begin(self, plan: Plan, *, jobs: int, n_current: int) -> None:
        """Write down what is going to run."""
        self._add("begin", tasks=len(plan), current=n_current, jobs=jobs, added=sorted(str(key) for key in plan.added))

    def started(self, task: RunTask) -> None:
        """A task was handed to a worker."""
        self._add("start", task=str(task.key))

    def ended(self, outcome: Outcome) -> None:
        """A task ended: why it ran, the seconds that each part took, and of its kernel the kind and the peak memory."""
        self._add(
            str(outcome.status),
            task=str(outcome.task.key),
            reasons=list(outcome.reasons) or None,
            because=None if outcome.because is None else str(outcome.because),
            seconds=outcome.seconds or None,
            kernel=outcome.kernel,
            peak_memory_bytes=outcome.peak_memory,
            error=outcome.error,
            kernel_stderr=outcome.kernel_words if outcome.status == Status.FAILED else None,
        )

    def close(self) -> None:
        """The run ended."""
        self._add("end")
        if self._file is None:
            write_bytes(self.path, "".join(self._lines).encode("utf-8"))
        else:
            self._file.close()

    def _add(self, event: str, **what: Any) -> None:
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        entry |= {key: value for key, value in what.items() if value is not None}
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        if "://" in self.path:  # an object store cannot append: there the log appears when the run ends
            self._lines.append(line)
            return
        if self._file is None:
            path = Path(self.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)
        self._file.write(line)
