"""False-discovery rate against hand-worked examples, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.hotspot.discovery import family_weights, q_values


def test_q_values_of_a_worked_example() -> None:
    # p · m / rank: 0.05, 0.05, 0.0667, 0.05625, 0.2; from the largest down the value never rises.
    found = q_values([0.01, 0.02, 0.04, 0.045, 0.2])
    assert found == pytest.approx([0.05, 0.05, 0.05625, 0.05625, 0.2])


def test_benjamini_and_hochbergs_own_example() -> None:
    # Benjamini and Hochberg 1995, section 3.2: at 5 % the first four of fifteen are rejected.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (q_values(p) <= 0.05).sum() == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_values_keep_the_order_of_p_values_and_are_never_below_them(p: list[float]) -> None:
    q = q_values(p)
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-12).all()
    assert (q >= np.array(p) - 1e-12).all()
    assert (q <= 1).all()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.randoms())
def test_the_order_of_the_tests_does_not_matter(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert q_values([p[i] for i in order]) == pytest.approx(q_values(p)[order])


def test_a_small_planned_family_does_not_drown() -> None:
    planned = np.array([True] * 2 + [False] * 98)
    p = np.array([0.004, 0.5] + [0.5] * 98)
    weights = family_weights(planned)
    assert weights.mean() == pytest.approx(1.0)
    assert q_values(p)[0] > 0.1
    assert q_values(p, weights=weights)[0] == pytest.approx(0.004 * 100 / 25)


def test_one_family_alone_has_equal_weights_and_no_test_gives_no_value() -> None:
    assert family_weights([True, True]) == pytest.approx([1, 1])
    assert len(q_values([])) == 0
