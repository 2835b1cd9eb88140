"""Outlets in a funnel: exact limits, few false alarms, overdispersion, and shares drawn towards the average."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from voc_lib.hotspot.funnel import funnel_limits, outlet_funnel, overdispersion


def month(**outlets: tuple[int, int]) -> pd.DataFrame:
    """So many texts of each outlet, and how many of them are negative."""
    parts = [
        pd.DataFrame({"outlet": name, "sentiment_label": ["negative"] * negative + ["neutral"] * (n - negative)})
        for name, (n, negative) in outlets.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_an_outlet_far_off_is_beyond_the_limits_and_a_small_one_is_not_judged() -> None:
    found = outlet_funnel(month(a=(200, 60), b=(150, 45), c=(100, 60), d=(4, 4)), at_least=10).set_index("outlet")
    assert list(found.index) == ["a", "b", "c", "d"]
    assert found.loc["c", "place"] == "above"
    assert found.loc["d", "place"] == "few"
    assert found.loc["a", "low"] < found.loc["a", "average"] < found.loc["a", "high"]
    # 169 of 454 texts are negative.
    assert found.loc["a", "average"] == pytest.approx(169 / 454)


def test_the_order_is_by_number_of_texts_and_never_by_share() -> None:
    found = outlet_funnel(month(best=(30, 1), worst=(40, 39), usual=(50, 20)), at_least=10)
    assert list(found["outlet"]) == ["usual", "worst", "best"]


def test_limits_of_a_worked_example() -> None:
    low, high = funnel_limits([100], 0.3, tail=0.025)
    assert stats.binom.ppf(0.025, 100, 0.3) - 1 <= low[0] * 100 <= stats.binom.ppf(0.025, 100, 0.3)
    assert stats.binom.ppf(0.975, 100, 0.3) - 1 <= high[0] * 100 <= stats.binom.ppf(0.975, 100, 0.3)
    wide_low, wide_high = funnel_limits([100], 0.3, tail=0.025, spread=4.0)
    assert wide_high[0] - 0.3 == pytest.approx(2 * (high[0] - 0.3))
    assert 0.3 - wide_low[0] == pytest.approx(2 * (0.3 - low[0]))


def test_a_quiet_month_has_few_outlets_beyond_the_limits() -> None:
    draw = np.random.default_rng(5)
    beyond = 0
    for _ in range(60):
        sizes = draw.integers(20, 300, 20)
        counts = draw.binomial(sizes, 0.35)
        low, high = funnel_limits(sizes, 0.35, tail=0.025, spread=overdispersion(counts, sizes, 0.35))
        beyond += int(((counts / sizes > high) | (counts / sizes < low)).sum())
    assert beyond / 1200 <= 0.05 + 2 * (0.05 * 0.95 / 1200) ** 0.5


def test_outlets_that_all_stray_widen_the_funnel_and_one_alone_does_not() -> None:
    sizes = np.full(20, 200)
    assert overdispersion(np.tile([20, 100], 10), sizes, 0.3) > 10
    calm = np.tile([58, 62], 10)
    assert overdispersion(calm, sizes, 0.3) == 1.0
    one_off = calm.copy()
    one_off[3] = 180
    assert overdispersion(one_off, sizes, 0.3) == 1.0


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_shrunk_share_lies_between_the_outlets_own_and_the_average(outlets: list[tuple[int, float]]) -> None:
    made = month(**{f"o{number}": (n, round(n * share)) for number, (n, share) in enumerate(outlets)})
    found = outlet_funnel(made, at_least=1)
    lowest, highest = found[["share", "average"]].min(axis=1), found[["share", "average"]].max(axis=1)
    assert ((lowest - 1e-9 <= found["shrunk"]) & (found["shrunk"] <= highest + 1e-9)).all()


def test_a_month_without_outlets_or_feelings_is_empty() -> None:
    empty = pd.DataFrame({"outlet": [None, "a"], "sentiment_label": ["negative", None]})
    assert len(outlet_funnel(empty, at_least=1)) == 0
