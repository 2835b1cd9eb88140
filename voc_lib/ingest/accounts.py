"""Accounts: how the rows of each raw file ended, by branch-month, and for each month by whole file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from voc_lib.ingest.validate import usual_months
from voc_lib.schema import HEAD_OFFICE, UNKNOWN, table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ledger_of", "rawfiles_of"]

_LISTED = 12  # row numbers that a report lists for one reason


def ledger_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The table ledger.

    Args:
        rows: every raw row with source, origin_file, branch, month and outcome.
    """
    keys = ["origin_file", "source", "branch", "month", "outcome"]
    counts = rows.groupby(keys, sort=True).size().rename("n_rows").reset_index()
    return counts[list(table("ledger").names)]


def rawfiles_of(rows: pd.DataFrame, sha256: Mapping[str, str]) -> pd.DataFrame:
    """The table rawfiles, of all months together: each month's raw files, whole, as they stand at that month's end.

    A file concerns a month that has records when a row of it is dated in that month. A row dated after the month is
    `later` where the file has a usual number of rows as late as that, else `future_time`: so whatever as_of is, and
    whichever months land afterwards, what a month says of a file follows from the file alone.

    Args:
        rows: every raw row with source, origin_file, origin_row, occurred_at, dated (its month, or unknown), outcome,
            and branch and month (both unknown where it belongs to no branch-month).
        sha256: of each file's bytes, by origin_file.
    """
    import pandas as pd

    months = sorted(set(rows["month"]) - {UNKNOWN})
    last = {name: max(usual_months(times), default="") for name, times in rows.groupby("origin_file")["occurred_at"]}
    # Summed once by month, not once a month over all rows: a file may hold many months.
    parts = (
        rows.assign(is_placed=rows["month"] != UNKNOWN)
        .groupby(["origin_file", "source", "dated", "outcome", "is_placed"], sort=True)["origin_row"]
        .agg(n_rows="size", first=lambda numbers: sorted(numbers)[:_LISTED])
        .reset_index()
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
