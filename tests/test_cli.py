"""The command: its verbs, what it refuses, and how."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import nbformat
import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.workflow import tiny
from voc_lib.cli import main
from voc_lib.cli.places import Places, with_places
from voc_lib.store import Store

Voc = Callable[..., Result]
VERBS = (
    *(
        "demo",
        "doctor",
        "evaluate",
        "feedback",
        "forget",
        "hotspots",
        "land",
        "predict",
        "publish",
        "purge",
        "queue",
        "refused",
        "review",
        "run",
        "teach",
    ),
    "train",
)


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
        (["run", "--branch", "bj"], ["no such branch", "did you mean BJ?"]),
        (["run", "--month", "2013-07"], ["no such month", "did you mean 2013-0", "2013-04 to 2013-05"]),
        (["run", "--month", "2013-5"], ["not a month", "YYYY-MM", "did you mean 2013-05?"]),
        (["run", "--month", "201305"], ["not a month", "did you mean 2013-05?"]),
        (["run", "--month", "2013-13"], ["not a month", "YYYY-MM"]),
        (["run", "--jobs", "0"], ["--jobs"]),
        (["run", "--as-of", "yesterday"], ["--as-of"]),
        (["run", "--params", "elsewhere"], ["profile folder not found"]),
        (["run", "--notebooks", "elsewhere"], ["no notebooks of the workflow found"]),
        (["land"], ["no raw exports found", "data/raw"]),
        (["predict", "sentiment", "none.csv", "-o", "out.csv"], ["file not found", "none.csv"]),
        (["predict", "sentiment", "empty.csv", "-o", "out.csv"], ["file cannot be read", "an empty file"]),
        (["predict", "sentiment", "broken.xlsx", "-o", "out.csv"], ["file cannot be read", "nothing that reads"]),
        (["predict", "sentiment", "in.csv", "-o", "out.docx"], ["cannot write that kind", ".csv or .xlsx"]),
        (["predict", "sentiment", "in.csv", "-o", "./in.csv"], ["would replace what it is made from"]),
        (["predict", "sentiment", "in.csv", "-o", "nowhere/out.csv"], ["no folder to write into"]),
        (["predict", "sentiment", "in.csv", "-o", "params/run.yaml/out.csv"], ["no folder to write into"]),
        (["demo", "params/run.yaml"], ["folder cannot be made", "no folder"]),
        (["land", "--data", "params/run.yaml/data"], ["no raw exports"]),
        (["run", "--output", "params/run.yaml"], ["folder cannot be made", "params/run.yaml is no folder"]),
        (["run", "--output", "params/run.yaml/deep/down"], ["folder cannot be made"]),
        (["train", "weather"], ["weather"]),
    ],
)
def test_a_wrong_call_is_refused_and_nothing_is_run(
    voc: Voc, folder: Path, arguments: list[str], messages: list[str]
) -> None:
    (folder / "empty.csv").touch()
    (folder / "broken.xlsx").write_bytes(b"PK and no more")
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


def test_the_plan_is_printed_with_its_reasons_and_nothing_runs(voc: Voc, folder: Path) -> None:
    before = tiny.hashes(folder)
    result = voc("run", "--plan", "--branch", "BJ", "--month", "2013-05", "--no-pdf")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "01_link BJ 2013-04  (added: what was asked for builds on it)",
        "    never done",
        "01_link BJ 2013-05",
        "    never done",
        "04_report BJ 2013-05",
        "    never done",
        "04_report.html BJ 2013-05",
        "    never done",
        "05_office head_office 2013-05",
        "    never done",
        "05_office.html head_office 2013-05",
        "    never done",
        "6 tasks would run, 0 more may have to, 0 are up to date; nothing was run",
    ]
    assert tiny.hashes(folder) == before


def test_a_branch_that_sends_nothing_is_planned_only_when_named(voc: Voc, folder: Path) -> None:
    store = Store(str(folder / "data"), tiny.TZ)
    for month in tiny.MONTHS:
        store.write("landed", store.read("landed", "TJ", month).head(0), "TJ", month)
    assert " TJ " not in voc("run", "--plan").stdout
    assert "04_report BJ 2013-04" in voc("run", "--plan").stdout
    assert "04_report TJ 2013-04" in voc("run", "--plan", "--branch", "TJ").stdout


def test_a_month_of_a_mistyped_year_is_planned_only_when_named(
    voc: Voc, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voc_lib.ingest.landed_months", lambda data: ("2013-05",))
    assert "2013-04" not in voc("run", "--plan").stdout
    assert "04_report BJ 2013-04" in voc("run", "--plan", "--month", "2013-04").stdout


@pytest.mark.kernel
def test_a_second_run_has_nothing_to_do_until_something_changes(voc: Voc, folder: Path) -> None:
    first = voc("run", "--no-pdf")
    assert first.exit_code == 0, first.output
    assert "16 done; reports:" in first.stdout
    before = tiny.hashes(folder)
    second = voc("run", "--no-pdf")
    assert second.exit_code == 0
    assert second.stdout.splitlines()[-1].startswith("16 up to date; reports:")
    assert tiny.hashes(folder) == before
    notebook = folder / "notebooks" / "01_link.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace(" records", " rows"), encoding="utf-8")
    plan = voc("run", "--no-pdf", "--plan", "--branch", "TJ", "--month", "2013-05")
    assert plan.stdout.splitlines() == [
        "01_link TJ 2013-04  (added: what was asked for builds on it)",
        "    notebook changed",
        "01_link TJ 2013-05",
        "    notebook changed",
        "04_report TJ 2013-05",
        "    only if what it reads has changed, after 01_link TJ 2013-04 and 1 more",
        "04_report.html TJ 2013-05",
        "    only if what it reads has changed, after 01_link TJ 2013-04 and 1 more",
        "05_office head_office 2013-05",
        "    only if what it reads has changed, after 01_link TJ 2013-04 and 1 more",
        "05_office.html head_office 2013-05",
        "    only if what it reads has changed, after 01_link TJ 2013-04 and 1 more",
        "2 tasks would run, 4 more may have to, 0 are up to date; nothing was run",
    ]


@pytest.mark.kernel
def test_a_run_ends_with_an_index_and_tells_of_the_branch_that_failed(voc: Voc, folder: Path) -> None:
    made = tiny.notebooks()
    made["01_link.ipynb"].cells.insert(2, nbformat.v4.new_code_cell('assert branch != "TJ"'))
    tiny.write_notebooks(folder / "notebooks", made)
    result = voc("run", "--month", "2013-04", "--no-pdf")
    assert result.exit_code == 1
    assert "voc: 01_link TJ 2013-04 failed: notebook failed: AssertionError" in result.stderr
    assert "voc: 04_report TJ 2013-04 skipped, for 01_link TJ 2013-04 failed" in result.stderr
    assert "5 done, 1 failed, 2 skipped; reports:" in result.stdout
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


def one_export(folder: Path) -> None:
    """Raw exports of one branch and month in place of the tables."""
    shutil.rmtree(folder / "data")
    made = CliRunner().invoke(main, ["demo", "data/raw", "--branches", "1", "--months", "1"])
    assert made.exit_code == 0, made.output


@pytest.mark.parametrize("arguments", [["--output", "params/run.yaml"], ["--month", "2013-5"], ["--branch", "BJJ"]])
def test_a_call_that_cannot_be_done_lands_nothing(voc: Voc, folder: Path, arguments: list[str]) -> None:
    one_export(folder)
    refused(voc("run", *arguments))
    assert [path.name for path in (folder / "data").iterdir()] == ["raw"]


def test_a_file_in_the_place_of_the_tables_is_told(voc: Voc, folder: Path) -> None:
    one_export(folder)
    (folder / "data" / "landed").touch()
    refused(voc("land"), "file cannot be written")


def test_a_fault_of_the_machine_is_one_message(voc: Voc, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/x/y")

    monkeypatch.setattr("voc_lib.demo.write_demo", full)
    refused(voc("demo", "here"), "No space left on device (file: /x/y)")


def test_who_stops_it_is_told_that_it_goes_on(voc: Voc, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("voc_lib.demo.write_demo", stopped)
    result = voc("demo", "here")
    assert result.exit_code == 130
    assert "goes on from there" in result.stderr


def test_a_folder_with_brackets_keeps_its_tables(voc: Voc, folder: Path) -> None:
    one_export(folder)
    data = folder / "数 据 [2013] *"
    (folder / "data").rename(data)
    assert voc("land", "--data", str(data)).exit_code == 0
    planned = voc("run", "--data", str(data), "--plan", "--no-pdf")
    assert planned.exit_code == 0, planned.output
    assert "04_report BJ 2013-05" in planned.stdout


def test_the_plan_says_that_it_reads_no_raw_file(voc: Voc, folder: Path) -> None:
    one_export(folder)
    refused(voc("run", "--plan"), "nothing has landed", "run `voc land`")
    assert voc("land").exit_code == 0
    assert "planned on the tables that are there" in voc("run", "--plan").stderr


def test_rows_that_are_all_refused_are_told_with_the_reason(voc: Voc, folder: Path) -> None:
    one_export(folder)
    result = voc("run", "--as-of", "2000-01-01")
    assert result.exit_code == 2
    assert "no row became a record" in result.stderr
    assert "future_time" in result.stderr
    assert "--as-of" in result.stderr


def test_a_verb_asks_only_for_the_folders_that_it_uses(
    voc: Voc, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    params = ("--params", str(folder / "params"))
    assert voc("demo", "exports", *params, "--branches", "1", "--months", "1").exit_code == 0
    refused(voc("run", *params), "give --data DIR --output DIR")
    refused(voc("land", *params), "give --data DIR")
    Path("in.csv").write_text("text\n手机银行登录不了\n", encoding="utf-8")
    predicted = voc("predict", "sentiment", "in.csv", "-o", "out.csv", *params)
    assert predicted.exit_code == 0, predicted.output


@pytest.mark.parametrize(
    ("given", "raw", "index"),
    [
        ("memory://somewhere/data", "memory://somewhere/data/raw", "memory://somewhere/data/index.html"),
        ("s3://bucket/x/", "s3://bucket/x/raw", "s3://bucket/x/index.html"),
        ("file:///a/b", "/a/b/raw", "/a/b/index.html"),
        ("/a/b", "/a/b/raw", "/a/b/index.html"),
    ],
)
def test_addresses_stay_whole(folder: Path, given: str, raw: str, index: str) -> None:
    seen = []

    @click.command()
    @with_places("params", "data", "output")
    def verb(places: Places) -> None:
        seen.append((places.raw, places.index))

    assert CliRunner().invoke(verb, ["--data", given, "--output", given]).exit_code == 0
    assert seen == [(raw, index)]


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


def test_intent_is_told_by_rules_until_it_is_trained(voc: Voc, folder: Path) -> None:
    said = {"question": "请问几点开门", "complaint": "态度太差了", "none": "我昨天办了卡", "suggestion": "建议增加窗口"}
    rows = [f"{text}{n},{intent}" for n in range(4) for intent, text in said.items()]
    (folder / "intents.csv").write_text("\n".join(["text,intent", *rows]) + "\n", encoding="utf-8")
    refused(voc("train", "intent"), "intent needs labels", "--labels")
    ruled = voc("evaluate", "intent", "--labels", "intents.csv", "--json")
    assert ruled.exit_code == 0, ruled.output
    assert json.loads(ruled.stdout)["by_class"]["suggestion"]["f1"] == 1
    trained = voc("train", "intent", "--labels", "intents.csv")
    assert trained.exit_code == 0 and "5 classes" in trained.stdout, trained.output
    assert json.loads(voc("evaluate", "intent", "--labels", "intents.csv", "--json").stdout)["accuracy"] == 1
    predicted = voc("predict", "intent", "intents.csv", "-o", "out.csv")
    assert predicted.exit_code == 0, predicted.output
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as source:
        table = list(csv.reader(source))
    assert table[0] == ["text", "intent", "confidence"] and table[1][1] == "question"


def test_spans_are_trained_judged_and_found(voc: Voc, folder: Path) -> None:
    rows = [
        f"{bank}的{noun}太高,B-BANK I-BANK O B-N I-N O B-ADJ" for bank in ("东行", "西行") for noun in ("利率", "额度")
    ]
    (folder / "spans.csv").write_text("\n".join(["text,spans", *rows * 3]) + "\n", encoding="utf-8")
    refused(voc("train", "spans"), "spans need labels")
    assert "12 texts, 3 kinds" in voc("train", "spans", "--labels", "spans.csv").stdout
    assert json.loads(voc("evaluate", "spans", "--labels", "spans.csv", "--json").stdout)["f1"] == 1
    assert voc("predict", "spans", "spans.csv", "-o", "out.csv").exit_code == 0
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as source:
        assert next(csv.DictReader(source))["spans"] == "BANK:0-2 N:3-5 ADJ:6-7"


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

    twice = []
    for name in ("out.xlsx", "again.xlsx"):
        assert voc("predict", "sentiment", "in.csv", "-o", name).exit_code == 0
        twice.append((folder / name).read_bytes())
    assert twice[0] == twice[1]
    sheet = openpyxl.load_workbook(folder / "out.xlsx").active
    assert [cell.value for cell in sheet[1]] == rows[0]
    assert [(cell.value, cell.data_type) for cell in sheet[2]][:3] == [
        ("007", "s"),
        ("服务态度很好", "s"),
        ("=1+1", "s"),
    ]
    assert sheet["D2"].data_type == "n"
    assert sheet["D3"].value is None


@pytest.mark.parametrize(
    ("what", "label", "messages"),
    [
        ("category", "611", ["not a category", "did you mean 61?"]),
        ("sentiment", "Positiv", ["not a sentiment", "did you mean positive?"]),
    ],
)
def test_labels_that_no_model_can_give_are_not_scored(
    voc: Voc, folder: Path, what: str, label: str, messages: list[str]
) -> None:
    (folder / "labels.csv").write_text(f"text,{what}\n登录不了,{label}\n", encoding="utf-8")
    refused(voc("evaluate", what, "--labels", "labels.csv"), *messages)


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
