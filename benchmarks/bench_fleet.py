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
_SIZES = (10, 200, 1_000)
_TRIES = 2
_IDLE = (25, 250)  # branch-months, of six tasks each, besides those of the head office


def measure() -> list[Ratio]:
    """Cost per task of trivial notebooks, of few and of many; and runs with nothing to do.

    A run has costs of its own: its start, two workers, the template. What a task costs is what a run of more tasks
    takes more than one of fewer; if that were not flat, the tasks from 200 to 1,000 would cost more than those from 10
    to 200.
    """
    few, some, many = _SIZES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # By turns, so that what disturbs one size disturbs the others; it only ever makes a run longer.
        rounds = [[_processor_seconds(folder, n) for n in _SIZES] for _ in range(_TRIES)]
        of_few, of_some, of_many = (min(one[place] for one in rounds) for place in range(len(_SIZES)))
        idle = [_nothing_to_do(folder / f"idle-{n}", n) for n in _IDLE]
    per_task = (of_many - of_few) / (many - few)
    upper, lower = (of_many - of_some) / (many - some), (of_some - of_few) / (some - few)
    on = "notebooks of one cell that does nothing, two at once"
    return [
        Ratio(
            "processor time of a task outside cells",
            "one second",
            per_task,
            f"{on}; what {many:,} take more than {few}, a task; 0.6 or less is wanted",
        ),
        Ratio(
            f"cost of a task from {some} to {many:,}",
            f"cost of one from {few} to {some}",
            upper / lower,
            f"{on}; processor time that runs of {few}, {some} and {many:,} take more than one another; "
            "0.9 to 1.1 is wanted",
        ),
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
