"""Names of issues."""

from __future__ import annotations

from voc_lib.hotspot.labels import KeyPhrase, issue_label, main_category


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


def test_a_rare_phrase_or_a_bare_verb_names_an_issue_only_where_there_is_nothing_better() -> None:
    terms = [KeyPhrase("准备", 0.5), KeyPhrase("白金卡", 0.4), KeyPhrase("机场", 0.05)]
    assert issue_label(terms, category_name="用卡与年费", share=1) == "用卡与年费：白金卡"
    assert issue_label(terms[:1], category_name="用卡与年费", share=1) == "用卡与年费：准备"


def test_the_rest_of_a_category_says_so() -> None:
    assert issue_label(phrases("闪退"), category_name="手机银行", share=1, is_rest=True) == "手机银行（其他）：闪退"
