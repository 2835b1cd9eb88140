"""Whether what was done about a matter helped: its rate after against its rate before, with an interval.

The month that raised a matter was raised because it was high; by itself the next one is lower. So that month is left
out of the baseline, unless it stood so far above the months before that chance cannot be the reason. Then it is the
level to compare with, drawn towards those months as far as its count leaves room. Rates wander from month to month more
than chance alone allows; how much they do in this branch widens every interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EFFECT_NAMES", "Effect", "effect_of"]

EFFECT_NAMES = {
    "fell": "有所下降",
    "no_change": "看不出变化",
    "rose": "有所上升",
    "too_few": "件数太少",
}
Verdict = Literal["fell", "no_change", "rose", "too_few"]
Base = Literal["before", "raised"]

# From simulation (benchmarks/effects.py): the chance of such a month by itself below which it was a jump, and how far
# such months lie from the earlier ones a priori (standard deviation of the ratio's logarithm).
_JUMP, _JUMPS = 0.003, 0.7
_ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Effect:
    """What the figures say.

    Args:
        verdict: in a word.
        base: what the month is held against: the months before the matter was raised, or the month that raised it.
        ratio, low, high: of the rates after and before, and its 95 % interval (None where too few).
    """

    verdict: Verdict
    base: Base
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class _Level:
    """A rate that a month is held against: records a text, and its squared coefficient of variation."""

    rate: float
    spread: float


@dataclass(frozen=True)
class _Rate:
    """Records of a matter in some months, beside all the branch's records with text."""

    n: int
    total: int
    n_months: int


def effect_of(counts: pd.DataFrame, *, raised_month: str, month: str, at_least: int, extra: float = 0.0) -> Effect:
    """Rate of a matter in the month against its rate before it was raised, relative to all of the branch's voices.

    Args:
        counts: a row per known month: month (YYYY-MM), n (records of the matter), total (all records with text).
        raised_month: the month whose report raised the matter.
        month: the month to judge; after raised_month.
        at_least: fewer records than this before and after together are too few.
        extra: squared coefficient of variation of the branch's rates from month to month beyond Poisson, as
            `hotspot.growth.extra_variance` finds it.
    Returns: no_change where the interval holds 1, which is not proof that nothing changed. "rose" takes a rise above
        the month that raised it too, "fell" is never said against that month where nothing is known before it.
    Source: ratio of two Poisson rates (exact conditional interval as quantiles of F; Przyborowski and Wilenski 1940,
        Biometrika 31:313) with extra variance; the level of a month chosen for being high by shrinkage, which a choice
        by the same counts leaves right (Dawid 1994, IMS Lecture Notes 24:211).
    """
    now = _rate(counts[counts["month"] == month])
    raised = _rate(counts[counts["month"] == raised_month])
    earlier = _rate(counts[counts["month"] < raised_month])
    base: Base = "raised" if not earlier.total or _is_jump(raised, earlier, extra) else "before"
    before = raised if base == "raised" else earlier
    if not now.total or not before.total or now.n + before.n < at_least:
        return Effect("too_few", base, None, None, None)
    if base == "raised" and earlier.total:
        ratio, low, high = _ratio_to(now, _level_after_jump(raised, earlier, extra), extra)
    else:
        ratio, low, high = _ratio(now, before, extra)
    verdict: Verdict = "fell" if high < 1 else "rose" if low > 1 else "no_change"
    if verdict == "fell" and not earlier.total:
        # Nothing before the month that raised it: a fall from there may be nothing but its luck.
        verdict = "no_change"
    if verdict == "rose" and raised.total and _ratio(now, raised, extra)[1] <= 1:
        # What it is held against may be low by luck, or it rose before it was raised: not since.
        verdict = "no_change"
    finite = [value if value < inf else None for value in (ratio, low, high)]
    return Effect(verdict, base, *finite)


def _rate(counts: pd.DataFrame) -> _Rate:
    return _Rate(int(counts["n"].sum()), int(counts["total"].sum()), int((counts["total"] > 0).sum()))


def _ratio(now: _Rate, before: _Rate, extra: float) -> tuple[float, float, float]:
    """Ratio of two rates with its interval; 0 and infinite where a count is 0."""
    unrest = extra / before.n_months
    above = _Level((before.n + 1) / before.total, 1 / (before.n + 1) + unrest)
    low = _end(now.n, now, above, extra, _ENDS[0]) if now.n else 0.0
    if not before.n:
        return inf, low, inf
    level = _Level(before.n / before.total, 1 / before.n + unrest)
    return now.n / now.total / level.rate, low, _end(now.n + 1, now, level, extra, _ENDS[1])


def _ratio_to(now: _Rate, level: _Level, extra: float) -> tuple[float, float, float]:
    """Ratio of a rate to a level that is known within limits, with its interval."""
    low = _end(now.n, now, level, extra, _ENDS[0]) if now.n else 0.0
    return now.n / now.total / level.rate, low, _end(now.n + 1, now, level, extra, _ENDS[1])


def _end(n: int, now: _Rate, level: _Level, extra: float, p: float) -> float:
    """An end of the interval: quantile of the ratio of two Gammas (F), that of the month having n records."""
    from scipy.special import fdtri

    return n / now.total / level.rate * float(fdtri(2 / (1 / n + extra), 2 / level.spread, p))


def _is_jump(raised: _Rate, earlier: _Rate, extra: float) -> bool:
    """Whether the raising month stands above the earlier ones beyond what chance would do now and then."""
    from scipy import stats

    if not earlier.total or not raised.total:
        return False
    # Predictive of a count after the earlier ones: negative binomial, see hotspot.growth.
    shape = earlier.n + 1.0
    mean = shape * raised.total / earlier.total
    size = 1.0 / (1.0 / shape + extra * (1.0 + 1.0 / earlier.n_months))
    return float(stats.nbinom.sf(raised.n - 1, size, size / (size + mean))) < _JUMP


def _level_after_jump(raised: _Rate, earlier: _Rate, extra: float) -> _Level:
    """The raising month's rate, drawn towards the earlier ones: part of its height is why it was chosen.

    On the logarithm it is a priori normal about the earlier rate; what the month itself counted weighs against that.
    """
    spread = 1 / raised.n + extra
    prior = 1 / (earlier.n + 0.5) + extra / earlier.n_months + _JUMPS**2
    weight = prior / (prior + spread)
    before = (earlier.n + 0.5) / earlier.total
    rate = exp(weight * log(raised.n / raised.total) + (1 - weight) * log(before))
    return _Level(rate, weight * spread)
