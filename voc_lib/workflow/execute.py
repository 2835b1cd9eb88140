"""Runs one notebook in a kernel of its own and leaves what came of it: the executed notebook, its report, its manifest.

What happens here happens in a worker process, so that everything in and out can be pickled. Two kinds of trouble: the
notebook fails (its executed form, with the error, is kept at its place), or the report cannot be rendered.
"""

from __future__ import annotations

import json
import logging
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import voc_lib
from voc_lib import errors
from voc_lib.context import Context
from voc_lib.errors import RenderError, RunError, VocError
from voc_lib.params import load_profile
from voc_lib.store import Store, write_bytes
from voc_lib.workflow.canonical import canonical_bytes, canonical_notebook, path_names
from voc_lib.workflow.kernels import kernel_seat
from voc_lib.workflow.parameters import check_parameters, declared_parameters
from voc_lib.workflow.plan import RunTask

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Order", "Outcome", "check_order", "execute", "report_files"]

_IOPUB_PATIENCE = 60  # seconds; nbclient's 4 are too few for a cell that prints much on a busy machine
_OWN_ERRORS = frozenset(errors.__all__)


@dataclass(frozen=True)
class Order:
    """One task as a worker gets it.

    Args:
        task: what to run.
        context: where its profile, tables and outputs are; goes to the kernel as its context file.
        pdf: whether a report is rendered as PDF too.
        project: folder whose path must not be seen in a notebook, and that may hold requirements.lock.
    """

    task: RunTask
    context: Context
    pdf: bool
    project: str


@dataclass(frozen=True)
class Outcome:
    """What came of a task: whether it was done, how long each part took, and the error's sentence if it failed."""

    task: RunTask
    done: bool
    seconds: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    kernel_words: str | None = None


def check_order(order: Order) -> None:
    """Check the parameters against what the notebook declares. Raises: ProfileError. Starts nothing."""
    stage = order.task.stage
    notebook = json.loads(stage.path.read_text(encoding="utf-8"))
    check_parameters(declared_parameters(notebook, name=stage.path.name), order.task.parameters, notebook=stage.name)


def execute(order: Order, *, finish: Callable[[Order], None] | None = None) -> Outcome:
    """Run the notebook, store it, render it if it is a report. Never raises for what the notebook does.

    Args:
        order: the task.
        finish: called after the last step of a report, e.g. to write the manifest.
    """
    seconds: dict[str, float] = {}
    words = None
    try:
        with _timed(seconds, "kernel"), kernel_seat(order.context) as seat:
            try:
                notebook, error = _run(order, seat.options)
            finally:
                words = seat.last_words() or None
        target = f"{order.context.output.rstrip('/')}/{order.task.target}"
        with _timed(seconds, "store"):
            write_bytes(target, canonical_bytes(notebook))
        if error is not None:
            return Outcome(order.task, False, seconds, str(error), words)
        _require_written(order)
        if order.task.stage.is_report:
            with _timed(seconds, "render"):
                _render(notebook, order)
                if finish is not None:
                    finish(order)
    except VocError as trouble:
        return Outcome(order.task, False, seconds, str(trouble), words)
    return Outcome(order.task, True, seconds, None, words)


def report_files(order: Order) -> tuple[str, ...]:
    """Names of the files that a report is rendered to."""
    return ("report.html", "report.pdf") if order.pdf else ("report.html",)


def _require_written(order: Order) -> None:
    store = Store(order.context.data, load_profile(order.context.params).tz)
    for table, branch, month in order.task.partitions:
        if not store.exists(table, branch, month):
            raise RunError(
                "notebook did not write what it declares",
                notebook=order.task.stage.name,
                table=table,
                branch=branch,
                month=month,
                hint="write it with task.write, or take it out of metadata.voc.writes",
            )


def _run(order: Order, engine_options: dict[str, Any]) -> tuple[NotebookNode, RunError | None]:
    """The executed notebook in its stored form, and the error that ended it, if any."""
    import nbformat
    import papermill

    source = nbformat.read(order.task.stage.path, as_version=4)
    watch = _Watch()
    error = None
    try:
        executed = papermill.execute_notebook(
            source,
            None,
            parameters=order.task.parameters,
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            iopub_timeout=_IOPUB_PATIENCE,
            on_notebook_start=watch.started,
            on_cell_execute=watch.cell_sent,
            **engine_options,
        )
    except Exception as trouble:
        executed, error = _failed(watch, source, trouble, order)
    stored = canonical_notebook(executed, parameters=order.task.parameters, paths=_hidden_paths(order), mask=_masking())
    return stored, error


