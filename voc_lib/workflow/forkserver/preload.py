"""What a template has ready before it forks: the modules that the notebooks import, and what those load.

What they import is read from their source, and from that of the library where it is theirs: inside functions too,
since heavy packages load there. A module of the library may have a function `warm(params)`, which loads what it keeps
for the life of a process (a dictionary, say) from the profile folder. Whatever it keeps must be keyed by content, so
that a warm kernel and a cold one give the same.

Nothing of it may start a thread.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voc_lib.workflow.reach import foreign_imports, notebook_imports, reachable_modules

__all__ = ["Plan", "Sources", "preload", "preload_modules"]

# What a kernel itself needs, or loads at its first cell; and what packages load only when they are first used.
KERNEL = (
    "ipykernel_launcher",
    "voc_lib.workflow.forkserver.application",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "sqlite3",
    "stack_data",
    "pygments.formatters.terminal256",
    "tornado.platform.asyncio",
    "tornado.queues",
    "encodings.idna",
    "encodings.latin_1",
)
ON_USE = {
    "fsspec": ("fsspec.implementations.local",),
    "matplotlib": (
        "matplotlib.pyplot",
        "matplotlib.backends.backend_agg",
        "matplotlib.backends.backend_svg",
        "PIL.BmpImagePlugin",
        "PIL.GifImagePlugin",
        "PIL.JpegImagePlugin",
        "PIL.PngImagePlugin",
        "PIL.PpmImagePlugin",
    ),
    "openpyxl": ("openpyxl.packaging.extended",),
    "pandas": (
        "pandas.core.methods.describe",
        "pandas.core.methods.to_dict",
        "pandas.core.reshape.reshape",
        "pandas.io.formats.html",
        "pandas.io.formats.string",
        "pandas.io.formats.style",
    ),
    "pyarrow": ("pyarrow.pandas_compat", "pyarrow.parquet"),
}
# Reached from a notebook, but used only where a profile or a caller asks for it, and large.
SELDOM = frozenset({"snownlp", "pypdf"})


@dataclass(frozen=True)
class Plan:
    """What to have ready.

    Args:
        notebooks: paths of the notebooks whose imports are made.
        modules: further modules.
        params: profile folder for the modules' `warm(params)`; None leaves that out.
        first_steps: whether to go through what nearly every notebook does first, such as drawing a chart.
    """

    notebooks: Sequence[str] = ()
    modules: Sequence[str] = ()
    params: str | None = None
    first_steps: bool = True


class Sources:
    """The files that a process has imported and that may be edited while it lives: all but installed packages."""

    def __init__(self) -> None:
        installed = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
        files = {str(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
        # A folder of packages changes when one is installed, removed or replaced.
        watched = [file for file in files if not file.startswith(installed)] + [place for place in installed if place]
        self._stamps = {file: _stamp(file) for file in sorted(watched)}

    def changed(self) -> str | None:
        """The first of them that is no longer as it was imported; None when all are."""
        return next((file for file, stamp in self._stamps.items() if _stamp(file) != stamp), None)


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116  # before each kernel, a hundred times
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def preload(plan: Plan) -> tuple[Sources, dict[str, str], dict[str, str]]:
    """Import and load all that.

    Returns: the files to watch; the error of what could not be had, which must cost no kernel; and the environment
        variables that imports have set.
    """
    # As `python -m ipykernel_launcher` does: the folder that this process was started in is no place to import from.
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    # ipykernel sets the one before a notebook can import matplotlib; the other keeps its debugger from warning.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    before = dict(os.environ)
    failed: dict[str, str] = {}
    for name in KERNEL:
        with _noted(failed, name):
            importlib.import_module(name)
    from voc_lib.workflow.forkserver.application import remember_modules

    remember_modules()
    names = ["voc_lib.context", *plan.modules, *preload_modules(plan.notebooks)]
    for package, used in ON_USE.items():
        if any(name.partition(".")[0] == package for name in names):
            names += used
    for name in dict.fromkeys(names):
        with _noted(failed, name):
            importlib.import_module(name)
    if plan.params is not None:
        for name, hook in _warm_hooks():
            with _noted(failed, name):
                hook(plan.params)
    if plan.first_steps:
        from voc_lib.workflow.forkserver.first_steps import FIRST_STEPS

        for step in FIRST_STEPS:
            with _noted(failed, step.__name__):
                step()
    return Sources(), failed, {key: value for key, value in os.environ.items() if before.get(key) != value}


@contextlib.contextmanager
def _noted(failed: dict[str, str], name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        failed[name] = repr(error)


def _warm_hooks() -> list[tuple[str, Callable[[str], object]]]:
    found = []
    for name, module in sorted(sys.modules.items()):
        hook = getattr(module, "warm", None) if name.startswith("voc_lib.") else None
        if hook is not None and hook.__module__ == name:  # not one that a module has imported from another
            found.append((f"{name}.warm", hook))
    return found


def preload_modules(notebooks: Iterable[str | Path]) -> list[str]:
    """Names of the modules that notebooks import, directly or through the library, and that are installed; sorted.

    The library's own come with all that lies between. SELDOM is left out. An unreadable notebook has no imports.
    """
    library: set[str] = set()
    foreign: set[str] = set()
    for path in notebooks:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            notebook = json.loads(Path(path).read_text(encoding="utf-8"))
            library |= reachable_modules(notebook_imports(notebook))
            foreign |= foreign_imports(notebook)
    foreign |= {name for module in library for name in foreign_imports(module)}
    return [*sorted(name for name in foreign if _is_wanted(name)), *sorted(library)]


def _is_wanted(name: str) -> bool:
    package = name.partition(".")[0]
    if package in sys.stdlib_module_names or package in SELDOM:
        return False
    with contextlib.suppress(ImportError, ValueError):
        return importlib.util.find_spec(package) is not None
    return False
