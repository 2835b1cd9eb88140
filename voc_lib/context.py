"""What a notebook needs to know of the run it stands in, and the handle through which it reads and writes tables.

A kernel learns where its tables are from a context file (its path in VOC_CONTEXT), never from a parameter: so no path
enters a notebook. Without a context file, as when an analyst presses Run All in JupyterLab, the project around the
working folder is used: official tables are read, and what is written goes to data/scratch/.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import ProfileError, TableError
from voc_lib.params import Profile, load_profile, restricted
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, table
from voc_lib.store import Store, window, write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONTEXT_VARIABLE", "Context", "Read", "Task", "open_task", "parse_read"]

CONTEXT_VARIABLE = "VOC_CONTEXT"


@dataclass(frozen=True)
class Read:
    """One declared input: a table, the month offsets, and whether of all branches or of the task's own.

    Args:
        table: the table.
        first, last: month offsets, both included.
        all_branches: of every branch of the profile, and of unknown.
    """

    table: str
    first: int = 0
    last: int = 0
    all_branches: bool = False

    def __str__(self) -> str:
        months = f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"
        return f"{self.table}[{months}]" + (" of all branches" if self.all_branches else "")


def parse_read(text: str) -> Read:
    """Parse a declaration such as "landed[-1..0]", "actions[-1]", "scored" or "scored[-12..0] of all branches".

    Raises: ProfileError when it is not of that form.
    """
    match = re.fullmatch(r"([a-z]+)(?:\[(-?\d+)(?:\.\.(-?\d+))?\])?( of all branches)?", text.strip())
    if match is None:
        raise ProfileError(
            "not a declaration of a table", found=text, expected="table[first..last], e.g. scored[-12..0]"
        )
    first = int(match[2] or 0)
    last = int(match[3]) if match[3] is not None else first
    if first > last or last > 0:
        raise ProfileError("month offsets must rise and end at 0 or before", found=text)
    return Read(table(match[1]).name, first, last, match[4] is not None)


@dataclass(frozen=True)
class Context:
    """Where a run's profile, tables and models are. Folders or fsspec URLs, as text.

    Args:
        params: the profile folder.
        data: root of the tables.
        output: root of the reports.
        notebook: name of the running notebook, e.g. 01_ingestion; None outside a run.
        reads: what that notebook declares to read; None outside a run, where anything may be read.
        writes: the tables it declares to write; None outside a run.
        files: the files it declares to put beside its report; None outside a run.
        uses: the parts of the profile that it declares to use; None outside a run, where all may be used.
        scratch: write tables and files to data/scratch/ instead of their official place.
    """

    params: str
    data: str
    output: str
    notebook: str | None = None
    reads: tuple[str, ...] | None = None
    writes: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    uses: tuple[str, ...] | None = None
    scratch: bool = True

    def save(self, path: str | Path) -> None:
        """Write the context file."""
        Path(path).write_text(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True), encoding="utf-8")

    @staticmethod
    def load(environ: Mapping[str, str] | None = None) -> Context:
        """The context of this process: the file named by VOC_CONTEXT, else the project around the working folder.

        Raises: ProfileError when neither is there.
        """
        environ = os.environ if environ is None else environ
        file = environ.get(CONTEXT_VARIABLE)
        if file:
            data = json.loads(Path(file).read_text(encoding="utf-8"))
            for key in ("reads", "writes", "files", "uses"):
                data[key] = None if data[key] is None else tuple(data[key])
            return Context(**data)
        for folder in (Path.cwd(), *Path.cwd().parents):
            if (folder / "params" / "run.yaml").is_file():
                return Context(params=str(folder / "params"), data=str(folder / "data"), output=str(folder / "output"))
        raise ProfileError(
            "no project found around the working folder",
            folder=str(Path.cwd()),
            hint="open the notebook from the project's folder (`make lab`), or set VOC_CONTEXT to a context file",
        )


class Task:
    """One notebook's work on one branch and month: its profile, and its tables by name.

    Args:
        context: where things are.
        branch: branch code, or head_office.
        month: reporting month, YYYY-MM.
    Raises: ProfileError for an unknown branch or a wrong month.
    """

    def __init__(self, context: Context, *, branch: str, month: str) -> None:
        self.context = context
        profile = load_profile(context.params)
        self.profile: Profile = (
            profile if context.uses is None else restricted(profile, context.uses, notebook=context.notebook)
        )
        if branch not in (HEAD_OFFICE, UNKNOWN):
            self.profile.branch(branch)
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            raise ProfileError("not a month", found=month, expected="YYYY-MM, e.g. 2013-05")
        self.branch = branch
        self.month = month
        self._reads = None if context.reads is None else tuple(parse_read(text) for text in context.reads)

    @cached_property
    def store(self) -> Store:
        """The tables; writes go to scratch unless this is an official run."""
        data = self.context.data.rstrip("/")
        return Store(data, self.profile.tz, write_root=f"{data}/scratch" if self.context.scratch else None)

    @property
    def branch_name(self) -> str:
        """The branch as reports write it."""
        return self.profile.run.head_office if self.branch == HEAD_OFFICE else self.profile.branch(self.branch).name

    def read(self, name: str, first: int = 0, last: int = 0, *, branch: str | None = None) -> pd.DataFrame:
        """A table's rows from month offset first to last (0 is the task's month).

        Args:
            name: the table.
            first, last: month offsets, both included; a month that was never written counts as empty, except that the
                task's own month of the task's own branch must be there.
            branch: another branch's code, unknown, or "all" for every branch of the profile and unknown.
        Raises: TableError when the month's own partition is missing, or the notebook does not declare to read it.
        """
        self._check_declared(name, first, last, all_branches=branch is not None and branch != self.branch)
        if branch is None and first == last == 0:
            return self.store.read(name, self.branch, self.month)
        if branch is None and last == 0 and not self.store.exists(name, self.branch, self.month):
            self.store.read(name, self.branch, self.month)  # says what to run
        branches = [*self.profile.branches.codes, UNKNOWN] if branch == "all" else [branch or self.branch]
        return self.store.read_many(name, branches, window(self.month, first, last))

    def months_before(self, name: str, first: int) -> list[str]:
        """The earlier months, from that offset on, in which this branch has the table; earliest first."""
        months = window(self.month, first, -1)
        return [month for month in months if self.store.exists(name, self.branch, month)]

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write this branch-month's partition of a table. Raises: TableError when not declared, or not fitting."""
        if self.context.writes is not None and name not in self.context.writes:
            raise TableError(
                "notebook does not declare to write this table", table=name, notebook=self.context.notebook
            )
        self.store.write(name, frame, self.branch, self.month)

    def write_file(self, name: str, payload: bytes) -> None:
        """Write a file that goes out beside this branch-month's report. Raises: TableError when not declared."""
        if "/" in name or name.startswith("."):
            raise TableError("not a plain file name", found=name)
        if self.context.files is not None and name not in self.context.files:
            raise TableError(
                "notebook does not declare to write this file",
                file=name,
                notebook=self.context.notebook,
                hint="add it to metadata.voc.files of the notebook",
            )
        root = (
            f"{self.context.data.rstrip('/')}/scratch/output"
            if self.context.scratch
            else self.context.output.rstrip("/")
        )
        write_bytes(f"{root}/{self.month}/{self.branch}/{name}", payload)

    def _check_declared(self, name: str, first: int, last: int, *, all_branches: bool) -> None:
        if self._reads is None:
            return
        for read in self._reads:
            in_window = read.first <= first and last <= read.last
            if read.table == name and in_window and (read.all_branches or not all_branches):
                return
        raise TableError(
            "notebook does not declare to read this",
            table=str(Read(name, first, last, all_branches)),
            notebook=self.context.notebook,
            hint="add it to metadata.voc.reads of the notebook: the graph and the fingerprints derive from it",
        )


def open_task(branch: str, month: str) -> Task:
    """The task of this kernel: what every notebook opens first."""
    return Task(Context.load(), branch=branch, month=month)
