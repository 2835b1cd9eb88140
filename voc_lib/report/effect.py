"""Whether what was done about a matter helped: its rate after against its rate before, with an interval.

The month that raised a matter was raised because it was high; by itself the next one is lower. So that month is left
out of the baseline, unless it stood so far above the months before that chance cannot be the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from voc_lib.numbers.intervals import ratio_of_counts

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

_JUMP = 0.001  # chance of such a month by itself, below which it was a jump and not the luck of the draw


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


def effect_of(counts: pd.DataFrame, *, raised_month: str, month: str, at_least: int) -> Effect:
    """Rate of a matter in the month against its rate before it was raised, relative to all of the branch's voices.

    Args:
        counts: a row per known month: month (YYYY-MM), n (records of the matter), total (all records with text).
        raised_month: the month whose report raised the matter.
        month: the month to judge; after raised_month.
        at_least: fewer records than this before and after together are too few.
    Returns: no_change where the interval holds 1, which is not proof that nothing changed.
    Source: ratio of two Poisson rates, see `ratio_of_counts`.
    """
    now = _sum(counts[counts["month"] == month])
    raised = _sum(counts[counts["month"] == raised_month])
    earlier = _sum(counts[counts["month"] < raised_month])
    base: Base = "raised" if earlier[1] == 0 or _is_jump(raised, earlier) else "before"
    before = raised if base == "raised" else earlier
    if not now[1] or not before[1] or now[0] + before[0] < at_least:
        return Effect("too_few", base, None, None, None)
    ratio, low, high = ratio_of_counts(now[0], before[0], exposure=now[1], exposure_before=before[1])
    verdict: Verdict = "fell" if high < 1 else "rose" if low > 1 else "no_change"
    if earlier[1] == 0 and verdict == "fell":
        # Nothing before the month that raised it: a fall from there may be nothing but its luck.
        verdict = "no_change"
    finite = [value if value < float("inf") else None for value in (ratio, low, high)]
    return Effect(verdict, base, *finite)


def _sum(counts: pd.DataFrame) -> tuple[int, int]:
    return int(counts["n"].sum()), int(counts["total"].sum())


def _is_jump(raised: tuple[int, int], earlier: tuple[int, int]) -> bool:
    """Whether the month stands above the earlier ones beyond chance (conditional binomial test)."""
    from scipy import stats

    n = raised[0] + earlier[0]
    if not n or not raised[1]:
        return False
    expected_share = raised[1] / (raised[1] + earlier[1])
    return float(stats.binom.sf(raised[0] - 1, n, expected_share)) < _JUMP
