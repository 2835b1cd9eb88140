"""How sure a figure is: intervals of shares, means and ratios of counts. 95 % throughout."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

__all__ = ["Z", "difference_interval", "mean_interval", "ratio_of_counts", "share_interval", "shares_differ"]

Z = 1.959963984540054  # 97.5 % point of the normal distribution


def share_interval(n: int, total: int) -> tuple[float, float]:
    """Interval of a share n / total, 0 to 1; (0, 1) where total is 0.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209.
    """
    if total <= 0:
        return 0.0, 1.0
    share, z2 = n / total, Z * Z
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z / (1 + z2 / total) * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, centre - half) if n else 0.0, min(1.0, centre + half) if n < total else 1.0


def shares_differ(n: int, total: int, n_before: int, total_before: int) -> bool:
    """Whether two shares differ beyond chance: the interval of their difference leaves out 0."""
    if not total or not total_before:
        return False
    lower, upper = difference_interval(n, total, n_before, total_before)
    return lower > 0 or upper < 0


def difference_interval(n: int, total: int, n_before: int, total_before: int) -> tuple[float, float]:
    """Interval of the difference of two shares, n / total − n_before / total_before; (−1, 1) where a total is 0.

    Source: Newcombe 1998, Stat. Med. 17:873, method 10.
    """
    if total <= 0 or total_before <= 0:
        return -1.0, 1.0
    share, before = n / total, n_before / total_before
    low, high = share_interval(n, total)
    low_before, high_before = share_interval(n_before, total_before)
    difference = share - before
    lower = difference - sqrt((share - low) ** 2 + (high_before - before) ** 2)
    upper = difference + sqrt((high - share) ** 2 + (before - low_before) ** 2)
    return lower, upper


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Interval of the mean of measured values (Student's t); None for fewer than two."""
    from scipy import stats

    n = len(values)
    if n < 2:
        return None
    mean = sum(values) / n
    spread = sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = float(stats.t.ppf(0.975, n - 1)) * spread / sqrt(n)
    return mean - half, mean + half


def ratio_of_counts(now: int, before: int, *, exposure: float = 1.0, exposure_before: float = 1.0) -> tuple[float, ...]:
    """Ratio of two Poisson rates with its interval: (ratio, low, high).

    Args:
        now, before: counted events.
        exposure, exposure_before: what they are counted over (records, months), over 0.
    Returns: the ratio is 0 where now is 0, and infinite where before is 0; so is the end of its interval.
    Source: exact conditional interval (Clopper and Pearson) of the binomial share; Przyborowski and Wilenski 1940,
        Biometrika 31:313.
    """
    from scipy import stats

    total = now + before
    scale = exposure_before / exposure
    if total == 0:
        return float("nan"), 0.0, float("inf")
    low = float(stats.beta.ppf(0.025, now, before + 1)) if now else 0.0
    high = float(stats.beta.ppf(0.975, now + 1, before)) if before else 1.0
    ratio = now / before * scale if before else float("inf")
    return ratio, low / (1 - low) * scale, high / (1 - high) * scale if high < 1 else float("inf")
