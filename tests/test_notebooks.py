"""The notebooks as stored: five, thin, without outputs, and telling what they read and write. No kernel runs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from voc_lib.context import parse_read
from voc_lib.errors import ProfileError
from voc_lib.schema import TABLES
from voc_lib.workflow.plan import LANDED_TABLES

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = ["01_ingestion", "02_categorisation", "03_sentiment_hotspot", "04_branch_report", "05_head_office_report"]
PATHS = [FOLDER / f"{name}.ipynb" for name in NAMES]
MOST_LINES = 12
ABSOLUTE = re.compile(r"""["'](?:/|[A-Za-z]:[\\/]|~/|file:)[^"'\s]*["']|/(?:home|root|Users|tmp|work|mnt)/""")


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def parameters_cell(notebook: dict[str, Any]) -> dict[str, Any]:
    found = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    assert len(found) == 1, "exactly one cell is tagged parameters"
    return found[0]


@pytest.fixture(params=PATHS, ids=NAMES)
def notebook(request: pytest.FixtureRequest) -> dict[str, Any]:
    return load(request.param)


def test_there_are_exactly_the_five() -> None:
    assert sorted(path.stem for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts) == NAMES


def test_it_is_a_valid_notebook(notebook: dict[str, Any]) -> None:
    nbformat.validate(nbformat.from_dict(notebook))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)


def test_nothing_of_a_run_is_stored(notebook: dict[str, Any]) -> None:
    for cell in code_cells(notebook):
        assert cell["outputs"] == [], cell["id"]
        assert cell["execution_count"] is None, cell["id"]
        assert set(cell["metadata"]) <= {"tags", "voc", "jupyter"}, cell["id"]
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "voc", "title"}
    # The interpreter's version and place change with the machine that last saved it.
    assert set(notebook["metadata"]["kernelspec"]) <= {"display_name", "language", "name"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in notebook["metadata"].get("language_info", {})


def test_no_absolute_path(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        assert not ABSOLUTE.search(source(cell)), cell["id"]


@pytest.mark.parametrize("text", ['open("/etc/hosts")', "x = 'C:\\\\data'", "read('~/x')", "# see /home/me/x"])
def test_an_absolute_path_is_seen(text: str) -> None:
    assert ABSOLUTE.search(text)


def test_cell_ids_are_unique_and_in_order(notebook: dict[str, Any]) -> None:
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    # a … z, aa … az; or 1 … 9, 10: a shorter id of the same kind comes first.
    assert ids == sorted(ids, key=lambda name: (len(name), name))
    assert len({name.split("-")[0] for name in ids}) == 1


def test_the_parameters_are_literals_with_type_and_comment(notebook: dict[str, Any]) -> None:
    cell = parameters_cell(notebook)
    assert cell["cell_type"] == "code"
    lines = [line for line in source(cell).splitlines() if line.strip()]
    assignments = ast.parse(source(cell)).body
    assert len(lines) == len(assignments) > 0
    for line, statement in zip(lines, assignments, strict=True):
        assert isinstance(statement, ast.AnnAssign), line
        assert statement.value is not None
        ast.literal_eval(statement.value)
        assert re.search(r"  # \S", line), line


def test_the_defaults_are_the_demo(notebook: dict[str, Any]) -> None:
    values = {
        statement.target.id: ast.literal_eval(statement.value)
        for statement in ast.parse(source(parameters_cell(notebook))).body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value
    }
    assert values["month"] == "2013-05"
    if notebook["metadata"]["voc"]["scope"] == "branch":
        assert values["branch"] == "BJ"
    else:
        assert "branch" not in values


def test_it_begins_with_its_purpose_and_its_parameters(notebook: dict[str, Any]) -> None:
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert code_cells(notebook)[0] is parameters_cell(notebook)


def test_what_it_reads_and_writes_is_declared(notebook: dict[str, Any]) -> None:
    declared = notebook["metadata"]["voc"]
    assert {"scope", "reads", "writes"} <= set(declared) <= {"scope", "reads", "writes", "files", "uses"}
    assert declared["scope"] in ("branch", "month")
    assert declared["reads"]
    for text in declared["reads"]:
        assert parse_read(str(parse_read(text))) == parse_read(text), text
    assert declared["writes"]
    assert set(declared["writes"]) <= set(TABLES)
    if declared["scope"] == "month":
        own = {"rawfiles", *declared["writes"]}  # tables that have a partition of the head office
        assert all(read.all_branches or read.table in own for read in map(parse_read, declared["reads"]))


def test_a_wrong_declaration_is_refused() -> None:
    with pytest.raises(ProfileError, match="must rise and end at 0"):
        parse_read("scored[0..3]")


def test_every_table_read_is_written_by_an_earlier_notebook() -> None:
    written = set(LANDED_TABLES)
    for path in PATHS:
        declared = load(path)["metadata"]["voc"]
        own = set(declared["writes"])
        for text in declared["reads"]:
            read = parse_read(text)
            # What it writes itself it may read of earlier months.
            assert read.table in written or (read.table in own and read.last < 0), (path.stem, text)
        written |= own


def test_tables_used_are_declared(notebook: dict[str, Any]) -> None:
    declared = notebook["metadata"]["voc"]
    code = "\n".join(source(cell) for cell in code_cells(notebook))
    reads = {parse_read(text).table for text in declared["reads"]}
    assert set(re.findall(r"""task\.read\(\s*["'](\w+)["']""", code)) <= reads
    assert set(re.findall(r"""task\.write\(\s*["'](\w+)["']""", code)) <= set(declared["writes"])


def test_code_is_thin(notebook: dict[str, Any]) -> None:
    for cell in code_cells(notebook):
        tree = ast.parse(source(cell))
        kinds = {type(node) for node in ast.walk(tree)}
        heavy = {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda}
        assert not kinds & heavy, cell["id"]
        assert len(source(cell).splitlines()) <= MOST_LINES, cell["id"]
        assert not re.search(r"^\s*[%!]", source(cell), re.MULTILINE), cell["id"]
    assert 4 <= len(code_cells(notebook)) <= 30


def test_headings_tell_the_story(notebook: dict[str, Any]) -> None:
    headings = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and "#" in source(cell)]
    assert len(headings) >= 3
