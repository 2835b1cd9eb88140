"""One branch's report in a warm process: from its tables to the page, and what the PDF takes beyond that.

The tables are those of a run over made-up exports. Notebook 04 is done as its kernel does it, cell by cell; medians.
"""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.ratio import Ratio

_PROJECT = Path(__file__).resolve().parents[1]
_TRIES = 5


def measure() -> list[Ratio]:
    """Seconds for the PDF beyond the page, divided by those from tables to page; both told in words, too."""
    import nbformat

    from voc_lib.context import CONTEXT_VARIABLE, Context
    from voc_lib.demo import write_demo
    from voc_lib.params import load_profile
    from voc_lib.workflow.render import render_html, render_pdf

    os.environ.setdefault("VOC_CUSTOMER_KEY", "benchmark key, of no use elsewhere")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_demo(root / "data" / "raw", profile=load_profile(_PROJECT / "params"), branches=1, months=_TRIES + 2)
        command = [sys.executable, "-m", "voc_lib", "run", "--no-pdf", "--params", str(_PROJECT / "params")]
        command += ["--data", str(root / "data"), "--output", str(root / "output")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        executed = sorted((root / "output").glob("*/*/04.ipynb"))
        *earlier, notebook = [nbformat.read(path, as_version=4) for path in executed]
        context = root / "context.json"
        Context(str(_PROJECT / "params"), str(root / "data"), str(root / "output")).save(context)
        os.environ[CONTEXT_VARIABLE] = str(context)

        def page() -> None:
            _do(notebook)
            render_html(notebook, str(root / "report.html"))

        to_page = _median(page)
        # Another month each time: the typesetter remembers what it has set, and a run sets each report once.
        months = iter(earlier)
        to_paper = _median(lambda: render_pdf(next(months), str(root / "report.pdf")))
    on = f"one branch-month of made-up exports, warm; here {to_page:.1f} s and {to_paper:.1f} s"
    return [Ratio("the PDF, beyond the page", "from tables to the page", to_paper / to_page, on)]


def _do(notebook: Any) -> None:
    """Run the code of an executed notebook, its injected parameters among it, and make what each cell shows."""
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            shown = eval(compile(last, "cell", "eval"), names)
            getattr(shown, "_repr_html_", lambda: None)()


def _median(action: Callable[[], object]) -> float:
    action()
    times = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
