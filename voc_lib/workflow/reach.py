"""Which files of this library can decide what a notebook or a document becomes: those that its imports reach.

Read off the sources without importing anything, and rather too wide than too narrow: an import inside a function
counts, one for the type checker alone does not; a package brings its `__init__` and all its data files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import voc_lib

__all__ = [
    "foreign_imports",
    "imported_modules",
    "library_files",
    "notebook_imports",
    "reachable_files",
    "reachable_modules",
]

_ROOT = "voc_lib"
# A regular expression rather than a syntax tree: of 150 files the trees take a second, which a run with nothing to do
# has not. A test holds the two together.
_FROM = re.compile(r"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]*)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#;]*)", re.MULTILINE)
_FOR_TYPES_ALONE = re.compile(r"^if TYPE_CHECKING:[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n)*", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def imported_modules(source: str, *, package: str = _ROOT) -> set[str]:
    """Dotted names that a Python source may import of this library: `from a import b` gives both a and a.b.

    Args:
        source: text of a module, or of a cell.
        package: the package it stands in, from which relative imports count.
    """
    source = _FOR_TYPES_ALONE.sub("", source)
    found: set[str] = set()
    for match in _FROM.finditer(source):
        base = _absolute(match[1], package)
        found.add(base)
        names = _COMMENT.sub("", match[2]).strip("()").split(",")
        found.update(f"{base}.{name[0]}" for text in names if (name := _IDENTIFIER.findall(text)))
    found |= _plainly_imported(source)
    return {name for name in found if _is_own(name)}


def notebook_imports(notebook: Mapping[str, Any]) -> set[str]:
    """Dotted names that the code cells of a notebook may import of this library."""
    return imported_modules(_code(notebook))


def foreign_imports(what: str | Mapping[str, Any]) -> set[str]:
    """Dotted names of modules of other packages that a module of this library (by name) or a notebook may import."""
    text = "\n".join(_texts(what)) if isinstance(what, str) else _code(what)
    source = _FOR_TYPES_ALONE.sub("", text)
    found = {match[1] for match in _FROM.finditer(source)} | _plainly_imported(source)
    return {name for name in found if _IDENTIFIER.match(name) and not _is_own(name)}


def reachable_files(modules: Iterable[str]) -> dict[str, str]:
    """Hash (SHA-256) of each file of the library that importing the modules can reach, by its path below the library.

    Args:
        modules: dotted names; what is no module of this library (a function that was imported) is passed over.
    """
    files = [path for name in reachable_modules(modules) for path in _sources()[name]]
    return {path: _digest(path) for path in sorted(files)}


def reachable_modules(modules: Iterable[str]) -> set[str]:
    """Dotted names of the library's modules that importing the modules can reach, themselves included."""
    sources = _sources()
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        if "." in name:
            waiting.append(name.rpartition(".")[0])
        if name in sources:
            reached.add(name)
            waiting.extend(_imports_of(name))
    return reached


def library_files() -> dict[str, str]:
    """Hash (SHA-256) of each file of the library, by its path below it."""
    return {path: _digest(path) for path in sorted(path for paths in _sources().values() for path in paths)}


def _absolute(name: str, package: str) -> str:
    n_dots = len(name) - len(name.lstrip("."))
    if not n_dots:
        return name
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - n_dots + 1])
    return f"{base}.{name[n_dots:]}" if name[n_dots:] else base


@cache
def _sources() -> dict[str, tuple[str, ...]]:
    """The files of each module: its source, and a package's data beside it; paths below the library's folder."""
    root = _folder()
    found: dict[str, list[str]] = {}
    packages = {path.parent for path in root.rglob("__init__.py")}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        if path.suffix == ".py":
            parts = [_ROOT, *path.relative_to(root).with_suffix("").parts]
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        else:
            home = next(folder for folder in path.parents if folder in packages)
            name = ".".join([_ROOT, *home.relative_to(root).parts])
        found.setdefault(name, []).append(path.relative_to(root).as_posix())
    return {name: tuple(paths) for name, paths in found.items()}


@cache
def _imports_of(module: str) -> frozenset[str]:
    return frozenset(_module_imports(module))


def _module_imports(module: str) -> Iterator[str]:
    is_package = any(path.endswith("__init__.py") for path in _sources()[module])
    for text in _texts(module):
        yield from imported_modules(text, package=module if is_package else module.rpartition(".")[0])


def _texts(module: str) -> list[str]:
    paths = [path for path in _sources()[module] if path.endswith(".py")]
    return [(_folder() / path).read_text(encoding="utf-8") for path in paths]


def _plainly_imported(source: str) -> set[str]:
    return {words[0] for match in _IMPORT.finditer(source) for text in match[1].split(",") if (words := text.split())}


def _is_own(name: str) -> bool:
    return name == _ROOT or name.startswith(_ROOT + ".")


def _code(notebook: Mapping[str, Any]) -> str:
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return "\n".join(source if isinstance(source, str) else "".join(source) for source in sources)


@cache
def _digest(path: str) -> str:
    return hashlib.sha256((_folder() / path).read_bytes()).hexdigest()


def _folder() -> Path:
    return Path(voc_lib.__file__).parent
