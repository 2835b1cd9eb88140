"""What a run costs besides the cells: kernels, papermill, saving, planning; and a run with nothing to do."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.exports import OUR_NOTEBOOKS
from benchmarks.fleet_project import Pretending, trivial_project
from benchmarks.ratio import Ratio, seconds

_PROJECT = Path(__file__).resolve().parents[1]
_FEW, _MANY = 10, 1_000
_TRIES = 3  # of few tasks, whose cost disturbances change more than that of many
_IDLE = (25, 250)  # branch-months, of six tasks each, besides those of the head office


def measure() -> list[Ratio]:
    """Cost per task of trivial notebooks, few against many; and runs with nothing to do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        once = min(_processor_seconds(folder, 1) for _ in range(_TRIES))
        few = (min(_processor_seconds(folder, _FEW) for _ in range(_TRIES)) - once) / (_FEW - 1)
        many = (_processor_seconds(folder, _MANY) - once) / (_MANY - 1)
        idle = [_nothing_to_do(folder / f"idle-{n}", n) for n in _IDLE]
    on = "notebooks of one cell that does nothing, two at once; without what a run costs once (its start, its template)"
    return [
        Ratio("processor time of a task outside cells", "one second", many, f"{_MANY:,} {on}; 0.6 or less is wanted"),
        Ratio(f"cost per task of {_MANY:,}", f"cost per task of {_FEW}", many / few, f"{on}; 0.9 to 1.1 is wanted"),
        *(
            Ratio("voc run with nothing to do", "one second", took, f"{n_tasks:,} tasks; {wanted} or less is wanted")
            for (n_tasks, took), wanted in zip(idle, (2, 5), strict=True)
        ),
    ]


def _processor_seconds(folder: Path, n_tasks: int) -> float:
    """Processor seconds of a run of so many tasks and all its children."""
    folder = folder / "trivial"
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


def _nothing_to_do(folder: Path, n_places: int) -> tuple[int, float]:
    """How many tasks the project's own notebooks make there, and the seconds of `voc run` where all are up to date."""
    project = trivial_project(folder, n_tasks=n_places)
    shutil.rmtree(project.notebooks)
    shutil.copytree(OUR_NOTEBOOKS, project.notebooks)
    shutil.copy(_PROJECT / "requirements.lock", folder)
    n_tasks = len(project.run(Pretending(), formats=("html", "pdf")).done)
    command = [sys.executable, "-m", "voc_lib", "run"]
    for path in sorted((folder / "data" / "landed").iterdir()):
        command += ["--branch", path.name.removeprefix("branch=")]  # named, for a branch without rows is not planned
    said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout  # builds the index
    if f"{n_tasks} up to date" not in said:
        raise RuntimeError(f"there was something to do: {said[-200:]}")
    return n_tasks, seconds(lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True))
