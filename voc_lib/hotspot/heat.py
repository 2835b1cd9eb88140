"""The heat index: one figure from 0 to 100, whose four parts are shown beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from voc_lib.params.thresholds import HeatWeights

__all__ = ["Heat", "growth_part", "heat_of", "span_heat", "volume_part"]

_HALF_SHARE = 0.1  # an issue that is a tenth of the month gets half of the volume part
_HALF_SURETY = 3.0  # a p-value of one in a thousand (10 to the minus 3) gets half of the surety
_HALF_VOICES = 10.0  # of a span: ten voices get half of the volume part
_HALF_BURST = 10.0  # and a burst ten natural logarithms likelier than the usual course half of the burst part


@dataclass(frozen=True)
class Heat:
    """Heat index (0 … 100) and its parts (0 … 1 each)."""

    heat: float
    volume: float
    growth: float
    negative: float
    escalation: float


def volume_part(share: float) -> float:
    """How much of the month it is: share / (share + 0.1), so that the largest categories do not outshout all others."""
    return share / (share + _HALF_SHARE)


def growth_part(p_value: float, growth_low: float) -> float:
    """How surely and how fast it grew: the mean of the two.

    Surety is s / (s + 3) with s = −log10(p); speed is 1 − 1 / growth_low, from the lower end of the ratio's interval,
    so that a doubling that is beyond doubt counts ½. What did not grow, and a month without history (NaN), counts 0.
    """
    if np.isnan(p_value) or np.isnan(growth_low):
        return 0.0
    surety = -np.log10(max(p_value, 1e-300))
    speed = max(0.0, 1.0 - 1.0 / growth_low) if growth_low > 0 else 0.0
    return float((surety / (surety + _HALF_SURETY) + speed) / 2.0)


def heat_of(
    *,
    share: float,
    p_value: float,
    growth_low: float,
    negative_share: float,
    escalation: float,
    weights: HeatWeights,
) -> Heat:
    """The weighted mean of the four parts, times 100.

    Without history (p_value NaN) growth is unknown: its part is 0 and its weight left out, so that a first month's heat
    stays on the same scale.
    """
    parts = (volume_part(share), growth_part(p_value, growth_low), negative_share, escalation)
    counted = (weights.volume, 0.0 if np.isnan(p_value) else weights.growth, weights.negative, weights.escalation)
    total = sum(part * weight for part, weight in zip(parts, counted, strict=True)) / sum(counted)
    return Heat(float(np.clip(100.0 * total, 0.0, 100.0)), *(float(np.clip(part, 0.0, 1.0)) for part in parts))


def span_heat(
    *, n_records: int, n_tellers: int, burst: float, negative_share: float, escalation: float, weights: HeatWeights
) -> Heat:
    """Heat of an issue of a span that has no history: the weighted mean of four parts, times 100.

    volume is v / (v + 10), v = √(records · people): the same person telling it again counts, but not as much as another
    one; it carries the weight of growth, which is unknown, besides its own. The place of growth is taken by the burst,
    w / (w + 10), w the weight of the strongest burst, with the weight of volume.

    Args:
        n_records: matters told. n_tellers: people who told them.
        burst: weight of the strongest burst, 0 without any.
        negative_share, escalation: as in a month; NaN where feelings are not known: the part is 0 then, and its weight
            left out.
        weights: those of the profile.
    """
    voices = float(np.sqrt(n_records * n_tellers))
    known = (True, True, not np.isnan(negative_share), not np.isnan(escalation))
    parts = (
        voices / (voices + _HALF_VOICES),
        burst / (burst + _HALF_BURST),
        negative_share if known[2] else 0.0,
        escalation if known[3] else 0.0,
    )
    weighed = (weights.volume + weights.growth, weights.volume, weights.negative, weights.escalation)
    counted = tuple(weight * is_known for weight, is_known in zip(weighed, known, strict=True))
    total = sum(part * weight for part, weight in zip(parts, counted, strict=True)) / sum(counted)
    return Heat(float(np.clip(100.0 * total, 0.0, 100.0)), *(float(np.clip(part, 0.0, 1.0)) for part in parts))
