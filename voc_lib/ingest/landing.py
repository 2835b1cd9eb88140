"""Landing: raw files in, the tables landed, quarantine, ledger and rawfiles out; every raw row accounted for.

Everything is read, checked and masked before any table is written; until then the rows wait on the disk, masked, so
that memory does not grow with the exports. `state/land.json` is the commit point: it is taken away before the first
table is written and comes back after the last, so a killed landing is done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError
from voc_lib.ingest.collect import Collected, collect
from voc_lib.ingest.database import pull
from voc_lib.ingest.forgetting import finish_forgetting
from voc_lib.ingest.kept import KeptFiles, kept_files, load_kept, marks_of
from voc_lib.ingest.mends import Mending, Mends, read_mends
from voc_lib.ingest.notes import notes_of
from voc_lib.ingest.prepare import Preparer
from voc_lib.ingest.raw import RawFile, find_raw_files
from voc_lib.ingest.settle import Settled, settle
from voc_lib.ingest.state import FileReport, LandReport, fingerprint, load_state, save_state
from voc_lib.ingest.times import usual_among
from voc_lib.ingest.workplace import workplace
from voc_lib.params import Profile
from voc_lib.privacy import Erasures, Pseudonymiser, load_or_make_key
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, empty
from voc_lib.store import Store, window

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["land", "settled_again"]

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
        as_of, keys, corrections, the list of forgotten customers and this library are those of the last landing and its
        tables are still there.
    Raises:
        SourceError: a raw file cannot be read as its source, or there is none. Nothing has been written then.
        ProfileError: a key cannot be read, or the profile gives one file to two sources.
        TableError: what is kept of purged raw files is missing or damaged.
    """
    root = str(data_root).rstrip("/")
    finish_forgetting(root)
    inputs = _read_inputs(profile, root, raw=raw, as_of=as_of)
    store = Store(root, profile.tz)
    last = load_state(root)
    if last is not None and _is_complete(store, last):
        mark = inputs.fingerprint(profile, Pseudonymiser(load_or_make_key(root)))
        if last.fingerprint == mark:
            return replace(last, unmatched=inputs.unmatched)
    with _settled(profile, root, inputs) as landing:
        settled = landing.settled
        mark = inputs.fingerprint(profile, landing.pseudonyms)
        save_state(root, None)
        report = _write(profile, store, settled, _begun(profile, settled, mark))
        report = replace(report, notes=(*landing.notes, *report.notes))
        save_state(root, report)
    return report


@contextmanager
def settled_again(
    profile: Profile, data_root: str | Path, *, as_of: datetime | str | None = None
) -> Iterator[tuple[Settled, str]]:
    """What `land` would write, with the hashes by which rows are known when their raw file is gone, and which customer
    key it is under. Writes nothing but keys. Raises: as `land`."""
    root = str(data_root).rstrip("/")
    inputs = _read_inputs(profile, root, raw=None, as_of=as_of)
    with _settled(profile, root, inputs, hashed=True) as landing:
        yield landing.settled, landing.pseudonyms.tag()


@dataclass(frozen=True)
class _Inputs:
    """What a landing depends on beside the profile and the key.

    Args:
        files: the raw files that are not purged.
        mends: the corrections among them.
        erasures: who is forgotten.
        kept: which files are purged.
        moment: as_of, if it is given (naive local time).
        purged_before: purged files that are here again, by name.
    """

    files: list[RawFile]
    mends: Mends
    erasures: Erasures
    kept: KeptFiles
    moment: pd.Timestamp | None
    purged_before: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Files below data/raw that are no source's and no workbook of corrections."""
        known = {name for name, _ in self.mends.files}
        return tuple(file.name for file in self.files if file.source is None and file.name not in known)

    def fingerprint(self, profile: Profile, pseudonyms: Pseudonymiser) -> str:
        others = {"erased": self.erasures.mark(), "mends": self.mends.files, "kept": self.kept.mark()}
        others["again"] = self.purged_before
        return fingerprint(profile, self.files, as_of=self.moment, key_tag=pseudonyms.tag(), others=others)


@dataclass(frozen=True)
class _Landing:
    """All rows, settled; notes are lines for a person."""

    settled: Settled
    pseudonyms: Pseudonymiser
    notes: tuple[str, ...]


def _read_inputs(profile: Profile, root: str, *, raw: Path | None, as_of: datetime | str | None) -> _Inputs:
    given = as_of if as_of is not None else profile.as_of
    folder = raw or Path(root) / "raw"
    erasures, kept = Erasures(root), kept_files(root)
    pull(profile, folder, erasures=erasures, purged=kept.shas)
    files = find_raw_files(profile, folder, may_be_none=bool(kept))
    return _Inputs(
        files=[file for file in files if file.sha256 not in kept.shas],
        mends=read_mends(files, profile),
        erasures=erasures,
        kept=kept,
        moment=None if given is None else _local(given, profile.tz),
        purged_before=tuple(file.name for file in files if file.sha256 in kept.shas),
    )


@contextmanager
def _settled(profile: Profile, root: str, inputs: _Inputs, *, hashed: bool = False) -> Iterator[_Landing]:
    from voc_lib.privacy import Masker  # here: a landing with nothing to do has no use for it, and it loads slowly

    hashed = hashed or bool(inputs.kept)
    with workplace(root, tables=_TABLES, hashed=hashed) as spill:
        # Only here, for a landing that fails for a faulty file must leave nothing behind, not even a key.
        pseudonyms = Pseudonymiser(load_or_make_key(root))
        masker = Masker.of(profile.masking)
        preparer = Preparer(profile, masker, pseudonyms, erasures=inputs.erasures, hashed=hashed)
        mending = Mending(inputs.mends, inputs.files, purged=marks_of(inputs.kept.files))
        collected = collect(profile, inputs.files, spill=spill, preparer=preparer, mending=mending)
        kept = None
        if inputs.kept:
            taken = {file.name for file in inputs.files}
            kept = load_kept(Path(root), inputs.kept, inputs.erasures, pseudonyms, tz=profile.tz, taken=taken)
            files = sorted((*collected.files, *kept.files), key=lambda file: file.name)
            collected = replace(collected, files=tuple(files), dated={**collected.dated, **kept.dated()})
        collected = replace(collected, unmatched=inputs.unmatched)
        end = inputs.moment if inputs.moment is not None else _end_of_last_usual_month(collected)
        settled = settle(collected, as_of=end, tz=profile.tz, kept=kept)
        again = (f"{name}: landed and purged before, not read again" for name in inputs.purged_before)
        yield _Landing(settled, pseudonyms, (*mending.notes(), *again))


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


def _file_report(file: FileReport, ledger: pd.DataFrame, last: pd.Timestamp | None) -> FileReport:
    own = ledger[ledger["origin_file"] == file.name].groupby("outcome")["n_rows"].sum().sort_index()
    counts = {str(outcome): int(n) for outcome, n in own.items()}
    if sum(counts.values()) != file.n_rows:
        raise AssertionError(f"{file.name}: {file.n_rows} rows read, {sum(counts.values())} accounted for")
    return replace(file, outcomes=counts, last="" if last is None else last.strftime("%Y-%m-%d"))


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
    files = tuple(_file_report(file, ledger, settled.last.get(file.name)) for file in report.files)
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
