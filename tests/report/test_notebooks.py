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
from voc_lib.schema import HEAD_OFFICE, UNKNOWN
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
    refused = {"branch": UNKNOWN, "month": UNKNOWN}
    store.write("ledger", rows("ledger", [{**refused, "outcome": "unknown_branch", "n_rows": 3}]), UNKNOWN, UNKNOWN)
    store.write("quarantine", rows("quarantine", [{**refused, "reason": "unknown_branch"}]), UNKNOWN, UNKNOWN)
    return store


def _notebook(project: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((project / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    return loaded


def _run(project: Path, name: str, context: Context, monkeypatch: pytest.MonkeyPatch, **parameters: str) -> list[str]:
    notebook = _notebook(project, name)
    declared = notebook["metadata"]["voc"]
    reads, writes = tuple(declared["reads"]), tuple(declared["writes"])
    file = Path(context.data).parent / "context.json"
    Context(**{**vars(context), "notebook": name, "reads": reads, "writes": writes}).save(file)
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
    for month in MONTHS:
        for branch in ("BJ", "TJ"):
            shown = _run(project, NOTEBOOKS[0], context, monkeypatch, branch=branch, month=month)
            assert shown[0].startswith('<header class="masthead">')
        office = _run(project, NOTEBOOKS[1], context, monkeypatch, month=month)
        assert office[0].startswith('<header class="masthead">')
    assert store.read("summary", "BJ", "2013-05")["n_records"].tolist() == [60]
    assert store.read("summary", HEAD_OFFICE, "2013-05")["n_records"].tolist() == [60]
    assert "没有登记客户之声" in "".join(shown)
    landing = "".join(office)
    assert "183行＝入库180行＋重复0行＋拒收3行" in landing and "分行无法识别" in landing
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
