"""Bursts inside a span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.hotspot.bursts import strongest_burst


def test_a_dense_week_is_the_burst() -> None:
    counts = [0] * 30
    counts[10:14] = [4, 5, 4, 3]
    counts[25] = 1
    found = strongest_burst(counts, [20] * 30)
    assert found is not None
    assert (found.first, found.last, found.n) == (10, 13, 16)


def test_an_even_course_two_voices_and_more_of_everything_are_no_burst() -> None:
    assert strongest_burst([1] * 30, [20] * 30) is None
    assert strongest_burst([0] * 28 + [2, 0], [20] * 30) is None
    assert strongest_burst([1] * 15 + [4] * 15, [10] * 15 + [40] * 15) is None
    assert strongest_burst([0] * 30, [20] * 30) is None


def test_a_denser_burst_weighs_more() -> None:
    def weight(n: int) -> float:
        found = strongest_burst([0] * 10 + [n] * 3 + [1] * 17, [50] * 30)
        return 0.0 if found is None else found.weight

    assert weight(5) < weight(9) == pytest.approx(weight(9))


@given(st.lists(st.integers(0, 6), min_size=2, max_size=60))
def test_a_burst_lies_in_the_course_and_counts_what_it_holds(counts: list[int]) -> None:
    found = strongest_burst(counts, [n + 5 for n in counts])
    if found is not None:
        assert 0 <= found.first <= found.last < len(counts)
        assert found.n == sum(counts[found.first : found.last + 1]) >= 3
        assert found.weight > 0
