"""Intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.numbers.intervals import mean_interval, ratio_of_counts, share_interval, shares_differ


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_share_lies_in_its_interval(a: int, b: int) -> None:
    n, total = min(a, b), max(a, b)
    low, high = share_interval(n, total)
    assert 0 <= low <= (n / total if total else 0) <= high <= 1


def test_known_values() -> None:
    assert share_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert share_interval(10, 40) == pytest.approx((0.1419, 0.4019), abs=5e-4)  # Wilson, by hand
    ratio, low, high = ratio_of_counts(20, 10)
    assert (ratio, low, high) == pytest.approx((2.0, 0.89351, 4.78455), abs=1e-4)  # by bisecting the tails
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((1.0368, 4.9632), abs=1e-3)
    assert mean_interval([3]) is None


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.5, 20), st.floats(0.5, 20))
def test_turning_the_ratio_round_turns_its_interval_round(a: int, b: int, x: float, y: float) -> None:
    if not a or not b:
        return
    ratio, low, high = ratio_of_counts(a, b, exposure=x, exposure_before=y)
    back, back_low, back_high = ratio_of_counts(b, a, exposure=y, exposure_before=x)
    assert low <= ratio <= high
    assert (back, back_low, back_high) == pytest.approx((1 / ratio, 1 / high, 1 / low), rel=1e-6)


def test_without_any_change_a_change_is_seldom_told() -> None:
    draw = np.random.default_rng(7)
    pairs = draw.poisson(60, size=(400, 2))
    intervals = [ratio_of_counts(int(now), int(before)) for now, before in pairs]
    false_alarms = sum(low > 1 or high < 1 for _, low, high in intervals)
    assert false_alarms <= 400 * 0.06
    shares = draw.binomial(200, 0.3, size=(400, 2))
    assert sum(shares_differ(int(a), 200, int(b), 200) for a, b in shares) <= 400 * 0.08


def test_few_or_none_never_differ() -> None:
    assert not shares_differ(0, 0, 5, 10)
    assert not shares_differ(1, 3, 2, 3)
    assert shares_differ(80, 100, 20, 100)
