"""Which terms a text counts for."""

from __future__ import annotations

from voc_lib.hotspot.terms import terms_of_texts
from voc_lib.text import Segmenter

SEGMENTER = Segmenter(["手机银行", "信用额度"], ["的", "怎么"])


def test_words_pairs_and_words_inside_words() -> None:
    first, second = terms_of_texts(["手机银行登录，失败了", "信用额度 额度"], segmenter=SEGMENTER)
    assert {"手机银行", "登录", "手机银行登录", "失败"} <= first
    assert "登录失败" not in first  # a comma stands between
    assert {"信用额度", "额度"} <= second


def test_a_word_inside_a_word_counts_only_where_it_occurs_by_itself() -> None:
    (alone,) = terms_of_texts(["信用额度太低"], segmenter=SEGMENTER)
    assert "额度" not in alone


def test_latin_is_lower_case_and_masks_numbers_and_stop_words_are_no_terms() -> None:
    (found,) = terms_of_texts(["ETC怎么办的 12345 〔手机号〕"], segmenter=SEGMENTER)
    assert "etc" in found
    assert not {"手机号", "手机", "怎么", "12345", "的"} & found


def test_no_texts() -> None:
    assert terms_of_texts([], segmenter=SEGMENTER) == []
    assert terms_of_texts([""], segmenter=SEGMENTER) == [frozenset()]
