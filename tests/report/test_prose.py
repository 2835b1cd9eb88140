"""Reports as a person would write them: classes of fault, over months of every size and both centres that ship."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view, next_month, office_view
from tests.report.prose import cells_of, faults, lines_of
from tests.report.test_sections import BRANCH, OFFICE
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile, load_profile
from voc_lib.report import BranchView, OfficeView, actions_of, office_actions
from voc_lib.report.followup import answer_history, state_in_words
from voc_lib.report.narrative import _leading, largest_sentences, summary_page
from voc_lib.report.sentences import sentences
from voc_lib.report.suggestions import _effect_name, follow_up_table

SIZES = [(0,), (1,), (0, 1), (5, 7), (12,), (300, 0), (40, 60), (300, 320, 400), (0, 0, 60)]
CHARTS = {"months", "days", "service", "categories", "issue days", "mood", "satisfaction", "heat map"}


def problems_of(view: BranchView) -> pd.DataFrame:
    return concentrated_problems(view.current, view.previous)


def actions_in(view: BranchView) -> pd.DataFrame:
    return actions_of(view, problems_of(view))


def branch_report(view: BranchView, *, charts: bool = False) -> str:
    shown = [section(view).markup for name, section in BRANCH.items() if charts or name not in CHARTS]
    return "\n".join([summary_page(view, problems_of(view), actions_in(view)).markup, *shown])


def office_report(view: OfficeView) -> str:
    shown = [section(view).markup for name, section in OFFICE.items() if name not in CHARTS]
    return "\n".join([*shown, office_actions.answering_tables(view).markup])


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_branchs_report_holds_no_fault_of_any_class(profile: Profile, sizes: tuple[int, ...]) -> None:
    assert faults(branch_report(branch_view(profile, sizes=sizes), charts=sizes == (40, 60))) == []


@pytest.mark.parametrize(
    "sizes",
    [{"BJ": (0,)}, {"BJ": (1,)}, {"BJ": (60, 80), "TJ": (60, 0)}, {"BJ": (200, 250), "HE": (150, 300), "LN": (1,)}],
    ids=str,
)
def test_the_head_offices_report_holds_no_fault_of_any_class(
    profile: Profile, sizes: dict[str, tuple[int, ...]]
) -> None:
    views = [branch_view(profile, branch=branch, sizes=size) for branch, size in sizes.items()]
    assert faults(office_report(office_view(views, [actions_in(view) for view in views]))) == []


@pytest.mark.parametrize("status", ["answered", "done", "overdue"])
def test_a_report_with_answers_holds_no_fault_of_any_class(profile: Profile, status: str) -> None:
    view = branch_view(profile)
    actions = actions_in(view).assign(
        status=status, answer="done" if status != "overdue" else None, done_on=pd.Timestamp("2013-06-20")
    )
    later = next_month(view, actions, 350)
    told = [state_in_words(row, later.month, head_office="总行") for row in actions_in(later).itertuples(index=False)]
    markup = branch_report(later) + follow_up_table(later, actions_in(later)).markup
    markup += answer_history(later, actions_in(later)).markup + "".join(f"<p>{line}</p>" for line in told)
    assert faults(markup) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("较上月增长0%。", "a change of nothing"),
        ("共3问题。", "a number without its measure word"),
        ("其中0项已办结。", "none counted as some"),
        ("状态：overdue。", "a word of the machine"),
        ("读取quarantine_rows。", "a word of the machine"),
        ("统计月份2013-05。", "a month as the machine writes it"),
        ("共有 3 件。", "a blank between Chinese and a number"),
        ("甲,乙。", "half-width punctuation in Chinese"),
        ("甲、。", "punctuation that dangles or is doubled"),
        ("平均nan分，nan", "a value that is none"),
    ],
)
def test_each_class_is_seen(line: str, fault: str) -> None:
    assert any(told.startswith(fault) for told in faults(f"<p>{line}</p>")), faults(f"<p>{line}</p>")


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_table_holds_a_column_that_tells_nothing(profile: Profile, sizes: tuple[int, ...]) -> None:
    for head, *body in cells_of(branch_report(branch_view(profile, sizes=sizes))):
        for place in range(1, len(head)):
            assert {row[place] for row in body} - {"–", ""}, (head[place], head)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_sentence_of_a_report_is_said_twice(profile: Profile, sizes: tuple[int, ...]) -> None:
    told = [line for line in lines_of(branch_report(branch_view(profile, sizes=sizes))) if line.endswith("。")]
    quoted = branch_view(profile, sizes=sizes).texts["text"].tolist()
    told = [line for line in told if line not in quoted and not line.startswith("建议")]
    assert sorted(line for line in set(told) if told.count(line) > 1) in (
        [],
        ["本月没有达到热点统计条件的问题。"],  # of the summary, and instead of the table
    )


def test_nothing_is_compared_with_a_month_that_is_not_known(profile: Profile) -> None:
    told = branch_report(branch_view(profile, sizes=(80,)))
    assert "上月件数" not in told and "较上月" not in told and "无上月数据" not in told and "无往月可比" not in told
    assert "环比" not in re.sub("不作环比(?:和同比)?", "", told)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], (0, "whole")),
        ([1], (1, "whole")),
        ([1, 1, 1], (3, "whole")),
        ([5, 2], (1, "leading")),
        ([9, 5, 4, 1], (3, "leading")),
        ([9, 5, 5, 5], (1, "leading")),
        ([9, 9, 5, 5], (2, "leading")),
        ([1, 1, 1, 1], (3, "even")),
    ],
)
def test_none_is_told_as_larger_than_one_that_is_equal(counts: list[int], told: tuple[int, str]) -> None:
    assert _leading(counts) == told


def test_a_share_says_what_it_is_a_share_of(profile: Profile) -> None:
    view = branch_view(profile, sizes=(300, 400))
    (line, *_) = [re.sub("<[^>]+>", "", line) for line in largest_sentences(view)]
    assert line.startswith(f"有文字内容的{len(view.texts)}件中，反映较多的问题是") and "，占" in line
    few = branch_view(profile, sizes=(5, 7))
    assert "占" not in "".join(largest_sentences(few))


def test_departments_with_days_of_their_own_are_told_each(profile: Profile) -> None:
    view = branch_view(profile)
    groups = [
        {"name": "甲部", "matters": ["一", "二"], "month": 6, "day": 10},
        {"name": "乙部", "matters": ["三"], "month": 6, "day": 15},
    ]
    shared = {"n_new": 3, "departments": groups, "n_old": 0, "states": [], "again": []}
    (told,) = sentences(view, "actions", due={}, **shared)
    assert told == "本期新提建议3项：甲部牵头“一”“二”（6月10日前答复），乙部牵头“三”（6月15日前答复）。"
    (told,) = sentences(view, "actions", due={"month": 6, "day": 15}, **shared)
    assert told == "本期新提建议3项：甲部牵头“一”“二”，乙部牵头“三”；请于6月15日前答复。"


def test_the_day_of_the_summary_is_that_of_every_suggestion(profile: Profile) -> None:
    first = actions_in(branch_view(profile))["department"].iloc[0]
    run = profile.run.model_copy(update={"days_to_answer_by_department": {first: 10}})
    view = branch_view(replace(profile, run=run))
    told = summary_page(view, problems_of(view), actions_in(view)).markup
    assert f"{first}牵头" in told and "（6月10日前答复）" in told and "；请于" not in told


def test_no_change_is_not_said_against_an_interval_that_leaves_it_out() -> None:
    rise = {"effect": "no_change", "rate_ratio": 2.0, "rate_ratio_low": 1.2, "rate_ratio_high": 3.0}
    fall = {"effect": "no_change", "rate_ratio": 0.3, "rate_ratio_low": 0.1, "rate_ratio_high": 0.8}
    told = [_effect_name(row) for row in rows("actions", [rise, fall]).itertuples(index=False)]
    assert told == ["高于提出前，但较提出当月未见上升", "低于提出当月，但无更早数据，不判为下降"]


def test_a_city_counts_its_districts_as_it_should(profile: Profile, project: Path) -> None:
    city = load_profile(project / "params" / "examples" / "city-government")
    views = [branch_view(replace(profile, run=city.run), branch=branch, sizes=(20,)) for branch in ("BJ", "TJ")]
    told = office_report(office_view(views, [actions_in(view) for view in views]))
    assert "2个区县共登记市民之声40件" in told and "在两个及以上区县进入热度" in told and "家区县" not in told
