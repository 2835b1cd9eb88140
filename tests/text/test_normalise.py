import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.text import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ｋ宝　插上没反应！", "k宝 插上没反应!"),
        ("  ATM\t机\r\n吞卡 ", "atm 机 吞卡"),
        ("手机\u200b银行\ufeff", "手机银行"),
        ("１．５Ｗ元", "1.5w元"),
        ("H\u0331", "\u1e96"),  # composed in lower case only
        ("\x00坏\x07字符", "坏 字符"),
        (" \u3000\n", ""),
    ],
)
def test_one_form_for_every_spelling(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_no_white_space_at_the_ends_and_none_doubled(text: str) -> None:
    result = normalise(text)
    assert result == " ".join(result.split())
