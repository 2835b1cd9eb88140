import pytest

from voc_lib.categorise import RuleBook
from voc_lib.categorise.matching import PatternSet
from voc_lib.params import Taxonomy


def book(context: list[dict[str, object]], groups: dict[str, list[str]] | None = None) -> RuleBook:
    category = {"code": "1", "name": "一", "concerns": "product", "department": "部", "suggestion": "建议。"}
    levels = [{"code": "1", "name": "一", "children": [category | {"context": context}]}]
    return RuleBook(Taxonomy.model_validate({"version": 1, "nothing": "1", "levels": levels, "groups": groups or {}}))


def score(context: dict[str, object], text: str, **groups: list[str]) -> float:
    return float(book([context], groups).judge([text]).scores[0, 0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("征信没问题能下卡", 2.0), ("下卡看征信", 2.0), ("征信", 0.0), ("征信的事情说来话长以后再说下卡", 0.0)],
    ids=["before", "after", "alone", "too far"],
)
def test_a_word_counts_near_another(text: str, expected: float) -> None:
    assert score({"words": ["征信"], "near": ["下卡"], "within": 6, "weight": 2.0}, text) == expected


def test_a_word_does_not_count_near_another() -> None:
    rule = {"words": ["注销"], "not_near": ["账户"], "within": 4, "weight": 1.0}
    assert score(rule, "想注销这张卡") == 1.0
    assert score(rule, "注销账户") == 0.0
    assert score(rule, "账户怎么办，另外还要注销") == 1.0


def test_a_word_counts_at_the_beginning_only() -> None:
    rule = {"words": ["你好"], "at_start": True, "weight": 1.5}
    assert score(rule, "你好在吗") == 1.5
    assert score(rule, "大家你好") == 0.0


def test_a_group_stands_for_its_words() -> None:
    rule = {"words": ["@支付"], "near": ["转账"], "weight": 1.0}
    assert score(rule, "微信怎么转账", 支付=["微信", "支付宝"]) == 1.0
    assert score(rule, "银行怎么转账", 支付=["微信", "支付宝"]) == 0.0


def test_a_part_of_the_word_itself_is_not_near_it() -> None:
    assert score({"words": ["网上贷款"], "near": ["贷款"], "weight": 1.0}, "网上贷款") == 0.0
    assert score({"words": ["网上贷款"], "near": ["贷款"], "weight": 1.0}, "网上贷款和贷款") == 1.0


def test_a_context_rule_counts_once_and_says_what_it_saw() -> None:
    found = book([{"words": ["征信"], "near": ["下卡"], "weight": 2.0}]).judge(["征信征信下卡下卡"])
    assert found.matches == [[(2.0, "征信+下卡", 0)]]


def test_a_group_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(ValueError, match="no group of words is named 支付"):
        book([{"words": ["@支付"], "weight": 1.0}])


def test_patterns_that_re2_does_not_know_are_searched_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    patterns = PatternSet([("额度(?!低)", 1.0, 0), ("提.{0,2}额", 2.0, 1), ("a|", 0.5, 2)])
    found: list[tuple[float, str, int]] = []
    patterns.find("提高额度低", found)
    assert [(weight, column) for weight, _, column in found] == [(2.0, 1), (0.5, 2)]
    assert [pattern for pattern, _, _ in patterns.matching("额度高")] == ["额度(?!低)", "a|"]
    assert capfd.readouterr().err == ""


def test_many_patterns_are_all_found_in_their_order() -> None:
    patterns = PatternSet([(f"第{number}号", float(number), 0) for number in range(500)])
    assert patterns.matching("第499号和第3号还有第170号") == [(f"第{n}号", float(n), 0) for n in (3, 170, 499)]


def test_no_patterns_no_matches() -> None:
    found: list[tuple[float, str, int]] = []
    PatternSet([]).find("额度", found)
    assert found == []
