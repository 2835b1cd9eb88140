"""What goes to a worker and what comes back: an order for one task, and its outcome. Both can be pickled."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from voc_lib.context import Context
from voc_lib.workflow.plan import Partition, RunTask, TaskKey
from voc_lib.workflow.records import TaskRecord

__all__ = ["Order", "Outcome", "Status", "partition_place", "place_url", "written_places"]


@dataclass(frozen=True)
class Order:
    """One task, with all that a worker needs to know of the run.

    Args:
        task: what to do.
        context: where its profile, tables and outputs are; goes to the kernel as its context file.
        project: folder whose path must not be seen in a notebook.
        tz: IANA name of the profile's time zone.
        source: text of the notebook, as it was when the run began; empty for a rendering.
        parts: hash of each thing, besides what it reads, that decides the result.
        reasons: why it has to be done whatever its inputs are; empty if only a changed input would be a reason.
        reads: places of all that it may read.
        inputs: hash of each of them that is there, as the run found it. What other tasks of the run write is known
            when these have ended.
        record: what is known of the last time it was done.
        cell_timeout: seconds after which a cell that still runs counts as hanging; None waits for ever.
    """

    task: RunTask
    context: Context
    project: str
    tz: str
    source: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)
    record: TaskRecord | None = None
    cell_timeout: int | None = None

    @property
    def writes(self) -> tuple[str, ...]:
        """Places of all that it writes."""
        return written_places(self.task)


class Status(StrEnum):
    """How a task ended."""

    DONE = "done"
    UNCHANGED = "unchanged"  # what it is made from turned out to be as it was
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Args:
        task: the task.
        status: how it ended.
        record: what it was made from and what it wrote, if it is done or unchanged.
        reasons: why it was done.
        because: the task that failed, if this one was skipped for it.
        error: the error's sentence, if it failed.
        seconds: how long each part took: start (until the first cell is sent), cells, engine (papermill, the stored
            form, the kernel's end) and store of a notebook; render of a rendering.
        kernel: forked or ordinary; None where no kernel ran.
        peak_memory: largest resident size of its kernel, in bytes.
        kernel_words: the end of what the kernel process wrote to its standard error.
    """

    task: RunTask
    status: Status
    record: TaskRecord | None = None
    reasons: tuple[str, ...] = ()
    because: TaskKey | None = None
    error: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    kernel: str | None = None
    peak_memory: int | None = None
    kernel_words: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether what the task writes is there, and right."""
        return self.status in (Status.DONE, Status.UNCHANGED)


def partition_place(partition: Partition) -> str:
    """Where a partition lies, as records and manifests name it."""
    table, branch, month = partition
    return f"data/{table}/branch={branch}/month={month}/part.parquet"


def written_places(task: RunTask) -> tuple[str, ...]:
    """The places of all that a task writes: its tables, its files, and last the notebook or report itself."""
    tables = (partition_place(partition) for partition in task.partitions)
    return (*tables, *(f"output/{name}" for name in (*task.files, task.target)))


def place_url(place: str, context: Context) -> str:
    """The path or URL of a place such as data/… or output/…"""
    root, _, below = place.partition("/")
    return f"{(context.data if root == 'data' else context.output).rstrip('/')}/{below}"
