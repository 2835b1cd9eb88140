"""Settling: what becomes of each collected row — a record, a counted duplicate, or a refusal with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voc_lib.ingest.accounts import Accounts
from voc_lib.ingest.prepare import ERASED, FOLLOW_UP
from voc_lib.ingest.repeats import find_repeats, repeats_of_kept
from voc_lib.schema import UNKNOWN, table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from voc_lib.ingest.collect import Collected
    from voc_lib.ingest.kept import Kept
    from voc_lib.ingest.spill import Block

__all__ = ["Part", "Settled", "settle"]

# A row that cannot be read, or has no time, cannot be one from the future; of a forgotten customer's nothing is asked.
_BEFORE_FUTURE = ("unreadable_row", "impossible_time", ERASED)
_HASHES = ("subject", "number", "said")
_KEPT = ("landed", "quarantine")
_LABELS = ("outlet", "order_type", "channel", "level", "status", "reply")


@dataclass(frozen=True)
class Part:
    """What is written of one branch and month; of rows that belong to none only a quarantine."""

    branch: str
    month: str
    landed: pd.DataFrame
    quarantine: pd.DataFrame


@dataclass
class Settled:
    """What becomes of all rows, a branch and month at a time.

    Args:
        collected: all rows.
        repeats: what `find_repeats` says of them.
        as_of: a later time is a future time (naive local time).
        tz: IANA name of the profile's time zone.
        months: how many records each month has; none has no records.
        kept: what purged raw files left, which stands beside what the others say.
        accounts: how the rows ended; complete once all parts have been taken.
        last: the last time up to as_of that each raw file tells of; complete likewise.
    """

    collected: Collected
    repeats: pd.DataFrame
    as_of: pd.Timestamp
    tz: str
    months: dict[str, int]
    kept: Kept | None = None
    accounts: Accounts = field(default_factory=Accounts)
    last: dict[str, pd.Timestamp] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """The parts by branch and month, that of the rows that belong to none last, each with rows of its own only."""

        kept = self._kept_parts()
        blocks = _by_place(self.collected.spill.blocks)
        verdicts = self._verdicts()
        nowhere: list[pd.DataFrame] = []
        for branch, month in sorted({*blocks, *kept}):
            landed: list[pd.DataFrame] = []
            quarantine: list[pd.DataFrame] = []
            if (branch, month) in blocks:
                rows = self._rows(blocks[branch, month], verdicts)
                self.accounts.add(rows)
                is_home = rows["month"] != UNKNOWN
                if not is_home.all():
                    nowhere.append(_quarantine(rows[~is_home]))
                    rows = rows[is_home]
                if len(rows):
                    landed.append(_landed(rows, self.tz))
                    quarantine.append(_quarantine(rows))
            if (branch, month) in kept:
                left = kept[branch, month]
                if branch == UNKNOWN:
                    nowhere.append(left.quarantine)
                else:
                    landed.append(left.landed)
                    quarantine.append(left.quarantine)
            if landed:
                yield Part(branch, month, _one(landed), _one(quarantine))
        if nowhere:
            yield Part(UNKNOWN, UNKNOWN, _landed_nothing(), _one(nowhere))

    def of_file(self, name: str) -> dict[str, pd.DataFrame]:
        """What one raw file comes to: accounts, landed and quarantine, with hashes (which the spill has to have)."""
        own = _by_place(block for block in self.collected.spill.blocks if block.file == name)
        verdicts = self._verdicts()
        found = [self._rows(own[place], verdicts) for place in sorted(own)]
        homes = [rows[rows["month"] != UNKNOWN] for rows in found]
        return {
            "accounts": _one(found),
            "landed": _one([_landed(rows, self.tz, extra=_HASHES) for rows in homes]),
            "quarantine": _one([_quarantine(rows, extra=_HASHES) for rows in found]),
        }

    def _verdicts(self) -> dict[int, pd.DataFrame]:
        return dict(list(self.repeats.groupby("place")))

    def _rows(self, own: list[Block], verdicts: dict[int, pd.DataFrame]) -> pd.DataFrame:
        """The rows of some blocks of one branch and month, each with how it ended and where it stands."""
        branch, month = own[0].branch, own[0].month
        rows = self.collected.spill.read(own).assign(dated=month, named_branch=branch)
        rows["outcome"] = rows["reason"].fillna("record")
        times = rows["occurred_at"].to_numpy()
        start = 0
        for block in own:
            if (told := verdicts.get(block.place)) is not None:
                _judge(rows, told.assign(row=told["row"] + start))
            self._note_last(block.file, times[start : start + len(block.ids)])
            start += len(block.ids)
        _place(rows, branch, self.as_of, self.months)
        return rows

    def _note_last(self, file: str, times: np.ndarray[Any, Any]) -> None:
        import pandas as pd

        so_far = times[times <= self.as_of.to_datetime64()]  # a missing time is not
        if len(so_far):
            latest = pd.Timestamp(so_far.max())
            self.last[file] = max(latest, self.last.get(file, latest))

    def _kept_parts(self) -> dict[tuple[str, str], Part]:
        """What is kept, by branch and month; counts all of it."""
        if self.kept is None:
            return {}
        kept = self.kept.within(self.months)
        for _, rows in kept.accounts.groupby("dated", sort=True):
            self.accounts.add(rows)
        frames = {name: dict(list(getattr(kept, name).groupby(["branch", "month"]))) for name in _KEPT}
        places = sorted({place for parts in frames.values() for place in parts})
        return {
            (branch, month): Part(
                branch,
                month,
                frames["landed"].get((branch, month), kept.landed.iloc[:0]),
                frames["quarantine"].get((branch, month), kept.quarantine.iloc[:0]),
            )
            for branch, month in places
        }


def settle(collected: Collected, *, as_of: pd.Timestamp, tz: str, kept: Kept | None = None) -> Settled:
    """Decide of all collected rows.

    A row without a known branch, or without a time up to as_of, belongs to no branch-month: it stands under unknown. A
    row of a forgotten customer is counted as erased, and stands in no other table.

    Args:
        kept: what purged raw files left; it goes before what the others say. Then the spill has to have hashes.
    """
    import pandas as pd

    repeats = find_repeats(collected.spill, as_of=as_of)
    if kept is not None:
        again = repeats_of_kept(collected.spill, kept.numbers, as_of=as_of)
        repeats = pd.concat([part for part in (again, repeats) if len(part)] or [repeats], ignore_index=True)
        repeats = repeats.drop_duplicates(["place", "row"], keep="first", ignore_index=True)
    months = _records_by_month(collected, repeats, as_of)
    for month, n_rows in () if kept is None else kept.records_by_month().items():
        months[month] = months.get(month, 0) + n_rows
    return Settled(collected, repeats, as_of, tz, dict(sorted(months.items())), kept)


def _by_place(blocks: Iterable[Block]) -> dict[tuple[str, str], list[Block]]:
    places: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for block in blocks:
        places[block.branch, block.month].append(block)
    return places


def _one(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames one below the other; empty ones only where there are no others."""
    import pandas as pd

    full = [frame for frame in frames if len(frame)] or frames[:1]
    return full[0] if len(full) == 1 else pd.concat(full, ignore_index=True)


