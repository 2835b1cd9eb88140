"""Whether what was done about a matter helped: its rate after against its rate before, with an interval.

The month that raised a matter was raised because it was high; by itself the next one is lower. So that month is left
out of the baseline, unless it stood so far above the months before that chance cannot be the reason. Then it is the
level to compare with, and the interval takes into account that it was chosen for being high. Rates wander from month to
month more than chance alone allows; how much they do in this branch widens every interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, sqrt
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

_JUMP = 0.003  # chance of such a month by itself, below which it was a jump; from simulation (benchmarks/effects.py)
_ENDS = (0.025, 0.975)
_FURTHEST = 12.0  # of a ratio's logarithm; beyond it nothing is known


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
        Biometrika 31:313) with extra variance; against a month chosen for being high, truncated normal on the
        logarithm (Lee et al. 2016, Annals of Statistics 44:907).
    """
    now = _rate(counts[counts["month"] == month])
    raised = _rate(counts[counts["month"] == raised_month])
    earlier = _rate(counts[counts["month"] < raised_month])
    threshold = _least_jump(raised, earlier, extra)
    base: Base = "raised" if not earlier.total or raised.n >= threshold else "before"
    before = raised if base == "raised" else earlier
    if not now.total or not before.total or now.n + before.n < at_least:
        return Effect("too_few", base, None, None, None)
    if base == "raised" and earlier.total:
        ratio, low, high = _since_a_jump(now, raised, threshold, extra)
    else:
        ratio, low, high = _ratio(now, before, extra)
    verdict: Verdict = "fell" if high < 1 else "rose" if low > 1 else "no_change"
    if verdict == "fell" and not earlier.total:
        # Nothing before the month that raised it: a fall from there may be nothing but its luck.
        verdict = "no_change"
    if verdict == "rose" and base == "before" and raised.total and _ratio(now, raised, extra)[1] <= 1:
        # The months before may have been low by luck, or it rose before it was raised: not since.
        verdict = "no_change"
    finite = [value if value < inf else None for value in (ratio, low, high)]
    return Effect(verdict, base, *finite)


def _rate(counts: pd.DataFrame) -> _Rate:
    return _Rate(int(counts["n"].sum()), int(counts["total"].sum()), int((counts["total"] > 0).sum()))


def _ratio(now: _Rate, before: _Rate, extra: float) -> tuple[float, float, float]:
    """Ratio of two rates with its interval; 0 and infinite where a count is 0."""
    from scipy.special import fdtri

    scale = before.total / now.total

    def end(above: int, below: int, p: float) -> float:
        spread = 2 / (1 / above + extra), 2 / (1 / below + extra / before.n_months)
        return above / below * scale * float(fdtri(*spread, p))

    low = end(now.n, before.n + 1, _ENDS[0]) if now.n else 0.0
    high = end(now.n + 1, before.n, _ENDS[1]) if before.n else inf
    return now.n / before.n * scale if before.n else inf, low, high


def _least_jump(raised: _Rate, earlier: _Rate, extra: float) -> float:
    """The smallest count of the raising month that stands above the earlier ones beyond chance; infinite for none."""
    from scipy import stats

    if not earlier.total or not raised.total:
        return inf
    # Predictive of a count after the earlier ones: negative binomial, see hotspot.growth.
    shape = earlier.n + 1.0
    mean = shape * raised.total / earlier.total
    size = 1.0 / (1.0 / shape + extra * (1.0 + 1.0 / earlier.n_months))
    return float(stats.nbinom.isf(_JUMP, size, size / (size + mean))) + 1.0


def _since_a_jump(now: _Rate, raised: _Rate, threshold: float, extra: float) -> tuple[float, float, float]:
    """Ratio to a month that was chosen because its count reached the threshold, with its interval.

    On the logarithm both rates are about normal. Given their mean, weighed by precision, the month's rate would be
    normal but for the choice, which cuts it off below the threshold: no more of the fall is believed than that leaves.
    """
    from scipy.optimize import brentq

    spread = sqrt(1 / raised.n + extra), sqrt(1 / (now.n + 0.5) + extra)
    gap = log((now.n + 0.5) / now.total) - log(raised.n / raised.total)
    room = log(raised.n / (threshold - 0.5))

    def at(end: float) -> float:
        def off(shift: float) -> float:
            return _chance(gap - shift, room, *spread) - end

        if off(_FURTHEST) >= 0 or off(-_FURTHEST) <= 0:  # the chance falls as the shift rises
            return inf if off(_FURTHEST) >= 0 else 0.0
        return exp(float(brentq(off, -_FURTHEST, _FURTHEST)))

    low, high = at(_ENDS[1]), at(_ENDS[0])
    return at(0.5), low, high


def _chance(gap: float, room: float, spread: float, spread_now: float) -> float:
    """Of a month's rate so far above the next one or further, where the true ones are equal and it was chosen so.

    Args:
        gap: logarithm of the next month's rate over the month's.
        room: logarithm of the month's rate over the least for which it would have been chosen, 0 or more.
        spread, spread_now: standard errors of both logarithms.
    """
    from scipy.special import log_ndtr

    whole = spread**2 + spread_now**2
    error = spread**2 / sqrt(whole)
    above = -gap * spread**2 / whole / error
    return float(exp(min(0.0, log_ndtr(-above) - log_ndtr(-(above - room / error)))))
