"""How the reports stand: read off the output folder, so that the index also tells of what earlier runs left."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voc_lib.workflow.execute import Outcome
from voc_lib.workflow.site import ReportState

__all__ = ["report_states"]

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_EXECUTED = re.compile(r"\d{2}\.ipynb")
_ERROR_MARK = b"papermill-error-cell-tag"  # papermill's tag of the cells that point to an error


def report_states(output: str, failed: Iterable[Outcome] = ()) -> dict[tuple[str, str], ReportState]:
    """State of each (branch, month); the branch may be head_office.

    Args:
        output: folder or fsspec URL of the reports.
        failed: what failed in this run: a report that could not be rendered leaves no mark in any notebook.
    Returns: done where a report is there, failed where a notebook holds an error and no report stands beside it;
        nothing for a branch-month of which only earlier stages were run.
    """
    import fsspec.core

    fs, root = fsspec.core.url_to_fs(output)
    broken = {(outcome.task.branch, outcome.task.month): f"{outcome.task.stage.number}.ipynb" for outcome in failed}
    states: dict[tuple[str, str], ReportState] = {}
    for path in sorted(str(path) for path in fs.glob(f"{root.rstrip('/')}/*/*")):
        month, branch = path.split("/")[-2:]
        if not _MONTH.fullmatch(month) or not fs.isdir(path):
            continue
        names = sorted(str(entry).rsplit("/", 1)[-1] for entry in fs.ls(path, detail=False))
        notebooks = [name for name in names if _EXECUTED.fullmatch(name)]
        files = tuple(name for name in ("report.html", "report.pdf") if name in names)
        if (branch, month) in broken:
            notebook = broken[branch, month]
            states[branch, month] = ReportState("failed", files, notebook if notebook in names else None)
        elif files:
            states[branch, month] = ReportState("done", files)
        elif notebooks and _ERROR_MARK in fs.cat_file(f"{path}/{notebooks[-1]}"):
            states[branch, month] = ReportState("failed", files, notebooks[-1])
    return states
