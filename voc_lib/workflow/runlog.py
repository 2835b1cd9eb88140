"""The run log: one JSON object a line, with the times, durations and reasons that no other artefact may hold."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from voc_lib.store import write_bytes
from voc_lib.workflow.execute import Outcome
from voc_lib.workflow.plan import Plan, RunTask, TaskKey

__all__ = ["RunLog"]


class RunLog:
    """Collects the events of a run and keeps data/state/log/RUN.jsonl up to date with them.

    Args:
        data_root: folder or fsspec URL of the data.
    """

    def __init__(self, data_root: str) -> None:
        self._lines: list[str] = []
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self.path = f"{data_root.rstrip('/')}/state/log/run-{started}-{os.getpid()}.jsonl"

    def begin(self, plan: Plan, *, jobs: int) -> None:
        """Write down what is going to run."""
        self._add("begin", tasks=len(plan), jobs=jobs, added=sorted(str(key) for key in plan.added))

    def started(self, task: RunTask) -> None:
        """A task was handed to a worker."""
        self._add("start", task=str(task.key))

    def ended(self, outcome: Outcome) -> None:
        """A task ended, with the seconds that each of its parts took."""
        self._add(
            "done" if outcome.done else "failed",
            task=str(outcome.task.key),
            seconds=outcome.seconds,
            error=outcome.error,
            kernel_stderr=None if outcome.done else outcome.kernel_words,
        )

    def skipped(self, task: RunTask, because: TaskKey) -> None:
        """A task could not run."""
        self._add("skipped", task=str(task.key), because=str(because))

    def close(self) -> None:
        """The run ended."""
        self._add("end")

    def _add(self, event: str, **what: Any) -> None:
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        entry |= {key: value for key, value in what.items() if value is not None}
        self._lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
        write_bytes(self.path, "".join(self._lines).encode("utf-8"))
