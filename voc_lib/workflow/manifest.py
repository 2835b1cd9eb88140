"""What a report was made from, and what was made of it: names and hashes of content, no time and no place.

manifest.json stands beside each report. Two runs of the same input, profile, lock and system libraries give the same
manifest; where they differ, it says which of them changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import voc_lib
from voc_lib.context import Context
from voc_lib.learning import model_folder
from voc_lib.params import load_profile
from voc_lib.schema import UNKNOWN
from voc_lib.store import Store, window, write_bytes
from voc_lib.workflow.plan import Partition, RunTask, Stage

__all__ = ["MANIFEST", "build_manifest", "system_libraries", "tree_hash", "write_manifest"]

MANIFEST = "manifest.json"
_MODEL_KINDS = ("category", "intent", "sentiment")


def write_manifest(task: RunTask, stages: Iterable[Stage], *, context: Context, project: str) -> None:
    """Write manifest.json beside the report of a task; arguments as in `build_manifest`."""
    manifest = build_manifest(task, stages, context=context, project=project)
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(f"{context.output.rstrip('/')}/{task.folder}/{MANIFEST}", text.encode("utf-8"))


def build_manifest(task: RunTask, stages: Iterable[Stage], *, context: Context, project: str) -> dict[str, Any]:
    """The manifest of one report.

    Args:
        task: the notebook that made the report; it and those before it have run.
        stages: all stages of its scope, which share its folder.
        context: where profile, tables and outputs are.
        project: folder that may hold requirements.lock.
    """
    stages = [stage for stage in stages if stage.scope == task.stage.scope and stage.number <= task.stage.number]
    profile = load_profile(context.params)
    store = Store(context.data, profile.tz)
    written = {(table, task.branch, task.month) for stage in stages for table in stage.writes}
    read = {
        partition
        for stage in stages
        for partition in _read_by(stage, task, store, profile.branches.codes)
        if partition not in written
    }
    lock = Path(project) / "requirements.lock"
    return {
        "report": {"branch": task.branch, "month": task.month},
        "library": {"version": voc_lib.__version__, "sha256": tree_hash(str(Path(voc_lib.__file__).parent), "*")},
        "lock": _sha256(lock) if lock.is_file() else None,
        "system": system_libraries(),
        "profile": {"name": profile.name, "sha256": tree_hash(context.params, "*.yaml", "*.txt")},
        "models": _models(profile.name, context.data),
        "notebooks": [
            {"name": stage.name, "parameters": task.parameters, "sha256": _sha256(stage.path)} for stage in stages
        ],
        "inputs": _tables(read, store),
        "outputs": {"tables": _tables(written, store), "files": _files(f"{context.output.rstrip('/')}/{task.folder}")},
    }


@cache
def tree_hash(folder: str, *patterns: str) -> str:
    """SHA-256 over the names and contents of the files below a folder that match one of the patterns."""
    root = Path(folder)
    digest = hashlib.sha256()
    paths = {path for pattern in patterns for path in root.rglob(pattern) if path.is_file()}
    for path in sorted(path for path in paths if "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(root).as_posix()}\0{_sha256(path)}\n".encode())
    return digest.hexdigest()


@cache
def system_libraries() -> dict[str, str | None]:
    """Versions of the libraries outside the lock that decide what a PDF looks like; None where one is missing."""
    import ctypes

    versions: dict[str, str | None] = {}
    for name, function, files in (
        ("pango", "pango_version_string", ("libpango-1.0.so.0", "libpango-1.0.dylib")),
        ("harfbuzz", "hb_version_string", ("libharfbuzz.so.0", "libharfbuzz.0.dylib")),
    ):
        versions[name] = None
        for file in files:
            try:
                version = getattr(ctypes.CDLL(file), function)
            except (OSError, AttributeError):
                continue
            version.restype = ctypes.c_char_p
            versions[name] = version().decode("ascii")
            break
    return versions


def _read_by(stage: Stage, task: RunTask, store: Store, codes: tuple[str, ...]) -> Iterable[Partition]:
    for read in stage.reads:
        if read.all_months:
            yield from ((read.table, branch, month) for branch, month in store.partitions(read.table))
            continue
        for branch in (*codes, UNKNOWN) if read.all_branches else (task.branch,):
            for month in window(task.month, read.first, read.last):
                yield read.table, branch, month


def _tables(partitions: Iterable[Partition], store: Store) -> dict[str, str]:
    """Hash of each partition that exists, by its place below the data folder."""
    import fsspec.core

    root = store.root.rstrip("/")
    found = {}
    for partition in sorted(partitions):
        if store.exists(*partition):
            url = store.path(*partition)
            with fsspec.core.open(url, "rb") as file:
                found[url.removeprefix(root + "/")] = hashlib.sha256(file.read()).hexdigest()
    return found


def _files(folder: str) -> dict[str, str]:
    """Hash of each file beside the report, by name."""
    import fsspec.core

    fs, path = fsspec.core.url_to_fs(folder)
    names = sorted(str(entry).rsplit("/", 1)[-1] for entry in fs.ls(path, detail=False))
    return {
        name: hashlib.sha256(fs.cat_file(f"{path}/{name}")).hexdigest()
        for name in names
        if name != MANIFEST and not name.endswith(".tmp")
    }


@cache
def _models(profile_name: str, data_root: str) -> dict[str, str]:
    folders = {kind: model_folder(kind, profile_name=profile_name, data_root=data_root) for kind in _MODEL_KINDS}
    return {kind: tree_hash(str(folder), "*") for kind, folder in folders.items() if folder is not None}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
