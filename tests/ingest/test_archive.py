"""Zip archives of exports: read in place, within limits, and every trick is one clear error."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ingest.test_landing import HEAD, everything, order, outcomes
from voc_lib.errors import SourceError
from voc_lib.ingest import land
from voc_lib.params import Profile

EXPORT = f"{HEAD}\n{order()}\n".encode("gb18030")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path / "data"


def archive(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return sink.getvalue()


def limits(profile: Profile, **values: int) -> Profile:
    ingest = profile.thresholds.ingest.model_copy(update=values)
    return replace(profile, thresholds=profile.thresholds.model_copy(update={"ingest": ingest}))


def test_exports_in_an_archive_land_and_are_told_by_its_name_and_theirs(root: Path, profile: Profile) -> None:
    second = ("WUYU/work_orders_2.csv", EXPORT.replace(b"GD1", b"GD2"))
    made = archive(("work_orders_1.csv", EXPORT), second, ("note.txt", b"x"), (".hidden.csv", b"x"))
    (root / "raw" / "all.zip").write_bytes(made.replace(b"WUYU", "五月".encode("gbk")))
    report = land(profile, root)
    assert outcomes(report) == {"record": 2}
    assert report.unmatched == ("all.zip/note.txt",)
    assert set(everything(root, profile, "landed")["origin_file"]) == {
        "all.zip/work_orders_1.csv",
        "all.zip/五月/work_orders_2.csv",
    }
    assert [path.name for path in (root / "raw").iterdir()] == ["all.zip"], "nothing is unpacked"
    assert not land(profile, root).changed
    (root / "raw" / "work_orders_again.csv").write_bytes(EXPORT)
    assert outcomes(land(profile, root)) == {"record": 2, "duplicate": 1}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\3\4 cut off", r"zip archive cannot be read .*a\.zip"),
        (archive(("../work_orders_1.csv", EXPORT)), r"leads out of it .*entry: \.\./work_orders_1\.csv"),
        (archive(("/work_orders_1.csv", EXPORT)), r"leads out of it"),
        (archive(("C:\\work_orders_1.csv", EXPORT)), r"leads out of it"),
        (archive(("..\\work_orders_1.csv", EXPORT)), r"leads out of it"),
        (archive(("inner.zip", archive(("work_orders_1.csv", EXPORT)))), r"holds another archive .*entry: inner\.zip"),
        (archive(*((f"work_orders_{n}.csv", EXPORT) for n in range(6))), r"too many files .*found: 6, expected: 5"),
        (archive(("work_orders_1.csv", b"0" * 3_000_000)), r"too large when unpacked .*found: 3 MB.*at most 2 MB"),
    ],
)
def test_a_trick_or_a_fault_is_one_clear_error_and_nothing_is_written(
    root: Path, profile: Profile, content: bytes, said: str
) -> None:
    (root / "raw" / "a.zip").write_bytes(content)
    with pytest.raises(SourceError, match=said):
        land(limits(profile, max_zip_entries=5, max_zip_mb=2), root)
    assert [path.name for path in root.iterdir()] == ["raw"]


def test_an_encrypted_a_damaged_and_a_lying_archive_are_errors(root: Path, profile: Profile) -> None:
    good = archive(("work_orders_1.csv", EXPORT))
    place = good.index(b"PK\1\2")
    encrypted = bytearray(good)
    encrypted[6] |= 1
    encrypted[place + 8] |= 1
    damaged = bytearray(good)
    damaged[60] ^= 0xFF
    # An entry that says it is smaller than it is: no more than it says is read, and its sum is wrong.
    bomb = bytearray(archive(("work_orders_1.csv", EXPORT + b"0" * 5_000_000)))
    middle = bytes(bomb).index(b"PK\1\2")
    for start in (22, middle + 24):
        bomb[start : start + 4] = (1000).to_bytes(4, "little")
    for content, said in (
        (encrypted, "encrypted"),
        (damaged, "in a zip archive cannot be read"),
        (bomb, "cannot be read"),
    ):
        (root / "raw" / "a.zip").write_bytes(bytes(content))
        with pytest.raises(SourceError, match=said):
            land(profile, root)