def _records_by_month(collected: Collected, repeats: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, int]:
    """How many records each month has; a month without a single one is no month of the centre."""
    gone = repeats[repeats["verdict"] != "record"].groupby("place").size().to_dict()
    found: dict[str, int] = defaultdict(int)
    for block in collected.spill.blocks:
        found[block.month] += collected.spill.good_until(block, as_of)[0] - gone.get(block.place, 0)
    return {month: n_rows for month, n_rows in sorted(found.items()) if n_rows}


def _judge(rows: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """Enter in the rows what repetitions tell of them."""
    refused = verdicts[verdicts["verdict"] != "record"]
    rows.loc[refused["row"], "outcome"] = refused["verdict"].to_numpy()
    others = refused.loc[refused["verdict"] == "duplicate_id_conflict", "row"]
    rows.loc[others, "reason"] = "duplicate_id_conflict"
    rows.loc[others, "detail"] = "an earlier row with this number says something else"
    kept = verdicts[verdicts["verdict"] == "record"]
    for name in (*FOLLOW_UP, "n_masked_reply"):
        rows.loc[kept["row"], name] = kept[name].to_numpy()


def _place(rows: pd.DataFrame, branch: str, as_of: pd.Timestamp, months: dict[str, int]) -> None:
    """Refuse the rows from the future; put unknown for branch and month of rows that belong to none."""
    is_future = (rows["occurred_at"] > as_of) & ~rows["reason"].isin(_BEFORE_FUTURE)
    if is_future.any():
        rows.loc[is_future, ["reason", "outcome"]] = "future_time"
        rows.loc[is_future, "detail"] = "after " + as_of.strftime("%Y-%m-%d %H:%M:%S")
    homeless = is_future | (branch == UNKNOWN) | (rows["dated"].iloc[0] not in months)
    if homeless.any():
        rows.loc[homeless, ["branch", "month"]] = UNKNOWN


def _landed(rows: pd.DataFrame, tz: str, *, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    is_record = rows["outcome"] == "record"
    good = rows if is_record.all() else rows[is_record]
    out = good[[*table("landed").names, *extra]].reset_index(drop=True)
    out["n_masked"] += good["n_masked_reply"].to_numpy()
    for name in _LABELS:
        is_empty = out[name] == ""
        if is_empty.any():
            out[name] = out[name].mask(is_empty)
    for name in ("occurred_at", "replied_at"):
        out[name] = out[name].dt.tz_localize(tz, ambiguous=False, nonexistent="shift_forward")
    return out


def _landed_nothing() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(table("landed").names))


def _quarantine(rows: pd.DataFrame, *, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    refused = rows[rows["reason"].notna() & (rows["reason"] != ERASED)].copy()
    refused["record_id"] = refused["record_id"].replace("", None)
    return refused[[*table("quarantine").names, *extra]].reset_index(drop=True)
