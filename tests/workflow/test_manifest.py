"""What a manifest says, without a kernel."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

from voc_lib.workflow.manifest import build_manifest, system_libraries, update_manifest
from voc_lib.workflow.plan import RunTask, TaskKey
from voc_lib.workflow.records import TaskRecord
from voc_lib.workflow.stages import Stage

TASK = RunTask(Stage("04", "04_report", Path("04_report.ipynb"), "branch", (), ("summary",)), "BJ", "2013-05")
RECORD = TaskRecord({"lock": "1"}, {"data/records/branch=BJ/month=2013-05/part.parquet": "2"}, {"output/x": "3"})
PDF = TaskRecord({"lock": "1"}, {"output/x": "3"}, {"output/y": "4"}, {"font": "Noto Sans CJK SC 2.004"})


def test_a_manifest_holds_the_records_of_its_own_folder() -> None:
    records = {
        TaskKey("2013-05", "BJ", "04_report.pdf"): PDF,
        TaskKey("2013-05", "BJ", "04_report"): RECORD,
        TaskKey("2013-05", "TJ", "04_report"): PDF,
        TaskKey("2013-04", "BJ", "04_report"): PDF,
    }
    assert build_manifest(TASK, records) == {
        "report": {"branch": "BJ", "month": "2013-05"},
        "tasks": {"04_report": asdict(RECORD), "04_report.pdf": asdict(PDF)},
    }


def test_a_manifest_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    records = {TaskKey("2013-05", "BJ", "04_report"): RECORD}
    update_manifest(TASK, records, output=str(tmp_path))
    file = tmp_path / "2013-05" / "BJ" / "manifest.json"
    before = file.stat()
    update_manifest(TASK, records, output=str(tmp_path))
    assert file.stat().st_ino == before.st_ino
    update_manifest(TASK, {**records, TaskKey("2013-05", "BJ", "04_report.pdf"): PDF}, output=str(tmp_path))
    assert list(json.loads(file.read_text(encoding="utf-8"))["tasks"]) == ["04_report", "04_report.pdf"]
    assert file.stat().st_ino != before.st_ino


def test_the_font_of_the_pdf_is_named_with_its_version() -> None:
    font = system_libraries()["font"]
    assert list(system_libraries()) == ["font"]
    assert font is None or re.fullmatch(r"[A-Z][\w ]+ \d+\.\d{3}", font)
