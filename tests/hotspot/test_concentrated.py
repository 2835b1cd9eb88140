"""Concentrated problems: shares, intervals, the few that make most, and the change against last month."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.hotspot.builders import scored, voices
from voc_lib.hotspot import concentrated_problems


def test_shares_sum_to_one_and_the_few_make_most() -> None:
    month = scored(voices("2013-05", 200, seed=4, surge=150))
    found = concentrated_problems(month)
    assert found["share"].sum() == pytest.approx(1)
    assert found["category"].iloc[0] == "61"
    assert found["n_records"].is_monotonic_decreasing
    few = found[found["is_concentrated"]]
    assert few["share"].sum() >= 0.8
    assert few["share"].iloc[:-1].sum() < 0.8
    assert found["share_previous"].isna().all()
    assert found["change"].isna().all()
    assert ((found["share_low"] <= found["share"]) & (found["share"] <= found["share_high"])).all()


def test_a_surge_raises_its_share() -> None:
    last, surge = scored(voices("2013-04", 300, seed=4)), scored(voices("2013-05", 300, seed=4, surge=90))
    risen = concentrated_problems(surge, last).set_index("category")
    assert risen["change"].idxmax() == "61"
    assert risen["change"].sum() == pytest.approx(0)


def test_row_order_and_rows_without_text_do_not_matter() -> None:
    month, last = scored(voices("2013-05", 80, seed=2)), scored(voices("2013-04", 80, seed=2))
    expected = concentrated_problems(month, last)
    silent = month.head(5).assign(category=None, category_name=None, text="", record_id=list("abcde"))
    more = pd.concat([month, silent.astype(month.dtypes)]).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(concentrated_problems(more, last), expected)


def test_a_category_that_fell_silent_is_still_told() -> None:
    month, last = scored(voices("2013-05", 60, seed=2)), scored(voices("2013-04", 60, seed=2))
    found = concentrated_problems(month[month["category"] != "53"], last).set_index("category")
    assert found.loc["53", "n_records"] == 0
    assert found.loc["53", "n_previous"] > 0
    assert np.isnan(found.loc["53", "negative_share"])
    assert not found.loc["53", "is_concentrated"]


def test_empty_months_are_handled() -> None:
    empty = scored()
    assert len(concentrated_problems(empty)) == 0
    found = concentrated_problems(empty, scored(voices("2013-04", 20, seed=2)))
    assert (found["n_records"] == 0).all()
    assert found["change"].isna().all()
