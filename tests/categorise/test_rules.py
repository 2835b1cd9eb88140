import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patterns import unbounded_inside
from voc_lib.categorise import RuleBook
from voc_lib.categorise.rules import rule_book
from voc_lib.params import Profile, Taxonomy
from voc_lib.text import normalise


@pytest.fixture(scope="module")
def rules(taxonomy: Taxonomy) -> RuleBook:
    return RuleBook(taxonomy)


def scores(rules: RuleBook, text: str) -> dict[str, float]:
    row = rules.judge([normalise(text)]).scores[0]
    return {code: float(value) for code, value in zip(rules.codes, row, strict=True) if value}


def test_weights_add_up_and_levels_count_for_their_children(rules: RuleBook) -> None:
    assert scores(rules, "信用卡提额") == {"12": 4.0, "16": 1.0}


def test_a_word_inside_a_longer_one_does_not_count(rules: RuleBook) -> None:
    assert scores(rules, "免年费") == {"16": 3.0}
    assert scores(rules, "免年费和年费") == {"16": 5.0}


def test_each_word_counts_once(rules: RuleBook) -> None:
    assert scores(rules, "额度额度额度") == {"12": 2.0}


def test_patterns_count_and_show_what_they_hit(rules: RuleBook) -> None:
    ruling = rules.judge(["想提高一点额度"])
    assert ruling.scores[0, 0] == 3.0
    assert ruling.evidence(0, 0) == ["额度", "提高一点额"]


def test_a_negative_weight_speaks_against_and_is_no_evidence(rules: RuleBook) -> None:
    ruling = rules.judge([normalise("年费 K宝")])
    assert ruling.scores[0, 1] == 1.0
    assert ruling.evidence(0, 1) == ["年费"]


def test_any_spelling_of_a_keyword_will_do(rules: RuleBook) -> None:
    assert scores(rules, "k宝") == {"16": -1.0}


def test_masks_say_nothing(rules: RuleBook) -> None:
    assert scores(rules, "〔信用卡〕年费") == {"16": 2.0}


def test_more_weight_more_probability_and_room_for_none(rules: RuleBook) -> None:
    sure = rules.judge(["提额", "额度", "信用卡", "天气"]).probabilities
    assert sure[0, 0] > sure[1, 0] > sure[2, 0] > sure[3, 0] == 0
    assert 0.8 < sure[0, 0] < 1


@given(st.lists(st.text(alphabet="信用卡额度年费提免打错电话k宝〔〕 ", max_size=20), max_size=8))
@settings(deadline=None)
def test_probabilities_are_probabilities(texts: list[str]) -> None:
    from tests.categorise.conftest import TAXONOMY

    ruling = RuleBook(Taxonomy.model_validate(TAXONOMY)).judge([normalise(text) for text in texts])
    proba = ruling.probabilities
    assert proba.shape == (len(texts), 3)
    assert (proba >= 0).all()
    assert (proba.sum(axis=1) < 1).all()
    assert np.isfinite(proba).all()


def test_the_shipped_taxonomy_is_complete(profile: Profile) -> None:
    assert len(profile.taxonomy.codes) == 39
    for category in profile.taxonomy.categories:
        assert category.department != "待定"
        assert category.suggestion.startswith("建议")
        assert category.suggestion.endswith("。")
        assert category.keywords, category.code
        assert 6 <= len(category.examples) <= 60, category.code
        assert all(-3 <= weight <= 4 for weight in (*category.keywords.values(), *category.patterns.values()))
        assert len(set(category.examples)) == len(category.examples)


def test_the_shipped_rules_know_most_of_their_own_examples(profile: Profile) -> None:
    rules = RuleBook(profile.taxonomy)
    pairs = [(text, category.code) for category in profile.taxonomy.categories for text in category.examples]
    ruling = rules.judge([normalise(text) for text, _ in pairs])
    said = [rules.codes[column] for column in ruling.scores.argmax(axis=1)]
    right = [code == truth for code, (_, truth) in zip(said, pairs, strict=True)]
    assert sum(right) / len(right) >= 0.9


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("信用卡想提额", "12"),
        ("信用卡年费怎么免", "16"),
        ("U盾插上没反应", "62"),
        ("掌银闪退", "61"),
        ("网捷贷什么时候放款", "42"),
        ("征信花了怎么办", "45"),
        ("最低还款额是多少", "14"),
        ("支付宝绑定银行卡失败", "32"),
        ("卡被取款机吞了", "63"),
        ("卡被盗刷了", "81"),
        ("柜员态度恶劣", "71"),
        ("每个月扣我3元短信费", "25"),
    ],
)
def test_the_shipped_rules_know_plain_cases(profile: Profile, text: str, code: str) -> None:
    rules = RuleBook(profile.taxonomy)
    ruling = rules.judge([normalise(text)])
    assert rules.codes[int(ruling.scores[0].argmax())] == code
    assert ruling.evidence(0, rules.codes.index(code))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("天天打电话推销贷款，再打我就去银监会投诉", "75"),
        ("手机银行又闪退，再这样我要向12378投诉", "61"),
        ("莫名其妙扣我两百块，不退就曝光你们", "81"),
        ("网点排队三个小时，我要投诉", "72"),
        ("投诉半个月了一直没人处理", "74"),
        ("向银保监会反映过，到现在没有答复", "74"),
    ],
)
def test_a_threat_to_complain_is_not_the_matter_but_how_a_complaint_was_handled_is(
    profile: Profile, text: str, code: str
) -> None:
    rules = RuleBook(profile.taxonomy)
    assert rules.codes[int(rules.judge([normalise(text)]).scores[0].argmax())] == code


def test_no_pattern_of_the_profile_looks_further_the_longer_a_text_is(profile: Profile) -> None:
    assert unbounded_inside("[0-9]+万") == ["part 0"]
    faults = {
        pattern: found
        for category in profile.taxonomy.categories
        for pattern in category.patterns
        if (found := unbounded_inside(pattern))
    }
    assert faults == {}, "give each repetition an upper bound, e.g. {1,12} for +"


@pytest.mark.parametrize("unit", ["9", "9.", "9-", "*", "一", "卡", "贷1", "a ", "给9", "我要"])
def test_a_hostile_run_of_20000_characters_is_judged_like_a_short_one(profile: Profile, unit: str) -> None:
    book = RuleBook(profile.taxonomy)
    short, long = book.judge([unit * (n // len(unit)) for n in (200, 20_000)]).scores
    assert (short == long).all()


def test_a_card_number_in_a_question_is_still_a_match(profile: Profile) -> None:
    book = RuleBook(profile.taxonomy)
    column = book.codes.index("21")
    hits = [words for _, words, place in book.judge(["6217开头,621700是哪个银行的卡"]).matches[0] if place == column]
    assert {"6217开头"} <= set(hits)


def test_the_rules_of_one_content_are_compiled_once_and_judge_like_new_ones(taxonomy: Taxonomy) -> None:
    kept = rule_book(taxonomy)
    assert rule_book(taxonomy.model_copy(deep=True)) is kept
    other = taxonomy.model_copy(update={"version": taxonomy.version + 1})
    assert rule_book(other) is not kept
    said = [normalise(text) for text in ("信用卡提额", "免年费和年费", "手机银行闪退")]
    new = RuleBook(taxonomy).judge(said)
    assert np.array_equal(kept.judge(said).scores, new.scores)
    assert kept.judge(said).matches == new.matches
