"""Traditional characters are read as simplified ones; texts in simplified characters are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.text import normalise, simplified


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("手機銀行登錄不上，請幫忙處理", "手机银行登录不上，请帮忙处理"),
        ("信用卡額度太低", "信用卡额度太低"),
        ("著名的乾隆年间藏品", "著名的乾隆年间藏品"),
        ("手机银行", "手机银行"),
        ("ATM 95533", "ATM 95533"),
        ("", ""),
        ("\ud800銀行", "\ud800銀行"),
    ],
)
def test_a_text_is_traditional_by_a_sign_that_no_simplified_text_holds(written: str, read: str) -> None:
    assert simplified(written) == read


def test_the_normal_form_of_both_writings_is_one() -> None:
    assert normalise("轉賬提示系統繁忙") == normalise("转账提示系统繁忙")


@given(st.text())
def test_reading_twice_is_reading_once(text: str) -> None:
    once = simplified(text)
    assert simplified(once) == once
