"""Refusal files: one workbook of refused rows for each branch, without writing over what somebody has filled in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from voc_lib.errors import ProfileError, TableError
from voc_lib.ingest.mends import read_mends
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.refused import refused_workbook
from voc_lib.ingest.state import load_state
from voc_lib.params import Profile
from voc_lib.schema import UNKNOWN
from voc_lib.store import Store, write_bytes

__all__ = ["write_refused"]


def write_refused(
    profile: Profile, data_root: str | Path, folder: Path, *, branches: Collection[str] = ()
) -> list[tuple[Path, int]]:
    """Write folder/refused_CODE.xlsx for each branch that refused rows name, and refused_unknown.xlsx for the others.

    Args:
        branches: codes, or unknown; all where there is none.
    Returns: path and number of rows of each workbook.
    Raises:
        TableError: nothing has landed.
        ProfileError: a workbook that is there holds corrections.
    """
    report = load_state(str(data_root))
    if report is None:
        raise TableError("nothing has landed", folder=str(data_root), hint="run `voc land`")
    store = Store(str(data_root), profile.tz)
    quarantine = store.read_partitions("quarantine", store.partitions("quarantine"))
    sha256 = {file.name: file.sha256 for file in report.files}
    quarantine = quarantine[quarantine["origin_file"].isin(set(sha256))]
    written = []
    for branch in (*profile.branches.codes, UNKNOWN):
        rows = quarantine[quarantine["named_branch"] == branch]
        if (branches and branch not in branches) or rows.empty:
            continue
        path = folder / f"refused_{branch}.xlsx"
        _require_blank(path, profile)
        write_bytes(str(path), refused_workbook(rows, profile, sha256=sha256))
        written.append((path, len(rows)))
    return written


def _require_blank(path: Path, profile: Profile) -> None:
    if path.exists():
        filled = read_mends([RawFile(path.name, path, None, "")], profile)
        if filled.mends or filled.notes:
            raise ProfileError(
                "a workbook with corrections is there",
                file=str(path),
                hint="move it into data/raw and land, or write the new one elsewhere with -o DIR",
            )
