"""Typical cases: the medoid first, then others that differ, of a length that can be quoted."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.hotspot import text_vectors, typical_rows

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


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(1, 5))
def test_any_texts_give_at_most_so_many_different_rows(texts: list[str], n_cases: int) -> None:
    chosen = choose(texts, n_cases)
    assert len(set(chosen)) == len(chosen) <= n_cases
    assert set(chosen) <= set(range(len(texts)))
