"""All reports of six branches and six months: `voc run` against the loop that a user of papermill would write.

The loop is `papermill.execute_notebook` on an ordinary kernel, then HTML and PDF by the same exporters, one notebook
after the other or in two processes. It is timed on the notebooks of two branches and the head office in the last
month and in one of the middle, and scaled to all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from benchmarks.ratio import Ratio

_PROJECT = Path(__file__).resolve().parents[1]
_EXPORTS = _PROJECT.parent / "shared" / "data" / "exports"
_RAW = (".csv", ".xlsx")
_STAGES = ("01_ingestion", "02_categorisation", "03_sentiment_hotspot", "04_branch_report")
_OFFICE = "05_head_office_report"


def measure() -> list[Ratio]:
    """Wall times of the loop, divided by that of the run."""
    os.environ.setdefault("VOC_CUSTOMER_KEY", "benchmark key, of no use elsewhere")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = folder / "data" / "raw"
        on = _put_exports(raw)
        command = [sys.executable, "-m", "voc_lib", "run", "--jobs", "2", "--params", str(_PROJECT / "params")]
        command += ["--data", str(folder / "data"), "--output", str(folder / "output")]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        months = sorted(path.name for path in (folder / "output").glob("????-??"))
        branches = sorted(
            path.name for path in (folder / "output" / months[-1]).iterdir() if path.name != "head_office"
        )
        tasks = [(stage, branch, month) for month in months for branch in branches for stage in _STAGES]
        tasks += [(_OFFICE, "head_office", month) for month in months]
        of_months, of_branches = (months[-1], months[len(months) // 2]), (branches[0], branches[-1], "head_office")
        sample = [task for task in tasks if task[2] in of_months and task[1] in of_branches]
        one_by_one = _scaled(_seconds_of_loop(folder, sample, 1), tasks)
        in_two = _scaled(_seconds_of_loop(folder, sample, 2), tasks)
    on = f"{len(tasks)} notebooks with their HTML and PDF, {on}; the loop scaled from {len(sample)} of them"
    return [
        Ratio("a loop over papermill and nbconvert", "voc run --jobs 2", one_by_one / whole, on),
        Ratio("the same loop in two processes", "voc run --jobs 2", in_two / whole, on),
    ]


def _put_exports(raw: Path) -> str:
    raw.mkdir(parents=True)
    files = [path for path in sorted(_EXPORTS.rglob("*")) if path.suffix in _RAW] if _EXPORTS.is_dir() else []
    if files:
        for path in files:
            shutil.copy(path, raw)
        return "real exports of 6 branches and 6 months"
    from voc_lib.demo import write_demo
    from voc_lib.params import load_profile

    write_demo(raw, profile=load_profile(_PROJECT / "params"), branches=6, months=6)
    return "made-up exports of 6 branches and 6 months"


def _seconds_of_loop(folder: Path, sample: Sequence[tuple[str, str, str]], n_processes: int) -> dict[str, float]:
    """Mean wall seconds by notebook, with what else the processes do meanwhile."""
    times: dict[str, list[float]] = {}
    with ProcessPoolExecutor(n_processes) as pool:
        jobs = [pool.submit(_one, str(folder), *task) for task in sample]
        for (stage, _, _), job in zip(sample, jobs, strict=True):
            times.setdefault(stage, []).append(job.result() / n_processes)
    return {stage: sum(found) / len(found) for stage, found in times.items()}


def _scaled(of_stage: dict[str, float], tasks: Sequence[tuple[str, str, str]]) -> float:
    return sum(of_stage[stage] for stage, _, _ in tasks)


def _one(folder: str, stage: str, branch: str, month: str) -> float:
    """Seconds of one notebook as a user would run it: the official tables are read, scratch is written."""
    import papermill

    from voc_lib.context import CONTEXT_VARIABLE, Context
    from voc_lib.workflow.render import render_html, render_pdf

    root = Path(folder)
    context = Context(str(_PROJECT / "params"), str(root / "data"), str(root / "output"))
    file = root / f"context-{os.getpid()}.json"
    replace(context, scratch=True).save(file)
    os.environ[CONTEXT_VARIABLE] = str(file)
    out = root / f"loop-{stage}-{branch}-{month}.ipynb"
    parameters = {"month": month} if stage == _OFFICE else {"branch": branch, "month": month}
    start = time.perf_counter()
    papermill.execute_notebook(
        str(_PROJECT / "notebooks" / f"{stage}.ipynb"), str(out), parameters, kernel_name="python3", progress_bar=False
    )
    if stage in (_STAGES[-1], _OFFICE):
        render_html(str(out), str(out.with_suffix(".html")))
        render_pdf(str(out), str(out.with_suffix(".pdf")))
    return time.perf_counter() - start
