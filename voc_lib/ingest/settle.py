"""Settling: what becomes of each collected row — a record, a counted duplicate, or a refusal with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voc_lib.ingest.accounts import Accounts
from voc_lib.ingest.prepare import FOLLOW_UP
from voc_lib.ingest.repeats import find_repeats
from voc_lib.schema import UNKNOWN, table

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.ingest.collect import Collected
    from voc_lib.ingest.spill import Block

__all__ = ["Part", "Settled", "settle"]

# A row that cannot be read, or has no time, cannot be one from the future.
_BEFORE_FUTURE = ("unreadable_row", "impossible_time")
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
        accounts: how the rows ended; complete once all parts have been taken.
    """

    collected: Collected
    repeats: pd.DataFrame
    as_of: pd.Timestamp
    tz: str
    months: dict[str, int]
    accounts: Accounts = field(default_factory=Accounts)

    def parts(self) -> Iterator[Part]:
        """The parts by branch and month, that of the rows that belong to none last, each with rows of its own only."""
        import pandas as pd

        blocks: dict[tuple[str, str], list[Block]] = defaultdict(list)
        for block in self.collected.spill.blocks:
            blocks[block.branch, block.month].append(block)
        verdicts = dict(list(self.repeats.groupby("place")))
        nowhere: list[pd.DataFrame] = []
        for branch, month in sorted(blocks):
            own = blocks[branch, month]
            rows = self.collected.spill.read(own).assign(dated=month)
            rows["outcome"] = rows["reason"].fillna("record")
            start = 0
            for block in own:
                if (told := verdicts.get(block.place)) is not None:
                    _judge(rows, told.assign(row=told["row"] + start))
                start += len(block.ids)
            _place(rows, branch, self.as_of, self.months)
            self.accounts.add(rows)
            is_home = rows["month"] != UNKNOWN
            if not is_home.all():
                nowhere.append(_quarantine(rows[~is_home]))
                rows = rows[is_home]
            if len(rows):
                yield Part(branch, month, _landed(rows, self.tz), _quarantine(rows))
        if nowhere:
            yield Part(UNKNOWN, UNKNOWN, _landed_nothing(), pd.concat(nowhere, ignore_index=True))


def settle(collected: Collected, *, as_of: pd.Timestamp, tz: str) -> Settled:
    """Decide of all collected rows.

    A row without a known branch, or without a time up to as_of, belongs to no branch-month: it stands under unknown.
    """
    repeats = find_repeats(collected.spill, as_of=as_of)
    return Settled(collected, repeats, as_of, tz, _records_by_month(collected, repeats, as_of))


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


def _landed(rows: pd.DataFrame, tz: str) -> pd.DataFrame:
    is_record = rows["outcome"] == "record"
    good = rows if is_record.all() else rows[is_record]
    out = good[list(table("landed").names)].reset_index(drop=True)
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


def _quarantine(rows: pd.DataFrame) -> pd.DataFrame:
    refused = rows[rows["reason"].notna()].copy()
    refused["record_id"] = refused["record_id"].replace("", None)
    return refused[list(table("quarantine").names)].reset_index(drop=True)
