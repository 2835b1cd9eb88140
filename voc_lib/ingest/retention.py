"""Retention: raw files, which hold personal data in the clear, go when the profile's days are over; their rows stay.

Days are counted from the last voice that a file tells up to `as_of`, never from the clock or a file's date: the same
data and profile purge the same files. Everything that later landings need of a file is kept before it goes (kept.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voc_lib.ingest.kept import keep_file, kept_files, marks_of
from voc_lib.ingest.landing import land, settled_again
from voc_lib.ingest.mends import read_mends
from voc_lib.ingest.raw import RawFile, find_raw_files
from voc_lib.ingest.state import FileReport
from voc_lib.params import Profile
from voc_lib.privacy import record_event

__all__ = ["Purge", "purge"]


@dataclass(frozen=True)
class Purge:
    """What was purged, or would be.

    Args:
        files: name, last day that it tells of, and rows that stay refused for good, of each raw file.
        workbooks: corrections of purged files alone, which go with them.
        undated: raw files without any row from which days could be counted; they stay.
        held: old raw files in an archive that holds files of no source, or some that are not old; they stay with it.
    """

    files: tuple[tuple[str, str, int], ...]
    workbooks: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


def purge(
    profile: Profile, data_root: str | Path, *, as_of: datetime | str | None = None, plan_only: bool = False
) -> Purge:
    """Take away the raw files whose last voice is more than run.keep_raw_days before as_of.

    Lands before, so that the tables hold what the files say, and after, which changes no table.

    Args:
        as_of: as for `land`.
        plan_only: say what would go, and change nothing but what landing changes.
    Returns: nothing where the profile sets no days.
    """
    import pandas as pd

    root = Path(data_root)
    days = profile.run.keep_raw_days
    if days is None:
        return Purge(())
    report = land(profile, root, as_of=as_of)
    end = pd.Timestamp(report.as_of).normalize()
    kept = kept_files(str(root)).shas
    here = [file for file in report.files if file.sha256 not in kept]
    old = [file for file in here if file.last and (end - pd.Timestamp(file.last)).days > days]
    held = _held(profile, root, {file.name for file in old})
    old = [file for file in old if file.name not in held]
    undated = tuple(file.name for file in here if not file.last)
    purged = tuple((file.name, file.last, _n_refused(file)) for file in old)
    if plan_only:
        return Purge(purged, (), undated, held)
    if old:
        with settled_again(profile, root, as_of=as_of) as (settled, key_tag):
            for file in old:
                keep_file(root, file, settled.of_file(file.name), key_tag=key_tag)
    workbooks = _take_away(profile, root)
    if old or workbooks:
        land(profile, root, as_of=as_of)
    return Purge(purged, workbooks, undated, held)


def _held(profile: Profile, root: Path, old: Collection[str]) -> tuple[str, ...]:
    """The old files that lie in an archive with others that are to stay: an archive goes as a whole."""
    kept = kept_files(str(root)).shas
    files = find_raw_files(profile, root / "raw", may_be_none=True)
    staying = {file.path for file in files if file.name not in old and file.sha256 not in kept}
    return tuple(file.name for file in files if file.name in old and file.path in staying)


def _n_refused(file: FileReport) -> int:
    return sum(n for outcome, n in file.outcomes.items() if outcome not in ("record", "duplicate", "erased"))


def _take_away(profile: Profile, root: Path) -> tuple[str, ...]:
    """Remove every raw file that is kept, also one that a killed purge left or somebody put back."""
    kept = kept_files(str(root))
    if not kept:
        return ()
    files = find_raw_files(profile, root / "raw", may_be_none=True)
    mends = read_mends(files, profile)
    marks = marks_of(kept.files)
    workbooks = []
    for name, _ in mends.files:
        is_purged = [mend.mark in marks for mend in mends.all_read if mend.workbook == name]
        if is_purged and all(is_purged):
            workbooks.append(name)
    by_path: dict[Path, list[RawFile]] = defaultdict(list)
    for file in files:
        by_path[file.path].append(file)
    for path, own in by_path.items():
        if all(file.sha256 in kept.shas or file.name in workbooks for file in own):
            for file in own:
                record_event(root, "purge", file=file.name, sha256=file.sha256, kept=file.sha256 in kept.shas)
            path.unlink()
    return tuple(workbooks)
