"""Data quality of what was landed: whether the rows add up, why rows were refused, how many came each day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.schema import QUARANTINE_REASONS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["daily_counts", "intake", "refusals"]


def intake(ledger: pd.DataFrame) -> pd.DataFrame:
    """How the rows of each raw file ended.

    Args:
        ledger: rows of the table ledger; those of one branch-month give its share of each file.
    Returns: a row per file, sorted by it: origin_file, source, n_rows, n_records, n_duplicates, n_refused, and one
        column per reason of refusal. n_rows = n_records + n_duplicates + n_refused.
    """
    import pandas as pd

    columns = ["n_rows", "n_records", "n_duplicates", "n_refused", *QUARANTINE_REASONS]
    if ledger.empty:
        frame = pd.DataFrame({name: pd.Series(dtype="str") for name in ("origin_file", "source")})
        return frame.assign(**{name: pd.Series(dtype="int64") for name in columns})
    wide = ledger.astype({"n_rows": "int64"}).pivot_table(
        index=["origin_file", "source"], columns="outcome", values="n_rows", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=["record", "duplicate", *QUARANTINE_REASONS], fill_value=0).astype("int64")
    wide = wide.rename(columns={"record": "n_records", "duplicate": "n_duplicates"})
    wide["n_refused"] = wide[list(QUARANTINE_REASONS)].sum(axis=1)
    wide["n_rows"] = wide["n_records"] + wide["n_duplicates"] + wide["n_refused"]
    wide.columns.name = None
    return wide[columns].reset_index().sort_values("origin_file", ignore_index=True)


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