class _Watch:
    """Keeps the notebook that papermill is executing: when a kernel dies, papermill's own copy is lost."""

    def __init__(self) -> None:
        self.notebook: NotebookNode | None = None
        self.cell: int | None = None

    def started(self, *, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def cell_sent(self, *, cell: NotebookNode, cell_index: int) -> None:
        self.cell = cell_index


def _failed(watch: _Watch, source: NotebookNode, trouble: Exception, order: Order) -> tuple[NotebookNode, RunError]:
    """The notebook with its error in it, under papermill's marks, and the sentence that says so."""
    import nbformat
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors

    where = {"notebook": order.task.stage.name, "branch": order.task.branch, "month": order.task.month}
    hint = f"open {order.task.target} in the output folder at the marked cell"
    if isinstance(trouble, PapermillExecutionError) and watch.notebook is not None:
        # Only our own errors promise not to quote customers; of the others the kind must do here.
        said = f": {trouble.evalue}" if trouble.ename in _OWN_ERRORS else ""
        message = f"notebook failed: {trouble.ename}{said}"
        return watch.notebook, RunError(message, **where, cell=f"In [{trouble.exec_count}]", hint=hint)
    message = _engine_trouble(trouble)
    notebook = watch.notebook if watch.notebook is not None else source
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    cell = notebook.cells[watch.cell if watch.cell is not None else code[0]]
    cell.outputs = [
        *cell.get("outputs", []),
        nbformat.v4.new_output("error", ename=type(trouble).__name__, evalue=message, traceback=[message]),
    ]
    with suppress(PapermillExecutionError):
        raise_for_execution_errors(notebook, None)  # only sets the marks: None is papermill's name for no file
    return notebook, RunError(message, **where, hint=hint)


def _engine_trouble(trouble: Exception) -> str:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(trouble, DeadKernelError):
        return "kernel died while it ran the notebook (was it killed, or out of memory?)"
    if isinstance(trouble, CellTimeoutError):
        return "kernel did not answer in time"
    return f"notebook could not be run: {type(trouble).__name__}"


def _render(notebook: NotebookNode, order: Order) -> None:
    from voc_lib.workflow.render import render_html, render_pdf

    folder = f"{order.context.output.rstrip('/')}/{order.task.folder}"
    makers = {"report.html": render_html, "report.pdf": render_pdf}
    for name in report_files(order):
        try:
            makers[name](notebook, f"{folder}/{name}")
        except VocError:
            raise
        except Exception as trouble:
            raise RenderError(
                f"report could not be rendered: {type(trouble).__name__}",
                file=f"{order.task.folder}/{name}",
                hint="`voc doctor` checks fonts and libraries; --no-pdf leaves the PDF out",
            ) from trouble


def _hidden_paths(order: Order) -> list[tuple[str, str]]:
    folders = {
        "data": order.context.data,
        "output": order.context.output,
        "params": order.context.params,
        "notebooks": str(order.task.stage.path.parent),
        "project": order.project,
        "voc_lib": str(Path(voc_lib.__file__).parent),
        "packages": sysconfig.get_path("purelib"),
        "python": sysconfig.get_path("stdlib"),
        "environment": sys.prefix,
        "home": str(Path.home()),
        "temporary": tempfile.gettempdir(),
    }
    return path_names(folders, home=str(Path.home()))


@cache
def _masking() -> Callable[[str], str]:
    from voc_lib.privacy import Masker

    masker = Masker.default()
    return lambda text: masker.mask(text)[0]


class _timed:
    """Adds how long a block took to a dictionary, for the run log."""

    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self.seconds, self.name = seconds, name

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds[self.name] = round(time.perf_counter() - self.start, 3)


def quiet_loggers() -> None:
    """Keep the engines' own log lines off the terminal: what matters comes back as an outcome."""
    for name in ("papermill", "traitlets", "nbclient"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
