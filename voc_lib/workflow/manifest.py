"""What a report was made from, and what was made of it: names and hashes of content, no time and no place.

manifest.json stands beside each report and holds the records of all tasks of its folder. Two runs of the same input,
profile, lock and system libraries give the same manifest; where they differ, it says which of them changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from voc_lib.fonts import chinese_face
from voc_lib.store import read_bytes, write_bytes
from voc_lib.workflow.plan import RunTask, TaskKey
from voc_lib.workflow.records import TaskRecord

__all__ = ["MANIFEST", "build_manifest", "system_libraries", "update_manifest"]

MANIFEST = "manifest.json"


def update_manifest(task: RunTask, records: Mapping[TaskKey, TaskRecord], *, output: str) -> None:
    """Write manifest.json beside a report, unless it is there and says the same.

    Args:
        task: the notebook that made the report.
        records: of all tasks of its folder, maybe of others too.
        output: folder or fsspec URL of the reports.
    """
    url = f"{output.rstrip('/')}/{task.folder}/{MANIFEST}"
    manifest = build_manifest(task, records)
    with suppress(FileNotFoundError, ValueError):
        if json.loads(read_bytes(url)) == manifest:  # writing it out, only to compare, takes ten times as long
            return
    write_bytes(url, (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8"))


def build_manifest(task: RunTask, records: Mapping[TaskKey, TaskRecord]) -> dict[str, Any]:
    """The manifest of one report; arguments as in `update_manifest`."""
    own = sorted(
        (key, record) for key, record in records.items() if (key.branch, key.month) == (task.branch, task.month)
    )
    return {
        "report": {"branch": task.branch, "month": task.month},
        "tasks": {key.stage: record.told() for key, record in own},
    }


@cache
def system_libraries() -> dict[str, str | None]:
    """What lies outside the lock and decides how a PDF looks: the font with its version; None where there is none."""
    from fontTools.ttLib import TTFont

    face = chinese_face()
    if face is None or face.path is None:
        return {"font": None}
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return {"font": f"{face.family} {font['head'].fontRevision:.3f}"}
