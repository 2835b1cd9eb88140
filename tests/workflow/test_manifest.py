"""What a manifest says, without a kernel."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workflow import tiny
from voc_lib.workflow.manifest import build_manifest, system_libraries, tree_hash, write_manifest
from voc_lib.workflow.plan import RunTask, discover_stages


def test_the_hash_of_a_folder_is_that_of_names_and_contents(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "a.yaml").write_text("1", encoding="utf-8")
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / f"{folder.name}.yaml").write_text(folder.name, encoding="utf-8")
    assert tree_hash(str(one), "*.yaml") == tree_hash(str(other), "*.yaml")
    renamed = tmp_path / "renamed"
    (renamed / "sub").mkdir(parents=True)
    (renamed / "sub" / "b.yaml").write_text("1", encoding="utf-8")
    assert tree_hash(str(renamed), "*.yaml") != tree_hash(str(one), "*.yaml")


def test_a_manifest_names_what_went_in_and_what_came_out(tmp_path: Path, project: Path) -> None:
    context = tiny.project(tmp_path, project / "params")
    (tmp_path / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    folder = Path(context.output) / "2013-05" / "BJ"
    folder.mkdir(parents=True)
    (folder / "04.ipynb").write_text("{}", encoding="utf-8")
    stages = discover_stages(tmp_path / "notebooks")
    task = RunTask(stages[1], "BJ", "2013-05")
    manifest = build_manifest(task, stages, context=context, project=str(tmp_path))
    assert list(manifest["inputs"]) == [
        "landed/branch=BJ/month=2013-04/part.parquet",
        "landed/branch=BJ/month=2013-05/part.parquet",
    ]
    assert manifest["outputs"]["tables"] == {}
    assert list(manifest["outputs"]["files"]) == ["04.ipynb"]
    assert [one["name"] for one in manifest["notebooks"]] == ["01_link", "04_report"]
    assert manifest["notebooks"][0]["parameters"] == {"branch": "BJ", "month": "2013-05"}
    assert len(manifest["lock"]) == 64

    write_manifest(task, stages, context=context, project=str(tmp_path))
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    # Written twice it is the same: it does not list itself.
    write_manifest(task, stages, context=context, project=str(tmp_path))
    assert (folder / "manifest.json").read_text(encoding="utf-8") == text
    assert json.loads(text) == manifest


def test_versions_of_the_libraries_behind_the_pdf_are_named() -> None:
    assert list(system_libraries()) == ["pango", "harfbuzz"]
    assert all(version is None or version[0].isdigit() for version in system_libraries().values())
