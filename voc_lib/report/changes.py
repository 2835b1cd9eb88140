"""What differs beyond chance when many are looked at together: categories over time, branches and outlets side by side.

Each answer is at a false-discovery rate over all that are compared (Benjamini and Hochberg 1995, JRSS B 57:289): forty
categories judged one by one at 95 % would give two false alarms a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VERDICTS", "Verdict", "cells_apart", "clear_changes", "means_apart", "shares_apart"]

Verdict = Literal["high", "low", "alike", "few"]
VERDICTS: dict[Verdict, str] = {"high": "偏高", "low": "偏低", "alike": "无明显差别", "few": "–"}


def clear_changes(now: pd.Series, before: pd.Series, *, false_discovery_rate: float) -> pd.Series:
    """Whether the share of each part differs from last month's.

    Args:
        now, before: records of each part in this month and the last, one entry a part; before may be missing.
        false_discovery_rate: share of the changes told that may be chance, 0 to 1.
    Returns: a bool for each part; all False without a last month.
    Source: Fisher's exact test of each part against the rest.
    """
    import pandas as pd

    none = pd.Series(False, index=now.index, dtype="bool")
    if before.isna().any() or not now.sum() or not before.sum():
        return none
    total, total_before = int(now.sum()), int(before.sum())
    pairs = zip(now.astype("int64"), before.astype("int64"), strict=True)
    p_values = [_p_of_shares(n, total, n_before, total_before) for n, n_before in pairs]
    return none | pd.Series(_discovered(p_values, false_discovery_rate), index=now.index)


def cells_apart(cells: Sequence[tuple[int, int, int, int]], *, false_discovery_rate: float) -> list[bool]:
    """Whether each of many shares differs from another one: (n, total, n_before, total_before), totals over 0.

    Source: Fisher's exact test of each, judged together.
    """
    return _discovered([_p_of_shares(*cell) for cell in cells], false_discovery_rate)


def shares_apart(
    counts: Sequence[int], totals: Sequence[int], *, at_least: int, false_discovery_rate: float
) -> list[Verdict]:
    """Whether the share of each group differs from that of all the others together.

    Args:
        counts, totals: the part and the whole of each group.
        at_least: a group with a smaller whole is not judged (few), nor is one beside others so small.
    Source: Fisher's exact test.
    """
    n, total = sum(counts), sum(totals)
    judged = [of >= at_least and total - of >= at_least for of in totals]
    p_values = [
        _p_of_shares(mine, of, n - mine, total - of)
        for mine, of, is_judged in zip(counts, totals, judged, strict=True)
        if is_judged
    ]
    rises = [
        mine * (total - of) > (n - mine) * of
        for mine, of, is_judged in zip(counts, totals, judged, strict=True)
        if is_judged
    ]
    return _verdicts(judged, p_values, rises, false_discovery_rate)


def means_apart(groups: Sequence[Sequence[float]], *, at_least: int, false_discovery_rate: float) -> list[Verdict]:
    """Whether the mean of each group differs from that of all the others together.

    Args:
        groups: the values of each group.
        at_least: a group with fewer values is not judged (few), nor is one beside others so few.
    Source: Welch 1947, Biometrika 34:28.
    """
    from scipy import stats

    judged, p_values, rises = [], [], []
    for position, mine in enumerate(groups):
        others = [value for i, group in enumerate(groups) if i != position for value in group]
        judged.append(min(len(mine), len(others)) >= max(at_least, 2))
        if judged[-1]:
            difference = sum(mine) / len(mine) - sum(others) / len(others)
            spreads = {len(set(mine)), len(set(others))}
            # Without any spread on either side there is no test.
            p = 1.0 if spreads == {1} else float(stats.ttest_ind(mine, others, equal_var=False).pvalue)
            p_values.append(1.0 if isnan(p) else p)
            rises.append(difference > 0)
    return _verdicts(judged, p_values, rises, false_discovery_rate)


def _p_of_shares(n: int, total: int, other: int, total_other: int) -> float:
    from scipy import stats

    return float(stats.fisher_exact([[n, total - n], [other, total_other - other]]).pvalue)


def _discovered(p_values: list[float], rate: float) -> list[bool]:
    from scipy import stats

    return [bool(q <= rate) for q in stats.false_discovery_control(p_values)] if p_values else []


def _verdicts(judged: list[bool], p_values: list[float], rises: list[bool], rate: float) -> list[Verdict]:
    found = iter(zip(_discovered(p_values, rate), rises, strict=True))
    verdicts: list[Verdict] = []
    for is_judged in judged:
        if not is_judged:
            verdicts.append("few")
            continue
        is_apart, is_high = next(found)
        verdicts.append(("high" if is_high else "low") if is_apart else "alike")
    return verdicts
