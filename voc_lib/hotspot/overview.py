"""What the notebook shows of the hot issues: a short table, and the month day by day."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["burst_overview", "daily_counts", "hotspot_overview"]

_HEADINGS = {
    "rank": "序号",
    "label": "问题",
    "n_records": "件数",
    "n_customers": "客户数",
    "expected": "往月推算",
    "growth": "倍数",
    "growth_low": "下限",
    "growth_high": "上限",
    "q_value": "q值",
    "heat": "热度",
    "is_hot": "热点",
    "is_new": "新增",
}


def hotspot_overview(spots: pd.DataFrame) -> pd.DataFrame:
    """The main columns of table `hotspots` under Chinese headings, by rank, rounded for reading."""
    short = spots.sort_values("rank", ignore_index=True)[list(_HEADINGS)]
    short = short.round({"expected": 1, "growth": 2, "growth_low": 2, "growth_high": 2, "q_value": 4, "heat": 1})
    short = short.rename(columns=_HEADINGS)
    return short.assign(**{name: short[name].map({True: "是", False: ""}) for name in ("热点", "新增")})


def burst_overview(spots: pd.DataFrame, scored: pd.DataFrame, *, month: str) -> pd.DataFrame:
    """The issues that were told in a burst inside the month: the days of the strongest one, and its records.

    Args:
        spots: table `hotspots` of the month.
        scored: rows of table `scored` of the same branch and month.
        month: YYYY-MM.
    Returns: a row an issue with a burst, by rank, under Chinese headings; see `strongest_burst`.
    """
    import pandas as pd

    from voc_lib.hotspot.bursts import strongest_burst

    totals = daily_counts(scored, month=month)["total"].tolist()
    rows = []
    for spot in spots.sort_values("rank").itertuples(index=False):
        burst = strongest_burst([int(n) for n in spot.daily_counts], totals)
        if burst is not None:
            days = f"{burst.first + 1}日至{burst.last + 1}日" if burst.last > burst.first else f"{burst.first + 1}日"
            rows.append({"序号": spot.rank, "问题": spot.label, "集中在": days, "件数": burst.n})
    return pd.DataFrame(rows, columns=["序号", "问题", "集中在", "件数"])


def daily_counts(scored: pd.DataFrame, *, month: str) -> pd.DataFrame:
    """Voices of each source on each day of the month, days without any included.

    Args:
        scored: source and occurred_at (in the profile's time zone).
        month: YYYY-MM.
    Returns: index day (1 … 28 to 31), a column of counts for each source that occurs, sorted, and `total`.
    """
    import pandas as pd

    n_days = calendar.monthrange(int(month[:4]), int(month[5:7]))[1]
    days = pd.RangeIndex(1, n_days + 1, name="day")
    own = scored[scored["month"] == month]
    counts = pd.crosstab(own["occurred_at"].dt.day, own["source"]) if len(own) else pd.DataFrame(index=days)
    counts = counts.reindex(days, fill_value=0).astype("int64")
    counts.columns.name = None
    return counts.assign(total=counts.sum(axis=1))
