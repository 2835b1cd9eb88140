"""All reports of six branches and six months: `voc run` against the loop that a user of papermill would write.

The loop is `papermill.execute_notebook` on an ordinary kernel, then HTML and PDF by the same exporters, one notebook
after the other or in two processes. It is timed on ten notebooks (those of one branch in the last month, of another in
one of the middle, and the head office's of both), and scaled to all of them.

Where the time of the run goes is read from its log.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from benchmarks.exports import OUR_NOTEBOOKS, PARAMS, put_exports, voc
from benchmarks.ratio import Ratio, seconds

_STAGES = ("01_ingestion", "02_categorisation", "03_sentiment_hotspot", "04_branch_report")
_OFFICE = "05_head_office_report"
_JOBS = 2
_RUN = f"voc run --jobs {_JOBS}"
_PARTS = {
    "landing": "landing raw exports",
    "begin": "starting, and planning",
    "start": "starting kernels, and waiting for the template's imports",
    "cells": "cells",
    "engine": "papermill, the stored form, ending kernels",
    "store": "writing notebooks",
    "html": "rendering HTML",
    "pdf": "rendering PDF",
    "end": "manifests, index, ending",
    "rest": "workers waiting for a task, or for its record",
}


def measure() -> list[Ratio]:
    """Wall times of the loop, divided by that of the run; where the run's goes; and the run with nothing to do."""
    return _compare(())


def _compare(narrowed: Sequence[str]) -> list[Ratio]:
    """The same, of a run with these options."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exports = put_exports(folder / "data" / "raw")
        options = ("--jobs", str(_JOBS), "--notebooks", str(OUR_NOTEBOOKS), *narrowed)
        times = [time.time()]
        for verb, given in (("land", ()), ("run", options)):
            voc(verb, folder, *given)
            times.append(time.time())
        whole = times[2] - times[0]
        shares = _shares(folder, *times)
        idle = seconds(lambda: voc("run", folder, *options))
        tasks = _tasks(folder / "output")
        sample = _sample(tasks)
        one_by_one = _scaled(_seconds_of_loop(folder, sample, 1), tasks)
        in_two = _scaled(_seconds_of_loop(folder, sample, 2), tasks)
    on = f"{len(tasks)} notebooks with their HTML and PDF, {exports}"
    scaled = f"{on}; the loop was timed on {len(sample)} of them and scaled"
    return [
        Ratio("a loop over papermill and nbconvert", _RUN, one_by_one / whole, f"{scaled}; 10 or more is wanted"),
        Ratio("the same loop in two processes", _RUN, in_two / whole, f"{scaled}; 5 or more is wanted"),
        *(Ratio(f"part: {_PARTS[part]}", _RUN, share, f"{on}; share of its workers' time") for part, share in shares),
        Ratio(f"{_RUN} with nothing to do", "one second", idle, f"{on}; 2 or less is wanted"),
    ]


def _tasks(output: Path) -> list[tuple[str, str, str]]:
    """Stage, branch and month of each notebook that was run."""
    named = {stage[:2]: stage for stage in (*_STAGES, _OFFICE)}
    found = sorted(output.glob("????-??/*/[0-9][0-9].ipynb"))
    return [(named[path.stem], path.parts[-2], path.parts[-3]) for path in found]


def _sample(tasks: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    months = sorted({month for _, _, month in tasks})
    branches = sorted({branch for stage, branch, _ in tasks if stage != _OFFICE})
    last, middle = months[-1], months[len(months) // 2]
    places = {(branches[0], last), (branches[-1], middle), ("head_office", last), ("head_office", middle)}
    return [task for task in tasks if task[1:] in places]


def _shares(folder: Path, began: float, landed: float, ended: float) -> list[tuple[str, float]]:
    """Part of the time of all workers that went into each of _PARTS; what one process does the others wait for."""
    (log,) = (folder / "data" / "state" / "log").glob("*.jsonl")
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    at = {event["event"]: datetime.fromisoformat(event["at"]).timestamp() for event in events}
    seconds: Counter[str] = Counter()
    for event in events:
        for part, took in event.get("seconds", {}).items():
            kind = event["task"].split(" ")[0].rpartition(".")[-1]
            seconds[kind if part == "render" else part] += took  # type: ignore[assignment]
    shares = {part: took / _JOBS for part, took in seconds.items()}
    shares |= {"landing": landed - began, "begin": at["begin"] - landed, "end": ended - at["end"]}
    shares["rest"] = (ended - began) - sum(shares.values())
    return [(part, shares.get(part, 0.0) / (ended - began)) for part in _PARTS]


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
    context = Context(str(PARAMS), str(root / "data"), str(root / "output"))
    file = root / f"context-{os.getpid()}.json"
    replace(context, scratch=True).save(file)
    os.environ[CONTEXT_VARIABLE] = str(file)
    out = root / f"loop-{stage}-{branch}-{month}.ipynb"
    parameters = {"month": month} if stage == _OFFICE else {"branch": branch, "month": month}
    start = time.perf_counter()
    papermill.execute_notebook(
        str(OUR_NOTEBOOKS / f"{stage}.ipynb"), str(out), parameters, kernel_name="python3", progress_bar=False
    )
    if stage in (_STAGES[-1], _OFFICE):
        render_html(str(out), str(out.with_suffix(".html")))
        render_pdf(str(out), str(out.with_suffix(".pdf")))
    return time.perf_counter() - start
