"""What is told to have changed between the months, over all branches."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from tests.report.frames import branch_view, office_view
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, OfficeView, actions_of
from voc_lib.report.movements import movement_table, movements


def _office(*views: BranchView) -> OfficeView:
    return office_view(list(views), [actions_of(v, concentrated_problems(v.current, v.previous)) for v in views])


def _moved(view: BranchView, code: str, share: float) -> BranchView:
    """The view with so much of the month's other texts moved to one category."""
    scored = view.scored.copy()
    there = scored.index[(scored["month"] == view.month) & scored["category"].notna() & (scored["category"] != code)]
    chosen = there[: round(share * len(there))]
    scored.loc[chosen, ["category", "category_name"]] = [code, view.profile.taxonomy.category(code).name]
    return replace(view, scored=scored)


def test_a_category_that_rose_beyond_chance_is_told_with_its_branch(profile: Profile) -> None:
    office = _office(
        _moved(branch_view(profile, branch="BJ", sizes=(300, 300)), "31", 0.3),
        branch_view(profile, branch="SX", sizes=(300, 300)),
    )
    moved = movements(office)
    first = moved.iloc[0]
    assert (first["branch"], first["category"]) == ("BJ", "31")
    texts = office.texts[office.texts["branch"] == "BJ"]
    assert (first["n"], first["total"]) == (int((texts["category"] == "31").sum()), len(texts))
    told = re.sub("<[^>]+>", " ", movement_table(office).markup)
    assert re.search(r"北京市分行 .*上升\d+个百分点", told, re.DOTALL)
    assert set(moved["branch"]) == {"BJ"}


def test_months_that_differ_by_chance_alone_tell_nothing(profile: Profile) -> None:
    office = _office(
        branch_view(profile, branch="BJ", sizes=(300, 300)), branch_view(profile, sizes=(0, 3), branch="SX")
    )
    assert movements(office).empty
    assert "均在正常波动范围内" in movement_table(office).markup


def test_without_a_last_month_nothing_is_compared(profile: Profile) -> None:
    office = _office(branch_view(profile, sizes=(300,)))
    assert movements(office).empty and "没有可比的上月数据" in movement_table(office).markup


def test_the_order_of_records_does_not_matter(profile: Profile) -> None:
    office = _office(_moved(branch_view(profile, sizes=(300, 300)), "31", 0.3))
    turned = replace(office, scored=office.scored.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(movements(office), movements(turned))
