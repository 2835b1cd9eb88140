"""Sentences carry what the figures say, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.builders import rows
from tests.report.frames import branch_view, next_month
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, actions_of
from voc_lib.report.narrative import branch_masthead, summary_page


def _summary(view: BranchView) -> str:
    problems = concentrated_problems(view.current, view.previous)
    return summary_page(view, problems, actions_of(view, problems)).markup


@pytest.mark.parametrize("sizes", [(0,), (0, 1), (5, 7), (1,), (300, 0), (40, 40), (300, 320, 400), (0, 0, 60)])
def test_no_sentence_is_broken_at_any_size(profile: Profile, sizes: tuple[int, ...]) -> None:
    markup = re.sub(r"</?a\b[^>]*>", "", _summary(branch_view(profile, sizes=sizes)))
    told = re.sub(r"<[^>]+>", "\n", markup)
    assert not re.search(r"nan|None|增长0%|下降0%|。。|，，|，。|“”|Undefined|inf", told)
    sentences = [line for line in told.split("\n") if line.strip()]
    assert all(line.endswith("。") or line in ("变化", "热点", "建议", "本月情况") for line in sentences)


def test_the_first_month_says_that_there_is_no_last_one(profile: Profile) -> None:
    told = _summary(branch_view(profile, sizes=(80,)))
    assert "没有可比的上月数据，本期不作环比" in told and "暂不判断升降" in told


def test_a_month_without_records_says_so(profile: Profile) -> None:
    view = branch_view(profile, sizes=(300, 0))
    assert "2013年5月，北京市分行没有登记客户之声" in _summary(view)
    assert "本月没有客户之声" in branch_masthead(view).markup


def test_a_rise_beyond_chance_is_told_apart_from_one_within(profile: Profile) -> None:
    assert "较上月增长33%，超出正常波动范围" in _summary(branch_view(profile, sizes=(300, 400)))
    assert "较上月增长7%，属正常波动" in _summary(branch_view(profile, sizes=(300, 320)))


def test_earlier_suggestions_are_followed_up(profile: Profile) -> None:
    view = branch_view(profile)
    actions = actions_of(view, concentrated_problems(view.current, view.previous))
    assert "均逾期未答复" in _summary(next_month(view, actions, 350))
    mixed = actions.assign(status=["answered", *["open"] * (len(actions) - 1)])
    assert re.search(r"已答复1项，逾期未答复\d项", _summary(next_month(view, mixed, 350)))


def test_a_hostile_label_stays_text(profile: Profile) -> None:
    view = branch_view(profile)
    issue = {
        "label": "<script>alert(1)</script>",
        "category": "61",
        "is_hot": True,
        "history_months": 3,
        "n_records": 9,
        "expected": 2.0,
    }
    told = _summary(replace(view, hotspots=rows("hotspots", [issue])))
    assert "<script" not in told and "&lt;script&gt;" in told


def test_an_earlier_suggestion_that_is_hot_again_is_named(profile: Profile) -> None:
    view = branch_view(profile)
    later = next_month(view, actions_of(view, concentrated_problems(view.current, view.previous)), 350)
    assert "其中“手机银行”本月显著上升，请优先处理" in _summary(later)
