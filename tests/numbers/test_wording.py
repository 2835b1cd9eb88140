"""Figures in words: no 增长0%, small numbers as numbers, nothing more precise than it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.numbers.wording import change_of, listed, month_name, percent, points, share, short_change

COUNTS = st.integers(0, 5000)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (5, None, "无上月数据"),
        (300, 300, "与上月持平"),
        (5, 3, "较上月增加2件"),
        (40, 6, "较上月增加34件"),
        (336, 300, "较上月增长12%"),
        (264, 300, "较上月下降12%"),
        (1001, 1000, "与上月基本持平"),
        (40, 12, "由上月12件增至40件"),
    ],
)
def test_a_change_is_told_as_a_person_would(now: int, before: int | None, told: str) -> None:
    assert change_of(now, before, small=10).text == told


@given(COUNTS, st.none() | COUNTS)
def test_no_change_is_ever_zero_per_cent_and_small_numbers_have_no_per_cent(now: int, before: int | None) -> None:
    for told in (change_of(now, before, small=10).text, short_change(now, before, small=10)[0]):
        assert "增长0%" not in told and "下降0%" not in told and told not in ("+0%", "−0%")
        if before is not None and min(now, before) < 10:
            assert "%" not in told


def test_a_change_within_chance_has_no_colour() -> None:
    assert change_of(399, 345, small=10).tone == "flat"
    assert change_of(600, 345, small=10).tone == "up"
    assert short_change(12, 10, small=10) == ("+20%", "flat")
    assert short_change(10, 60, small=10) == ("−83%", "down")
    assert (change_of(399, 345, small=10).judged, change_of(600, 345, small=10).judged) == (
        "较上月增长16%，属正常波动",
        "较上月增长74%，超出正常波动范围",
    )
    assert change_of(399, 345, small=10).short == "较上月增长16%（正常波动）"
    assert change_of(600, 345, small=10).short == "较上月增长74%"
    assert change_of(345, 345, small=10).judged == change_of(345, 345, small=10).short == "与上月持平"


def test_from_a_doubling_on_a_cell_tells_the_number_as_the_sentence_does() -> None:
    assert short_change(32, 13, small=10) == ("+19件", "up")
    assert change_of(32, 13, small=10).text == "由上月13件增至32件"
    assert short_change(25, 21, small=50) == ("+4件", "flat")
    assert short_change(0, 40, small=10) == ("−40件", "down"), "a fall to nothing is a fall"


@pytest.mark.parametrize(
    ("n", "total", "told"),
    [
        (3, 7, "7件中的3件"),
        (1, 300, "不足1%"),
        (299, 300, "超过99%"),
        (69, 300, "23%"),
        (234, 1000, "23.4%"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_as_precise_as_its_total(n: int, total: int, told: str) -> None:
    assert share(n, total, small=10) == told


def test_points_lists_and_months() -> None:
    assert points(0.13, 0.10, total=300) == "上升3个百分点" and points(0.101, 0.10, total=300) == "基本持平"
    assert points(0.296, 0.284, total=1200) == "上升1.2个百分点", "as many decimals as the shares"
    assert listed(["甲"]) == "甲" and listed(["甲", "乙", "丙"]) == "甲、乙和丙"
    assert month_name("2013-05") == "2013年5月"
    assert percent(0.0, 5000) == "0.0%"
