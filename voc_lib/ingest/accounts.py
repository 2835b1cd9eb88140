"""Accounts: how the rows of each raw file ended, by branch-month, and for each month by whole file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from voc_lib.ingest.times import usual_among
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Accounts"]

_LISTED = 12  # row numbers that a report lists for one reason
_KEYS = ["origin_file", "source", "branch", "month", "dated", "outcome"]
_SPELLING = ["origin_file", "detail"]


class Accounts:
    """Counts rows as they are settled, some at a time; keeps of each kind the number and the first rows."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []
        self._spellings: list[pd.DataFrame] = []

    def add(self, rows: pd.DataFrame) -> None:
        """Count rows that are dated in one month.

        Args:
            rows: source, origin_file, origin_row, outcome, detail, dated (the month, or unknown), branch and month
                (both unknown where a row belongs to no branch-month).
        """
        # The rows are of one dated month, and each file is of one source: fewer columns to compare.
        told = rows[["origin_file", "source"]].drop_duplicates("origin_file")
        counts = _counted(rows, ["origin_file", "branch", "month", "outcome"]).merge(told, on="origin_file")
        self._parts.append(counts.assign(dated=rows["dated"].iloc[0]))
        self._spellings.append(_counted(rows[rows["outcome"] == "unknown_branch"], _SPELLING))

    def ledger(self) -> pd.DataFrame:
        """The table ledger."""
        keys = ["origin_file", "source", "branch", "month", "outcome"]
        counts = self._counts().groupby(keys, sort=True)["n_rows"].sum().reset_index()
        return counts[list(table("ledger").names)]

    def spellings(self) -> pd.DataFrame:
        """The spellings of no branch: origin_file, detail, n_rows, first (their first rows)."""
        return _summed(self._spellings, _SPELLING)

    def rawfiles(self, sha256: Mapping[str, str], dated: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
        """The table rawfiles, of all months together: each month's raw files, whole, as they stand at that month's end.

        A file concerns a month that has records when a row of it is dated in that month. A row dated after the month is
        `later` where the file has a usual number of rows as late as that, else `future_time`: so whatever as_of is, and
        whichever months land afterwards, what a month says of a file follows from the file alone.

        Args:
            sha256: of each file's bytes, by origin_file.
            dated: by origin_file, how many rows of each month it has.
        """
        import pandas as pd

        counts = self._counts()
        months = sorted(set(counts["month"]) - {UNKNOWN})
        last = {name: max(usual_among(dict(sizes)), default="") for name, sizes in dated.items()}
        parts = _summed(
            [counts.assign(is_placed=counts["month"] != UNKNOWN)],
            ["origin_file", "source", "dated", "outcome", "is_placed"],
        )
        accounts = [
            _whole_files(
                parts[parts["origin_file"].isin(set(parts.loc[parts["dated"] == month, "origin_file"]))], month, last
            )
            for month in months
        ]
        if not accounts:
            return pd.DataFrame(columns=list(table("rawfiles").names))
        made = pd.concat(accounts, ignore_index=True).assign(branch=HEAD_OFFICE)
        made["sha256"] = made["origin_file"].map(sha256)
        return made[list(table("rawfiles").names)]

    def _counts(self) -> pd.DataFrame:
        return _summed(self._parts, _KEYS)


def _counted(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """n_rows and first (the first rows' numbers) of each group."""
    # Most columns hold one value, and to compare them all would take as long as to read the rows.
    told = [name for name in keys if rows.empty or not (rows[name] == rows[name].iloc[0]).all()]
    same = {name: rows[name].iloc[0] for name in keys if name not in told}
    groups = rows.groupby(told or (lambda _: 0), sort=True)["origin_row"]
    counts = groups.agg(n_rows="size").reset_index(drop=not told)
    counts = counts.assign(**same, first=[_first(numbers.to_numpy()) for _, numbers in groups])
    return counts[[*keys, "n_rows", "first"]]


def _first(numbers: np.ndarray[Any, Any]) -> list[int]:
    import numpy as np

    some = np.partition(numbers, _LISTED)[:_LISTED] if len(numbers) > _LISTED else numbers
    return [int(number) for number in np.sort(some)]


def _summed(parts: Iterable[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """The groups of several counts put together."""
    import pandas as pd

    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*keys, "n_rows", "first"])
    groups = pd.concat(parts, ignore_index=True).groupby(keys, sort=True)
    counts = groups["n_rows"].sum().reset_index()
    return counts.assign(first=[sorted(number for some in found for number in some)[:_LISTED]
                                for _, found in groups["first"]])  # fmt: skip


def _whole_files(parts: pd.DataFrame, month: str, last: Mapping[str, str]) -> pd.DataFrame:
    """The files as the end of the month sees them: a row for each file and outcome."""
    import pandas as pd

    is_after = (parts["dated"] != UNKNOWN) & (parts["dated"] > month)
    is_later = is_after & (parts["dated"] <= parts["origin_file"].map(last))
    outcome = parts["outcome"].mask(is_after, "future_time").mask(is_later, "later")
    is_placed = (parts["is_placed"] & ~is_after) | is_later
    made = []
    for (name, source, ended), group in parts.assign(outcome=outcome).groupby(["origin_file", "source", "outcome"]):
        unplaced = group[~is_placed[group.index]]
        numbers = [number for first in unplaced["first"] for number in first]
        made.append((month, name, source, ended, group["n_rows"].sum(), unplaced["n_rows"].sum(), sorted(numbers)))
    frame = pd.DataFrame(
        made, columns=["month", "origin_file", "source", "outcome", "n_rows", "n_unplaced", "unplaced_rows"]
    )
    return frame.assign(unplaced_rows=frame["unplaced_rows"].str[:_LISTED])
