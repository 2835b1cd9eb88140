"""Landing: raw files in, the tables landed, quarantine, ledger and rawfiles out; every raw row accounted for.

Everything is read, checked and masked in memory before anything is written. `state/land.json` is the commit point: it
is taken away before the first table is written and comes back after the last, so a killed landing is done again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError
from voc_lib.ingest.collect import Collected, collect
from voc_lib.ingest.forgetting import finish_forgetting
from voc_lib.ingest.kept import Kept, load_kept, marks_of
from voc_lib.ingest.mends import Mends, apply_mends, read_mends
from voc_lib.ingest.notes import notes_of
from voc_lib.ingest.raw import RawFile, find_raw_files
from voc_lib.ingest.settle import settle
from voc_lib.ingest.state import FileReport, LandReport, fingerprint, load_state, save_state
from voc_lib.ingest.validate import usual_months
from voc_lib.params import Profile
from voc_lib.privacy import Erasures, Masker, Pseudonymiser, load_or_make_key
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, empty
from voc_lib.store import Store, window

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Prepared", "land", "prepare"]

_TABLES = ("landed", "quarantine", "ledger", "rawfiles")


def land(profile: Profile, data_root: str | Path, *, as_of: datetime | str | None = None) -> LandReport:
    """Land everything below data_root/raw.

    Args:
        profile: the centre.
        data_root: folder of the tables; raw/ and state/ lie in it.
        as_of: the moment the run stands for; a later time is a future time. Default: that of the profile, else the end
            of the last month that has a usual number of rows (at least 5 % of those of the month of the median row).
    Returns: what was read and what became of it. Nothing is done, and `changed` is False, when raw files, profile,
        as_of, customer key and this library are those of the last landing and its tables are still there.
    Raises:
        SourceError: a raw file cannot be read as its source, or there is none. Nothing has been written then.
        ProfileError: the customer key cannot be read, or the profile gives one file to two sources.
    """
    root = Path(data_root)
    finish_forgetting(root)
    inputs = _inputs(profile, root, as_of)
    store = Store(str(root), profile.tz)
    last = load_state(root)
    if last is not None and _is_complete(store, last):
        key_tag = Pseudonymiser(load_or_make_key(root)).tag()
        if last.fingerprint == inputs.fingerprint(profile, key_tag):
            return replace(last, unmatched=inputs.unmatched)
    prepared = _prepare(profile, root, inputs)
    mark = inputs.fingerprint(profile, prepared.key_tag)
    report = _report(profile, prepared.collected, prepared.settled, as_of=prepared.end, mark=mark)
    report = replace(report, notes=(*prepared.notes, *report.notes))
    save_state(root, None)
    report = replace(report, tables=_write(store, prepared.settled, report))
    save_state(root, report)
    return report


@dataclass(frozen=True)
class Prepared:
    """What raw files and what is kept of purged ones come to, before anything is written.

    Args:
        collected: the raw rows, with corrections; its files include the purged ones.
        settled: what `settle` gives.
        end: as_of.
        key_tag: which customer key the rows are under.
        kept_shas: SHA-256 of each purged file.
        notes: lines for a person.
    """

    collected: Collected
    settled: dict[str, pd.DataFrame]
    end: pd.Timestamp
    key_tag: str
    kept_shas: frozenset[str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Inputs:
    """What a landing depends on beside the profile and the key."""

    files: list[RawFile]
    mends: Mends
    erasures: Erasures
    kept: Kept | None
    moment: pd.Timestamp | None
    purged_before: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Files below data/raw that are no source's and no workbook of corrections."""
        return tuple(
            file.name for file in self.files if file.source is None and file.name not in dict(self.mends.files)
        )

    def fingerprint(self, profile: Profile, key_tag: str) -> str:
        others = {
            "erased": self.erasures.mark(),
            "mends": self.mends.files,
            "kept": "" if self.kept is None else [self.kept.mark, self.purged_before],
        }
        return fingerprint(profile, self.files, as_of=self.moment, key_tag=key_tag, others=others)


def prepare(profile: Profile, data_root: str | Path, *, as_of: datetime | str | None = None) -> Prepared:
    """What `land` would write, with the hashes by which rows are known when their raw file is gone. Writes nothing but
    keys. Raises: as `land`."""
    root = Path(data_root)
    return _prepare(profile, root, _inputs(profile, root, as_of), with_hashes=True)


def _inputs(profile: Profile, root: Path, as_of: datetime | str | None) -> _Inputs:
    import pandas as pd

    moment = as_of if as_of is not None else profile.as_of
    moment = None if moment is None else _local(pd.Timestamp(moment), profile.tz)
    erasures = Erasures(root)
    kept = load_kept(root, erasures, None, tz=profile.tz)
    shas = frozenset() if kept is None else kept.shas
    files = find_raw_files(profile, root / "raw", may_be_none=kept is not None)
    return _Inputs(
        files=[file for file in files if file.sha256 not in shas],
        mends=read_mends(files, profile),
        erasures=erasures,
        kept=kept,
        moment=moment,
        purged_before=tuple(file.name for file in files if file.sha256 in shas),
    )


