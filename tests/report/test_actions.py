"""A suggestion keeps its identity from month to month and knows when it is overdue."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.report.frames import branch_view, next_month
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView
from voc_lib.report.actions import action_id, actions_of, due_day
from voc_lib.schema import TABLES


def _actions(view: BranchView) -> pd.DataFrame:
    return actions_of(view, concentrated_problems(view.current, view.previous))


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
    assert (carried["status"] == "overdue").all()
    assert carried["effect"].notna().all() and not second["action_id"].duplicated().any()


def test_answered_stays_answered_and_what_comes_back_after_being_done_is_open_again(view: BranchView) -> None:
    first = _actions(view)
    problems = concentrated_problems(view.current, view.previous)
    answered = first.assign(status=["answered", *["done"] * (len(first) - 1)])
    second = actions_of(next_month(view, answered, 350), problems).set_index("action_id")
    assert second.loc[answered["action_id"].iloc[0], "status"] == "answered"
    assert (second.loc[answered["action_id"].iloc[1:], "status"] == "open").all()
    quiet = actions_of(next_month(view, answered.assign(matter="别的事"), 350), problems.head(0)).set_index("action_id")
    assert "done" in set(quiet["status"])


def test_an_action_leaves_the_table_after_a_year(view: BranchView) -> None:
    old = _actions(view).assign(raised_month="2012-04")
    later = next_month(view, old, 350)
    assert "2012-04" not in set(actions_of(later, concentrated_problems(later.current)).raised_month)


def test_identity_knows_branch_category_and_words_not_their_order() -> None:
    assert action_id("BJ", "61", "手机银行：登录、闪退") == action_id("BJ", "61", "手机银行：闪退、登录")
    others = {action_id("TJ", "61", "登录"), action_id("BJ", "62", "登录"), action_id("BJ", "61", "转账")}
    assert action_id("BJ", "61", "登录") not in others and len(others) == 3


def test_the_due_day_counts_from_the_end_of_the_month() -> None:
    assert due_day("2013-05", 15) == pd.Timestamp("2013-06-15")
    assert due_day("2013-12", 31) == pd.Timestamp("2014-01-31")


def test_row_order_does_not_matter(view: BranchView) -> None:
    problems = concentrated_problems(view.current, view.previous)
    shuffled = BranchView(**{**_fields(view), "scored": view.scored.sample(frac=1, random_state=1)})
    pd.testing.assert_frame_equal(actions_of(shuffled, problems), actions_of(view, problems))


def test_a_month_without_records_carries_on_and_raises_nothing(view: BranchView, profile: Profile) -> None:
    first = _actions(view)
    empty = next_month(view, first, 0)
    carried = _actions(empty)
    assert set(carried["action_id"]) == set(first["action_id"]) and (carried["n_records"] == 0).all()
    assert _actions(branch_view(profile, sizes=(0,))).empty


def _fields(view: BranchView) -> dict[str, object]:
    return {name: getattr(view, name) for name in BranchView.__dataclass_fields__}
