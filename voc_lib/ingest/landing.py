"""Landing: raw files in, the tables landed, quarantine, ledger and rawfiles out; every raw row accounted for.

Everything is read, checked and masked before any table is written; until then the rows wait on the disk, masked, so
that memory does not grow with the exports. `state/land.json` is the commit point: it is taken away before the first
table is written and comes back after the last, so a killed landing is done again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError
from voc_lib.ingest.collect import Collected, collect
from voc_lib.ingest.database import pull
from voc_lib.ingest.notes import notes_of
from voc_lib.ingest.prepare import Preparer
from voc_lib.ingest.raw import find_raw_files
from voc_lib.ingest.settle import Settled, settle
from voc_lib.ingest.state import FileReport, LandReport, fingerprint, load_state, save_state
from voc_lib.ingest.times import usual_among
from voc_lib.ingest.workplace import workplace
from voc_lib.params import Profile
from voc_lib.privacy import Masker, Pseudonymiser, load_or_make_key
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, empty
from voc_lib.store import Store, window

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["land"]

_TABLES = ("landed", "quarantine", "ledger", "rawfiles")


def land(
    profile: Profile, data_root: str | Path, *, raw: Path | None = None, as_of: datetime | str | None = None
) -> LandReport:
    """Land everything below data_root/raw.

    Args:
        profile: the centre.
        data_root: folder or fsspec URL of the tables; raw/ and state/ lie in it.
        raw: where on this machine the raw files are, if not in data_root/raw.
        as_of: the moment the run stands for; a later time is a future time. Default: that of the profile, else the end
            of the last month that has a usual number of rows (at least 5 % of those of the month of the median row).
    Returns: what was read and what became of it. Nothing is done, and `changed` is False, when raw files, profile,
        as_of, customer key and this library are those of the last landing and its tables are still there.
    Raises:
        SourceError: a raw file cannot be read as its source, or there is none. Nothing has been written then.
        ProfileError: the customer key cannot be read, or the profile gives one file to two sources.
    """
    root = str(data_root).rstrip("/")
    given = as_of if as_of is not None else profile.as_of
    moment = None if given is None else _local(given, profile.tz)
    folder = raw or Path(root) / "raw"
    pull(profile, folder)
    files = find_raw_files(profile, folder)
    store = Store(root, profile.tz)
    last = load_state(root)
    if last is not None and _is_complete(store, last):
        pseudonyms = Pseudonymiser(load_or_make_key(root))
        if last.fingerprint == fingerprint(profile, files, as_of=moment, key_tag=pseudonyms.tag()):
            return replace(last, unmatched=tuple(file.name for file in files if file.source is None))
    with workplace(root, tables=_TABLES) as spill:
        pseudonyms = Pseudonymiser(load_or_make_key(root))
        preparer = Preparer(profile, Masker.of(profile.masking), pseudonyms)
        collected = collect(profile, files, spill=spill, preparer=preparer)
        end = moment if moment is not None else _end_of_last_usual_month(collected)
        settled = settle(collected, as_of=end, tz=profile.tz)
        mark = fingerprint(profile, files, as_of=moment, key_tag=pseudonyms.tag())
        save_state(root, None)
        report = _write(profile, store, settled, _begun(profile, settled, mark))
        save_state(root, report)
    return report


def _local(given: datetime | str, tz: str) -> pd.Timestamp:
    """The moment as the exports would write it: local time without its zone."""
    import pandas as pd  # which takes as long as all else that a landing with nothing to do does

    moment = pd.Timestamp(given)
    return moment if moment.tzinfo is None else moment.tz_convert(tz).tz_localize(None)


def _end_of_last_usual_month(collected: Collected) -> pd.Timestamp:
    import pandas as pd

    months = usual_among(collected.months)
    if not months:
        raise SourceError(
            "no row has a possible time",
            hint="check occurred_at and time_formats of the sources in params/sources.yaml",
        )
    return pd.Period(months[-1], freq="M").end_time.floor("s")


def _begun(profile: Profile, settled: Settled, mark: str) -> LandReport:
    """The report as far as it is known before the first table is written."""
    months = _months(settled.months)
    return LandReport(
        files=settled.collected.files,
        unmatched=settled.collected.unmatched,
        months=months,
        stray_months=tuple(sorted(set(settled.months) - set(months))),
        branches=profile.branches.codes,
        as_of=settled.as_of.strftime("%Y-%m-%dT%H:%M:%S"),
        n_masked=0,
        fingerprint=mark,
    )


def _months(sizes: dict[str, int]) -> tuple[str, ...]:
    """Every month from the first usual one to the last: a typing error in a year must not make a thousand reports."""
    import pandas as pd

    usual = usual_among(sizes)
    if not usual:
        return ()
    first, last = usual[0], usual[-1]
    return tuple(window(first, 0, (pd.Period(last, freq="M") - pd.Period(first, freq="M")).n))


def _file_report(file: FileReport, ledger: pd.DataFrame) -> FileReport:
    own = ledger[ledger["origin_file"] == file.name].groupby("outcome")["n_rows"].sum().sort_index()
    counts = {str(outcome): int(n) for outcome, n in own.items()}
    if sum(counts.values()) != file.n_rows:
        raise AssertionError(f"{file.name}: {file.n_rows} rows read, {sum(counts.values())} accounted for")
    return FileReport(file.name, file.source, file.sha256, file.n_rows, file.extra_columns, counts)


def _partitions(name: str, report: LandReport) -> list[tuple[str, str]]:
    """The partitions that the table has, be they empty."""
    months = (*report.stray_months, *report.months)
    if name == "rawfiles":
        return [(HEAD_OFFICE, month) for month in months]
    placed = [(branch, month) for branch in report.branches for month in months]
    return placed if name == "landed" else [*placed, (UNKNOWN, UNKNOWN)]


def _write(profile: Profile, store: Store, settled: Settled, report: LandReport) -> LandReport:
    """Write all partitions, take away those that are no more, and complete the report."""
    digests: dict[str, str] = {}
    n_masked = 0

    def write(name: str, rows: pd.DataFrame, branch: str, month: str) -> None:
        digests[f"{name}/{branch}/{month}"] = store.write(name, rows, branch, month)

    for part in settled.parts():
        n_masked += int(part.landed["n_masked"].sum())
        write("quarantine", part.quarantine, part.branch, part.month)
        if part.branch != UNKNOWN:
            write("landed", part.landed, part.branch, part.month)
    ledger = settled.accounts.ledger()
    files = tuple(_file_report(file, ledger) for file in report.files)
    rawfiles = settled.accounts.rawfiles({file.name: file.sha256 for file in files}, settled.collected.dated)
    for name, rows in (("ledger", ledger), ("rawfiles", rawfiles)):
        for (branch, month), part_rows in rows.groupby(["branch", "month"], sort=True):
            write(name, part_rows, branch, month)
    for name in _TABLES:
        own = _partitions(name, report)
        nothing = empty(name, tz=store.tz)
        for branch, month in own:
            if f"{name}/{branch}/{month}" not in digests:
                write(name, nothing, branch, month)
        for branch, month in sorted(set(store.partitions(name)) - set(own)):
            store.remove(name, branch, month)
    if len(digests) != sum(len(_partitions(name, report)) for name in _TABLES):
        raise AssertionError("rows outside the range of months and branches")
    return replace(
        report,
        files=files,
        n_masked=n_masked,
        tables=dict(sorted(digests.items())),
        notes=notes_of(
            profile,
            files,
            report.unmatched,
            spellings=settled.accounts.spellings(),
            stray_months={month: settled.months[month] for month in report.stray_months},
        ),
    )


def _is_complete(store: Store, report: LandReport) -> bool:
    """Whether the tables are there as they were written: no partition more or less, and none damaged."""
    if any(set(_partitions(name, report)) != set(store.partitions(name)) for name in _TABLES):
        return False
    return all(
        store.digest(name, branch, month) == report.tables.get(f"{name}/{branch}/{month}")
        for name in _TABLES
        for branch, month in _partitions(name, report)
    )
