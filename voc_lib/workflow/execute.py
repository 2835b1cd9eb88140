"""Runs one notebook in a kernel of its own and stores its executed form, or renders what another task stored so.

Two kinds of trouble: the notebook fails (its executed form, with the error, is kept at its place), or the report cannot
be rendered.
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
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import voc_lib
from voc_lib import errors
from voc_lib.errors import RenderError, RunError, VocError
from voc_lib.store import locate, write_bytes
from voc_lib.workflow.canonical import canonical_bytes, canonical_notebook, path_names
from voc_lib.workflow.kernels import kernel_seat
from voc_lib.workflow.order import Order, Outcome, Status, place_url
from voc_lib.workflow.parameters import check_parameters, declared_parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["check_order", "execute", "quiet_loggers"]

_TRIES = 3
_IOPUB_PATIENCE = 60  # seconds; nbclient's 4 are too few for a cell that prints much on a busy machine
_OWN_ERRORS = frozenset(errors.__all__)


def check_order(order: Order) -> None:
    """Check the parameters against what the notebook declares. Raises: ProfileError. Starts nothing."""
    stage = order.task.stage
    declared = declared_parameters(json.loads(order.source), name=stage.path.name)
    check_parameters(declared, order.task.parameters, notebook=stage.name)


def execute(order: Order) -> Outcome:
    """Run the notebook and store it, or render it. Never raises for what the notebook does."""
    seconds: dict[str, float] = {}
    try:
        if order.task.format is not None:
            with _timed(seconds, "render"):
                _render(order, order.task.format)
            return Outcome(order.task, Status.DONE, seconds=seconds)
        return _run_and_store(order, seconds)
    except VocError as trouble:
        return Outcome(order.task, Status.FAILED, error=str(trouble), seconds=seconds)


def _run_and_store(order: Order, seconds: dict[str, float]) -> Outcome:
    for _ in range(_TRIES):
        watch = _Watch()
        with _timed(seconds, "engine"), kernel_seat(order.context) as seat:
            try:
                notebook, error = _run(order, seat.options, watch)
            finally:
                words = seat.last_words() or None
        # What is left to the engine: papermill, the stored form, the kernel's end.
        rest = seconds["engine"] - watch.start - watch.cells
        seconds.update(start=round(watch.start, 3), cells=round(watch.cells, 3), engine=round(rest, 3))
        # The process that forks kernels was killed, and this kernel with it: the notebook is not to blame.
        if error is None or not seat.was_lost():
            break
    with _timed(seconds, "store"):
        write_bytes(f"{order.context.output.rstrip('/')}/{order.task.notebook}", canonical_bytes(notebook))
    if error is None:
        error = _not_written(order)
    return Outcome(
        order.task,
        Status.DONE if error is None else Status.FAILED,
        error=None if error is None else str(error),
        seconds=seconds,
        kernel=seat.kind,
        peak_memory=seat.peak_memory,
        kernel_words=words,
    )


def _not_written(order: Order) -> RunError | None:
    """The error that says which of the declared tables and files the notebook has not written, if there is one."""
    for place in order.writes:
        fs, path = locate(place_url(place, order.context))
        if not fs.exists(path):
            return RunError(
                "notebook did not write what it declares",
                notebook=order.task.stage.name,
                branch=order.task.branch,
                month=order.task.month,
                missing=place,
                hint="write it with task.write or task.write_file, or take it out of metadata.voc",
            )
    return None


def _run(order: Order, engine_options: dict[str, Any], watch: _Watch) -> tuple[NotebookNode, RunError | None]:
    """The executed notebook in its stored form, and the error that ended it, if any."""
    import nbformat
    import papermill

    source = nbformat.reads(order.source, as_version=4)
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
            coalesce_streams=False,  # canonical.py does it
            iopub_timeout=_IOPUB_PATIENCE,
            execution_timeout=order.cell_timeout,
            on_notebook_start=watch.started,
            on_cell_execute=watch.cell_sent,
            on_cell_executed=watch.cell_answered,
            **engine_options,
        )
    except Exception as trouble:
        executed, error = _failed(watch, source, trouble, order)
    stored = canonical_notebook(executed, parameters=order.task.parameters, paths=_hidden_paths(order), mask=_masking())
    return stored, error


class _Watch:
    """Keeps the notebook that papermill is executing, for when a kernel dies, papermill's own copy is lost; and times.

    Attributes:
        start: seconds until the first cell was sent.
        cells: seconds from the sending of each cell to its answer, all together.
    """

    def __init__(self) -> None:
        self.notebook: NotebookNode | None = None
        self.cell: int | None = None
        self.start = self.cells = 0.0
        self._since = time.perf_counter()

    def started(self, *, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def cell_sent(self, *, cell: NotebookNode, cell_index: int) -> None:
        now = time.perf_counter()
        if self.cell is None:
            self.start = now - self._since
        self.cell, self._since = cell_index, now

    def cell_answered(self, *, cell: NotebookNode, cell_index: int, execute_reply: Any) -> None:
        self.cells += time.perf_counter() - self._since


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
    message = _engine_trouble(trouble, order)
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


def _engine_trouble(trouble: Exception, order: Order) -> str:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(trouble, DeadKernelError):
        return "kernel died while it ran the notebook (was it killed, or out of memory?)"
    if isinstance(trouble, CellTimeoutError):
        return f"a cell took longer than {order.cell_timeout} s (see --cell-timeout)"
    return f"notebook could not be run: {type(trouble).__name__}"


def _render(order: Order, format: str) -> None:
    from voc_lib.workflow.render import render_html, render_pdf

    output = order.context.output.rstrip("/")
    render = {"html": render_html, "pdf": render_pdf}[format]
    try:
        render(f"{output}/{order.task.notebook}", f"{output}/{order.task.target}")
    except VocError:
        raise
    except Exception as trouble:
        raise RenderError(
            f"report could not be rendered: {type(trouble).__name__}",
            file=order.task.target,
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
