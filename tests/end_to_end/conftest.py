"""Whole runs of the `voc` command on real kernels: each is made once and looked at by many tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from voc_lib.params import Profile
from voc_lib.store import Store


@dataclass(frozen=True)
class Run:
    """A finished run: its folders, what it said, and what was expected of its raw files."""

    data: Path
    output: Path
    status: int
    said: str
    expected: dict[str, Any]
    store: Store

    def all_rows(self, table: str) -> pd.DataFrame:
        """Every partition of a table, one below the other."""
        return self.store.read_partitions(table, self.store.partitions(table))


def voc(*arguments: str, data: Path, output: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, from another folder than the project's."""
    verb, *rest = arguments
    command = [sys.executable, "-m", "voc_lib", verb, "--params", str(project / "params"), "--data", str(data)]
    return subprocess.run(
        [*command, "--output", str(output), *rest], capture_output=True, text=True, cwd=data.parent, check=False
    )


def make_run(root: Path, raw: list[Path], *options: str, project: Path, profile: Profile, expected: Any) -> Run:
    """Put raw files into a fresh data folder and run everything, or what the options narrow it to."""
    data, output = root / "data", root / "output"
    (data / "raw").mkdir(parents=True)
    for file in raw:
        shutil.copy(file, data / "raw")
    done = voc("run", *options, data=data, output=output, project=project)
    print(done.stdout[-4000:], done.stderr[-4000:])
    return Run(data, output, done.returncode, done.stdout + done.stderr, expected, Store(str(data), profile.tz))


@pytest.fixture(scope="session")
def exports(shared_data: Path) -> tuple[list[Path], dict[str, Any]]:
    """The shared raw exports and what is planted in them."""
    folder = shared_data / "exports"
    files = sorted([*folder.glob("*.csv"), *folder.glob("*.xlsx")])
    assert len(files) == 8
    return files, json.loads((folder / "expected.json").read_text(encoding="utf-8"))
