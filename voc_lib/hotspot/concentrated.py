"""Concentrated problems (集中问题): which categories make most of the month, and what changed against the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["concentrated_problems", "wilson_interval"]

_Z = 1.959963984540054  # 97.5 % point of the normal distribution
_COLUMNS = {
    "category": "str",
    "category_name": "str",
    "level1": "str",
    "level1_name": "str",
    "n_records": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "cumulative_share": "float64",
    "is_concentrated": "bool",
    "negative_share": "float64",
    "n_previous": "int64",
    "share_previous": "float64",
    "change": "float64",
    "change_low": "float64",
    "change_high": "float64",
    "is_changed": "bool",
}


def wilson_interval(n: ArrayLike, total: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95 % interval of the share n / total; 0 to 1 where the total is 0.

    Source: Wilson 1927, JASA 22:209.
    """
    n, total = np.asarray(n, dtype=float), np.asarray(total, dtype=float)
    size = np.maximum(total, 1.0)
    share = n / size
    centre = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    low, high = np.minimum(np.maximum(centre - half, 0.0), share), np.maximum(np.minimum(centre + half, 1.0), share)
    return np.where(total > 0, low, 0.0), np.where(total > 0, high, 1.0)


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
        cumulative_share, is_concentrated, negative_share (of its records; missing without any), n_previous,
        share_previous, change (difference of the shares) with change_low, change_high (Newcombe's hybrid score
        interval), is_changed (the interval leaves out 0). What compares is missing without a last month.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
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
    result["share_low"], result["share_high"] = wilson_interval(result["n_records"], np.full(len(result), len(now)))
    result["cumulative_share"] = result["n_records"].cumsum() / max(len(now), 1)
    # A category belongs to the few while those before it do not yet make the share.
    before = result["cumulative_share"] - result["share"]
    result["is_concentrated"] = (before < pareto - 1e-9) & (result["n_records"] > 0)
    return _with_change(result, len(now), len(last))[list(_COLUMNS)].astype(_COLUMNS)


def _with_change(result: pd.DataFrame, n_now: int, n_last: int) -> pd.DataFrame:
    result = result.copy()
    if not n_last or not n_now:
        for name in ("share_previous", "change", "change_low", "change_high"):
            result[name] = np.nan
        result["is_changed"] = False
        return result
    share = result["n_records"] / n_now
    last = result["n_previous"] / n_last
    low, high = wilson_interval(result["n_records"], np.full(len(result), n_now))
    last_low, last_high = wilson_interval(result["n_previous"], np.full(len(result), n_last))
    result["share_previous"] = last
    result["change"] = share - last
    result["change_low"] = result["change"] - np.sqrt((share - low) ** 2 + (last_high - last) ** 2)
    result["change_high"] = result["change"] + np.sqrt((high - share) ** 2 + (last - last_low) ** 2)
    result["is_changed"] = (result["change_low"] > 0) | (result["change_high"] < 0)
    return result
