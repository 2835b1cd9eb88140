"""Concentrated problems against last month and the same month of last year: what changed, how surely, by how much."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.discovery import q_values
from voc_lib.numbers.intervals import difference_interval
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["compared_problems"]


def compared_problems(
    scored: pd.DataFrame, *, month: str, known_months: Collection[str], false_discovery_rate: float
) -> pd.DataFrame:
    """The share of each category beside that of last month and of the same month of last year.

    Args:
        scored: rows of a branch: month, category, category_name; those without a category do not count.
        month: YYYY-MM.
        known_months: earlier months that were landed, with or without records.
        false_discovery_rate: share of the changes called clear that may be chance (0 … 1), over all categories of one
            comparison.
    Returns: a row per category of any of the three months, most records of this month first, then code: category,
        category_name, n, share; then for `last` and `year`: n_*, share_*, change_* (difference of the shares),
        change_*_low, change_*_high (Newcombe, 95 %), is_clear_* (Fisher's exact test, Benjamini-Hochberg). What
        compares is missing, and nothing clear, where the other month is not known or has no text.
    """
    import pandas as pd

    own = scored[scored["category"].notna()]
    others = {"last": shift_month(month, -1), "year": shift_month(month, -12)}
    named = own[own["month"].isin([month, *others.values()])].sort_values("category", kind="stable")
    result = named.drop_duplicates("category")[["category", "category_name"]].reset_index(drop=True)
    counts = {m: _counts(named, m, result["category"]) for m in (month, *others.values())}
    total = int(counts[month].sum())
    result["n"] = counts[month]
    result["share"] = counts[month] / max(total, 1)
    for name, other in others.items():
        then, total_then = counts[other], int(counts[other].sum())
        is_known = other in known_months and total_then > 0 and total > 0
        result[f"n_{name}"] = pd.array(then if is_known else [None] * len(then), dtype="Int64")
        result[f"share_{name}"] = then / total_then if is_known else np.nan
        result[f"change_{name}"] = result["share"] - result[f"share_{name}"]
        ends = [
            difference_interval(int(n), total, int(n_then), total_then) if is_known else (np.nan, np.nan)
            for n, n_then in zip(counts[month], then, strict=True)
        ]
        result[f"change_{name}_low"] = np.array([low for low, _ in ends], dtype=float)
        result[f"change_{name}_high"] = np.array([high for _, high in ends], dtype=float)
        q = q_values([_fisher(n, total, n_then, total_then) for n, n_then in zip(counts[month], then, strict=True)])
        result[f"is_clear_{name}"] = (q <= false_discovery_rate) & is_known
    return result.sort_values(["n", "category"], ascending=[False, True], kind="stable", ignore_index=True)


def _counts(named: pd.DataFrame, month: str, categories: pd.Series) -> NDArray[np.int64]:
    found = named.loc[named["month"] == month, "category"].value_counts()
    return np.asarray(categories.map(found).fillna(0), dtype=np.int64)


def _fisher(n: int, total: int, n_then: int, total_then: int) -> float:
    from scipy import stats

    if not total or not total_then:
        return 1.0
    return float(stats.fisher_exact([[n, total - n], [n_then, total_then - n_then]]).pvalue)
