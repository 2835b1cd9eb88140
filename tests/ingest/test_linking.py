"""Linking: one customer telling one matter twice is one matter; two customers or two matters are two."""

from __future__ import annotations

import json
import shutil
from itertools import combinations
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import rows
from tests.ingest.told_twice import HELD_OUT, judged, told_twice
from voc_lib.ingest import land, link_matters
from voc_lib.ingest.likeness import Likeness, Told, plain
from voc_lib.params import Profile
from voc_lib.params.thresholds import IngestSettings
from voc_lib.privacy import Masker
from voc_lib.store import Store, shift_month

SETTINGS = IngestSettings()


def voices(*given_rows: dict[str, object]) -> pd.DataFrame:
    return rows("landed", [{"customer_key": "a", "text": "手机银行登录不上去了", **row} for row in given_rows])


@pytest.mark.parametrize(
    ("second", "n_matters"),
    [
        ({}, 1),
        ({"text": "客户来电反映：手机银行登录不上去了，请尽快处理"}, 1),
        ({"text": "手机银行，登录不上去了！"}, 1),
        ({"text": "手机银行登录不上去了，请回电〔手机号〕。"}, 1),
        ({"text": "坐席记录：手机银行登录不上去（联系 〔手机号〕 ）"}, 1),
        ({"text": "信用卡年费怎么收了两次，请回电〔手机号〕。"}, 2),
        ({"text": "信用卡年费怎么收了两次"}, 2),
        ({"customer_key": "b"}, 2),
        ({"customer_key": None}, 2),
        ({"occurred_at": "2013-06-20 10:00:00", "month": "2013-05"}, 2),
    ],
)
def test_what_is_one_matter(second: dict[str, object], n_matters: int) -> None:
    first = {"occurred_at": "2013-05-02 09:00:00"}
    linked = link_matters(
        voices(first, {"occurred_at": "2013-05-03 09:00:00", **second}), month="2013-05", settings=SETTINGS
    )
    assert linked["matter_id"].nunique() == n_matters


def test_a_matter_that_began_last_month_keeps_its_first_voice() -> None:
    window = voices({"occurred_at": "2013-04-30 09:00:00"}, {"occurred_at": "2013-05-02 09:00:00"})
    linked = link_matters(window, month="2013-05", settings=SETTINGS)
    assert linked["record_id"].tolist() == ["R00002"]
    assert linked["matter_id"].tolist() == ["work_order:R00001"]


def test_an_empty_month_is_an_empty_table() -> None:
    assert link_matters(rows("landed", []), month="2013-05", settings=SETTINGS).empty


@given(st.permutations(range(4)))
def test_row_order_does_not_matter(order: list[int]) -> None:
    window = voices({}, {"text": "别的事情来问一下"}, {"customer_key": "b"}, {})
    linked = link_matters(window, month="2013-05", settings=SETTINGS)
    shuffled = link_matters(window.iloc[order], month="2013-05", settings=SETTINGS)
    pd.testing.assert_frame_equal(linked, shuffled)


def test_a_number_that_many_share_is_compared_with_its_last_voices_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the voices are ten times the comparisons, not a hundred times; equal texts link however far apart."""
    n_compared = 0
    is_same = Likeness.is_same

    def counted(self: Likeness, first: Told, second: Told, *, similarity: float) -> bool:
        nonlocal n_compared
        n_compared += 1
        return is_same(self, first, second, similarity=similarity)

    monkeypatch.setattr(Likeness, "is_same", counted)
    # Traditional and simplified forms of one character are the same text.
    different = list({plain(chr(code)): chr(code) * 8 for code in range(0x4E00, 0x5000)}.values())[:300]
    texts = ["手机银行登录不上去了", *different, "手机银行登录不上去了"]
    linked = link_matters(voices(*({"text": text} for text in texts)), month="2013-05", settings=SETTINGS)
    assert n_compared <= 60 * len(texts)
    assert linked["matter_id"].iloc[-1] == linked["matter_id"].iloc[0] and linked["matter_id"].nunique() == 301


PROBLEMS = [
    "手机银行转账一直提示网络异常", "信用卡账单里多出一笔没消费过的钱", "在自助机上取款吞了卡没有人管",
    "短信验证码总是收不到",
    "理财到期了本金迟迟不到账", "柜台排队一个多小时只开两个窗口", "房贷提前还款预约不上", "网银盾插上电脑没有反应",
    "积分兑换的礼品寄来是坏的", "销户被要求回开户网点办理", "存折补登机打印不出来", "外币汇款被退回还扣了手续费",
    "代发工资这个月没有进账", "年费减免的承诺没有兑现", "客服电话转人工等了很久没人接", "贷款利率和当初说的不一样",
]  # fmt: skip
DETAILS = [
    "上周三在东门那家",
    "我母亲的账户",
    "连着试了四天",
    "周末去的时候",
    "换了新手机以后",
    "跟大堂经理说过两回",
    "去年也出过一次",
]
CUSTOMERS = 200
SIGNS = "东西南北桥门河柳松竹梅兰安宁平福康泰和顺金银玉石山川江湖海星月云"
WRAPPERS = [
    "{}", "客户来电称{}，烦请跟进。", "【建议单】{}【完】", "投诉内容：{} 客户要求三日内答复，情绪较激动，渠道：热线",
    "贵行您好，客户反映如下：{}。请核查后回电〔手机号〕，多谢。", "客户〔姓名〕再次致电，仍为此前问题：{}",
    "坐席转述：{}（已安抚）",
]  # fmt: skip


def retold(text: str, how: str) -> str:
    """The same matter in other words: a cut end, a slip of the pen, other signs, another order, full width."""
    first, _, second = text.partition("，")
    return {
        "as it was": text,
        "cut": text[: len(text) * 4 // 5],
        "slip": text[:5] + "的" + text[6:],
        "signs": text.replace("，", " 。。 "),
        "order": f"{second}，{first}",
        "contact": f"{first}，我的电话〔手机号〕，{second}",
    }[how]


@pytest.mark.parametrize("how", ["as it was", "cut", "slip", "signs", "order", "contact"])
@pytest.mark.parametrize("wrappers", [WRAPPERS, WRAPPERS[3:4]], ids=["all wrappers", "one long wrapper"])
def test_agents_words_and_slips_neither_part_one_matter_nor_join_two(how: str, wrappers: list[str]) -> None:
    """Each customer tells one matter twice and two others once, every voice in an agent's words."""
    random = Random(7)
    given_rows = []
    for customer in range(CUSTOMERS):
        problems = random.sample(PROBLEMS, 3)
        places = ["".join(random.sample(SIGNS, 4)) for _ in problems]
        texts = [f"{random.choice(DETAILS)}{place}，{told}" for place, told in zip(places, problems, strict=True)]
        for text, matter in ((texts[0], 0), (retold(texts[0], how), 0), (texts[1], 1), (texts[2], 2)):
            time = f"2013-05-{random.randrange(1, 29):02d} 09:00:00"
            told = random.choice(wrappers).format(text)
            given_rows.append(
                {"customer_key": f"c{customer}", "text": told, "occurred_at": time, "outlet": str(matter)}
            )
    linked = link_matters(voices(*given_rows), month="2013-05", settings=SETTINGS)
    same = {
        (a, b): bool(linked["matter_id"][a] == linked["matter_id"][b])
        for _, group in linked.groupby("customer_key")
        for a, b in combinations(group.index, 2)
    }
    true = {pair for pair in same if linked["outlet"][pair[0]] == linked["outlet"][pair[1]]}
    found = {pair for pair, is_same in same.items() if is_same}
    assert len(true) == CUSTOMERS
    assert len(found & true) >= 0.97 * len(true)
    assert len(found & true) >= 0.97 * len(found)


