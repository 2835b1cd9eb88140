"""What decides the result of a task, and what of it has changed since the task was done.

A task is made from its notebook, the parts of the profile that it uses, the models, the library files that it can
reach, the packages of the lock, and the tables it reads. Content alone counts: a file that was touched has not changed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_lib.learning import model_folder
from voc_lib.params import Profile, part_digests
from voc_lib.store import files_below
from voc_lib.workflow.canonical import source_form
from voc_lib.workflow.content import digest_of_set, file_digests
from voc_lib.workflow.reach import notebook_imports, reachable_files
from voc_lib.workflow.records import TaskRecord
from voc_lib.workflow.stages import Stage

__all__ = ["Ingredients", "changed_inputs", "changed_outputs", "changed_parts", "gather", "read_lock"]

# What decides the stored form of any notebook, and the environment that its kernel sees.
_RUNS_NOTEBOOKS = ("voc_lib.workflow.canonical", "voc_lib.workflow.kernels")
_RENDERS = {"html": "voc_lib.workflow.html_exporter", "pdf": "voc_lib.workflow.pdf_exporter"}
_TEMPLATES = "workflow/templates/"  # decide what a document looks like, not what a notebook holds
_LOADS_MODELS = "learning/storage.py"
_READS_LABELS, _LABELS = "categorise/labels.py", "labels/category.csv"  # what experts decided
_MODEL_KINDS = ("category", "intent", "sentiment", "spans")
_SETS = {"library": "library file voc_lib/{}", "lock": "lock entry {}", "models": "model {}"}
_N_NAMED = 3
_PINNED = re.compile(r"^([A-Za-z0-9][\w.\-]*(?:\[[^\]]*\])?)==([^\s;\\]+)([^\n\\]*)", re.MULTILINE)
_PARTITION = re.compile(r"data/(\w+)/branch=([^/]+)/month=([^/]+)/part\.parquet")


@dataclass(frozen=True)
class Ingredients:
    """All that decides results besides what is read from tables, hashed once for a run.

    Args:
        parts: by kind of task (04_branch_report, 04_branch_report.pdf), the hash of each part.
        sets: entries behind those hashes that stand for many files or packages.
        sources: text of each notebook, by stage.
    """

    parts: dict[str, dict[str, str]]
    sets: dict[str, dict[str, str]]
    sources: dict[str, str]


def gather(
    stages: Iterable[Stage], profile: Profile, *, data_root: str, project: str | Path, formats: Iterable[str]
) -> Ingredients:
    """Read and hash the ingredients of a run.

    Args:
        stages: the notebooks.
        profile: the centre.
        data_root: folder or fsspec URL of the data, which may hold models.
        project: folder that may hold requirements.lock; without one, the installed packages count.
        formats: what reports are rendered to.
    """
    sets: dict[str, dict[str, str]] = {}

    def named(entries: dict[str, str]) -> str:
        name = digest_of_set(entries)
        sets[name] = entries
        return name

    lock = named(read_lock(project))
    of_profile = part_digests(profile)
    models = named(_models(profile.name, data_root))
    labels_file = f"{data_root.rstrip('/')}/{_LABELS}"
    labels = file_digests([labels_file]).get(labels_file)
    running = _without_templates(reachable_files(_RUNS_NOTEBOOKS))
    parts: dict[str, dict[str, str]] = {}
    sources: dict[str, str] = {}
    for stage in stages:
        sources[stage.name] = stage.path.read_text(encoding="utf-8")
        notebook = json.loads(sources[stage.name])
        reached = reachable_files(notebook_imports(notebook))
        parts[stage.name] = {
            "notebook": digest_of_set(source_form(notebook)),
            "library": named({**running, **reached}),
            "lock": lock,
            **{f"profile {part}": of_profile[part] for part in stage.uses},
            **({"models": models} if _LOADS_MODELS in reached else {}),
            **({"labels": labels} if _READS_LABELS in reached and labels is not None else {}),
        }
        for format in formats if stage.is_report else ():
            parts[f"{stage.name}.{format}"] = {"library": named(reachable_files([_RENDERS[format]])), "lock": lock}
    return Ingredients(parts, sets, sources)


def read_lock(project: str | Path) -> dict[str, str]:
    """Version of each package that counts, by name (with its condition, if it has one), and Python's.

    Of requirements.lock in that folder if there is one, else of what is installed.
    """
    lock = Path(project) / "requirements.lock"
    entries = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    if lock.is_file():
        for name, version, condition in _PINNED.findall(lock.read_text(encoding="utf-8")):
            entries[f"{name}{condition.rstrip()}"] = version
        return entries
    from importlib.metadata import distributions

    return entries | {found.name: found.version for found in distributions() if found.name}


def changed_parts(
    record: TaskRecord, parts: Mapping[str, str], sets: Mapping[str, Mapping[str, str]], read_set: Callable[[str], Any]
) -> list[str]:
    """What besides inputs differs from what a task was made from, in words.

    Args:
        record: of the last time it was done.
        parts, sets: as they are now.
        read_set: gives the entries behind a hash of then; maybe none.
    """
    told = []
    for name in sorted({*record.parts, *parts}):
        old, new = record.parts.get(name), parts.get(name)
        if old == new:
            continue
        if name in _SETS and old is not None and new is not None:
            told += _changed_entries(_SETS[name], read_set(old), sets[new]) or [f"{name} changed"]
        else:
            told.append(f"{name} changed")
    return told


def changed_inputs(record: TaskRecord, inputs: Mapping[str, str]) -> list[str]:
    """Which of the files that a task reads differ from those it was made from, in words."""
    return _changed_places(record.inputs, inputs)


def changed_outputs(record: TaskRecord, found: Mapping[str, str]) -> list[str]:
    """Which of the files that a task wrote are gone, or are no longer what it wrote, in words."""
    told = []
    for place, wrote in sorted(record.wrote.items()):
        if place not in found:
            told.append(f"{_in_words(place)} is missing")
        elif found[place] != wrote:
            told.append(f"{_in_words(place)} is not what was written")
    return told


def _changed_places(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    told = []
    for place in sorted({*old, *new}):
        if place not in old:
            told.append(f"{_in_words(place)} is new")
        elif place not in new:
            told.append(f"{_in_words(place)} is gone")
        elif old[place] != new[place]:
            told.append(f"{_in_words(place)} changed")
    return told


def _changed_entries(words: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    if not old:
        return []
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    told = []
    for name in names[:_N_NAMED]:
        what = "new" if name not in old else "gone" if name not in new else "changed"
        told.append(f"{words.format(name)} {what}")
    if len(names) > _N_NAMED:
        told.append(f"and {len(names) - _N_NAMED} more")
    return told


def _in_words(place: str) -> str:
    found = _PARTITION.fullmatch(place)
    return f"table {found[1]} of {found[2]} {found[3]}" if found else place


def _without_templates(files: Mapping[str, str]) -> dict[str, str]:
    return {path: found for path, found in files.items() if not path.startswith(_TEMPLATES)}


def _models(profile_name: str, data_root: str) -> dict[str, str]:
    """Hash of each kind of model that there is, and of what experts decided."""
    found = {}
    for kind in _MODEL_KINDS:
        folder = model_folder(kind, profile_name=profile_name, data_root=data_root)
        if folder is not None:
            urls = {name: f"{folder}/{name}" for name in files_below(str(folder))}
            hashes = file_digests(urls.values())
            found[kind] = digest_of_set({name: hashes[url] for name, url in urls.items()})
    return found
