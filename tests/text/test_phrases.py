import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.text import PhraseFinder, Segmenter, key_phrases, text_keywords

OWN = ["信用卡额度太低", "想提高信用卡额度", "信用卡额度降了一半", "又降我的信用卡额度", "信用卡额度怎么恢复"]
OTHER = ["手机银行打不开", "贷款利率太高", "手机银行闪退", "存折丢失补办", "贷款审批太慢"]


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(["信用卡", "手机银行"], ["怎么", "一半", "又降"])


def test_words_that_stand_together_become_a_phrase(segmenter: Segmenter) -> None:
    phrases = key_phrases(OWN, segmenter=segmenter, background=OTHER, top=3)
    assert phrases[0][0] == "信用卡额度"
    assert phrases[0][1] > 1


def test_without_a_background_a_phrase_weighs_its_texts(segmenter: Segmenter) -> None:
    assert key_phrases(OWN, segmenter=segmenter, top=1) == [("信用卡额度", 5.0)]


def test_what_both_sides_say_alike_tells_nothing(segmenter: Segmenter) -> None:
    assert key_phrases(OWN, segmenter=segmenter, background=OWN) == []


def test_more_texts_make_a_phrase_surer(segmenter: Segmenter) -> None:
    few = dict(key_phrases(OWN, segmenter=segmenter, background=OTHER))
    many = dict(key_phrases(OWN * 4, segmenter=segmenter, background=OTHER * 4))
    assert many["信用卡额度"] > few["信用卡额度"]


def test_no_texts_no_phrases(segmenter: Segmenter) -> None:
    assert key_phrases([], segmenter=segmenter) == []
    assert key_phrases([], segmenter=segmenter, background=OTHER) == []
    assert key_phrases(["", "。"], segmenter=segmenter, background=[]) == []


def test_the_weight_is_the_z_score_of_the_log_odds(segmenter: Segmenter) -> None:
    found = dict(key_phrases(["存折"] * 6, segmenter=segmenter, background=["贷款"] * 6))
    # By hand: counts 6 and 0 of 6 each side; the prior is half of the pooled counts (6 in all).
    with_own, with_other, total = 6 + 3, 0 + 3, 6 + 6
    ratio = math.log(with_own / (total - with_own)) - math.log(with_other / (total - with_other))
    assert found["存折"] == pytest.approx(ratio / math.sqrt(1 / with_own + 1 / with_other))


@given(order=st.permutations(OWN))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_texts_does_not_matter(order: list[str], segmenter: Segmenter) -> None:
    turned = key_phrases(order, segmenter=segmenter, background=reversed(OTHER))
    assert turned == key_phrases(OWN, segmenter=segmenter, background=OTHER)


def test_a_word_between_keeps_words_apart(segmenter: Segmenter) -> None:
    finder = PhraseFinder(segmenter, min_texts=2).fit(OWN)
    assert finder.phrases(finder.runs("信用卡额度")) == ["信用卡额度"]
    assert finder.phrases(finder.runs("信用卡的额度")) == ["信用卡", "额度"]


def test_keywords_of_each_text_come_in_the_order_of_the_texts(segmenter: Segmenter) -> None:
    found = text_keywords([*OWN, *OTHER, ""], segmenter=segmenter, top=2)
    assert len(found) == 11
    assert found[-1] == []
    assert all(len(words) <= 2 for words in found)
    assert "闪退" in found[7]