def test_on_wordings_it_was_not_chosen_on_what_is_told_twice_links_and_what_sounds_alike_does_not() -> None:
    """One in seven customers tells of two matters that differ in one slot; one in seven pairs is in other words."""
    told = told_twice(HELD_OUT, seed=2, n_customers=500)
    window = told.landed.assign(month="2013-05")
    right, wrong, missed = judged(told, link_matters(window, month="2013-05", settings=SETTINGS))
    assert len(told.alike) > 50
    assert len(right) >= 0.88 * len(told.pairs)
    assert len(right) >= 0.88 * (len(right) + len(wrong))
    assert len([pair for pair in missed if told.pairs[pair] != "other words"]) <= 0.05 * len(told.pairs)


def test_the_same_amount_in_other_words_is_one_matter_and_another_amount_is_not() -> None:
    first = "我在东门支行的取款机取1.5万元，机器没有吐钱"
    for second, n_matters in (("东门支行取款机吞了我15000块钱", 1), ("东门支行取款机吞了我800块钱", 2)):
        linked = link_matters(voices({"text": first}, {"text": second}), month="2013-05", settings=SETTINGS)
        assert linked["matter_id"].nunique() == n_matters


@given(st.text(st.sampled_from("卡钱贷款不到账〔手机号〕，。 "), max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_every_text_is_like_itself(first: str, second: str) -> None:
    likeness = Likeness.of([[plain(first)], [plain(second)]])
    one, other = likeness.tell(plain(first)), likeness.tell(plain(second))
    assert likeness.is_same(one, other, similarity=0.6) == likeness.is_same(other, one, similarity=0.6)
    assert likeness.is_same(one, one, similarity=1.0) == bool(plain(first))


def test_a_very_long_text_is_not_like_every_short_one() -> None:
    """Its pairs stand somewhere in it, but nowhere together."""
    short = "手机银行转账失败"
    scattered = "".join(f"{short[i : i + 2]}{chr(0x4E00 + 31 * i) * 30}" for i in range(len(short) - 1))
    likeness = Likeness({})
    assert not likeness.is_same(likeness.tell(short), likeness.tell(scattered * 3), similarity=0.6)
    assert likeness.is_same(likeness.tell(short), likeness.tell(scattered * 3 + "手机银行，转账又失败"), similarity=0.6)


@pytest.mark.shared
def test_the_planted_pairs_of_the_shared_exports_are_found_and_no_others(
    tmp_path: Path, profile: Profile, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    folder = shared_data / "exports"
    shutil.copytree(folder, tmp_path / "raw", ignore=shutil.ignore_patterns("*.json"))
    report = land(profile, tmp_path)
    store = Store(str(tmp_path), profile.tz)
    linked = pd.concat(
        link_matters(
            store.read_many("landed", [branch], [shift_month(month, -1), month]), month=month, settings=SETTINGS
        )
        for branch in report.branches
        for month in report.months
    )
    planted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["duplicates"]
    told = linked.groupby("matter_id").agg(sources=("source", "nunique"), text=("text", " ".join))
    across = told.loc[told["sources"] > 1, "text"]
    masked = {Masker.default().mask(text)[0] for text in planted}
    found = {text for text in masked if across.str.contains(text, regex=False).any()}
    right = across.map(lambda text: any(other in text for other in masked))
    assert len(found) >= 0.97 * len(masked)
    assert right.mean() >= 0.97
