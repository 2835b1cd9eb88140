"""A change of a category's share is told only when it stands out among all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.report.changes import clear_changes


def _problems(now: list[int], before: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"n_records": now, "n_previous": before})


def test_a_jump_is_clear_and_the_rest_is_not() -> None:
    found = clear_changes(_problems([60, 50, 50, 50], [10, 52, 49, 51]), false_discovery_rate=0.05)
    assert found.tolist() == [True, False, False, False]


def test_without_a_last_month_nothing_changed() -> None:
    assert not clear_changes(_problems([5, 3], [0, 0]), false_discovery_rate=0.1).any()
    assert clear_changes(_problems([], []), false_discovery_rate=0.1).empty


def test_two_alike_months_seldom_show_a_change() -> None:
    draw = np.random.default_rng(5)
    months = draw.multinomial(300, [1 / 35] * 35, size=(60, 2))
    alarms = sum(clear_changes(_problems(list(a), list(b)), false_discovery_rate=0.1).any() for a, b in months)
    assert alarms <= 60 * 0.12
