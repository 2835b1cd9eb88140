"""Concentrated problems (集中问题): which categories make most of the month, and what changed against the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voc_lib.numbers.intervals import share_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["concentrated_problems"]

_COLUMNS = {
    "category": "str",
    "category_name": "str",
    "level1": "str",
    "level1_name": "str",
    "n_records": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "is_concentrated": "bool",
    "negative_share": "float64",
    "n_previous": "int64",
    "share_previous": "float64",
    "change": "float64",
}


def concentrated_problems(
    scored: pd.DataFrame, previous: pd.DataFrame | None = None, *, pareto: float = 0.8
) -> pd.DataFrame:
    """Share of each category in the month, with its interval and its change against the month before.

    Args:
        scored: the month's rows (category, category_name, level1, level1_name, sentiment_label); rows without a
            category, as score-only ones, do not count.
        previous: last month's rows; None or without rows where there is none.
        pareto: the largest categories that together make this share of the month are the concentrated ones (0 … 1).
    Returns: a row per category of either month, most records first, then code: category, category_name, level1,
        level1_name, n_records, share (of the month's records with a category), share_low, share_high (Wilson, 95 %),
        is_concentrated, negative_share (of its records; missing without any), n_previous, share_previous, change
        (difference of the shares). What compares is missing without a last month.
    """
    import pandas as pd

    now = scored[scored["category"].notna()]
    last = scored.iloc[:0] if previous is None else previous[previous["category"].notna()]
    both = pd.concat([now, last], ignore_index=True).sort_values("category", kind="stable")
    names = both.drop_duplicates("category").set_index("category")[["category_name", "level1", "level1_name"]]
    result = names.reset_index()
    result["n_records"] = result["category"].map(now["category"].value_counts()).fillna(0).astype("int64")
    result["n_previous"] = result["category"].map(last["category"].value_counts()).fillna(0).astype("int64")
    negative = now["category"][now["sentiment_label"] == "negative"].value_counts()
    result["negative_share"] = result["category"].map(negative.astype("float64")).fillna(0).astype("float64")
    result["negative_share"] /= result["n_records"].replace(0, np.nan)
    result = result.sort_values(["n_records", "category"], ascending=[False, True], kind="stable", ignore_index=True)
    result["share"] = result["n_records"] / max(len(now), 1)
    intervals = [share_interval(int(n), len(now)) for n in result["n_records"]]
    result["share_low"] = [low for low, _ in intervals]
    result["share_high"] = [high for _, high in intervals]
    # A category belongs to the few while those before it do not yet make the share.
    before = (result["n_records"].cumsum() - result["n_records"]) / max(len(now), 1)
    result["is_concentrated"] = (before < pareto - 1e-9) & (result["n_records"] > 0)
    is_known = bool(len(now)) and bool(len(last))
    result["share_previous"] = result["n_previous"] / len(last) if is_known else np.nan
    result["change"] = result["share"] - result["share_previous"]
    return result[list(_COLUMNS)].astype(_COLUMNS)
