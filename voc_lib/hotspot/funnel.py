"""Outlets side by side: shares held against funnel limits, never ranked.

An outlet with few voices strays far from the average by chance alone. The funnel says how far: limits around the share
of all outlets together, wide where an outlet has few voices, narrow where it has many.
Source: Spiegelhalter 2005, Funnel plots for comparing institutional performance, Stat. Med. 24:1185.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["funnel_limits", "outlet_funnel", "overdispersion"]

_WARNING, _ACTION = 0.025, 0.001  # tails of the 95 % and the 99.8 % limits
_WINSORISED = 0.1  # share of the outlets at either end whose distance counts as that of the next one
_ENOUGH = 10  # outlets from which on overdispersion is told


def outlet_funnel(scored: pd.DataFrame, *, at_least: int) -> pd.DataFrame:
    """The negative share of each outlet's texts, and where it stands in the funnel.

    Args:
        scored: a month's rows of a branch: outlet, sentiment_label; rows without either do not count.
        at_least: an outlet with fewer texts is not judged (few), but counts in the average.
    Returns: a row an outlet, most texts first, then by name: outlet, n, n_negative, share, average (of all), low, high
        (95 % limits at its number of texts), shrunk (its share drawn towards the average as far as it is uncertain),
        place: above (over the 99.8 % limit), raised (over the 95 % limit), within, lowered, below, or few.
    """
    import pandas as pd

    rows = scored[scored["outlet"].notna() & scored["sentiment_label"].notna()]
    counted = (
        rows.assign(n=1, n_negative=rows["sentiment_label"].isin(["negative"]))
        .groupby("outlet", sort=True)[["n", "n_negative"]]
        .sum()
        .astype("int64")
        .reset_index()
        .sort_values(["n", "outlet"], ascending=[False, True], kind="stable", ignore_index=True)
    )
    n, negative = counted["n"].to_numpy(), counted["n_negative"].to_numpy()
    average = float(negative.sum() / max(n.sum(), 1))
    judged = n >= at_least
    spread = overdispersion(negative[judged], n[judged], average)
    low, high = funnel_limits(n, average, tail=_WARNING, spread=spread)
    lowest, highest = funnel_limits(n, average, tail=_ACTION, spread=spread)
    share = negative / np.maximum(n, 1)
    place = np.select(
        [~judged, share > highest, share > high, share < lowest, share < low],
        ["few", "above", "raised", "below", "lowered"],
        "within",
    )
    return counted.assign(
        share=share,
        average=average,
        low=low,
        high=high,
        shrunk=_shrunk(negative, n, average),
        place=pd.array(place, dtype="str"),
    )


def funnel_limits(
    n: ArrayLike, average: float, *, tail: float, spread: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Limits of a share among n, from the exact binomial distribution, interpolated between whole counts.

    Args:
        n: texts of each outlet.
        average: share of all, 0 to 1.
        tail: probability beyond either limit.
        spread: overdispersion φ; the limits' distance from the average grows by its root.
    Source: Spiegelhalter 2005, A.1.1 and (multiplicative overdispersion) 4.2.
    """
    of = np.maximum(np.asarray(n, dtype=float), 1.0)
    ends = (_quantile(tail, of, average), _quantile(1.0 - tail, of, average))
    low, high = (np.clip(average + np.sqrt(spread) * (end - average), 0.0, 1.0) for end in ends)
    return low, high


def overdispersion(counts: ArrayLike, n: ArrayLike, average: float) -> float:
    """How much more than binomially the shares stray: mean squared winsorised z-score; 1 where chance explains it,
    and with fewer than ten outlets, among which one far off would hide itself.

    Source: Spiegelhalter 2005, 4.1: φ counts when it exceeds 1 by more than two standard errors, 2 √(2 / outlets).
    """
    y, of = np.asarray(counts, dtype=float), np.asarray(n, dtype=float)
    if len(of) < _ENOUGH or not 0.0 < average < 1.0:
        return 1.0
    z = np.sort((y - average * of) / np.sqrt(average * (1.0 - average) * of))
    ends = int(_WINSORISED * len(z))
    z = np.clip(z, z[ends], z[len(z) - 1 - ends])
    spread = float(np.mean(z**2))
    return spread if spread > 1.0 + 2.0 * np.sqrt(2.0 / len(z)) else 1.0


def _quantile(p: float, n: NDArray[np.float64], average: float) -> NDArray[np.float64]:
    """Where the distribution function of a binomial share, interpolated between whole counts, is p."""
    from scipy import stats

    if not 0.0 < average < 1.0:
        return np.full(len(n), average)
    count = np.asarray(stats.binom.ppf(p, n, average), dtype=float)
    beyond = (stats.binom.cdf(count, n, average) - p) / stats.binom.pmf(count, n, average)
    return np.asarray((count - beyond) / n, dtype=float)


def _shrunk(counts: NDArray[np.int64], n: NDArray[np.int64], average: float) -> NDArray[np.float64]:
    """Empirical Bayes: shares drawn towards the average by the method of moments.

    Source: beta-binomial, Kleinman 1973, J. Am. Stat. Assoc. 68:46.
    """
    share = counts / np.maximum(n, 1)
    if len(n) < 2 or not 0.0 < average < 1.0:
        return np.full(len(n), average)
    total = float(n.sum())
    spread = float((n * (share - average) ** 2).sum()) - average * (1.0 - average) * (len(n) - 1)
    between = max(spread / (total - float((n.astype(float) ** 2).sum()) / total), 0.0)
    chance = average * (1.0 - average) / np.maximum(n, 1)
    return np.asarray(average + between / (between + chance) * (share - average), dtype=float)
