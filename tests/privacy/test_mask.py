"""Masking: what is personal goes, however it was written; what is not stays; and doing it twice changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.privacy import Masker
from voc_lib.privacy.checks import is_bank_card, is_mobile, is_resident_id
from voc_lib.privacy.fold import fold_width

MASKER = Masker.default()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13800138000找我", "请打〔手机号〕找我"),
        ("请打 138 0013 8000 找我", "请打 〔手机号〕 找我"),
        ("电话138-0013-8000", "电话〔手机号〕"),
        ("手机１３８００１３８０００。", "手机〔手机号〕。"),
        ("手机一三八零零一三八零零零", "手机〔手机号〕"),
        ("座机010-62345678打不通", "座机〔固定电话〕打不通"),
        ("身份证11010519491231002X", "身份证〔身份证号〕"),
        ("卡号6222 0200 0000 0000 000", "卡号〔银行卡号〕"),
        ("请寄到someone.else@example.com", "请寄到〔邮箱〕"),
        ("加我微信wxid_ab12345", "加我微信〔微信号〕"),
        ("QQ号是12345678", "QQ号是〔QQ号〕"),
        ("车牌京A12345", "车牌〔车牌号〕"),
        ("我叫欧阳小明，来办业务", "我叫〔姓名〕，来办业务"),
        ("住在和平路12号3栋401室", "住在和平路〔门牌号〕"),
    ],
)
def test_personal_data_are_replaced_by_what_they_were(text: str, masked: str) -> None:
    assert MASKER.mask(text) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "转账 12345678 元还没有到账",
        "打95533等了20分钟",
        "2013-05-18 22:18:57 办的",
        "工单GD00459212还没有处理",
        "额度从5000提到50000",
        "5号线的网点几点开门",
        "年利率4.35%太高了",
        "一共三四次了，五六天没有回音",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert MASKER.mask(text) == (text, 0)


def test_a_column_keeps_its_index_and_missing_values() -> None:
    texts = pd.Series(["13800138000", None, "好"], index=[7, 3, 5], dtype="str")
    frame = MASKER.mask_series(texts)
    assert list(frame.index) == [7, 3, 5]
    assert frame["text"].isna().tolist() == [False, True, False]
    assert frame["n_masked"].tolist() == [1, 0, 0]


DIGITS = st.text("0123456789０１２３一二三零〇 -", max_size=30)


@given(st.lists(st.one_of(DIGITS, st.text(max_size=12), st.sampled_from(["手机", "卡号", "我叫", "@a.cn", "QQ"]))))
def test_masking_twice_is_masking_once(parts: list[str]) -> None:
    once, _ = MASKER.mask("".join(parts))
    assert MASKER.mask(once) == (once, 0)


@given(
    before=st.text("好的卡号手机 ，", max_size=6),
    number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    separators=st.lists(st.sampled_from(["", " ", "-"]), min_size=10, max_size=10),
)
def test_no_mobile_number_comes_through_however_it_is_spaced(before: str, number: str, separators: list[str]) -> None:
    spaced = "".join(a + b for a, b in zip(number, [*separators, ""], strict=True))
    masked, _ = MASKER.mask(f"{before}{spaced}，谢谢")
    plain = re.sub(r"[\s\-]", "", fold_width(masked))
    assert number not in plain


def test_checks_follow_their_standards() -> None:
    assert is_resident_id("11010519491231002X")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")
    assert is_mobile("13800138000")
    assert not is_mobile("12800138000")


@pytest.mark.shared
def test_every_planted_item_of_all_kinds_is_masked(shared_data: Path) -> None:
    planted = json.loads((shared_data / "exports" / "expected.json").read_text(encoding="utf-8"))["pii"]
    texts = pd.concat(
        [
            pd.read_csv(file, encoding="gb18030", dtype=str, keep_default_na=False)["工单内容"]
            for file in sorted((shared_data / "exports").glob("work_orders_*.csv"))
        ]
    )
    masked = "\n".join(MASKER.mask_series(texts)["text"])
    raw = "\n".join(texts)
    assert len({item["kind"] for item in planted}) == 14
    in_orders = [item for item in planted if item["value"] in raw]
    assert len(in_orders) > 200
    assert [item["kind"] for item in in_orders if item["value"] in masked] == []


@pytest.mark.shared
def test_texts_without_personal_data_are_left_alone(shared_data: Path) -> None:
    files = [shared_data / "bank_comments.csv", shared_data / "bank_questions.csv"]
    texts = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False)["text"] for file in files])
    touched = (MASKER.mask_series(texts)["n_masked"] > 0).sum()
    # Public texts hold next to no personal data; what fires here is false or a number somebody did publish.
    assert touched / len(texts) <= 0.004
