"""Kernels forked from a warm template against those that papermill starts: time of a notebook, memory of eight kernels.

Both run the same notebook: it imports what the project's notebooks import, directly or through the library, and draws
one chart. The template is that of a run: dictionaries loaded, which counts against it in the memory.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ratio import Ratio, seconds

_PROJECT = Path(__file__).resolve().parents[1]
_NOTEBOOKS = sorted((_PROJECT / "notebooks").glob("*.ipynb"))
_CHART = """\
import matplotlib.pyplot as plt
import pandas as pd

counts = pd.Series({"a": 3, "b": 5, "c": 2})
axes = counts.plot.bar(title=month)"""
_TRIES = 3
_LIVE = 8


def _imports() -> str:
    """An import for each module that the notebooks reach, ours by the notebooks' own import lines."""
    from voc_lib.workflow.forkserver import preload_modules

    foreign = [f"import {name}" for name in preload_modules(_NOTEBOOKS) if name.partition(".")[0] != "voc_lib"]
    ours = {
        line
        for path in _NOTEBOOKS
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("from voc_lib")
    }
    return "\n".join([*foreign, *sorted(ours)])


def _write_notebook(file: Path) -> None:
    import nbformat.v4 as v4

    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    made = v4.new_notebook(metadata={"kernelspec": kernel})
    made.cells = [
        v4.new_code_cell('month = "2013-05"', metadata={"tags": ["parameters"]}, id="parameters"),
        v4.new_code_cell(_imports(), id="imports"),
        v4.new_code_cell(_CHART, id="chart"),
    ]
    file.write_text(json.dumps(made), encoding="utf-8")


@contextmanager
def _warm_template(notebook: Path) -> Iterator[Any]:
    from voc_lib.workflow.kernels import kernel_template

    with kernel_template(notebooks=[*_NOTEBOOKS, notebook], params=_PROJECT / "params") as template:
        if template is None or not template.wait_ready():
            raise RuntimeError("kernels cannot be forked here")
        yield template


def _runners(notebook: Path, folder: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    """Run the notebook on a forked kernel as workflow/execute.py does, and as a user of papermill would."""
    import papermill

    from voc_lib.context import Context
    from voc_lib.workflow.kernels import kernel_seat

    context = Context(params=str(_PROJECT / "params"), data=str(folder), output=str(folder))

    def forked() -> None:
        with kernel_seat(context) as seat:
            papermill.execute_notebook(
                str(notebook),
                str(folder / "forked.ipynb"),
                parameters={"month": "2013-04"},
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                record_timing=False,
                store_widget_state=False,
                **seat.options,
            )
        if seat.kind != "forked":
            raise RuntimeError("the kernel was not forked")

    def ordinary() -> None:
        papermill.execute_notebook(
            str(notebook), str(folder / "ordinary.ipynb"), parameters={"month": "2013-04"}, progress_bar=False
        )

    return forked, ordinary


def _times(notebook: Path, folder: Path) -> tuple[float, float]:
    """Shortest wall time of each, in seconds; by turns, so that what disturbs one disturbs the other."""
    forked, ordinary = _runners(notebook, folder)
    pairs = [(seconds(forked, tries=1), seconds(ordinary, tries=1)) for _ in range(_TRIES)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _memory(notebook: Path, forked: bool) -> int:
    """Proportional set size, in bytes, of eight live kernels that have imported it all, template included."""
    from voc_lib.context import Context
    from voc_lib.workflow.kernels import kernel_seat

    context = Context(params=str(_PROJECT / "params"), data="", output="")
    with ExitStack() as stack:
        pids = [stack.enter_context(_warm_template(notebook)).pid] if forked else []
        for _ in range(_LIVE):
            seat = stack.enter_context(kernel_seat(context))
            _run_cell(seat, _imports())
            if seat.process is None or seat.process.kind != ("forked" if forked else "ordinary"):
                raise RuntimeError("the kernel is of the other kind")
            pids.append(seat.process.pid)
        return sum(_pss(pid) for pid in pids)


def _run_cell(seat: Any, source: str) -> None:
    import nbformat.v4 as v4
    from nbclient import NotebookClient

    NotebookClient(v4.new_notebook(cells=[v4.new_code_cell(source)]), **seat.options).execute()


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _restart() -> float:
    """Shortest wall time, in seconds, of what JupyterLab's server does for Restart, until the new kernel answers."""
    import asyncio

    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    from voc_lib.workflow.forkserver.kernelspec import KERNEL_NAME, write_kernelspec

    async def restarted(folder: Path) -> float:
        specs = KernelSpecManager(kernel_dirs=[str(write_kernelspec(folder).parent)])
        server = AsyncMappingKernelManager(kernel_spec_manager=specs, root_dir=str(_PROJECT / "notebooks"))
        kernel = await server.start_kernel(kernel_name=KERNEL_NAME, path="")
        await server.get_kernel(kernel).ready
        times = []
        for _ in range(_TRIES):
            start = time.perf_counter()
            await server.restart_kernel(kernel)
            times.append(time.perf_counter() - start)
        forked = server.get_kernel(kernel).provisioner.served.kind == "forked"
        await server.shutdown_all()
        if not forked:
            raise RuntimeError("the kernel was not forked")
        return min(times)

    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(restarted(Path(name)))


def measure() -> list[Ratio]:
    """Ratios of wall time of a trivial notebook and of a restart, and of memory of eight live kernels."""
    for name in ("papermill", "traitlets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notebook = folder / "trivial.ipynb"
        _write_notebook(notebook)
        with _warm_template(notebook):
            forked, ordinary = _times(notebook, folder)
        restart = _restart()
        shared, apart = _memory(notebook, forked=True), _memory(notebook, forked=False)
    return [
        Ratio(
            "a notebook on a forked kernel",
            "papermill.execute_notebook",
            forked / ordinary,
            "imports of our notebooks and one chart, each one after the other; 0.1 or less is wanted",
        ),
        Ratio("Restart in JupyterLab", "one second", restart, "kernel VOC, until it answers; well under 1 is wanted"),
        Ratio(
            f"memory of {_LIVE} live forked kernels and their template",
            f"{_LIVE} ordinary kernels",
            shared / apart,
            "all having imported what our notebooks import; proportional set size (PSS); 0.33 or less is wanted",
        ),
    ]
