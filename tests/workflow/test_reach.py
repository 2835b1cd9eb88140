"""Which files of the library a notebook reaches: never fewer than a syntax tree finds."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import voc_lib
from voc_lib.workflow.reach import imported_modules, notebook_imports, reachable_files

PACKAGE = Path(voc_lib.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((PACKAGE.parent / "notebooks").glob("*.ipynb"))


def by_syntax_tree(node: ast.AST) -> Iterator[str]:
    """What a module imports when it runs, functions included."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield str(node.module)
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from by_syntax_tree(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_import_is_overlooked(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    wanted = {name for name in by_syntax_tree(ast.parse(source)) if name.split(".")[0] == "voc_lib"}
    assert wanted <= imported_modules(source)


def test_there_are_modules_and_notebooks_to_look_at() -> None:
    assert len(MODULES) > 100
    assert len(NOTEBOOKS) == 5


def test_imports_in_every_spelling() -> None:
    source = """
import os, voc_lib.store as s
from voc_lib.report import (  # the parts
    tables as t,  # of it
    figures,
)
def later():
    from voc_lib.text import Segmenter
if TYPE_CHECKING:
    from voc_lib.privacy import Masker

    import voc_lib.learning
from . import sibling
from ..schema import table
from voc_library import other
"""
    assert imported_modules(source, package="voc_lib.hotspot") == {
        *("voc_lib.store", "voc_lib.report", "voc_lib.report.tables", "voc_lib.report.figures"),
        *("voc_lib.text", "voc_lib.text.Segmenter", "voc_lib.hotspot", "voc_lib.hotspot.sibling"),
        *("voc_lib.schema", "voc_lib.schema.table"),
    }


def test_a_module_brings_its_packages_its_imports_and_their_data() -> None:
    reached = reachable_files(["voc_lib.workflow.html_exporter"])
    assert {"__init__.py", "workflow/__init__.py", "workflow/blocks.py", "workflow/templates/base.css"} <= set(reached)
    assert not [path for path in reached if path.startswith(("report/", "demo/"))]
    assert all(len(found) == 64 for found in reached.values())


def test_what_is_no_module_reaches_nothing_of_its_own() -> None:
    assert reachable_files(["voc_lib.errors.VocError"]) == reachable_files(["voc_lib.errors"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_reaches_its_room_and_not_the_run(path: Path) -> None:
    reached = reachable_files(notebook_imports(json.loads(path.read_text(encoding="utf-8"))))
    assert {"context.py", "store.py", "schema.py", "params/load.py"} <= set(reached)
    assert not [name for name in reached if name.startswith(("workflow/", "cli/", "demo/"))]


def test_ingestion_does_not_depend_on_the_report() -> None:
    first = reachable_files(notebook_imports(json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))))
    assert not [name for name in first if name.startswith(("report/", "categorise/", "hotspot/"))]
