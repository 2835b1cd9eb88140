"""Divisions add up to what they divide."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view, scored_rows
from voc_lib.params import Profile
from voc_lib.report.breakdown import (
    by_category,
    by_column,
    by_day,
    by_month,
    by_outlet,
    by_score,
    mood_by_category,
)
from voc_lib.schema import SOURCES


@pytest.fixture(scope="module")
def records(profile: Profile) -> pd.DataFrame:
    return scored_rows(profile, "BJ", "2013-05", 250)


def test_days_months_and_sources_add_up(records: pd.DataFrame) -> None:
    days = by_day(records, "2013-05")
    assert len(days) == 31 and int(days[list(SOURCES)].sum().sum()) == 250
    months = by_month(records, ["2013-04", "2013-05"])
    assert months[list(SOURCES)].sum(axis=1).tolist() == [0, 250]


def test_categories_add_up_to_the_texts(records: pd.DataFrame, profile: Profile) -> None:
    table = by_category(records, None, profile)
    assert table["n"].sum() == records["category"].notna().sum()
    assert table["n"].is_monotonic_decreasing and table["n_before"].isna().all()
    assert table["n_negative"].sum() == (records["sentiment_label"] == "negative").sum()


def test_what_only_last_month_had_is_there_with_zero(records: pd.DataFrame) -> None:
    now = records[records["category"] != "61"]
    table = by_column(now, records, "category").set_index("value")
    assert table.loc["61", "n"] == 0 and table.loc["61", "n_before"] > 0


def test_row_order_does_not_matter_and_the_input_stays(records: pd.DataFrame, profile: Profile) -> None:
    before = records.copy(deep=True)
    shuffled = records.sample(frac=1, random_state=3)
    for divide in (lambda r: by_category(r, r, profile), by_outlet, lambda r: by_day(r, "2013-05")):
        pd.testing.assert_frame_equal(divide(shuffled), divide(records))
    pd.testing.assert_frame_equal(records, before)


def test_scores_go_from_five_to_one(records: pd.DataFrame) -> None:
    table = by_score(records, None)
    assert table["score"].tolist() == [5, 4, 3, 2, 1]
    assert table["n"].sum() == records["score"].notna().sum()


def test_moods_of_a_category_add_up_and_small_ones_are_left_out(records: pd.DataFrame, profile: Profile) -> None:
    table = mood_by_category(records[records["category"].notna()], profile, at_least=20, top=5)
    assert (table[["negative", "neutral", "positive"]].sum(axis=1) == table["n"]).all()
    assert table["n"].min() >= 20 and len(table) <= 5
    assert (table["negative"] / table["n"]).is_monotonic_decreasing


def test_no_records_give_empty_tables(profile: Profile) -> None:
    none = rows("scored", [])
    assert by_category(none, none, profile).empty and by_outlet(none).empty
    assert mood_by_category(none, profile, at_least=1, top=5).empty
    assert by_day(none, "2013-02")[list(SOURCES)].to_numpy().sum() == 0
    assert by_score(none, none)["n"].sum() == 0


def test_a_view_cuts_the_months(profile: Profile) -> None:
    view = branch_view(profile, sizes=(30, 20))
    assert (len(view.current), len(view.previous)) == (20, 30)  # type: ignore[arg-type]
    assert branch_view(profile, sizes=(20,)).previous is None
