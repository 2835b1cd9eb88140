"""What a run costs besides the cells: kernels, papermill, saving, planning; and a run with nothing to do."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fleet_project import Pretending, trivial_project
from benchmarks.ratio import Ratio, seconds

_PROJECT = Path(__file__).resolve().parents[1]
_FEW, _MANY = 10, 1_000


def measure() -> list[Ratio]:
    """Cost per task of trivial notebooks, few against many; and runs with nothing to do, against starting Python."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = (_per_task(folder / str(n), n) for n in (_FEW, _MANY))
        start = seconds(lambda: subprocess.run([sys.executable, "-c", "import pandas"], check=True))
        idle = {n: _nothing_to_do(folder / f"idle-{n}", n) for n in (25, 250)}
    on = "notebooks that do nothing, two at once"
    return [
        Ratio("processor time of a task outside cells", "one second", many, f"{_MANY:,} {on}"),
        Ratio(f"cost per task of {_MANY:,}", f"cost per task of {_FEW}", many / few, on),
        *(
            Ratio("a run with nothing to do", "starting Python with pandas", idle[n] / start, f"{n * 6:,} tasks")
            for n in idle
        ),
    ]


def _per_task(folder: Path, n_tasks: int) -> float:
    """Processor seconds for each task, without what a run costs once: the template's imports and the pool's start."""
    once = _processor_seconds(folder / "once", 1)
    return (_processor_seconds(folder / "all", n_tasks) - once) / max(n_tasks - 1, 1)


def _processor_seconds(folder: Path, n_tasks: int) -> float:
    folder.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from pathlib import Path\n"
        "from benchmarks.fleet_project import Project, trivial_project\n"
        "from voc_lib.workflow.pool import LocalFleet\n"
        "if __name__ == '__main__':\n"
        "    folder = Path(sys.argv[1])\n"
        "    result = Project(folder, folder / 'notebooks').run(LocalFleet(2))\n"
        "    assert len(result.done) == int(sys.argv[2]), result\n"
    )
    trivial_project(folder, n_tasks=n_tasks)
    script = folder / "go.py"
    script.write_text(code, encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, str(script), str(folder), str(n_tasks)], check=True, env={"PYTHONPATH": str(_PROJECT)}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def _nothing_to_do(folder: Path, n_places: int) -> float:
    """Seconds of `voc run` on the project's own notebooks where all is up to date; six tasks a branch-month."""
    project = trivial_project(folder, n_tasks=n_places)
    shutil.rmtree(project.notebooks)
    shutil.copytree(_PROJECT / "notebooks", project.notebooks)
    shutil.copy(_PROJECT / "requirements.lock", folder)
    project.run(Pretending(), formats=("html", "pdf"))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        project.run(Pretending(), formats=("html", "pdf"))
        times.append(time.perf_counter() - start)
    return min(times)
