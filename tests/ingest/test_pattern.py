"""Days out of line: a lost day is named, a quiet Sunday and a small branch are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from voc_lib.ingest import odd_days

DAYS = pd.date_range("2013-05-01", periods=31, freq="D", unit="us")


def month(level: float, *, seed: int = 0, weekend: float = 0.3, **changed: float) -> pd.DataFrame:
    """Poisson counts with a weekend; changed: day of the month as d12=0."""
    random = np.random.default_rng(seed)
    mean = np.where(DAYS.day_of_week >= 5, weekend, 1.0) * level
    numbers = random.poisson(mean)
    for name, value in changed.items():
        numbers[int(name[1:]) - 1] = value
    return pd.DataFrame({"day": DAYS, "survey": numbers, "total": numbers})


def test_a_lost_day_and_a_day_twice_over_are_named_and_nothing_else() -> None:
    odd = odd_days(month(40, d14=0, d22=85))
    assert odd["day"].dt.day.tolist() == [14, 22] and odd["kind"].tolist() == ["missing", "high"]
    assert odd["source"].unique().tolist() == ["survey"] and odd["n_records"].tolist() == [0, 85]
    assert odd["expected"].between(34, 46).all()


def test_a_weekend_is_no_gap_but_a_lost_weekend_is() -> None:
    assert odd_days(month(40, weekend=0.2)).empty
    assert odd_days(month(80, d11=0, d12=0))["day"].dt.day.tolist() == [11, 12]


def test_several_lost_days_do_not_hide_each_other() -> None:
    lost = {6, 7, 8, 13, 20, 27}
    n_others = 0
    for seed in range(10):
        odd = odd_days(month(40, seed=seed, **{f"d{day}": 0 for day in lost}))
        assert set(odd.loc[odd["kind"] == "missing", "day"].dt.day) == lost
        n_others += len(odd) - len(lost)
    assert n_others <= 5


@pytest.mark.parametrize("level", [0.3, 1.0, 2.0])
def test_of_a_small_branch_no_empty_day_is_named(level: float) -> None:
    assert all(not (odd_days(month(level, seed=seed))["kind"] == "missing").any() for seed in range(10))


@pytest.mark.parametrize("level", [0.3, 2.0, 10.0, 60.0, 400.0])
def test_chance_is_seldom_called_odd(level: float) -> None:
    n_months = sum(len(odd_days(month(level, seed=seed))) > 0 for seed in range(40))
    assert n_months <= 4, "one month in ten at most has a day that chance alone made odd"


def test_days_after_the_end_and_sources_without_a_voice_are_not_looked_at() -> None:
    counts = month(40, **{f"d{day}": 0 for day in range(21, 32)}).assign(work_order=0)
    assert odd_days(counts, until=pd.Timestamp("2013-05-20 23:59:59")).empty
    assert set(odd_days(counts)["day"].dt.day) >= set(range(21, 32))
    assert odd_days(counts, until=pd.Timestamp("2013-05-03")).empty
