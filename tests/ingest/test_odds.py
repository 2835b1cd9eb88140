"""Odds: another number, name or a no for a yes parts two texts; an agent's words, slips and cut ends do not."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.builders import rows
from voc_lib.ingest import link_matters
from voc_lib.ingest.likeness import Likeness, plain
from voc_lib.ingest.odds import at_odds, tell_otherwise
from voc_lib.params.thresholds import IngestSettings

TOLD = "在东门的自助机上用信用卡取了2000元，机器没有吐钱，账上已经扣掉了"


@pytest.mark.parametrize(
    ("other", "is_other_matter"),
    [
        ("在东门的自助机上用储蓄卡取了2000元，机器没有吐钱，账上已经扣掉了", True),
        ("在东门的自助机上用信用卡取了500元，机器没有吐钱，账上已经扣掉了", True),
        ("坐席转述：在东门的自助机上用信用卡取了500元，机器没有吐钱，账上已经扣掉了，请核查", True),
        ("在东门的自助机上用信用卡取了2000元，机器吐钱了，账上已经扣掉了", True),
        ("在东门的自助机上用信的卡取了2000元，机器没有吐钱，账上已经扣掉了", False),
        ("在东门的自助机上用信用卡取了2000元，机器没有吐钱，账上", False),
        ("机器没有吐钱，账上已经扣掉了，在东门的自助机上用信用卡取了2000元", False),
        ("客户来电称在东门的自助机上用信用卡取了2000元，我等了很久，机器没有吐钱，账上已经扣掉了，望回复", False),
        ("在东门的自助机上用信用卡取了2000元，机器未吐钱，账上已经扣掉了", False),
        (TOLD, False),
    ],
)
def test_what_parts_two_texts_that_are_nearly_equal(other: str, is_other_matter: bool) -> None:
    likeness = Likeness({})
    first, second = likeness.tell(plain(TOLD)), likeness.tell(plain(other))
    assert at_odds(first, second) == is_other_matter
    assert at_odds(second, first) == is_other_matter


@pytest.mark.parametrize(
    ("first", "second", "is_other_matter"),
    [
        ("蓝牙耳机用积分换来就是坏的，退换没有下文", "行李箱用积分换来就是坏的，退换没有下文", True),
        ("办解押拖着不给，东门支行说要扣600元", "办解押拖着不给，东门支行说要扣80元", True),
        ("5月3日在柜台存钱只记了一半", "5月30日在柜台存钱只记了一半", True),
        ("昨天在柜台存钱只记了一半，没人管", "前天在柜台存钱只记了一半，没人管，急", False),
        ("存了1.5万元，账上只记了一半，没人管", "存了15000元，账上只记了一半，没有人管", False),
        ("来电人称密码重置了还是进不去，很急", "坐席备注密码重置了还是进不去，烦", False),
    ],
)
def test_what_parts_two_texts_at_their_ends_and_in_their_numbers(
    first: str, second: str, is_other_matter: bool
) -> None:
    likeness = Likeness({})
    one, other = likeness.tell(plain(first)), likeness.tell(plain(second))
    assert at_odds(one, other) == at_odds(other, one) == is_other_matter


@pytest.mark.parametrize(
    ("first", "second", "is_other_matter"),
    [
        ("5月3日东门支行吞了我卡", "卡5月6日被东门支行吞了", True),
        ("5月3日东门支行吞了我卡", "卡3号被东门支行吞了", False),
        ("东门支行收了我600元", "收费600元，在西湖支行", True),
        ("东门支行收了我600元", "我在支行被收600元", False),
    ],
)
def test_what_parts_two_texts_in_other_words(first: str, second: str, is_other_matter: bool) -> None:
    likeness = Likeness({})
    one, other = likeness.tell(plain(first)), likeness.tell(plain(second))
    assert tell_otherwise(one, other) == tell_otherwise(other, one) == is_other_matter


def test_two_matters_are_not_joined_by_a_third_text_that_is_like_both() -> None:
    other = TOLD.replace("2000", "500")
    cut = TOLD.replace("取了2000元，", "取钱")
    texts = (TOLD, other, cut)
    told = [
        {"customer_key": "a", "text": text, "occurred_at": f"2013-05-0{day} 09:00:00"}
        for day, text in enumerate(texts, 1)
    ]
    linked: pd.DataFrame = link_matters(rows("landed", told), month="2013-05", settings=IngestSettings())
    assert linked["matter_id"][0] != linked["matter_id"][1]
    assert linked["matter_id"].nunique() == 2
