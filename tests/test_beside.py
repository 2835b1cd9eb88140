from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from voc_lib.beside import beside, left_beside, take_away
from voc_lib.store import write_bytes


def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_name_beside_is_in_the_same_folder_and_has_another_ending(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    assert beside(path).parent == tmp_path
    assert beside(path).suffix != ".parquet"
    beside(path).touch()
    assert left_beside(path) == [beside(path)]


def test_a_living_writer_keeps_its_file_and_a_dead_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "a[1].html"
    left = path.with_name(f"{path.name}.{dead_process()}.tmp")
    others = [tmp_path / "b.html.1.tmp", tmp_path / f"{path.name}.mine.tmp", beside(path)]
    for one in (left, *others):
        one.touch()
    take_away(left_beside(path))
    assert sorted(tmp_path.iterdir()) == sorted(others)


@pytest.mark.skipif(sys.platform != "linux", reason="makes a zombie as Linux does")
def test_a_writer_that_nobody_reaps_is_dead(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()  # until it closes its end, in ending
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    left = tmp_path / f"x.{process.pid}.tmp"
    left.touch()
    take_away([left])
    assert not left.exists()
    process.communicate()


def test_nothing_is_left_where_there_is_no_folder(tmp_path: Path) -> None:
    assert left_beside(tmp_path / "none" / "part.parquet") == []


def test_writing_a_file_takes_away_what_a_killed_writer_left_of_it(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    (tmp_path / f"part.parquet.{dead_process()}.tmp").write_bytes(b"half")
    write_bytes(str(path), b"whole")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"part.parquet": b"whole"}
