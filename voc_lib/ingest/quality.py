"""Data quality of what was landed: whether the rows add up, why rows were refused, how many came each day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.numbers.intake import intake

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["daily_counts", "intake", "refusals"]


def refusals(quarantine: pd.DataFrame) -> pd.DataFrame:
    """How many rows were refused for each reason. Returns: reason, n_rows; the most frequent first, then by name."""
    counts = quarantine.groupby("reason").size().rename("n_rows").reset_index()
    return counts.sort_values(["n_rows", "reason"], ascending=[False, True], ignore_index=True)


def daily_counts(records: pd.DataFrame, *, month: str) -> pd.DataFrame:
    """Records of each day of a month and source, days without any included.

    Args:
        records: rows with occurred_at (time with zone) and source.
        month: YYYY-MM; rows of other months are not counted.
    Returns: a row per day, sorted: day (datetime64, midnight), one int column per source in order of name, total.
    """
    import pandas as pd

    period = pd.Period(month, freq="M")
    days = pd.date_range(period.start_time, periods=period.days_in_month, freq="D", name="day", unit="us")
    times = records["occurred_at"].dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    counts = pd.crosstab(times.rename("day"), records["source"]) if len(records) else pd.DataFrame(index=days[:0])
    counts = counts.reindex(days, fill_value=0).astype("int64")
    counts.columns.name = None
    counts["total"] = counts.sum(axis=1).astype("int64")
    return counts.reset_index()
