"""The floors of the house: nobody imports upwards or from the room beside, and there is no circle.

The imports are read from the source, those inside functions and under TYPE_CHECKING too, so nothing need be imported.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

FLOORS: dict[int, tuple[str, ...]] = {
    0: ("errors", "schema", "params", "beside", "store", "context", "fonts", "workbook"),
    1: ("text", "privacy", "learning", "numbers"),
    2: ("ingest", "categorise", "sentiment", "hotspot"),
    3: ("report",),
    4: ("workflow",),
    5: ("cli", "doctor"),
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
# Rooms that may use less than all that lies below them.
ONLY_FLOORS = {"workflow": {0, 1}}
# On no floor: the demo generator, which uses floor 0, and which the command alone knows.
APART = "demo"
ENTRANCE = "__main__"  # `python -m voc_lib`

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "voc_lib"


def modules() -> dict[str, Path]:
    """Dotted name below voc_lib of each module, to its file; a package under its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room(module: str) -> str:
    return module.split(".")[0]


def imports(source: str, *, module: str = "x", is_package: bool = False) -> Iterator[str]:
    """What of voc_lib a source imports, as dotted names below it; "" is voc_lib itself."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = ["voc_lib", *filter(None, package.split("."))]
            base = ".".join(parts[: len(parts) - node.level + 1] + ([node.module] if node.module else []))
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module" and node.args:
            argument = node.args[0]
            names = [argument.value] if isinstance(argument, ast.Constant) else []
        else:
            continue
        yield from (n.removeprefix("voc_lib").removeprefix(".") for n in names if n.split(".")[0] == "voc_lib")


def nearest_module(name: str) -> str:
    """The module that a dotted name lies in: report.theme.INK lies in report.theme."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def imported_modules(module: str) -> list[str]:
    path = MODULES[module]
    found = imports(path.read_text(encoding="utf-8"), module=module, is_package=path.name == "__init__.py")
    return sorted({nearest_module(name) for name in found} - {""})


def fault(importer: str, imported: str) -> str | None:
    """What is wrong with one room importing another; None where nothing is."""
    if importer in (imported, ENTRANCE):
        return None
    if importer == APART:
        return None if FLOOR_OF.get(imported) == 0 else "the demo uses floor 0 only"
    if imported == APART:
        return None if importer == "cli" else "the command alone knows of the demo"
    floor, other = FLOOR_OF[importer], FLOOR_OF[imported]
    if floor == other == 0:
        return None  # one room in several modules; circles are looked for below
    if other > floor:
        return "upwards"
    if other == floor:
        return None if (importer, imported) == ("cli", "doctor") else "the room beside"
    if other not in ONLY_FLOORS.get(importer, {other}):
        return f"{importer} may use floors {sorted(ONLY_FLOORS[importer])} only"
    return None


def test_every_module_is_on_a_floor() -> None:
    rooms = {room(module) for module in MODULES if module}
    assert rooms <= {*FLOOR_OF, APART, ENTRANCE}, "a new room needs a floor in this test and in docs/architecture.md"
    assert rooms >= {*FLOOR_OF, APART}, "a room of the design is missing"
    assert len(MODULES) >= 90


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_lower_floors_only(module: str) -> None:
    if not module:
        assert imported_modules(module) == [], "importing voc_lib does nothing"
        return
    faults = {name: fault(room(module), room(name)) for name in imported_modules(module)}
    assert not {name: what for name, what in faults.items() if what}


def test_there_is_no_circle() -> None:
    graph = {module: imported_modules(module) for module in MODULES}
    # A package's __init__ re-exports its modules, which may import each other by name: not a circle of their own.
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path[path.index(module) :], module))
        if module in done:
            return
        for other in graph[module]:
            visit(other, (*path, module))
        done.add(module)

    for module in graph:
        visit(module, ())
    assert done == set(MODULES)


def test_notebooks_use_floors_0_to_3_only() -> None:
    looked_at = 0
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                rooms = {room(name) for name in imports("".join(cell["source"]))}
                assert all(FLOOR_OF.get(name, 9) <= 3 for name in rooms), (path.name, sorted(rooms))
        looked_at += 1
    assert looked_at == 5


@pytest.mark.parametrize(
    ("importer", "imported", "what"),
    [
        ("store", "text", "upwards"),
        ("ingest", "sentiment", "the room beside"),
        ("ingest", "report", "upwards"),
        ("workflow", "report", "may use floors"),
        ("workflow", "ingest", "may use floors"),
        ("report", "demo", "alone knows"),
        ("demo", "text", "floor 0 only"),
        ("report", "hotspot", None),
        ("cli", "workflow", None),
        ("demo", "params", None),
    ],
)
def test_the_rule_itself(importer: str, imported: str, what: str | None) -> None:
    found = fault(importer, imported)
    assert (found is None) if what is None else (found is not None and what in found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import voc_lib.store", ["store"]),
        ("from voc_lib.report import theme", ["report.theme"]),
        ("from voc_lib import report", ["report"]),
        ("def f():\n    from voc_lib.report.theme import INK", ["report.theme.INK"]),
        ("from . import theme", ["report.theme"]),
        ("from .theme import INK", ["report.theme.INK"]),
        ("from ..store import Store", ["store.Store"]),
        ("import importlib\nimportlib.import_module('voc_lib.cli')", ["cli"]),
        ("import voc_library\nimport pandas", []),
    ],
)
def test_imports_are_seen(source: str, found: list[str]) -> None:
    assert list(imports(source, module="report.figures", is_package=False)) == found
