"""The month against its history: exact cases, invariants, and the promised rate of false alarms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from voc_lib.hotspot.discovery import q_values
from voc_lib.hotspot.growth import Baseline, extra_variance

COUNTS = st.integers(0, 400)
BASELINES = st.builds(
    Baseline,
    volume=st.floats(20, 2000),
    volumes=st.lists(st.floats(20, 2000), min_size=1, max_size=12).map(tuple),
    extra=st.floats(0, 0.25),
)


def test_the_tail_equals_the_exact_conditional_test() -> None:
    baseline = Baseline(200.0, (300.0, 500.0))
    tails = [binom.sf(11, 32, 200 / 1000), binom.sf(12, 33, 200 / 1000)]  # 12 or more, 13 or more
    assert float(baseline.p_value(12, 20)) == pytest.approx(sum(tails) / 2)


def test_nothing_heard_is_no_growth_and_the_expectation_follows_the_volume() -> None:
    baseline = Baseline(100.0, (200.0, 200.0))
    assert float(baseline.p_value(0, 7)) > 0.9
    assert float(baseline.expected(40)) == pytest.approx(10.0)


@given(BASELINES, COUNTS, COUNTS)
def test_the_interval_contains_the_estimate(baseline: Baseline, n: int, before: int) -> None:
    growth, low, high = (float(value) for value in baseline.growth(n, before))
    assert 0 <= low <= growth <= high


@given(BASELINES, COUNTS, COUNTS)
def test_more_voices_are_more_surprising_and_more_history_less(baseline: Baseline, n: int, before: int) -> None:
    assert baseline.p_value(n + 1, before) <= baseline.p_value(n, before) + 1e-12
    assert baseline.p_value(n, before + 1) >= baseline.p_value(n, before) - 1e-12
    assert baseline.growth(n + 1, before)[0] > baseline.growth(n, before)[0]


@given(st.integers(5, 60), st.integers(2, 60))
def test_unrest_in_the_history_widens_everything(n: int, before: int) -> None:
    calm, restless = (Baseline(100.0, (100.0,) * 6, extra) for extra in (0.0, 0.2))
    if calm.p_value(n, before) < 0.1:
        assert restless.p_value(n, before) >= calm.p_value(n, before) - 1e-12
    assert restless.growth(n, before)[1] <= calm.growth(n, before)[1]
    assert restless.growth(n, before)[2] >= calm.growth(n, before)[2]


def test_small_counts_are_shrunk_towards_no_change() -> None:
    baseline = Baseline(100.0, (100.0,) * 5)
    small, large = float(baseline.growth(4, 5)[0]), float(baseline.growth(80, 100)[0])
    assert 1 < small < large < 4


def test_extra_variance_sees_unrest_but_not_one_hot_month() -> None:
    random = np.random.default_rng(5)
    volumes = np.full(8, 1000.0)
    calm = random.poisson(40, size=(8, 25))
    restless = random.poisson(40 * random.gamma(8, 1 / 8, size=(8, 25)))
    hot = calm.copy()
    hot[3, 0] += 200
    assert extra_variance(calm, volumes) < 0.01
    assert 0.1 < extra_variance(restless, volumes) < 0.25
    # Held against a wandering of 22 % (0.048) it hardly shows; by moments alone it would be over 0.1.
    assert extra_variance(hot, volumes) < 0.02
    assert extra_variance(calm[:2], volumes[:2]) == 0.0


def q_of_last_month(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The q-value of each column in the last row, held against the rows before it."""
    volumes = counts.sum(axis=1)
    baseline = Baseline(float(volumes[-1]), tuple(volumes[:-1]), extra_variance(counts[:-1], volumes[:-1]))
    return q_values(baseline.p_value(counts[-1], counts[:-1].sum(axis=0)))


def test_quiet_months_raise_no_more_false_alarms_than_promised_and_a_tripling_is_found() -> None:
    random = np.random.default_rng(20130501)
    rates = np.linspace(2, 30, 38)
    n_months, alarms, found = 300, 0, 0
    for _ in range(n_months):
        counts = random.poisson(rates, size=(6, 38))
        alarms += int((q_of_last_month(counts) <= 0.1).any())
        counts[:, 11] = random.poisson(10, size=6)
        counts[-1, 11] = random.poisson(30)
        found += int(q_of_last_month(counts)[11] <= 0.1)
    assert alarms / n_months <= 0.1 + 2 * np.sqrt(0.1 * 0.9 / n_months)
    assert found / n_months >= 0.9
