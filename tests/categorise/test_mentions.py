from voc_lib.categorise.mentions import Mentions
from voc_lib.params import Taxonomy


def test_the_first_named_wins_and_the_longer_word(taxonomy: Taxonomy) -> None:
    products = Mentions(taxonomy.products)
    assert products.first("银行卡不是信用卡") == "借记卡"
    assert products.first("信用卡和银行卡") == "信用卡"
    assert products.first("信用报告") == "借记卡"
    assert products.first("存折") is None


def test_words_are_normalised(taxonomy: Taxonomy) -> None:
    assert Mentions(taxonomy.channels).first("app闪退") == "手机银行"


def test_nothing_to_find_finds_nothing() -> None:
    assert Mentions([]).first("信用卡") is None
