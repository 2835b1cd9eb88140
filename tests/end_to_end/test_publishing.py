"""Real reports on their way out: approved, dropped when a run changes one, kept when not, packed for one branch."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest
import pyzipper

from tests.end_to_end.conftest import Run, voc
from voc_lib.privacy import read_trail

pytestmark = [pytest.mark.kernel, pytest.mark.pdf]

PASSWORD = "for this test and no other"


def test_reports_go_out_as_approved_and_not_otherwise(
    demo_run: Run, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOC_PACKAGE_PASSWORD", PASSWORD)
    data, output = tmp_path / "data", tmp_path / "output"
    shutil.copytree(demo_run.data, data)
    shutil.copytree(demo_run.output, output)
    first, second = demo_run.expected["branches"]
    month = demo_run.expected["months"][-1]

    def call(*arguments: str) -> str:
        done = voc(*arguments, data=data, output=output, project=project)
        assert "Traceback" not in done.stderr
        return f"{done.returncode}\n{done.stdout}{done.stderr}"

    assert "0\n" in call("review", month, first, second, "--approve", "--by", "审核员")
    (data / "editorial" / first).mkdir(parents=True)
    (data / "editorial" / first / f"{month}.yaml").write_text(
        "by: 分析员\ncomment: 本月更换了登录方式。\n", encoding="utf-8"
    )
    again = call("run", "--branch", first, "--month", month, "--jobs", "1")
    assert f"{first} {month} is no longer approved: approval of 审核员 dropped: " in again
    assert f"{second} {month} is no longer approved" not in again
    index = (output / "index.html").read_text(encoding="utf-8")
    assert "审核员审定后内容有变" in index and "已审定" in index and "草稿" in index

    sent = call("publish", month, "--to-folder", str(tmp_path / "out"), "--send")
    assert sent.startswith("1\n") and f"{first} {month} not approved" in sent
    (package,) = (tmp_path / "out").iterdir()
    with pyzipper.AESZipFile(io.BytesIO(package.read_bytes())) as archive:
        archive.setpassword(PASSWORD.encode())
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert sorted(files) == ["feedback_form.xlsx", "records.html", "report.html", "report.pdf"]
    for name, payload in files.items():
        assert payload == (output / month / second / name).read_bytes()
        assert manifest["files"][name]["sha256"] == hashlib.sha256(payload).hexdigest()
    assert "已发布" in (output / "index.html").read_text(encoding="utf-8")

    # Another branch's file in the place of its own is not let out, approved or not.
    shutil.copy(output / month / second / "report.pdf", output / month / first / "report.pdf")
    assert call("review", month, first, "--approve", "--by", "审核员").startswith("0\n")
    refused = call("publish", month, "--to-folder", str(tmp_path / "out"), "--send")
    assert refused.startswith("1\n") and f"{first} {month} refused" in refused and "report.pdf, page 1: " in refused
    assert len(list((tmp_path / "out").iterdir())) == 1
    told = [event["what"] for event in read_trail(data)]
    assert told == ["approved", "approved", "approval dropped", "sent", "approved"]
