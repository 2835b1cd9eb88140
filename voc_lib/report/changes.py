"""Which categories' shares changed beyond chance, when all of them are looked at together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clear_changes"]


def clear_changes(problems: pd.DataFrame, *, false_discovery_rate: float) -> pd.Series:
    """Whether the share of each category differs from last month's, at that false-discovery rate.

    Forty categories judged one by one at 95 % would give two false alarms a month.

    Args:
        problems: what `hotspot.concentrated_problems` gives: n_records, n_previous; one row a category.
        false_discovery_rate: share of the changes told that may be chance, 0 to 1.
    Returns: a bool for each row; all False without a last month.
    Source: Fisher's exact test of each category against the rest; Benjamini and Hochberg 1995, JRSS B 57:289.
    """
    import pandas as pd
    from scipy import stats

    total, before = int(problems["n_records"].sum()), int(problems["n_previous"].sum())
    if not total or not before:
        return pd.Series(False, index=problems.index, dtype="bool")
    p_values = [
        float(stats.fisher_exact([[n, total - n], [n_before, before - n_before]]).pvalue)
        for n, n_before in zip(problems["n_records"], problems["n_previous"], strict=True)
    ]
    return pd.Series(
        stats.false_discovery_control(p_values) <= false_discovery_rate, index=problems.index, dtype="bool"
    )
