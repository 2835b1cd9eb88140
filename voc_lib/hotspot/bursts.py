"""Bursts inside a span: the days on which a matter was told much more often than on the others.

Kleinberg's automaton of two states for batched arrivals: each day some of the voices tell the matter; in the burst
state its share of the voices is three times what it is over the whole span, and entering that state has its price.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Burst", "strongest_burst"]

_TIMES = 3.0  # share of the voices in the burst state, in multiples of the usual share
_PRICE = 1.0  # of entering it, times the logarithm of the number of days
_FEWEST = 3  # voices that make a burst


@dataclass(frozen=True)
class Burst:
    """Days first … last (positions, both included), the voices in them, and the weight: how much likelier the burst
    state makes these days than the usual one, in natural logarithms, less nothing for entering."""

    first: int
    last: int
    n: int
    weight: float


def strongest_burst(counts: Sequence[int], totals: Sequence[int]) -> Burst | None:
    """The heaviest burst of the course; None where there is none.

    Args:
        counts: voices on the matter, a day each.
        totals: all voices of these days, at least as many.
    Source: Kleinberg 2003, Bursty and Hierarchical Structure in Streams, Data Mining and Knowledge Discovery 7:373,
        section 4.
    """
    n, total = sum(counts), sum(totals)
    if n < _FEWEST or n >= total:
        return None
    usual = n / total
    bursting = min(_TIMES * usual, (1.0 + usual) / 2.0)
    gain = [
        r * math.log(bursting / usual) + (d - r) * math.log((1.0 - bursting) / (1.0 - usual))
        for r, d in zip(counts, totals, strict=True)
    ]
    found = [
        burst
        for first, last in _in_burst(gain, _PRICE * math.log(len(counts)))
        if (burst := _burst(first, last, counts, gain))
    ]
    return max(found, key=lambda burst: (burst.weight, -burst.first), default=None)


def _burst(first: int, last: int, counts: Sequence[int], gain: Sequence[float]) -> Burst | None:
    n = sum(counts[first : last + 1])
    return Burst(first, last, n, round(sum(gain[first : last + 1]), 9)) if n >= _FEWEST else None


def _in_burst(gain: Sequence[float], price: float) -> list[tuple[int, int]]:
    """Spans in the burst state along the cheapest path (Viterbi); leaving it is free."""
    quiet, burst = 0.0, -math.inf
    came: list[tuple[bool, bool]] = []  # whether quiet and burst were reached from burst
    for value in gain:
        from_burst = burst > quiet
        stays = burst >= quiet - price
        came.append((from_burst, stays))
        quiet, burst = max(quiet, burst), max(burst, quiet - price) + value
    state, spans, last = burst > quiet, [], -1
    for day in range(len(gain) - 1, -1, -1):
        if state and last < 0:
            last = day
        before = came[day][1] if state else came[day][0]
        if state and not before:
            spans.append((day, last))
            last = -1
        state = before
    return spans[::-1]
