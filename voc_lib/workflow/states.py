"""How the reports stand: read off the output folder, so that the index also tells of what earlier runs left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from voc_lib.store import locate
from voc_lib.workflow.order import Outcome
from voc_lib.workflow.site import REPORT_FILES, ReportState, ReviewState

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["report_states"]

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_EXECUTED = re.compile(r"\d{2}\.ipynb")
_ERROR_MARK = b"papermill-error-cell-tag"  # papermill's tag of the cells that point to an error


def report_states(
    output: str, failed: Iterable[Outcome] = (), reviews: Mapping[tuple[str, str], ReviewState] | None = None
) -> dict[tuple[str, str], ReportState]:
    """State of each (branch, month); the branch may be head_office.

    Args:
        output: folder or fsspec URL of the reports.
        failed: what failed in this run: a report that could not be rendered leaves no mark in any notebook.
        reviews: where reports stand that somebody has decided about (see `review_states`); the others are drafts.
    Returns: done where a report is there, failed where a notebook holds an error and no report stands beside it;
        nothing for a branch-month of which only earlier stages were run.
    """
    fs, root = locate(output)
    broken = {(outcome.task.branch, outcome.task.month): f"{outcome.task.stage.number}.ipynb" for outcome in failed}
    states: dict[tuple[str, str], ReportState] = {}
    for path in _folders(fs, root):
        month, branch = path.split("/")[-2:]
        names = sorted(str(entry).rsplit("/", 1)[-1] for entry in fs.ls(path, detail=False))
        notebooks = [name for name in names if _EXECUTED.fullmatch(name)]
        files = tuple(name for name in REPORT_FILES if name in names)
        if (branch, month) in broken:
            notebook = broken[branch, month]
            states[branch, month] = ReportState("failed", files, notebook if notebook in names else None)
        elif {"report.html", "report.pdf"} & {*files}:
            review = (reviews or {}).get((branch, month), ReviewState())
            states[branch, month] = ReportState("done", files, review=review)
        elif notebooks and _ERROR_MARK in fs.cat_file(f"{path}/{notebooks[-1]}"):
            states[branch, month] = ReportState("failed", files, notebooks[-1])
    return states


def _folders(fs: AbstractFileSystem, root: str) -> list[str]:
    """The folders of all months and branches. No glob: the folder above may have brackets in its own name."""
    months = [month for month in _entries(fs, root) if _MONTH.fullmatch(month.rsplit("/", 1)[-1])]
    return [path for month in months for path in _entries(fs, month) if fs.isdir(path)]


def _entries(fs: AbstractFileSystem, folder: str) -> list[str]:
    if not fs.isdir(folder):
        return []
    return sorted(str(path).rstrip("/") for path in fs.ls(folder, detail=False))
