"""The graph that follows from declarations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflow import tiny
from voc_lib.context import parse_read
from voc_lib.errors import ProfileError
from voc_lib.schema import HEAD_OFFICE
from voc_lib.workflow.plan import Plan, TaskKey, make_plan
from voc_lib.workflow.stages import Stage, discover_stages

BRANCHES = ("BJ", "TJ")
MONTHS = ("2013-01", "2013-02", "2013-03")


def stage(name: str, *, reads: tuple[str, ...] = (), writes: tuple[str, ...] = (), scope: str = "branch") -> Stage:
    return Stage(name[:2], name, Path(f"{name}.ipynb"), scope, tuple(parse_read(text) for text in reads), writes)


STAGES = (
    stage("01_ingestion", reads=("landed[-1..0]",), writes=("records",)),
    stage("02_categorisation", reads=("records",), writes=("categorised",)),
    stage("03_hotspot", reads=("categorised", "scored[-12..-1]"), writes=("scored", "hotspots")),
    stage("04_report", reads=("scored[-1..0]", "hotspots", "actions[-1]"), writes=("summary", "actions")),
    stage(
        "05_office",
        reads=("summary[-1..0] of all branches", "rawfiles"),
        writes=("summary",),
        scope="month",
    ),
)


def plan(stages: tuple[Stage, ...] = STAGES, **options: object) -> Plan:
    available = [(branch, month) for branch in BRANCHES for month in MONTHS]
    return make_plan(stages, **{"available": available, "all_branches": BRANCHES, **options})  # type: ignore[arg-type]


def names(keys: tuple[TaskKey, ...]) -> set[str]:
    return {str(key) for key in keys}


def test_every_task_comes_after_all_that_it_depends_on() -> None:
    seen: set[TaskKey] = set()
    for task in plan():
        assert {*task.needs, *task.waits_for} <= seen
        seen.add(task.key)
    assert len(seen) == (4 + 2) * 2 * 3 + (1 + 2) * 3


def test_edges_follow_month_offsets_within_the_branch() -> None:
    tasks = {str(task.key): task for task in plan()}
    assert names(tasks["01_ingestion BJ 2013-02"].needs) == set()
    assert names(tasks["03_hotspot BJ 2013-03"].needs) == {
        "02_categorisation BJ 2013-03",
        "03_hotspot BJ 2013-01",
        "03_hotspot BJ 2013-02",
    }
    assert names(tasks["04_report TJ 2013-02"].needs) == {
        "03_hotspot TJ 2013-01",
        "03_hotspot TJ 2013-02",
        "04_report TJ 2013-01",
    }
    assert all(not task.waits_for for task in tasks.values() if task.branch != HEAD_OFFICE)


def test_the_head_office_waits_for_all_branches() -> None:
    office = {str(task.key): task for task in plan()}["05_office head_office 2013-02"]
    assert office.needs == ()
    assert names(office.waits_for) == {
        f"04_report {branch} {month}" for branch in BRANCHES for month in ("2013-01", "2013-02")
    }
    assert office.parameters == {"month": "2013-02"}
    assert office.target == "2013-02/head_office/05.ipynb"


def test_a_narrowed_plan_adds_what_the_asked_for_is_built_on() -> None:
    narrowed = plan(branches=["BJ"], months=["2013-02"])
    assert {str(key) for key in narrowed.added} == {
        "01_ingestion BJ 2013-01",
        "02_categorisation BJ 2013-01",
        "03_hotspot BJ 2013-01",
        "04_report BJ 2013-01",
        "04_report.html BJ 2013-01",
        "04_report.pdf BJ 2013-01",
    }
    assert {task.branch for task in narrowed} == {"BJ", HEAD_OFFICE}
    # What does not run in this run is no edge of it.
    keys = {task.key for task in narrowed}
    assert all(keys.issuperset((*task.needs, *task.waits_for)) for task in narrowed)


def test_the_renderings_of_a_report_are_tasks_after_it() -> None:
    tasks = {str(task.key): task for task in plan()}
    pdf = tasks["04_report.pdf TJ 2013-02"]
    assert names(pdf.needs) == {"04_report TJ 2013-02"}
    assert (pdf.target, pdf.notebook) == ("2013-02/TJ/report.pdf", "2013-02/TJ/04.ipynb")
    assert pdf.partitions == pdf.files == ()
    assert "03_hotspot.html TJ 2013-02" not in tasks
    assert {task.format for task in plan(formats=("html",))} == {None, "html"}


def test_a_circle_is_refused() -> None:
    circle = (
        stage("01_one", reads=("categorised",), writes=("records",)),
        stage("02_two", reads=("records",), writes=("categorised",)),
    )
    with pytest.raises(ProfileError, match=r"in a circle.*01_one, 02_two"):
        plan(circle)


def test_reading_what_one_writes_in_the_same_month_is_a_circle() -> None:
    with pytest.raises(ProfileError, match="in a circle"):
        plan((stage("03_self", reads=("scored[-12..0]",), writes=("scored",)),))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (stage("02_two", writes=("records",)), "records of BJ 2013-01"),
        (stage("01_two", writes=("scored",)), "output/2013-01/BJ/01.ipynb"),
        (stage("02_two", writes=("landed",)), "only landing writes"),
    ],
    ids=["partition", "executed notebook", "landing's table"],
)
def test_two_that_would_write_the_same_are_refused(other: Stage, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        plan((stage("01_one", writes=("records",)), other))


def test_branch_months_that_never_landed_are_not_planned() -> None:
    few = plan(available=[("BJ", "2013-01"), ("TJ", "2013-02"), ("XX", "2013-02")])
    assert {(task.branch, task.month) for task in few} == {
        ("BJ", "2013-01"),
        ("TJ", "2013-02"),
        (HEAD_OFFICE, "2013-01"),
        (HEAD_OFFICE, "2013-02"),
    }


def test_stages_are_read_from_notebooks_in_order(tmp_path: Path) -> None:
    tiny.write_notebooks(tmp_path, {**tiny.notebooks(), "scratch.ipynb": tiny.notebook([])})
    found = discover_stages(tmp_path)
    assert [one.name for one in found] == ["01_link", "04_report", "05_office"]
    assert [one.is_report for one in found] == [False, True, True]
    assert str(found[0].reads[0]) == "landed[-1..0]"


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (None, "declaration is wrong"),
        ({"scope": "branch", "reads": []}, "declaration is wrong"),
        ({"scope": "year", "reads": [], "writes": []}, "declaration is wrong"),
        ({"scope": "branch", "reads": ["recrods"], "writes": []}, "did you mean records"),
        ({"scope": "branch", "reads": ["records[1]"], "writes": []}, "month offsets"),
        ({"scope": "branch", "reads": [], "writes": ["recods"]}, "did you mean records"),
        ({"scope": "month", "reads": ["scored of all months"], "writes": []}, "not a declaration of a table"),
    ],
)
def test_a_wrong_declaration_is_refused_by_name(tmp_path: Path, declared: object, message: str) -> None:
    node = tiny.notebook([])
    node.metadata["voc"] = declared
    tiny.write_notebooks(tmp_path, {"01_wrong.ipynb": node})
    with pytest.raises(ProfileError, match=message) as caught:
        discover_stages(tmp_path)
    assert "01_wrong.ipynb" in str(caught.value)


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "01_broken.ipynb").write_text(json.dumps([1]), encoding="utf-8")
    with pytest.raises(ProfileError, match="does not declare"):
        discover_stages(tmp_path)


def test_a_folder_without_notebooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no notebooks of the workflow found"):
        discover_stages(tmp_path)
