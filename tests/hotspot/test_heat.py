"""The heat index: its range, its parts, and what a month without history does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voc_lib.hotspot.heat import growth_part, heat_of, volume_part
from voc_lib.params.thresholds import HeatWeights

SHARE = st.floats(0, 1)
WEIGHTS = HeatWeights()


@given(SHARE, SHARE, st.floats(0, 50), SHARE, SHARE)
def test_heat_and_parts_keep_their_range(share: float, p: float, low: float, negative: float, risk: float) -> None:
    heat = heat_of(share=share, p_value=p, growth_low=low, negative_share=negative, escalation=risk, weights=WEIGHTS)
    assert 0 <= heat.heat <= 100
    assert all(0 <= part <= 1 for part in (heat.volume, heat.growth, heat.negative, heat.escalation))


def test_the_index_is_the_weighted_mean_of_its_parts() -> None:
    heat = heat_of(share=0.1, p_value=1e-3, growth_low=2.0, negative_share=0.4, escalation=0.2, weights=WEIGHTS)
    assert (heat.volume, heat.growth) == (0.5, 0.5)
    assert round(heat.heat, 9) == 10 * (2 * 0.5 + 5 * 0.5 + 2 * 0.4 + 1 * 0.2)


def test_without_history_growth_neither_counts_nor_weighs() -> None:
    nan = float("nan")
    heat = heat_of(share=0.1, p_value=nan, growth_low=nan, negative_share=0.5, escalation=0.5, weights=WEIGHTS)
    assert heat.growth == 0
    assert round(heat.heat, 9) == 50


@given(SHARE, SHARE)
def test_more_is_hotter(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert volume_part(low) <= volume_part(high)
    assert growth_part(high, 1.5) <= growth_part(low, 1.5)
    assert growth_part(0.01, 1 + low) <= growth_part(0.01, 1 + high)


def test_surprise_beats_volume() -> None:
    rising = heat_of(share=0.08, p_value=1e-6, growth_low=2, negative_share=0.3, escalation=0.1, weights=WEIGHTS)
    large = heat_of(share=0.35, p_value=0.5, growth_low=0.8, negative_share=0.3, escalation=0.1, weights=WEIGHTS)
    assert rising.heat > large.heat
