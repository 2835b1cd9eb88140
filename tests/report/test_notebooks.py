"""The two report notebooks, cell by cell on real files, without a kernel: they read and write what they declare."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.builders import TZ, rows
from tests.report.frames import hotspot_rows, scored_rows
from voc_lib.context import CONTEXT_VARIABLE, Context
from voc_lib.params import Profile
from voc_lib.schema import HEAD_OFFICE
from voc_lib.store import Store

MONTHS = ("2013-04", "2013-05")
NOTEBOOKS = ("04_branch_report", "05_head_office_report")


@pytest.fixture
def context(project: Path, tmp_path: Path) -> Context:
    return Context(
        params=str(project / "params"), data=str(tmp_path / "data"), output=str(tmp_path / "output"), scratch=False
    )


@pytest.fixture
def store(context: Context, profile: Profile) -> Store:
    """Two branches and months as the stages before leave them; TJ has no records in May."""
    store = Store(context.data, TZ)
    for branch in ("BJ", "TJ"):
        for month in MONTHS:
            n = 0 if (branch, month) == ("TJ", "2013-05") else 60
            scored = scored_rows(profile, branch, month, n)
            store.write("scored", scored, branch, month)
            store.write("hotspots", hotspot_rows(scored, branch=branch, month=month, history=1), branch, month)
            store.write("quarantine", rows("quarantine", []), branch, month)
            ledger = [{"branch": branch, "month": month, "n_rows": n}] if n else []
            store.write("ledger", rows("ledger", ledger), branch, month)
    for month, later in zip(MONTHS, (60, 0), strict=True):
        ends = [("record", 180 - later), ("later", later), ("unknown_branch", 3)]
        whole = [{"month": month, "branch": HEAD_OFFICE, "outcome": outcome, "n_rows": n} for outcome, n in ends if n]
        whole[-1] |= {"n_unplaced": 3, "unplaced_rows": [5, 8]}
        store.write("rawfiles", rows("rawfiles", whole), HEAD_OFFICE, month)
    return store


def _notebook(project: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((project / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    return loaded


def _run(project: Path, name: str, context: Context, monkeypatch: pytest.MonkeyPatch, **parameters: str) -> list[str]:
    notebook = _notebook(project, name)
    declared = notebook["metadata"]["voc"]
    reads, writes, uses = tuple(declared["reads"]), tuple(declared["writes"]), tuple(declared["uses"])
    file = Path(context.data).parent / "context.json"
    Context(**{**vars(context), "notebook": name, "reads": reads, "writes": writes, "uses": uses}).save(file)
    monkeypatch.setenv(CONTEXT_VARIABLE, str(file))
    names: dict[str, Any] = {}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), names)
        if "parameters" in cell["metadata"].get("tags", ()):
            names.update(parameters)
        value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names) if last else None
        if hasattr(value, "_repr_html_"):
            shown.append(value._repr_html_())
    return shown


def test_both_reports_are_made_from_the_tables(
    project: Path, context: Context, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = ("183行＝入库120行＋重复0行＋拒收3行＋晚于本月60行。", "183行＝入库180行＋重复0行＋拒收3行。")
    for month, told in zip(MONTHS, sums, strict=True):
        for branch in ("BJ", "TJ"):
            shown = _run(project, NOTEBOOKS[0], context, monkeypatch, branch=branch, month=month)
            assert shown[0].startswith('<header class="masthead">')
        office = _run(project, NOTEBOOKS[1], context, monkeypatch, month=month)
        assert office[0].startswith('<header class="masthead">')
        landing = "".join(office)
        assert told in landing and "机构无法识别" in landing and "5、8等" in landing
    assert store.read("summary", "BJ", "2013-05")["n_records"].tolist() == [60]
    assert store.read("summary", HEAD_OFFICE, "2013-05")["n_records"].tolist() == [60]
    assert "没有登记客户之声" in "".join(shown)
    raised = store.read("actions", "BJ", "2013-05")["raised_month"]
    assert set(raised) == set(MONTHS) or set(raised) == {"2013-04"}
    form = Path(context.output, "2013-05", "BJ", "feedback_form.xlsx")
    assert openpyxl.load_workbook(form).sheetnames == ["反馈表", "填写说明"]


def test_run_all_without_a_run_writes_to_scratch(
    project: Path, context: Context, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = Context(params=context.params, data=context.data, output=context.output)
    _run(project, NOTEBOOKS[0], scratch, monkeypatch)
    assert not store.exists("summary", "BJ", "2013-05") and not Path(context.output).exists()
    assert Store(f"{context.data}/scratch", TZ).exists("summary", "BJ", "2013-05")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_is_stored_as_it_should_be(project: Path, name: str) -> None:
    notebook = _notebook(project, name)
    cells = notebook["cells"]
    assert [cell["id"] for cell in cells] == sorted({cell["id"] for cell in cells}, key=lambda i: (len(i), i))
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    for cell in code:
        body = list(ast.walk(ast.parse("".join(cell["source"]))))
        assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While) for node in body)
        assert len(cell["source"]) <= 10


def test_a_branch_whose_report_failed_is_in_no_figure_of_the_head_office(
    project: Path, context: Context, store: Store, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its earlier stages left their tables: they are not counted beside the sentence that says it is missing."""
    for month in MONTHS:
        _run(project, NOTEBOOKS[0], context, monkeypatch, branch="BJ", month=month)
    _run(project, NOTEBOOKS[0], context, monkeypatch, branch="TJ", month="2013-04")
    scored = scored_rows(profile, "TJ", "2013-05", 90)
    store.write("scored", scored, "TJ", "2013-05")
    issues = hotspot_rows(scored, branch="TJ", month="2013-05", history=1)
    store.write("hotspots", issues.assign(label="天津的事", is_hot=True), "TJ", "2013-05")
    shown = "".join(_run(project, NOTEBOOKS[1], context, monkeypatch, month="2013-05"))
    assert "天津市分行" in shown.split("没有分行报告")[0]
    assert "1家分行登记客户之声60件" in shown and "天津的事" not in shown
    row = store.read("summary", HEAD_OFFICE, "2013-05").iloc[0]
    assert (row["n_records"], row["n_before"]) == (60, 60)


def test_suggestions_are_carried_over_a_month_that_was_skipped(
    project: Path, context: Context, store: Store, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(project, NOTEBOOKS[0], context, monkeypatch, branch="BJ", month="2013-04")
    scored = scored_rows(profile, "BJ", "2013-06", 60)
    store.write("scored", scored, "BJ", "2013-06")
    store.write("hotspots", hotspot_rows(scored, branch="BJ", month="2013-06", history=1), "BJ", "2013-06")
    store.write("quarantine", rows("quarantine", []), "BJ", "2013-06")
    store.write("ledger", rows("ledger", [{"month": "2013-06", "n_rows": 60}]), "BJ", "2013-06")
    _run(project, NOTEBOOKS[0], context, monkeypatch, branch="BJ", month="2013-06")
    first, later = (store.read("actions", "BJ", month).set_index("action_id") for month in ("2013-04", "2013-06"))
    assert len(first) and set(first.index) <= set(later.index)
    assert set(later.loc[first.index, "raised_month"]) == {"2013-04"}
