"""Typical cases: the medoid first, then others that differ; sure of their category, problems, of several customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.hotspot import text_vectors, typical_rows
from voc_lib.hotspot.typical import quotable

TEXTS = [
    "手机银行登录失败，提示密码错误请重试",
    "手机银行登录失败，一直提示密码错误",
    "手机银行登录失败提示密码错误怎么办呢",
    "更新以后手机银行登录要人脸识别，老人不会用",
    "今天天气很好我们去公园散步吧朋友们都来",
]


def choose(texts: list[str], n_cases: int) -> list[int]:
    return typical_rows(text_vectors(texts), [len(text) for text in texts], n_cases=n_cases)


def test_vectors_have_length_one_and_equal_texts_are_equal() -> None:
    vectors = text_vectors([*TEXTS, TEXTS[0], "好"])
    assert np.allclose(np.sqrt(vectors.multiply(vectors).sum(axis=1)).A1, 1)
    assert (vectors[0] != vectors[5]).nnz == 0


def test_the_first_case_is_the_medoid_and_the_second_tells_something_else() -> None:
    chosen = choose(TEXTS, 2)
    similarity = (text_vectors(TEXTS) @ text_vectors(TEXTS).T).toarray()
    assert chosen[0] == similarity.mean(axis=1).argmax()
    assert chosen[1] not in (0, 1, 2)


def test_the_same_text_is_not_quoted_twice() -> None:
    assert len(choose([TEXTS[0]] * 4 + [TEXTS[3]], 3)) == 2


def test_a_scrap_is_not_a_case_where_a_sentence_says_the_same() -> None:
    assert choose(["登录失败", "手机银行登录失败，提示密码错误", "登录"], 1) == [1]


def test_no_texts_no_cases() -> None:
    assert choose([], 3) == []


def test_only_allowed_texts_are_chosen_but_all_of_them_make_the_centre() -> None:
    vectors, lengths = text_vectors(TEXTS), [len(text) for text in TEXTS]
    assert typical_rows(vectors, lengths, n_cases=1, allowed=[False, True, True, True, True]) == [1]
    assert typical_rows(vectors, lengths, n_cases=3, allowed=[False] * 5) == []


def test_nobody_is_quoted_twice_and_another_source_is_heard_where_it_tells_the_same() -> None:
    texts = [TEXTS[0], TEXTS[1], TEXTS[3], TEXTS[3] + "了", TEXTS[4]]
    vectors, lengths = text_vectors(texts), [len(text) for text in texts]
    one = typical_rows(vectors, lengths, n_cases=5, tellers=["a", "a", "b", "b", "a"])
    assert len(one) == 2
    plain = typical_rows(vectors, lengths, n_cases=2)
    sources = ["survey" if row == plain[1] else "work_order" for row in range(5)]
    first, second = typical_rows(vectors, lengths, n_cases=2, sources=sources)
    assert sources[first] != sources[second]
    others = ["work_order" if row == plain[1] else "survey" for row in range(5)]
    others[plain[0]] = "work_order"
    first, second = typical_rows(vectors, lengths, n_cases=2, sources=others)
    assert (first, others[second]) == (plain[0], "survey")


def test_of_two_texts_as_typical_the_surer_one_is_quoted() -> None:
    texts = ["手机银行登录失败提示密码错误", "手机银行登录失败提示密码有误"]
    for surer in (0, 1):
        sureness = [0.9 if row == surer else 0.5 for row in (0, 1)]
        assert typical_rows(text_vectors(texts), [14, 14], n_cases=1, sureness=sureness) == [surer]


FIT: dict[str, object] = {"category": "61", "needs_review": False, "sentiment_label": "neutral", "intent": "question"}


def made(*changes: Mapping[str, object]) -> pd.DataFrame:
    return pd.DataFrame([FIT | dict(change) for change in changes]).convert_dtypes()


@pytest.mark.parametrize(
    "change",
    [
        {"needs_review": True},
        {"category": "31"},
        {"category": None},
        {"sentiment_label": "positive"},
        {"intent": "praise"},
        {"intent": "none"},
        {"intent": None},
    ],
)
def test_what_is_unsure_content_or_tells_nothing_is_quoted_only_where_nothing_else_can_be(
    change: dict[str, object],
) -> None:
    assert list(quotable(made({}, change, {"intent": "complaint", "sentiment_label": "negative"}), category="61")) == [
        *(True, False, True)
    ]
    assert list(quotable(made(change, change), category="61")) == [True, True]


def test_a_neutral_statement_goes_before_an_unsure_question_and_that_before_praise() -> None:
    none, unsure, praise = {"intent": "none"}, {"needs_review": True}, {"intent": "praise"}
    assert list(quotable(made(none, unsure, praise), category="61")) == [True, False, False]
    assert list(quotable(made(unsure, praise), category="61")) == [True, False]
    assert list(quotable(made({"category": "31"}, {"category": None}), category=None)) == [True, True]
    assert len(quotable(made({}).head(0), category=None)) == 0


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(1, 5))
def test_any_texts_give_at_most_so_many_different_rows(texts: list[str], n_cases: int) -> None:
    chosen = choose(texts, n_cases)
    assert len(set(chosen)) == len(chosen) <= n_cases
    assert set(chosen) <= set(range(len(texts)))


@given(st.integers(0, 200))
def test_no_case_is_of_the_less_central_half(seed: int) -> None:
    draw = np.random.default_rng(seed)
    usual = ["手机银行登录失败，" + "".join(draw.choice(list("提示密码错误验证码收不到请重试"), 8)) for _ in range(16)]
    strange = ["".join(draw.choice(list("谷蚕岱磬瓮邻鹤椽砚釉棠琴萤笺帆霁"), 20)) for _ in range(4)]
    texts = [*usual[:5], *strange, *usual[5:]]
    assert not {texts[row] for row in choose(texts, 3)} & set(strange)
