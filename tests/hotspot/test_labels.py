"""Names of issues."""

from __future__ import annotations

from voc_lib.hotspot.labels import issue_label, main_category


def test_a_label_names_the_category_and_what_is_wrong() -> None:
    assert issue_label(["登录失败", "闪退"], category_name="手机银行", share=0.9) == "手机银行：登录失败、闪退"


def test_a_phrase_that_begins_with_the_category_needs_it_no_more() -> None:
    assert issue_label(["手机银行登录", "闪退"], category_name="手机银行", share=0.9) == "手机银行登录、闪退"


def test_phrases_that_hold_each_other_are_not_both_named() -> None:
    assert issue_label(["积分", "积分兑换", "活动"], category_name="权益", share=1) == "权益：积分、活动"


def test_an_issue_across_categories_has_only_its_phrases_unless_they_are_a_bare_verb() -> None:
    assert issue_label(["网银", "网银登录"], category_name="转账汇款", share=0.3) == "网银"
    assert issue_label(["登录"], category_name="手机银行", share=0.3) == "手机银行：登录"


def test_labels_of_a_month_differ() -> None:
    label = "年费：减免、收取"
    terms = ["减免", "收取", "白金卡"]
    assert issue_label(terms, category_name="年费", share=1, taken=[label]) == "年费：减免、收取、白金卡"
    assert issue_label([], category_name="年费", share=1, taken=["年费"]) == "年费（2）"
    assert issue_label([], category_name=None, share=0) == "未归类问题"


def test_latin_names_are_written_large() -> None:
    assert issue_label(["etc"], category_name=None, share=0) == "ETC"


def test_main_category_and_its_share() -> None:
    assert main_category(["61", None, "61", "31"]) == ("61", 0.5)
    assert main_category(["62", "61"]) == ("61", 0.5)
    assert main_category([None]) == (None, 0.0)