def _prepare(profile: Profile, root: Path, inputs: _Inputs, *, with_hashes: bool = False) -> Prepared:
    import pandas as pd

    kept = inputs.kept
    purged = frozenset() if kept is None else marks_of(kept.files)
    collected = replace(collect(profile, inputs.files), unmatched=inputs.unmatched)
    collected, notes = apply_mends(collected, inputs.mends, profile, purged=purged)
    # Only now, for a faulty file must leave nothing behind, not even a key.
    pseudonyms = Pseudonymiser(load_or_make_key(root))
    times = collected.rows["occurred_at"]
    if kept is not None:
        kept = load_kept(root, inputs.erasures, pseudonyms, tz=profile.tz)
    if kept is not None:
        times = pd.concat([times, kept.accounts["occurred_at"].astype(times.dtype)], ignore_index=True)
    end = inputs.moment if inputs.moment is not None else _end_of_last_usual_month(times)
    settled = settle(
        collected,
        profile,
        masker=Masker.default(),
        pseudonyms=pseudonyms,
        as_of=end,
        erasures=inputs.erasures,
        kept=kept,
        with_hashes=with_hashes,
    )
    files = () if kept is None else kept.files
    notes += tuple(f"{name}: landed and purged before, not read again" for name in inputs.purged_before)
    return Prepared(
        collected=replace(collected, files=tuple(sorted((*collected.files, *files), key=lambda file: file.name))),
        settled=settled,
        end=end,
        key_tag=pseudonyms.tag(),
        kept_shas=frozenset(file.sha256 for file in files),
        notes=notes,
    )


def _local(moment: pd.Timestamp, tz: str) -> pd.Timestamp:
    """The moment as the exports would write it: local time without its zone."""
    return moment if moment.tzinfo is None else moment.tz_convert(tz).tz_localize(None)


def _end_of_last_usual_month(times: pd.Series) -> pd.Timestamp:
    import pandas as pd

    months = usual_months(times)
    if not months:
        raise SourceError(
            "no row has a possible time",
            hint="check occurred_at and time_formats of the sources in params/sources.yaml",
        )
    return pd.Period(months[-1], freq="M").end_time.floor("s")


def _report(
    profile: Profile, collected: Collected, settled: dict[str, pd.DataFrame], *, as_of: pd.Timestamp, mark: str
) -> LandReport:
    landed, ledger = settled["landed"], settled["ledger"]
    months = _months(landed)
    stray = tuple(sorted(set(landed["month"].unique()) - set(months)))
    accounts = settled["accounts"]
    last = accounts[accounts["occurred_at"] <= as_of].groupby("origin_file")["occurred_at"].max()
    days = last.dt.strftime("%Y-%m-%d").to_dict()
    files = tuple(replace(_file_report(file, ledger), last=days.get(file.name, "")) for file in collected.files)
    return LandReport(
        files=files,
        unmatched=collected.unmatched,
        months=months,
        stray_months=stray,
        branches=profile.branches.codes,
        as_of=as_of.strftime("%Y-%m-%dT%H:%M:%S"),
        n_masked=int(landed["n_masked"].sum()),
        fingerprint=mark,
        notes=notes_of(
            profile,
            files,
            collected.unmatched,
            landed=landed,
            quarantine=settled["quarantine"],
            stray_months=stray,
        ),
        changed=True,
    )


def _months(landed: pd.DataFrame) -> tuple[str, ...]:
    """Every month from the first usual one to the last: a typing error in a year must not make a thousand reports."""
    import pandas as pd

    if landed.empty:
        return ()
    usual = usual_months(landed["occurred_at"].dt.tz_localize(None))
    first, last = usual[0], usual[-1]
    return tuple(window(first, 0, (pd.Period(last, freq="M") - pd.Period(first, freq="M")).n))


def _file_report(file: FileReport, ledger: pd.DataFrame) -> FileReport:
    own = ledger[ledger["origin_file"] == file.name].groupby("outcome")["n_rows"].sum().sort_index()
    counts = {str(outcome): int(n) for outcome, n in own.items()}
    if sum(counts.values()) != file.n_rows:
        raise AssertionError(f"{file.name}: {file.n_rows} rows read, {sum(counts.values())} accounted for")
    return replace(file, outcomes=counts)


def _partitions(name: str, report: LandReport) -> list[tuple[str, str]]:
    """The partitions that the table has, be they empty."""
    months = (*report.stray_months, *report.months)
    if name == "rawfiles":
        return [(HEAD_OFFICE, month) for month in months]
    placed = [(branch, month) for branch in report.branches for month in months]
    return placed if name == "landed" else [*placed, (UNKNOWN, UNKNOWN)]


def _write(store: Store, tables: dict[str, pd.DataFrame], report: LandReport) -> dict[str, str]:
    """Write every partition of the range, empty ones too, and take away those that no longer belong to it.

    Returns: the SHA-256 of each, by table/branch/month.
    """
    digests = {}
    for name in _TABLES:
        parts = dict(iter(tables[name].groupby(["branch", "month"], sort=True)))
        nothing = empty(name, tz=store.tz)
        own = _partitions(name, report)
        for branch, month in own:
            digests[f"{name}/{branch}/{month}"] = store.write(name, parts.pop((branch, month), nothing), branch, month)
        if parts:
            raise AssertionError(f"{name}: rows outside the range: {sorted(parts)[:3]}")
        for branch, month in sorted(set(store.partitions(name)) - set(own)):
            store.remove(name, branch, month)
    return digests


def _is_complete(store: Store, report: LandReport) -> bool:
    """Whether the tables are there as they were written: no partition more or less, and none damaged."""
    if any(set(_partitions(name, report)) != set(store.partitions(name)) for name in _TABLES):
        return False
    return all(
        store.digest(name, branch, month) == report.tables.get(f"{name}/{branch}/{month}")
        for name in _TABLES
        for branch, month in _partitions(name, report)
    )
