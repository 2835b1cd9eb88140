"""A project in miniature: two branches, two months, three notebooks that a kernel runs in no time."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.builders import TZ, rows
from voc_lib.context import Context
from voc_lib.params import load_profile
from voc_lib.store import Store
from voc_lib.workflow.assess import Verdict, assess
from voc_lib.workflow.fingerprint import Ingredients, gather
from voc_lib.workflow.plan import Plan, TaskKey, make_plan
from voc_lib.workflow.pool import LocalFleet
from voc_lib.workflow.progress import Observer
from voc_lib.workflow.run import Fleet, RunResult, run_plan
from voc_lib.workflow.stages import Stage, discover_stages

BRANCHES = ("BJ", "TJ")
MONTHS = ("2013-04", "2013-05")

_OPEN = "from voc_lib.context import open_task\n\ntask = open_task({branch}, month)"
_BRANCH_PARAMETERS = 'branch: str = "BJ"  # branch code\nmonth: str = "2013-05"  # reporting month'
_MONTH_PARAMETERS = 'month: str = "2013-05"  # reporting month'

LINK = """\
landed = task.read("landed", -1, 0)
records = landed[landed["month"] == month].assign(matter_id=lambda f: f["source"] + ":" + f["record_id"])
task.write("records", records)
print(len(records), "records")"""
REPORT = """\
from IPython.display import HTML, display
import pandas as pd

records = task.read("records", -1, 0)
title = f"{task.branch_name} {month} 报告"
display(HTML(f'<header class="masthead"><p class="kicker">k</p><h1>{title}</h1><p class="meta">m</p></header>'))"""
SUMMARY = """\
row = dict(branch=task.branch, month=month, title=title, n_records=len(records), n_matters=0, n_work_orders=0,
           n_complaint_intents=0, n_surveys=0, n_before=None, satisfaction=None, negative_share=None, review_share=None,
           n_hot=0, top_issue=None, n_open_actions=0, topics=[], daily_counts=[1, 2])
task.write("summary", pd.DataFrame([row]))"""
OFFICE = """\
from IPython.display import HTML, display
import pandas as pd

summary = task.read("summary", branch="all")
records = summary["branch"]
title = f"{task.branch_name} {month} 报告 " + ",".join(summary["branch"])
display(HTML(f'<header class="masthead"><p class="kicker">k</p><h1>{title}</h1><p class="meta">m</p></header>'))"""


def notebook(
    cells: Sequence[str], *, scope: str = "branch", reads: Sequence[str] = (), writes: Sequence[str] = ()
) -> nbformat.NotebookNode:
    """A notebook with a parameters cell, a declaration and the cells given; code all of it."""
    parameters = _BRANCH_PARAMETERS if scope == "branch" else _MONTH_PARAMETERS
    made = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "voc": {"scope": scope, "reads": list(reads), "writes": list(writes)},
        }
    )
    made.cells = [
        nbformat.v4.new_markdown_cell("# A notebook"),
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(cell) for cell in cells),
    ]
    for place, cell in enumerate(made.cells):
        cell["id"] = f"cell-{place}"  # nbformat's are random, and the manifest covers the notebook
    return made


def notebooks() -> dict[str, nbformat.NotebookNode]:
    """The three of the miniature, by file name."""
    opened, opened_office = _OPEN.format(branch="branch"), _OPEN.format(branch='"head_office"')
    return {
        "01_link.ipynb": notebook([opened, LINK], reads=["landed[-1..0]"], writes=["records"]),
        "04_report.ipynb": notebook([opened, REPORT, SUMMARY], reads=["records[-1..0]"], writes=["summary"]),
        "05_office.ipynb": notebook(
            [opened_office, OFFICE, SUMMARY], scope="month", reads=["summary of all branches"], writes=["summary"]
        ),
    }


def write_notebooks(folder: Path, made: Mapping[str, nbformat.NotebookNode]) -> None:
    """Write notebooks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, node in made.items():
        nbformat.write(node, folder / name)


def project(folder: Path, params: Path, made: Mapping[str, nbformat.NotebookNode] | None = None) -> Context:
    """Lay a project out in a folder: profile, notebooks, and landed tables of two branches and months.

    Args:
        params: the shipped profile, copied with two branches left.
        made: notebooks by file name; the three of the miniature by default.
    """
    shutil.copytree(params, folder / "params")
    listed = "\n".join(f"  - {{code: {code}, name: {code}行, short_name: {code}}}" for code in BRANCHES)
    (folder / "params" / "branches.yaml").write_text(f"branches:\n{listed}\n", encoding="utf-8")
    write_notebooks(folder / "notebooks", notebooks() if made is None else made)
    store = Store(str(folder / "data"), TZ)
    for branch in BRANCHES:
        for month in MONTHS:
            store.write("landed", _landed(branch, month), branch, month)
    return Context(params=str(folder / "params"), data=str(folder / "data"), output=str(folder / "output"))


def _landed(branch: str, month: str) -> Any:
    values = [{"branch": branch, "occurred_at": f"{month}-0{day} 10:00:00"} for day in (1, 2, 3)]
    return rows("landed", [{**value, "record_id": f"{branch}{month}{i}"} for i, value in enumerate(values)])


def plan_of(context: Context, *, formats: Sequence[str] = ("html",), **narrowed: Any) -> tuple[Plan, tuple[Stage, ...]]:
    """The plan of the project, and its stages."""
    stages = discover_stages(Path(context.params).parent / "notebooks")
    available = Store(context.data, TZ).partitions("landed")
    return make_plan(stages, available=available, all_branches=BRANCHES, formats=formats, **narrowed), stages


def judge(
    context: Context,
    *,
    formats: Sequence[str] = ("html",),
    again: bool = False,
    cell_timeout: int | None = None,
    **narrowed: Any,
) -> Judged:
    """What a run would find."""
    plan, stages = plan_of(context, formats=formats, **narrowed)
    profile, project = load_profile(context.params), str(Path(context.params).parent)
    ingredients = gather(stages, profile, data_root=context.data, project=project, formats=formats)
    verdicts = assess(
        plan,
        ingredients,
        context=context,
        profile=profile,
        project=project,
        again=again,
        cell_timeout=cell_timeout,
    )
    return Judged(plan, verdicts, ingredients)


def run(
    context: Context, *, jobs: int = 2, fleet: Fleet | None = None, observers: Sequence[Observer] = (), **options: Any
) -> RunResult:
    """Bring the project up to date, as `voc run` does."""
    judged = judge(context, **options)
    return run_plan(
        judged.plan,
        judged.verdicts,
        sets=judged.ingredients.sets,
        fleet=fleet or LocalFleet(jobs),
        observers=observers,
    )


@dataclass(frozen=True)
class Judged:
    """A plan with what is known of its tasks."""

    plan: Plan
    verdicts: dict[TaskKey, Verdict]
    ingredients: Ingredients

    def stale(self) -> dict[str, tuple[str, ...]]:
        """The reasons of each task that has some."""
        return {str(key): verdict.reasons for key, verdict in self.verdicts.items() if verdict.reasons}


def hashes(folder: str | Path) -> dict[str, str]:
    """SHA-256 of each file below a folder, by its path in it."""
    folder = Path(folder)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def summary(branch: str, month: str) -> Any:
    """A row of the key figures, as an earlier run might have left it."""
    return rows("summary", [{"branch": branch, "month": month}])
