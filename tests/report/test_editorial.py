"""What an analyst decides is in the report, is marked as theirs, and never gets lost or guessed at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib import report
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, actions_of
from voc_lib.report.analyst import edit_notes
from voc_lib.report.editorial import edited_issues
from voc_lib.report.narrative import summary_page

HOSTILE = "<script>alert(1)</script>"


def decided(view: BranchView, *decisions: dict[str, Any]) -> BranchView:
    shared = {"branch": view.branch, "month": view.month, "by": "林分析"}
    table = [
        {"target": None, "told": None, "record_ids": [], **shared, "position": place, **decision}
        for place, decision in enumerate(decisions, start=1)
    ]
    return replace(view, edits=rows("edits", table))


@pytest.fixture(scope="module")
def view(profile: Profile) -> BranchView:
    return branch_view(profile)


def test_without_decisions_the_issues_are_those_of_the_table(view: BranchView) -> None:
    assert view.issues.drop(columns=["is_edited", "is_praised"]).equals(view.hotspots)
    assert not view.issues["is_edited"].any()
    assert "未经人工修改" in edit_notes(view).markup


def test_a_renamed_issue_carries_the_new_name_and_says_whose_it_is(view: BranchView) -> None:
    old = view.hotspots["label"].iloc[0]
    edited = decided(view, {"kind": "rename", "target": old, "told": "换了名字"})
    assert edited.issues["label"].iloc[0] == "换了名字"
    assert "换了名字（分析师修改）" in report.tables.issue_table(edited).markup
    assert f"林分析：将问题“{old}”改称“换了名字”" in edit_notes(edited).markup


def test_a_merged_issue_is_counted_anew_and_claims_no_growth(view: BranchView) -> None:
    into, other = view.hotspots["label"].iloc[:2]
    edited = decided(view, {"kind": "merge", "target": other, "told": into})
    merged = edited.issues.iloc[0]
    ids = {*view.hotspots["record_ids"].iloc[0], *view.hotspots["record_ids"].iloc[1]}
    mine = view.current[(view.current["source"] + ":" + view.current["record_id"]).isin(ids)]
    assert len(edited.issues) == len(view.issues) - 1
    assert (merged["n_records"], merged["n_matters"]) == (len(ids), mine["matter_id"].nunique())
    assert sum(merged["daily_counts"]) == merged["n_records"]
    assert merged["growth"] != merged["growth"] and merged["expected"] != merged["expected"]


def test_a_suppressed_issue_is_gone_with_its_reason_told_and_ranks_close_up(view: BranchView) -> None:
    edited = decided(view, {"kind": "suppress", "target": view.hotspots["issue_id"].iloc[0], "told": "系统测试所致。"})
    assert edited.issues["rank"].tolist() == [1, 2]
    assert view.hotspots["label"].iloc[0] not in edited.issues["label"].tolist()
    assert "不列示" in edit_notes(edited).markup and "系统测试所致。" in edit_notes(edited).markup


def test_the_chosen_typical_case_is_quoted_first(view: BranchView) -> None:
    issue = view.hotspots.iloc[0]
    chosen = issue["record_ids"][-1]
    edited = decided(view, {"kind": "typical", "target": issue["label"], "record_ids": [chosen]})
    text = view.current.loc[(view.current["source"] + ":" + view.current["record_id"]) == chosen, "text"].iloc[0]
    first = report.cases.typical_cases(edited).markup.split("</blockquote>")[0]
    assert text in first and "（分析师修改）" in first


def test_a_typical_case_of_another_month_is_named_as_not_quoted(view: BranchView) -> None:
    label = view.hotspots["label"].iloc[0]
    edited = decided(view, {"kind": "typical", "target": label, "record_ids": ["survey:none"]})
    assert "1件不在本月" in edit_notes(edited).markup


def test_a_reworded_suggestion_is_in_the_actions_and_marked(view: BranchView) -> None:
    edited = decided(view, {"kind": "suggestion", "target": "61", "told": f"请先修复登录。{HOSTILE}"})
    actions = actions_of(edited, concentrated_problems(edited.current, edited.previous))
    assert actions.set_index("category").loc["61", "suggestion"].startswith("请先修复登录。")
    page = report.suggestions.suggestions_by_department(edited, actions).markup
    assert page.count("（分析师修改）") == 1
    assert HOSTILE not in page and "&lt;script&gt;" in page


def test_the_comment_is_signed_and_its_markup_is_text(view: BranchView) -> None:
    edited = decided(view, {"kind": "comment", "told": f"本月系统升级。\n{HOSTILE}"})
    problems = concentrated_problems(edited.current, edited.previous)
    page = summary_page(edited, problems, actions_of(edited, problems)).markup
    assert "分析师意见" in page and "本月系统升级。" in page and "林分析" in page
    assert HOSTILE not in page


def test_a_decision_about_an_issue_that_is_not_there_is_named_and_changes_nothing(view: BranchView) -> None:
    edited = decided(view, {"kind": "merge", "target": view.hotspots["label"].iloc[0], "told": "没有的问题"})
    assert edited.issues.drop(columns=["is_edited", "is_praised"]).equals(view.hotspots)
    assert "没有生效" in edit_notes(edited).markup


def test_decisions_of_one_branch_leave_the_others_alone(profile: Profile, view: BranchView) -> None:
    import pandas as pd

    other = branch_view(profile, branch="SX")
    edited = decided(view, {"kind": "suppress", "target": view.hotspots["label"].iloc[0], "told": "x"})
    both = edited_issues(
        pd.concat([view.hotspots, other.hotspots]), edited.edits, pd.concat([view.current, other.current])
    )
    assert (
        both[both["branch"] == "SX"]
        .drop(columns=["is_edited", "is_praised"])
        .reset_index(drop=True)
        .equals(other.hotspots)
    )
