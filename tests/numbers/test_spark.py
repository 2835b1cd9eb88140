"""A spark line stays in its box and breaks where nothing is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voc_lib.numbers.spark import spark_lines

COUNTS = st.lists(st.none() | st.integers(0, 10**6), max_size=31)


@given(COUNTS, st.floats(0, 10**6))
def test_every_known_count_has_a_point_in_the_box(counts: list[int | None], foot: float) -> None:
    pieces = spark_lines(counts, width=96, height=22, foot=foot)
    points = [point for piece in pieces for point in piece]
    assert len(points) == sum(n is not None for n in counts)
    assert all(0 <= x <= 96 and 0 <= y <= 22 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_what_is_not_known_breaks_the_line_and_keeps_its_place() -> None:
    assert spark_lines([0, 10, None, 5], width=32, height=12) == [[(1.0, 11.0), (11.0, 1.0)], [(31.0, 6.0)]]
    assert spark_lines([None], width=32, height=12) == []
