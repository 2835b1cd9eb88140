"""The command: its verbs, what it refuses, and how."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from tests.workflow import tiny
from voc_lib.cli import main

Voc = Callable[..., Result]
VERBS = ("demo", "doctor", "evaluate", "land", "predict", "run", "train")


@pytest.fixture
def folder(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in miniature, which is the working folder."""
    tiny.project(tmp_path, project / "params")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def voc() -> Voc:
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def refused(result: Result, *messages: str) -> None:
    """One clear message, exit code 2, no traceback, nothing on standard output."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(("voc: ", "Usage: "))
    assert "Traceback" not in result.output
    for message in messages:
        assert message in result.stderr


def test_every_verb_has_a_sentence_and_takes_the_folders(voc: Voc) -> None:
    assert tuple(sorted(main.commands)) == VERBS
    for verb in VERBS:
        assert main.commands[verb].help
        shown = voc(verb, "--help").output
        assert all(option in shown for option in ("--params DIR", "--data DIR", "--output DIR"))


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['voc', '--help']\n"
        "try:\n    from voc_lib.cli import main; main()\n"
        "except SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'pandas', 'numpy', 'yaml', 'pydantic', 'papermill', 'nbformat', 'rich'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "voc_lib", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("voc, version ")


def test_without_a_project_the_call_says_what_to_give(
    voc: Voc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(voc("run"), "no project found", "--params DIR")


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["run", "--branch", "BJJ"], ["no such branch", "did you mean BJ?"]),
        (["run", "--month", "2013-5"], ["no such month", "did you mean 2013-05?", "2013-04 to 2013-05"]),
        (["run", "--jobs", "0"], ["--jobs"]),
        (["run", "--as-of", "yesterday"], ["--as-of"]),
        (["run", "--params", "elsewhere"], ["profile folder not found"]),
        (["run", "--notebooks", "elsewhere"], ["no notebooks of the workflow found"]),
        (["land"], ["no raw exports found", "data/raw"]),
        (["predict", "sentiment", "none.csv", "-o", "out.csv"], ["file not found", "none.csv"]),
        (["train", "weather"], ["weather"]),
    ],
)
def test_a_wrong_call_is_refused_and_nothing_is_run(
    voc: Voc, folder: Path, arguments: list[str], messages: list[str]
) -> None:
    refused(voc(*arguments), *messages)
    assert not (folder / "output").exists()


@pytest.mark.parametrize("verb", ["run", "land"])
def test_an_empty_data_folder_is_refused_with_one_message(voc: Voc, folder: Path, verb: str) -> None:
    shutil.rmtree(folder / "data")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / ".gitkeep").touch()
    refused(voc(verb), "no raw exports found", "voc demo")
    assert not (folder / "output").exists()


def test_a_wrong_profile_is_refused(voc: Voc, folder: Path) -> None:
    file = folder / "params" / "run.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\ncenter: x\n", encoding="utf-8")
    refused(voc("run"), "run.yaml", "did you mean centre?")


def test_a_corrupt_workbook_is_refused_and_nothing_is_written(voc: Voc, folder: Path) -> None:
    shutil.rmtree(folder / "data")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / "complaint_intents_x.xlsx").write_bytes(b"PK\x03\x04 not really")
    refused(voc("run"), "complaint_intents_x.xlsx")
    assert not list((folder / "data").glob("*/branch=*"))
    assert not (folder / "output").exists()


def test_the_plan_is_printed_and_nothing_runs(voc: Voc, folder: Path) -> None:
    result = voc("run", "--plan", "--branch", "BJ", "--month", "2013-05")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "01_link BJ 2013-04  (added: an earlier month that was never run)",
        "01_link BJ 2013-05",
        "04_report BJ 2013-05",
        "    after 01_link BJ 2013-04, 01_link BJ 2013-05",
        "05_office head_office 2013-05",
        "    after 04_report BJ 2013-05",
        "4 notebooks; nothing was run",
    ]
    assert not (folder / "output").exists()


@pytest.mark.kernel
def test_a_run_ends_with_an_index_and_tells_of_the_branch_that_failed(voc: Voc, folder: Path) -> None:
    made = tiny.notebooks()
    made["01_link.ipynb"].cells.insert(2, nbformat.v4.new_code_cell('assert branch != "TJ"'))
    tiny.write_notebooks(folder / "notebooks", made)
    result = voc("run", "--month", "2013-04", "--no-pdf")
    assert result.exit_code == 1
    assert "voc: 01_link TJ 2013-04 failed: notebook failed: AssertionError" in result.stderr
    assert "voc: 04_report TJ 2013-04 skipped, for 01_link TJ 2013-04 failed" in result.stderr
    assert "3 of 5 notebooks done" in result.stdout
    page = (folder / "output" / "index.html").read_text(encoding="utf-8")
    assert "2013-04/BJ/report.html" in page
    assert "2013-04/TJ/01.ipynb" in page
    assert not list((folder / "output").rglob("*.pdf"))
    assert list((folder / "data" / "state" / "log").glob("run-*.jsonl"))


def test_demo_exports_land(voc: Voc, folder: Path) -> None:
    shutil.rmtree(folder / "data")
    result = voc("demo", "data/raw", "--branches", "1", "--months", "1")
    assert result.exit_code == 0, result.output
    expected = json.loads((folder / "data" / "raw" / "expected.json").read_text(encoding="utf-8"))
    assert expected
    landed = voc("land")
    assert landed.exit_code == 0, landed.output
    assert landed.stdout.startswith("landed ")
    assert (folder / "data" / "landed").is_dir()
    assert "nothing changed" in voc("land").stdout


SAMPLES = (
    ("服务态度很好，非常满意", "positive"),
    ("排队太久，态度差，很生气", "negative"),
    ("请问怎么查询余额", "neutral"),
)


@pytest.fixture
def labels(folder: Path) -> Path:
    file = folder / "labels.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(["text", "sentiment"])
        writer.writerows([(f"{text}{'。' * (n % 3)}{n}", label) for n in range(20) for text, label in SAMPLES])
    return file


def test_a_model_is_trained_judged_and_used(voc: Voc, folder: Path, labels: Path) -> None:
    trained = voc("train", "sentiment", "--labels", str(labels))
    assert trained.exit_code == 0, trained.output
    assert "60 texts, 3 classes" in trained.stdout
    judged = voc("evaluate", "sentiment", "--labels", str(labels), "--json")
    assert judged.exit_code == 0, judged.output
    result = json.loads(judged.stdout)
    assert {"n", "accuracy", "macro_f1", "by_class", "auc_positive_negative", "auc_negative_rest"} <= set(result)
    assert result["n"] == 60
    assert result["auc_positive_negative"] > 0.9

    (folder / "in.csv").write_bytes("编号,text,备注\n007,服务态度很好,=1+1\n008,,x\n".encode("gb18030"))
    predicted = voc("predict", "sentiment", "in.csv", "-o", "out.csv")
    assert predicted.exit_code == 0, predicted.output
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    assert rows[0] == ["编号", "text", "备注", "sentiment", "sentiment_label"]
    assert rows[1][:3] == ["007", "服务态度很好", "=1+1"]
    assert rows[1][4] == "positive"
    assert rows[2] == ["008", "", "x", "", ""]


def test_the_profile_maps_the_columns_of_labels(voc: Voc, folder: Path, labels: Path) -> None:
    text = labels.read_text(encoding="utf-8-sig")
    for old, new in (("text,sentiment", "tokens,class"), ("negative", "0"), ("positive", "1"), ("neutral", "2")):
        text = text.replace(old, new)
    labels.write_text(text, encoding="utf-8")
    refused(voc("train", "sentiment", "--labels", str(labels)), "column missing", "sentiment", "params/sources.yaml")
    file = folder / "params" / "sources.yaml"
    kept = file.read_text(encoding="utf-8").split("\nlabels:")[0]
    values = '{"0": negative, "1": positive, "2": neutral}'
    mapped = f"\nlabels:\n  columns: {{sentiment: class}}\n  values: {{sentiment: {values}}}\n"
    file.write_text(kept + mapped, encoding="utf-8")
    trained = voc("train", "sentiment", "--labels", str(labels))
    assert trained.exit_code == 0, trained.output
    assert "3 classes" in trained.stdout


def test_the_shipped_model_lies_in_the_environment(
    voc: Voc, folder: Path, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(folder / "environment"))
    trained = voc("train", "sentiment", "--labels", str(labels), "--shipped")
    assert trained.exit_code == 0, trained.output
    assert list((folder / "environment" / "share" / "voc_lib" / "models").glob("*/sentiment/*"))
    assert not (folder / "data" / "models").exists()


def test_the_doctor_says_what_is_missing(voc: Voc, folder: Path) -> None:
    result = voc("doctor")
    assert "Python" in result.stdout
    assert result.exit_code == ("MISSING" in result.stdout)
