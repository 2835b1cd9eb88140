"""Tables on disk: what is written is read, whole or not at all, and the same rows give the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import TZ, rows
from voc_lib import schema
from voc_lib.errors import StorageError, TableError
from voc_lib.store import (
    Store,
    fetched,
    files_below,
    locate,
    require_writable,
    shift_month,
    window,
    write_bytes,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path), TZ)


@pytest.mark.parametrize("name", schema.TABLES)
def test_written_then_read_is_identity(store: Store, name: str) -> None:
    frame = rows(name)
    store.write(name, frame, "BJ", "2013-05") if name not in ("quarantine", "ledger", "rawfiles") else store.write(
        name, frame.assign(branch="BJ", month="2013-05"), "BJ", "2013-05"
    )
    pd.testing.assert_frame_equal(store.read(name, "BJ", "2013-05"), frame.assign(**_place(frame)))


def _place(frame: pd.DataFrame) -> dict[str, str]:
    return {column: value for column, value in (("branch", "BJ"), ("month", "2013-05")) if column in frame.columns}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=("Cs",))), max_size=8), seed=st.randoms())
def test_any_text_survives_and_row_order_does_not_matter(store: Store, texts: list[str], seed: object) -> None:
    frame = rows("landed", [{"text": text} for text in texts])
    first = store.write("landed", frame, "BJ", "2013-05")
    assert store.write("landed", frame.sample(frac=1, random_state=1), "BJ", "2013-05") == first
    assert list(store.read("landed", "BJ", "2013-05")["text"]) == list(frame["text"])


def test_the_bytes_do_not_depend_on_the_folder(tmp_path: Path) -> None:
    digests = {
        Store(str(tmp_path / name), TZ).write("landed", rows("landed"), "BJ", "2013-05") for name in ("a", "b c")
    }
    assert len(digests) == 1


def test_rows_of_another_branch_are_refused(store: Store) -> None:
    with pytest.raises(TableError, match="rows of another branch"):
        store.write("landed", rows("landed"), "TJ", "2013-05")
    assert store.partitions("landed") == []


def test_a_table_never_written_says_what_to_run(store: Store) -> None:
    with pytest.raises(TableError, match=r"has not been written .*table: records, branch: BJ, month: 2013-05"):
        store.read("records", "BJ", "2013-05")


def test_a_damaged_table_is_named(store: Store) -> None:
    digest = store.write("landed", rows("landed"), "BJ", "2013-05")
    assert store.digest("landed", "BJ", "2013-05") == digest and store.digest("landed", "TJ", "2013-05") is None
    part = Path(store.path("landed", "BJ", "2013-05"))
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(TableError, match=r"cannot be read .*table: landed, branch: BJ, month: 2013-05"):
        store.read("landed", "BJ", "2013-05")


def test_reading_many_skips_what_is_not_there(store: Store) -> None:
    for branch, month in (("BJ", "2013-04"), ("BJ", "2013-05"), ("TJ", "2013-05")):
        store.write("landed", rows("landed", [{"branch": branch, "month": month}]), branch, month)
    found = store.read_many("landed", ["BJ", "TJ", "HE"], ["2013-04", "2013-05", "2013-06"])
    assert list(zip(found["branch"], found["month"], strict=True)) == [
        ("BJ", "2013-04"),
        ("BJ", "2013-05"),
        ("TJ", "2013-05"),
    ]
    assert store.read_many("landed", ["HE"], ["2013-05"]).empty
    assert store.partitions("landed") == [("BJ", "2013-04"), ("BJ", "2013-05"), ("TJ", "2013-05")]


def test_reading_many_is_reading_each_and_putting_them_together(store: Store) -> None:
    import pandas as pd

    partitions = [("BJ", "2013-04"), ("BJ", "2013-05"), ("TJ", "2013-05")]
    for branch, month in partitions:
        # The same numbers in each, of one moment: within a partition the number orders them, and must be its own.
        given = [{"branch": branch, "month": month, "record_id": name} for name in ("c", "a", "b")]
        store.write("landed", rows("landed", given), branch, month)
    each = pd.concat([store.read("landed", *partition) for partition in partitions], ignore_index=True)
    pd.testing.assert_frame_equal(store.read_partitions("landed", partitions), each)
    assert list(each["record_id"]) == ["a", "b", "c"] * 3


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "t" / "part.parquet"
    write_bytes(str(target), b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(StorageError, match=r"cannot be written .*part\.parquet, found: No space"):
        write_bytes(str(target), b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["part.parquet"]


def test_an_object_store_holds_tables_as_well() -> None:
    store = Store("memory://voc-test", TZ)
    store.write("landed", rows("landed"), "BJ", "2013-05")
    assert store.partitions("landed") == [("BJ", "2013-05")]
    assert len(store.read("landed", "BJ", "2013-05")) == 1
    assert len(store.read_many("landed", ["BJ", "TJ"], ["2013-04", "2013-05"])) == 1
    store.remove("landed", "BJ", "2013-05")
    store.remove("landed", "BJ", "2013-05")
    assert not store.exists("landed", "BJ", "2013-05")
    with pytest.raises(TableError, match="not been written"):
        store.read_partitions("landed", [("BJ", "2013-05")])


def test_files_of_an_object_store_are_fetched_for_what_needs_a_folder(tmp_path: Path) -> None:
    for name in ("a.csv", "below/数据.csv"):
        write_bytes(f"memory://voc-fetched/{name}", name.encode())
        write_bytes(str(tmp_path / name), name.encode())
    for url in ("memory://voc-fetched", str(tmp_path), f"file://{tmp_path}"):
        assert files_below(url) == ["a.csv", "below/数据.csv"]
        with fetched(url) as folder:
            assert (folder / "below" / "数据.csv").read_text(encoding="utf-8") == "below/数据.csv"
    assert tmp_path.is_dir()
    with fetched("memory://voc-fetched") as folder:
        pass
    assert not folder.exists()
    assert files_below("memory://voc-nowhere") == []


def test_a_key_that_would_leave_the_folder_is_not_fetched() -> None:
    locate("memory://x")[0].store["/voc-hostile/../../evil"] = locate("memory://x")[0].open("/voc-ok", "wb")
    try:
        with pytest.raises(StorageError, match="not a file name"), fetched("memory://voc-hostile"):
            pass
    finally:
        del locate("memory://x")[0].store["/voc-hostile/../../evil"]


@pytest.mark.parametrize("name", ["数 据 [2013]", "a*b", "{x}?", "[!a]", "a::b"])
def test_the_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    store = Store(str(tmp_path / name), TZ)
    store.write("landed", rows("landed"), "BJ", "2013-05")
    (tmp_path / name / "landed" / "branch=BJ" / "month=2013-05" / "part.parquet.1.tmp").touch()
    (tmp_path / name / "landed" / "notes.txt").touch()
    assert store.partitions("landed") == [("BJ", "2013-05")]
    assert store.partitions("records") == []


def test_a_folder_is_known_to_take_files_before_work_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_writable(str(tmp_path / "a" / "b"))
    require_writable("memory://anywhere")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("file", "file/x/y", "dangling/x"):
        with pytest.raises(StorageError, match="folder cannot be made"):
            require_writable(str(tmp_path / name))
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    with pytest.raises(StorageError, match=r"folder cannot be written(.|\n)*chmod u\+rwx"):
        require_writable(str(tmp_path / "a"))


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a b", "北;京"])
def test_a_name_that_could_leave_the_folder_is_refused(store: Store, name: str) -> None:
    with pytest.raises(TableError, match="not a name for a partition"):
        store.path("landed", name, "2013-05")


def test_writes_can_go_elsewhere_than_reads(tmp_path: Path) -> None:
    store = Store(str(tmp_path), TZ, write_root=str(tmp_path / "scratch"))
    store.write("landed", rows("landed"), "BJ", "2013-05")
    assert not store.exists("landed", "BJ", "2013-05")
    assert Store(str(tmp_path / "scratch"), TZ).exists("landed", "BJ", "2013-05")


@given(year=st.integers(1000, 2999), month=st.integers(1, 12), offset=st.integers(-400, 400))
def test_shifting_a_month_forth_and_back_is_nothing(year: int, month: int, offset: int) -> None:
    name = f"{year:04d}-{month:02d}"
    assert shift_month(shift_month(name, offset), -offset) == name


def test_a_window_names_its_months_in_order() -> None:
    assert window("2013-01", -2, 0) == ["2012-11", "2012-12", "2013-01"]


def test_rows_are_counted_without_being_read(store: Store) -> None:
    store.write("quarantine", rows("quarantine", [{}, {}]), "BJ", "2013-05")
    assert store.n_rows("quarantine", "BJ", "2013-05") == 2
    assert store.n_rows("quarantine", "TJ", "2013-05") == 0
