"""A landing that ends at any write, killed or for want of room, leaves the tables as they were or as they should be."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.test_landing import order, put
from voc_lib.errors import StorageError
from voc_lib.ingest import land, landed_months
from voc_lib.params import Profile, load_profile

KEY = "a key for tests only, 32 bytes or so"
BEFORE = [order("A1"), order("A2", branch="天津市分行"), order("A3", branch="火星分行")]
AFTER = [*BEFORE, order("A1"), order("B1", time="2013-06-03 09:00:00"), order("B2", time="2013-06-31 09:00:00")]


@pytest.fixture
def few_branches(project: Path, tmp_path: Path) -> Profile:
    """The shipped profile with two branches, for each partition is a write."""
    folder = tmp_path / "params"
    folder.mkdir()
    for path in (project / "params").iterdir():
        if path.name != "examples":
            (folder / path.name).symlink_to(path)
    (folder / "branches.yaml").unlink()
    names = [("BJ", "北京市分行", "北京"), ("TJ", "天津市分行", "天津")]
    branches = [{"code": code, "name": name, "short_name": short} for code, name, short in names]
    (folder / "branches.yaml").write_text(json.dumps({"branches": branches}), encoding="utf-8")
    return load_profile(folder)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", KEY)
    return tmp_path / "data"


def tables(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "raw" not in path.parts
    }


class Writes:
    """Counts everything that is written, renamed or removed below a folder, and fails from one of them on."""

    def __init__(self, fail_at: int | None) -> None:
        self.n_writes = 0
        self.fail_at = fail_at

    def __call__(self) -> None:
        self.n_writes += 1
        if self.fail_at is not None and self.n_writes >= self.fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")


def watched(patch: pytest.MonkeyPatch, writes: Writes) -> None:
    """Every call that changes a file asks first: writing beside, renaming, removing, and what goes to the spill."""
    import pyarrow as pa

    replace, open_, unlink, fsync, new_file = Path.replace, Path.open, Path.unlink, os.fsync, pa.ipc.new_file

    def replacing(self: Path, target: str) -> Path:
        writes()
        return replace(self, target)

    def opening(self: Path, mode: str = "r", *more: object, **others: object) -> object:
        if "w" in mode:
            writes()
        return open_(self, mode, *more, **others)  # type: ignore[call-overload]

    def unlinking(self: Path, missing_ok: bool = False) -> None:
        if not self.name.endswith(".tmp"):
            writes()
        unlink(self, missing_ok=missing_ok)

    def syncing(handle: int) -> None:
        writes()
        fsync(handle)

    class Writer:
        def __init__(self, *given: object, **options: object) -> None:
            writes()
            self.inner = new_file(*given, **options)

        def write_batch(self, batch: object) -> None:
            writes()
            self.inner.write_batch(batch)

        def close(self) -> None:
            writes()
            self.inner.close()

    patch.setattr(Path, "replace", replacing)
    patch.setattr(Path, "open", opening)
    patch.setattr(Path, "unlink", unlinking)
    patch.setattr(os, "fsync", syncing)
    patch.setattr(pa.ipc, "new_file", Writer)


def test_a_full_disk_at_any_write_leaves_nothing_half_done(
    root: Path, few_branches: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, *BEFORE)
    land(few_branches, root)
    before = tables(root)
    put(root, *AFTER)
    fresh = tmp_path / "fresh"
    put(fresh, *AFTER)
    land(few_branches, fresh)
    should = tables(fresh)
    counted = Writes(None)
    with monkeypatch.context() as patch:
        watched(patch, counted)
        elsewhere = tmp_path / "counted"
        put(elsewhere, *BEFORE)
        land(few_branches, elsewhere)
        counted.n_writes = 0
        put(elsewhere, *AFTER)
        counted.n_writes = 0
        land(few_branches, elsewhere)
    assert counted.n_writes > 50
    for fail_at in range(1, counted.n_writes + 1, 5):
        with monkeypatch.context() as patch:
            watched(patch, Writes(fail_at))
            with pytest.raises((StorageError, OSError), match=r"cannot be written|No space left"):
                land(few_branches, root)
        found = tables(root)
        assert not [name for name in found if name.endswith(".tmp")], fail_at
        is_as_it_was = found == before
        assert is_as_it_was or landed_months(root) is None, f"write {fail_at}: half a landing passes for a whole"
        for name, content in found.items():
            assert content in (before.get(name), should.get(name)), f"write {fail_at}: {name} is neither old nor new"
    assert land(few_branches, root).changed
    assert tables(root) == should
    assert not land(few_branches, root).changed


LANDER = """
import sys
from pathlib import Path
from voc_lib.ingest import land
from voc_lib.params import load_profile
land(load_profile(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_landing_that_is_killed_is_done_again(
    root: Path, few_branches: Profile, tmp_path: Path, share: float
) -> None:
    """The process is killed when it has made so much of what it makes; the next one ends as if it had not been."""
    put(root, *BEFORE)
    land(few_branches, root)
    put(root, *AFTER)
    fresh = tmp_path / "fresh"
    put(fresh, *AFTER)
    land(few_branches, fresh)
    limit = int(share * sum(1 for name in tables(fresh) if name.endswith(".parquet")))
    code = LANDER.replace("land(load", f"{STOP_AFTER.format(limit=limit)}\nland(load")
    done = subprocess.run([sys.executable, "-c", code, str(few_branches.folder), str(root)], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert land(few_branches, root).changed
    assert tables(root) == tables(fresh)


STOP_AFTER = """
import os, signal
replace, made = Path.replace, []
def replacing(self, target):
    made.append(target)
    if len(made) > {limit}:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
Path.replace = replacing
"""
