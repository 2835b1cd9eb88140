"""A difference is told only when it stands out among all that are looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.report.changes import clear_changes, means_apart, shares_apart

RATE = {"false_discovery_rate": 0.1}


def _clear(now: list[int], before: list[int | None], *, rate: float = 0.1) -> list[bool]:
    parts = pd.Series(now, dtype="int64"), pd.Series(before, dtype="Int64")
    return clear_changes(*parts, false_discovery_rate=rate).tolist()


def test_a_jump_is_clear_and_the_rest_is_not() -> None:
    assert _clear([60, 50, 50, 50], [10, 52, 49, 51], rate=0.05) == [True, False, False, False]


def test_without_a_last_month_nothing_changed() -> None:
    assert not any(_clear([5, 3], [0, 0]))
    assert not any(_clear([5, 3], [None, None]))
    assert _clear([], []) == []


def test_two_alike_months_seldom_show_a_change() -> None:
    draw = np.random.default_rng(5)
    months = draw.multinomial(300, [1 / 35] * 35, size=(60, 2))
    alarms = sum(any(_clear(list(a), list(b))) for a, b in months)
    assert alarms <= 60 * 0.12


def test_alike_branches_are_seldom_told_apart() -> None:
    # Judged one by one against the others' bare share, six branches gave a false mark in about every third month.
    draw = np.random.default_rng(6)
    totals = [120, 150, 90, 200, 80, 130]
    shares = [shares_apart(draw.binomial(totals, 0.3).tolist(), totals, at_least=10, **RATE) for _ in range(60)]
    assert sum(set(verdicts) != {"alike"} for verdicts in shares) <= 60 * 0.16
    means = [
        means_apart([draw.integers(1, 6, n).tolist() for n in (40, 60, 30)], at_least=10, **RATE) for _ in range(60)
    ]
    assert sum(set(verdicts) != {"alike"} for verdicts in means) <= 60 * 0.16


def test_the_one_that_differs_is_told_with_its_side() -> None:
    assert shares_apart([60, 30, 30], [100, 100, 100], at_least=10, **RATE)[0] == "high"
    assert shares_apart([5, 30, 30], [100, 100, 100], at_least=10, **RATE)[0] == "low"
    assert means_apart([[5] * 20 + [4] * 20, [2, 3] * 20, [3, 2] * 20], at_least=10, **RATE)[0] == "high"


def test_few_are_not_judged_nor_those_beside_few() -> None:
    assert shares_apart([3, 30], [3, 100], at_least=10, **RATE) == ["few", "few"]
    assert means_apart([[5.0], [3.0, 4.0] * 20], at_least=10, **RATE) == ["few", "few"]
    assert means_apart([[5.0] * 20, [5.0] * 20], at_least=10, **RATE) == ["alike", "alike"]
    assert means_apart([], at_least=10, **RATE) == []
