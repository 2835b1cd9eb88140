"""The main job on demo data: two branches, two months, real kernels; a bad start of each kind; a run made twice."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run, voc
from tests.end_to_end.exports_contract import check_pages
from voc_lib.demo import write_demo
from voc_lib.params import Profile
from voc_lib.privacy import find_canaries

pytestmark = [pytest.mark.kernel, pytest.mark.pdf]


def test_the_run_succeeds_with_every_report(demo_run: Run) -> None:
    assert demo_run.status == 0, demo_run.said[-3000:]
    check_pages(demo_run, reports=2 * 2 + 2)
    for folder in demo_run.output.glob("*/[A-Z]*"):
        names = {path.name for path in folder.iterdir()}
        expected = {
            "01.ipynb",
            "02.ipynb",
            "03.ipynb",
            "04.ipynb",
            "feedback_form.xlsx",
            "manifest.json",
            "records.html",
        }
        assert names == {*expected, "report.html", "report.pdf"}


def test_every_planted_fault_is_refused_with_its_reason(demo_run: Run) -> None:
    ledger = demo_run.all_rows("ledger").groupby("outcome")["n_rows"].sum().to_dict()
    rows = sum(file["rows"] for file in demo_run.expected["files"].values())
    assert sum(ledger.values()) == rows
    assert ledger.pop("record") == sum(file["records"] for file in demo_run.expected["files"].values())
    assert ledger == demo_run.expected["planted"]


def test_nothing_personal_is_left(demo_run: Run) -> None:
    people = demo_run.expected["people"]["phones"]
    values = sorted({item["value"] for item in demo_run.expected["pii"]} | set(people))
    assert len(values) > 20
    for place in [path for path in demo_run.data.iterdir() if path.name != "raw"] + [demo_run.output]:
        found = find_canaries(place, values)
        assert found.empty, found.to_string()


def test_planted_hot_issues_are_found(demo_run: Run, profile: Profile) -> None:
    looked_for = 0
    for planted in demo_run.expected["hotspots"]:
        issues = demo_run.store.read("hotspots", planted["branch"], planted["month"])
        if not issues["history_months"].max():
            continue
        looked_for += 1
        scored = demo_run.store.read("scored", planted["branch"], planted["month"])
        matching = set((scored["source"] + ":" + scored["record_id"])[scored["text"].str.contains(planted["pattern"])])
        shares = [len(matching & set(ids)) / len(ids) for ids in issues.head(5)["record_ids"]]
        assert max(shares) >= 0.5, f"{planted}: {issues['label'].tolist()}"
    assert looked_for >= 1


def _digests(run_output: Path) -> dict[str, str]:
    return {
        path.relative_to(run_output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run_output.rglob("*"))
        if path.is_file()
    }


def test_the_same_input_gives_the_same_bytes_in_another_folder(
    demo_run: Run, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    data = tmp_path / "other place" / "data"
    (data / "state").mkdir(parents=True)
    shutil.copytree(demo_run.data / "raw", data / "raw")
    shutil.copy(demo_run.data / "state" / "customer_key", data / "state")
    month = demo_run.expected["months"][0]
    narrow = [option for code in demo_run.expected["branches"] for option in ("--branch", code)]
    again = voc("run", *narrow, "--month", month, "--jobs", "1", data=data, output=tmp_path / "out", project=project)
    assert again.returncode == 0, again.stderr[-2000:]
    first, second = _digests(demo_run.output / month), _digests(tmp_path / "out" / month)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("empty", "no raw exports found"),
        ("column", "required column missing"),
        ("workbook", "workbook cannot be read"),
        ("profile", "unknown key"),
    ],
)
def test_a_bad_start_is_one_clear_message_and_nothing_is_written(
    spoil: str, said: str, tmp_path: Path, project: Path, profile: Profile
) -> None:
    data, output, params = tmp_path / "data", tmp_path / "output", tmp_path / "params"
    shutil.copytree(project / "params", params)
    raw = data / "raw"
    raw.mkdir(parents=True)
    if spoil != "empty":
        for file in write_demo(tmp_path / "exports", profile=profile, branches=1, months=1)[:-1]:
            shutil.copy(file, raw)
    if spoil == "column":
        file = next(raw.glob("work_orders_*.csv"))
        file.write_bytes(file.read_bytes().replace("受理时间".encode("gb18030"), "时刻".encode("gb18030"), 1))
    elif spoil == "workbook":
        next(raw.glob("*.xlsx")).write_bytes(b"PK\x03\x04 and no more")
    elif spoil == "profile":
        run_yaml = params / "run.yaml"
        run_yaml.write_text(run_yaml.read_text(encoding="utf-8") + "\ncenter: x\n", encoding="utf-8")
    done = voc("run", "--params", str(params), data=data, output=output, project=project)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not output.exists() or not any(output.rglob("*.html"))
    assert not list(data.rglob("*.parquet"))
