"""A suggestion keeps its identity from month to month and there is one a category."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.report.frames import branch_view, next_month
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView
from voc_lib.report.actions import action_id, actions_of, due_day
from voc_lib.schema import TABLES


def _problems(view: BranchView) -> pd.DataFrame:
    return concentrated_problems(view.current, view.previous)


def _actions(view: BranchView) -> pd.DataFrame:
    return actions_of(view, _problems(view))


@pytest.fixture(scope="module")
def view(profile: Profile) -> BranchView:
    return branch_view(profile)


def test_actions_fit_their_table_and_name_who_should_act(view: BranchView, profile: Profile) -> None:
    actions = _actions(view)
    assert list(actions.columns) == list(TABLES["actions"].names)
    assert len(actions) >= 3 and (actions["status"] == "open").all()
    for row in actions.itertuples(index=False):
        category = profile.taxonomy.category(row.category)
        assert (row.department, row.suggestion) == (category.department, category.suggestion)
        assert row.action_id == action_id("BJ", row.category, "2013-05")
    assert profile.taxonomy.nothing not in set(actions["category"])


def test_evidence_is_of_the_month_and_the_category(view: BranchView) -> None:
    keys = view.current["source"] + ":" + view.current["record_id"]
    category_of = dict(zip(keys, view.current["category"], strict=True))
    for row in _actions(view).itertuples(index=False):
        assert row.evidence_record_ids and {category_of[key] for key in row.evidence_record_ids} == {row.category}


def test_the_same_matter_next_month_is_the_same_action(view: BranchView) -> None:
    first = _actions(view)
    second = _actions(next_month(view, first, 350))
    assert set(first["action_id"]) <= set(second["action_id"])
    carried = second[second["action_id"].isin(first["action_id"])]
    assert (carried["raised_month"] == "2013-05").all() and (carried["month"] == "2013-06").all()
    assert (carried["status"] == "overdue").all(), "the answer was due in the middle of June"
    assert carried["effect"].notna().all() and not second["action_id"].duplicated().any()


def test_answered_stays_answered_and_what_comes_back_after_being_done_is_open_again(view: BranchView) -> None:
    first = _actions(view)
    answered = first.assign(status=["answered", *["done"] * (len(first) - 1)])
    later = next_month(view, answered, 350)
    second = _actions(later).set_index("action_id")
    assert second.loc[answered["action_id"].iloc[0], "status"] == "answered"
    back = second[second.index.isin(answered["action_id"].iloc[1:]) & (second["status"] == "open")]
    assert len(back) and (back["due"] == due_day("2013-06", 15)).all()
    quiet = actions_of(replace(later, hotspots=later.hotspots.head(0)), _problems(later).head(0))
    assert set(quiet["status"]) == {"answered", "done"}


def test_a_category_has_one_suggestion_whatever_is_hot_in_it(view: BranchView) -> None:
    """An issue of one phrase and the whole category carry the same sentence to the same department."""
    first = _actions(view)
    later = next_month(view, first, 350)
    phrase = later.hotspots["category"] == "61"
    hot = later.hotspots.assign(
        label=later.hotspots["label"].where(~phrase, "手机银行：登录、版本"), kind="term", is_hot=True
    )
    second = _actions(replace(later, hotspots=hot))
    assert second["category"].is_unique and second["suggestion"].is_unique
    again = second.set_index("category").loc["61"]
    assert again["raised_month"] == "2013-05" and again["due"] == due_day("2013-05", 15), "who is late stays late"
    assert again["n_records"] == (later.texts["category"] == "61").sum(), "as the other chapters count"


def test_what_is_praised_is_no_problem(view: BranchView) -> None:
    category = _actions(view)["category"].iloc[0]
    praised = view.scored["intent"].where(view.scored["category"] != category, "praise")
    happy = replace(view, scored=view.scored.assign(intent=praised))
    assert category in happy.praised and category not in set(_actions(happy)["category"])


def test_a_problem_that_nobody_complains_or_asks_about_is_left_alone(view: BranchView) -> None:
    hot = set(view.hot_by_category)
    calm = replace(view, scored=view.scored.assign(intent="none", sentiment_label="neutral"))
    assert set(_actions(calm)["category"]) == hot


def test_what_is_asked_about_gets_guidance_instead_of_a_repair(view: BranchView, profile: Profile) -> None:
    asked = replace(view, scored=view.scored.assign(intent="question", sentiment_label="neutral"))
    for row in _actions(asked).itertuples(index=False):
        assert "咨询为主" in row.suggestion and row.category_name in row.suggestion
    blamed = replace(view, scored=view.scored.assign(intent="question", sentiment_label="negative"))
    assert not _actions(blamed)["suggestion"].str.contains("咨询为主").any()


def test_the_surest_and_plainest_texts_are_quoted_first(view: BranchView) -> None:
    code = _actions(view)["category"].iloc[0]
    mine = view.scored.index[(view.scored["category"] == code) & (view.scored["month"] == view.month)]
    best = mine[-1]
    scored = view.scored.assign(needs_review=False, sentiment_label="negative", intent="praise", confidence=0.9)
    scored.loc[mine, "needs_review"] = True
    scored.loc[best, ["needs_review", "intent"]] = [False, "complaint"]
    # Of a praised category nothing would be raised.
    scored.loc[mine, "intent"] = "complaint"
    told = _actions(replace(view, scored=scored, hotspots=view.hotspots.head(0))).set_index("category")
    key = f"{scored.loc[best, 'source']}:{scored.loc[best, 'record_id']}"
    assert told.loc[code, "evidence_record_ids"][0] == key


def test_a_quiet_action_leaves_the_table_a_year_after_it_was_raised_but_only_if_it_is_done(view: BranchView) -> None:
    old = _actions(view).assign(raised_month="2012-04", status=["open", *["done"] * (len(_actions(view)) - 1)])
    later = next_month(view, old, 350)
    kept = actions_of(replace(later, hotspots=later.hotspots.head(0)), _problems(later).head(0))
    assert kept["action_id"].tolist() == [old["action_id"].iloc[0]] and kept["status"].tolist() == ["overdue"]


def test_identity_knows_branch_category_and_month() -> None:
    assert action_id("BJ", "61", "2013-05") == "BJ-61-201305"


def test_the_due_day_counts_from_the_end_of_the_month() -> None:
    assert due_day("2013-05", 15) == pd.Timestamp("2013-06-15")
    assert due_day("2013-12", 31) == pd.Timestamp("2014-01-31")


def test_row_order_does_not_matter(view: BranchView) -> None:
    problems = concentrated_problems(view.current, view.previous)
    shuffled = replace(view, scored=view.scored.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(actions_of(shuffled, problems), actions_of(view, problems))


def test_a_month_without_records_carries_on_and_raises_nothing(view: BranchView, profile: Profile) -> None:
    first = _actions(view)
    empty = next_month(view, first, 0)
    carried = _actions(empty)
    assert set(carried["action_id"]) == set(first["action_id"]) and (carried["n_records"] == 0).all()
    assert _actions(branch_view(profile, sizes=(0,))).empty
