"""Names of issues."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from voc_lib.hotspot.candidates import Candidates
from voc_lib.hotspot.labels import KeyPhrase, issue_label, issue_terms, main_category


def phrases(*texts: str) -> list[KeyPhrase]:
    return [KeyPhrase(text, 0.5, is_member=True) for text in texts]


def test_a_label_names_the_category_and_what_is_wrong() -> None:
    assert issue_label(phrases("登录失败", "闪退"), category_name="手机银行", share=0.9) == "手机银行：登录失败、闪退"


def test_a_phrase_that_begins_with_the_category_needs_it_no_more() -> None:
    assert issue_label(phrases("手机银行登录", "闪退"), category_name="手机银行", share=0.9) == "手机银行登录、闪退"


def test_phrases_that_hold_each_other_are_not_both_named() -> None:
    assert issue_label(phrases("积分", "积分兑换", "活动"), category_name="权益", share=1) == "权益：积分、活动"


def test_an_issue_across_categories_has_only_its_phrases_unless_they_are_a_bare_verb() -> None:
    assert issue_label(phrases("网银", "网银登录"), category_name="转账汇款", share=0.3) == "网银"
    assert issue_label(phrases("登录"), category_name="手机银行", share=0.3) == "手机银行：登录"


def test_labels_of_a_month_differ() -> None:
    label = "年费：减免、收取"
    terms = phrases("减免", "收取", "白金卡")
    assert issue_label(terms, category_name="年费", share=1, taken=[label]) == "年费：减免、收取、白金卡"
    assert issue_label(phrases(), category_name="年费", share=1, taken=["年费"]) == "年费（2）"
    assert issue_label(phrases(), category_name=None, share=0) == "未归类问题"


def test_latin_names_are_written_large() -> None:
    assert issue_label(phrases("etc", "k宝"), category_name=None, share=0) == "ETC、K宝"


def test_main_category_and_its_share() -> None:
    assert main_category(["61", None, "61", "31"]) == ("61", 0.5)
    assert main_category(["62", "61"]) == ("61", 0.5)
    assert main_category([None]) == (None, 0.0)


def test_a_phrase_that_few_records_hold_never_names_an_issue_even_if_it_made_it_one() -> None:
    terms = [
        KeyPhrase("手机银行", 0.9, is_member=True),
        KeyPhrase("网点", 0.11, is_member=True),
        KeyPhrase("柜台", 0.14),
    ]
    assert issue_label(terms, category_name="手机银行", share=0.9) == "手机银行"
    assert issue_label(terms, category_name="手机银行", share=0.9, taken=["手机银行"]) == "手机银行（2）"
    assert issue_label(terms[1:], category_name="手机银行", share=0.2) == "手机银行"
    assert issue_label(terms[1:], category_name=None, share=0) == "未归类问题"


def test_phrases_narrow_a_category_only_if_they_add_up_to_a_third_or_to_tell_it_from_another() -> None:
    terms = [KeyPhrase("协商", 0.2), KeyPhrase("账单", 0.1)]
    assert issue_label(terms, category_name="还款与逾期", share=1) == "还款与逾期"
    assert issue_label(terms, category_name="还款与逾期", share=1, taken=["还款与逾期"]) == "还款与逾期：协商"
    assert (
        issue_label([*terms, KeyPhrase("本金", 0.15)], category_name="还款与逾期", share=1) == "还款与逾期：协商、本金"
    )


def test_a_bare_verb_or_a_phrase_as_frequent_elsewhere_names_no_issue_that_it_did_not_make() -> None:
    terms = [KeyPhrase("准备", 0.5), KeyPhrase("信用卡", 0.6, lift=1.4), KeyPhrase("白金卡", 0.4, lift=2.5)]
    assert issue_label(terms, category_name="用卡与年费", share=1) == "用卡与年费：白金卡"
    assert issue_label(terms[:2], category_name="用卡与年费", share=1) == "用卡与年费"


WORDS = ("登录", "登录失败", "闪退", "额度", "临时额度", "etc", "手机银行", "准备")
TERMS = st.lists(
    st.builds(KeyPhrase, st.sampled_from(WORDS), st.floats(0, 1), st.booleans(), st.floats(0.1, 9)),
    max_size=6,
    unique_by=lambda term: term.text,
)


@given(st.lists(st.tuples(TERMS, st.sampled_from(["手机银行", "额度调整", None]), st.floats(0, 1)), max_size=8))
def test_labels_of_any_month_differ_and_hold_no_rare_phrase(
    issues: list[tuple[list[KeyPhrase], str | None, float]],
) -> None:
    labels: list[str] = []
    told: set[str | None] = set()
    for terms, name, share in issues:
        label = issue_label(terms, category_name=name, share=share, taken=labels, is_rest=name in told)
        assert label not in labels
        shares = {term.text.upper(): term.share for term in terms}
        phrases = re.sub("（[^（）]*）", "", label).split("：")[-1].split("、")
        assert all(shares[p.upper()] >= 0.15 for p in phrases if p not in (name, "未归类问题"))
        labels.append(label)
        told.add(name)


def test_a_phrase_of_two_records_is_no_key_phrase_and_the_others_say_how_often_they_stand_where() -> None:
    names = ("61", "登录", "闪退")
    inside = np.array([[1] * 10 + [0] * 10, [1] * 8 + [0] * 8 + [1] * 4, [1] * 2 + [0] * 18])
    before = csr_matrix(np.array([[1] * 10, [0] * 10, [0] * 10]))
    candidates = Candidates(
        names=names,
        is_category=np.array([True, False, False]),
        is_gathered=np.zeros(3, dtype=bool),
        place=(None, None, None),
        home=np.array([0, 0, 0]),
        records=csr_matrix(inside),
        now=csr_matrix(inside),
        before=before,
        month_of=np.zeros(10, dtype=np.int64),
        matter_of=np.arange(20),
    )
    (only,) = issue_terms(candidates, (0,), inside[0].astype(bool))
    assert (only.text, only.share, only.is_member) == ("登录", 0.8, False)
    # 8 of 10 inside; 4 of 10 of the rest of the month and none of 10 before it.
    assert only.lift == (8.5 / 11) / (4.5 / 21)


def test_the_rest_of_a_category_says_so() -> None:
    assert issue_label(phrases("闪退"), category_name="手机银行", share=1, is_rest=True) == "手机银行（其他）：闪退"
