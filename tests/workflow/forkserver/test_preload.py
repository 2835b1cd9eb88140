"""What a template imports is what notebooks and the library import, and what it loads is the same warm or cold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from voc_lib.workflow.forkserver import preload_modules


def test_what_the_notebooks_import_through_the_library_is_found(project: Path) -> None:
    found = set(preload_modules(sorted((project / "notebooks").glob("*.ipynb"))))
    assert found >= {
        "matplotlib.figure",  # inside functions of figures
        "openpyxl",
        "pandas",
        "pandera.pandas",
        "pyarrow.parquet",
        "rjieba",
        "sklearn.linear_model",
        "voc_lib.hotspot.find",
        "voc_lib.report.theme",
        "voc_lib.text.segment",
    }
    assert not any(name.partition(".")[0] in ("snownlp", "pypdf", "os", "__future__") for name in found)
    assert not any(name.startswith(("voc_lib.workflow", "voc_lib.cli")) for name in found)


def test_a_notebook_that_cannot_be_read_has_no_imports(tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    code = nbformat.v4.new_code_cell("%matplotlib inline\nimport numpy, not_installed_here\nif")
    node = nbformat.v4.new_notebook(cells=[code, nbformat.v4.new_markdown_cell("import scipy")])
    nbformat.write(node, tmp_path / "odd.ipynb")
    assert preload_modules([tmp_path / "broken.ipynb", tmp_path / "missing.ipynb", tmp_path / "odd.ipynb"]) == ["numpy"]


@pytest.mark.parametrize("name", ["draw_a_chart", "show_a_table"])
def test_a_first_step_leaves_no_trace(name: str) -> None:
    """In a process of its own, for this one has settings of its own."""
    code = f"""
import json, os, random, sys, threading, warnings
import matplotlib, numpy, pandas
from voc_lib.workflow.forkserver import first_steps

def state():
    import matplotlib.pyplot as plt
    return [
        {{key: str(value) for key, value in matplotlib.rcParams.items()}}, plt.get_fignums(), random.getstate(),
        str(numpy.random.get_state()), [str(f) for f in warnings.filters], threading.active_count(),
        pandas.get_option("display.max_rows"), numpy.get_printoptions(), dict(os.environ),
    ]

step = getattr(first_steps, {name!r})
assert step in first_steps.FIRST_STEPS
import matplotlib.pyplot
before = state()
step()
assert state() == before
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
