"""Runs of characters: what counts as one, and that all texts at once give what each gives alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.learning.grams import CharGrams

TEXTS = ["利率太高", "利率高", "太高了", "", "利 率太高", "2013年", "7年"]


def test_a_run_must_stand_in_enough_texts() -> None:
    once, twice = CharGrams.learn(TEXTS, min_texts=1), CharGrams.learn(TEXTS, min_texts=2)
    assert 0 < len(twice.hashes) < len(once.hashes)
    assert not CharGrams.learn(TEXTS, min_texts=99).hashes.size


def test_runs_of_each_length_with_the_edges() -> None:
    # a, b, ^a, ab, b$, ^ab, ab$
    assert len(CharGrams.learn(["ab"], min_texts=1).hashes) == 7


def test_a_text_has_length_one_and_an_empty_one_none() -> None:
    grams = CharGrams.learn(TEXTS, low=2, high=2, min_texts=1)
    lengths = np.sqrt(grams.matrix(["太高", ""]).multiply(grams.matrix(["太高", ""])).sum(axis=1))
    np.testing.assert_allclose(np.asarray(lengths).ravel(), [1, 0], atol=1e-6)


def test_white_space_and_the_number_of_digits_do_not_count() -> None:
    grams = CharGrams.learn(TEXTS, min_texts=1)
    matrix = grams.matrix(["利 率太高", "利率太高", "2013年", "7年"]).toarray()
    np.testing.assert_array_equal(matrix[0], matrix[1])
    np.testing.assert_array_equal(matrix[2], matrix[3])


def test_deciding_is_the_product_with_the_matrix() -> None:
    grams = CharGrams.learn(TEXTS, min_texts=1)
    weights = np.arange(2.0 * len(grams.hashes)).reshape(2, -1)
    np.testing.assert_allclose(grams.decide(TEXTS, weights), grams.matrix(TEXTS) @ weights.T, rtol=1e-5)
    assert grams.decide([], weights).shape == (0, 2)


@given(texts=st.lists(st.text(alphabet="利率高低 ab1\n\ud800😀", max_size=8), max_size=6))
def test_a_text_counts_alike_whatever_stands_beside_it(texts: list[str]) -> None:
    grams = CharGrams.learn(TEXTS, min_texts=1)
    together = grams.matrix(texts).toarray()
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(grams.matrix([text]).toarray()[0], row)
