"""What a task is made from, and how a change of it is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest

from tests.workflow import tiny
from voc_lib.context import Context
from voc_lib.params import load_profile
from voc_lib.workflow.fingerprint import (
    Ingredients,
    changed_inputs,
    changed_outputs,
    changed_parts,
    gather,
    read_lock,
)
from voc_lib.workflow.records import TaskRecord
from voc_lib.workflow.stages import FORMATS, discover_stages


@pytest.fixture
def context(tmp_path: Path, project: Path) -> Context:
    made = tiny.notebooks()
    made["01_link.ipynb"].metadata["voc"]["uses"] = ["thresholds.ingest"]
    return tiny.project(tmp_path, project / "params", made)


def ingredients(context: Context) -> Ingredients:
    folder = Path(context.params).parent
    return gather(
        discover_stages(folder / "notebooks"),
        load_profile(context.params),
        data_root=context.data,
        project=folder,
        formats=FORMATS,
    )


def changed(before: Ingredients, after: Ingredients) -> dict[str, set[str]]:
    """Which parts of which kind of task differ."""
    told = {
        kind: {name for name in {*parts, *after.parts[kind]} if parts.get(name) != after.parts[kind].get(name)}
        for kind, parts in before.parts.items()
    }
    return {kind: names for kind, names in told.items() if names}


def test_nothing_changes_by_itself_nor_by_a_touch(context: Context) -> None:
    before = ingredients(context)
    for path in Path(context.params).parent.rglob("*"):
        os.utime(path, (0, 0))
    assert ingredients(context) == before
    assert set(before.parts) == {
        *("01_link", "04_report", "04_report.html", "04_report.pdf"),
        *("05_office", "05_office.html", "05_office.pdf"),
    }


def test_an_edited_cell_changes_its_own_notebook_alone(context: Context) -> None:
    before = ingredients(context)
    path = Path(context.params).parent / "notebooks" / "04_report.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells[-1].source += "\n"
    nbformat.write(node, path)
    assert changed(before, ingredients(context)) == {"04_report": {"notebook"}}


def test_saving_a_notebook_with_outputs_and_another_kernel_changes_nothing(context: Context) -> None:
    before = ingredients(context)
    path = Path(context.params).parent / "notebooks" / "04_report.ipynb"
    node = nbformat.read(path, as_version=4)
    node.metadata["language_info"] = {"name": "python", "version": "3.99", "pygments_lexer": "ipython3"}
    node.metadata["kernelspec"] = {"name": "voc", "display_name": "VOC", "language": "python"}
    node.metadata["widgets"] = {}
    for place, cell in enumerate(node.cells):
        cell["id"] = f"new-{place}"
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="said")]
            cell.execution_count = place
            cell.metadata["execution"] = {"iopub.status.busy": "2013"}
    nbformat.write(node, path)
    assert changed(before, ingredients(context)) == {}


def test_a_part_of_the_profile_concerns_those_that_use_it(context: Context) -> None:
    before = ingredients(context)
    path = Path(context.params) / "taxonomy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("version: ", "version: 1"), encoding="utf-8")
    assert changed(before, ingredients(context)) == {
        "04_report": {"profile taxonomy"},
        "05_office": {"profile taxonomy"},
    }


def test_the_lock_concerns_everything(context: Context) -> None:
    lock = Path(context.params).parent / "requirements.lock"
    lock.write_text("pandas==3.0.0 \\\n    --hash=sha256:00\n", encoding="utf-8")
    before = ingredients(context)
    lock.write_text("pandas==3.0.1 \\\n    --hash=sha256:11\n", encoding="utf-8")
    after = ingredients(context)
    assert set(changed(before, after)) == set(before.parts)
    record = TaskRecord(before.parts["04_report.pdf"], {}, {})
    told = changed_parts(record, after.parts["04_report.pdf"], after.sets, before.sets.__getitem__)
    assert told == ["lock entry pandas changed"]


def test_a_lock_names_each_package_with_its_condition(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text(
        "# a comment\nnumpy==2.1 ; python_full_version < '3.12' \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
        "numpy==2.2 ; python_full_version >= '3.12' \\\n    --hash=sha256:22\ncoverage[toml]==7.1\n",
        encoding="utf-8",
    )
    assert {name: version for name, version in read_lock(tmp_path).items() if name != "python"} == {
        "numpy ; python_full_version < '3.12'": "2.1",
        "numpy ; python_full_version >= '3.12'": "2.2",
        "coverage[toml]": "7.1",
    }


def test_every_package_of_the_projects_lock_is_read(project: Path) -> None:
    text = (project / "requirements.lock").read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert len(read_lock(project)) == len(pinned) + 1  # and Python's own
    assert len(pinned) > 100


def test_without_a_lock_what_is_installed_counts(tmp_path: Path) -> None:
    assert read_lock(tmp_path)["papermill"]


def test_a_model_concerns_the_notebooks_that_can_load_one(context: Context) -> None:
    path = Path(context.params).parent / "notebooks" / "01_link.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells[-1].source = "from voc_lib.learning import load_model\n" + node.cells[-1].source
    nbformat.write(node, path)
    before = ingredients(context)
    folder = Path(context.data) / "models" / load_profile(context.params).name / "category"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}", encoding="utf-8")
    trained = ingredients(context)
    assert changed(before, trained) == {"01_link": {"models"}}


RECORD = TaskRecord(
    parts={"notebook": "1", "library": "old", "gone": "1"},
    inputs={"data/records/branch=BJ/month=2013-05/part.parquet": "1", "output/2013-05/BJ/04.ipynb": "1"},
    wrote={"output/2013-05/BJ/report.html": "1", "output/2013-05/BJ/report.pdf": "1"},
)


def test_changes_are_told_in_words() -> None:
    files = {f"report/{name}.py": "1" for name in "abcde"}
    told = changed_parts(
        RECORD,
        {"notebook": "2", "library": "new", "profile taxonomy": "1"},
        {"new": {**files, "report/f.py": "1"}},
        {"old": dict.fromkeys(files, "0")}.get,
    )
    assert told == [
        "gone changed",
        "library file voc_lib/report/a.py changed",
        "library file voc_lib/report/b.py changed",
        "library file voc_lib/report/c.py changed",
        "and 3 more",
        "notebook changed",
        "profile taxonomy changed",
    ]
    assert changed_parts(RECORD, RECORD.parts | {"library": "new"}, {"new": {}}, lambda name: {}) == ["library changed"]


def test_inputs_that_changed_came_or_went_are_named() -> None:
    told = changed_inputs(
        RECORD, {"output/2013-05/BJ/04.ipynb": "2", "data/landed/branch=unknown/month=2013-04/part.parquet": "1"}
    )
    assert told == [
        "table landed of unknown 2013-04 is new",
        "table records of BJ 2013-05 is gone",
        "output/2013-05/BJ/04.ipynb changed",
    ]


def test_outputs_that_are_gone_or_were_touched_up_are_named() -> None:
    assert changed_outputs(RECORD, {"output/2013-05/BJ/report.html": "2"}) == [
        "output/2013-05/BJ/report.html is not what was written",
        "output/2013-05/BJ/report.pdf is missing",
    ]
    assert changed_outputs(RECORD, dict(RECORD.wrote)) == []


def test_the_source_that_is_run_is_the_one_that_was_hashed(context: Context) -> None:
    found = ingredients(context)
    path = Path(context.params).parent / "notebooks" / "01_link.ipynb"
    assert json.loads(found.sources["01_link"]) == json.loads(path.read_text(encoding="utf-8"))


def test_what_experts_decided_concerns_the_notebooks_that_ask_them(context: Context) -> None:
    path = Path(context.params).parent / "notebooks" / "01_link.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells.append(nbformat.v4.new_code_cell("from voc_lib.categorise import Categoriser"))
    nbformat.write(node, path)
    before = ingredients(context)
    labels = Path(context.data) / "labels" / "category.csv"
    labels.parent.mkdir(parents=True)
    labels.write_text("text,category\n", encoding="utf-8")
    assert changed(before, ingredients(context)) == {"01_link": {"labels"}}
