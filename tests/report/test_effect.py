"""Whether something helped: said only as far as the figures carry it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.effects import World, verdicts
from voc_lib.params import Profile
from voc_lib.report.effect import Effect, effect_of


def _effect(counts: list[int], *, raised: int, total: int = 300) -> Effect:
    """Counts of January and the months after it; raised is the index of the month that raised the matter."""
    months = [f"2013-{number:02d}" for number in range(1, len(counts) + 1)]
    frame = pd.DataFrame({"month": months, "n": counts, "total": total})
    return effect_of(frame, raised_month=months[raised], month=months[-1], at_least=10)


@pytest.mark.parametrize(
    ("counts", "raised", "verdict"),
    [
        ([60, 58, 61, 25], 2, "fell"),
        ([60, 58, 61, 60], 2, "no_change"),
        ([20, 22, 21, 60], 2, "rose"),
        ([1, 2, 1, 0], 2, "too_few"),
        ([5, 5, 60, 20], 2, "fell"),  # it stood far above the months before: that is the level to compare with
        ([60, 20], 0, "no_change"),  # nothing known before the month that raised it
    ],
)
def test_the_verdict_follows_the_figures(counts: list[int], raised: int, verdict: str) -> None:
    assert _effect(counts, raised=raised).verdict == verdict


def test_it_is_told_what_the_month_is_held_against() -> None:
    assert _effect([60, 58, 61, 25], raised=2).base == "before"
    assert _effect([5, 5, 60, 20], raised=2).base == "raised"
    assert _effect([60, 20], raised=0).base == "raised"


def test_the_branchs_own_trend_is_taken_out() -> None:
    frame = pd.DataFrame({"month": ["2013-01", "2013-02", "2013-03"], "n": [60, 60, 30], "total": [600, 600, 300]})
    assert effect_of(frame, raised_month="2013-02", month="2013-03", at_least=10).verdict == "no_change"


def test_a_matter_raised_because_its_month_was_high_does_not_fall_by_itself() -> None:
    draw = np.random.default_rng(11)
    told = []
    for _ in range(300):
        series = draw.poisson(25, size=(30, 8))  # thirty matters, nothing changes
        highest = int(series[:, 6].argmax())  # the report raises the one that was high
        told.append(_effect(series[highest].tolist(), raised=6).verdict)
    assert told.count("fell") + told.count("rose") <= 0.05 * len(told)


def test_a_halving_of_sixty_is_found() -> None:
    draw = np.random.default_rng(12)
    told = []
    for _ in range(200):
        before, after = draw.poisson(60, size=5).tolist(), int(draw.poisson(30))
        told.append(_effect([*before, after], raised=4).verdict)
    assert told.count("fell") >= 0.8 * len(told)


def test_what_the_real_steps_raise_neither_falls_nor_rises_by_itself_and_a_halving_is_found(profile: Profile) -> None:
    """A few branches of benchmarks/bench_effect.py, which tells the shares of many."""
    quiet = verdicts(World(), profile, repetitions=5, seed=3)
    assert quiet.total() >= 15 and quiet["fell"] + quiet["rose"] <= 0.05 * quiet.total()
    halved = verdicts(World(sixty=True, effect=0.5), profile, repetitions=10, seed=3)
    assert halved.total() >= 3 and halved["fell"] >= 0.8 * halved.total()


@pytest.mark.parametrize("earlier", [[30, 31, 29, 30], [20, 18, 22, 20], [5, 4, 6, 5]])
def test_a_jump_that_goes_back_again_has_fallen(earlier: list[int]) -> None:
    told = _effect([*earlier, 70, 30], raised=len(earlier))
    assert (told.verdict, told.base) == ("fell", "raised")
    assert told.ratio is not None and told.ratio > 30 / 70, "part of the height is why it was chosen"


def test_a_rise_is_held_against_the_month_that_raised_it_too() -> None:
    assert _effect([5, 5, 5, 60, 62], raised=3).verdict == "no_change"
