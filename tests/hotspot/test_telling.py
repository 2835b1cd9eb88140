"""Words that tell nothing, and what completes a scrap."""

from __future__ import annotations

from voc_lib.hotspot.telling import completed, is_attribute, says_nothing
from voc_lib.text import Segmenter


def test_a_scrap_takes_the_neighbour_that_always_stands_beside_it_and_a_whole_word_does_not() -> None:
    texts = [["白金", "卡", "年费"], ["办", "白金", "卡"], ["白金", "卡", "丢"], ["年费", "多少"], ["年费", "贵"]]
    assert completed("白金", texts, segmenter=Segmenter()) == ("白金卡", 1.0)
    assert completed("白金", texts[:2], segmenter=Segmenter()) == ("白金", 1.0)
    assert completed("年费", texts, segmenter=Segmenter()) == ("年费", 1.0)


def test_the_commonest_verbs_and_what_is_everywhere_tell_nothing() -> None:
    assert says_nothing("开始")
    assert not says_nothing("激活")
    assert says_nothing("信用卡", is_at_home=False, rate=0.07)
    assert not says_nothing("信用卡", is_at_home=True, rate=0.07)
    assert is_attribute("临时")
    assert not is_attribute("额度")
