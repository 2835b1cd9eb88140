"""Categories beside last month and the same month of last year."""

from __future__ import annotations

import pandas as pd
import pytest

from voc_lib.hotspot import compared_problems


def months(**counts: dict[str, int]) -> pd.DataFrame:
    rows = [
        {"month": month.replace("_", "-")[1:], "category": code, "category_name": f"类别{code}"}
        for month, of in counts.items()
        for code, n in of.items()
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["month", "category", "category_name"])


THREE = months(_2013_05={"11": 60, "31": 40}, _2013_04={"11": 30, "31": 70}, _2012_05={"11": 58, "53": 42})


def compare(scored: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    return compared_problems(scored, month="2013-05", known_months=known, false_discovery_rate=0.1).set_index(
        "category"
    )


def test_both_comparisons_stand_side_by_side() -> None:
    found = compare(THREE, {"2013-04", "2012-05"})
    assert list(found.index) == ["11", "31", "53"]
    assert found.loc["11", ["n", "n_last", "n_year"]].tolist() == [60, 30, 58]
    assert found.loc["11", "change_last"] == pytest.approx(0.3)
    assert found.loc["11", "change_year"] == pytest.approx(0.02)
    assert found["is_clear_last"].tolist() == [True, True, False]
    assert found["is_clear_year"].tolist() == [False, True, True]
    assert (found["change_last_low"] <= found["change_last"]).all()
    assert (found["change_last"] <= found["change_last_high"]).all()
    assert found.loc["11", "change_last_low"] > 0


def test_a_month_that_is_not_known_is_missing_and_nothing_is_clear() -> None:
    found = compare(THREE, {"2013-04"})
    assert found[["n_year", "share_year", "change_year", "change_year_low"]].isna().all(axis=None)
    assert not found["is_clear_year"].any()
    assert found["is_clear_last"].any()


def test_a_category_of_last_year_alone_has_no_records_now() -> None:
    found = compare(THREE, {"2012-05"})
    assert found.loc["53", ["n", "n_year"]].tolist() == [0, 42]


def test_nothing_at_all_is_an_empty_table() -> None:
    assert len(compare(months(), {"2013-04"})) == 0
