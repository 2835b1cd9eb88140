"""Widths of columns on paper, reckoned from what stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.workflow.columns import Extent, column_widths

PAGE = 60.0
EXTENT = st.tuples(st.floats(0, 40), st.floats(0, 12), st.booleans()).map(
    lambda given: Extent(max(given[0], given[1]), given[1], given[2])
)


def column(*texts: str, is_whole: bool = False) -> list[Extent]:
    return [Extent.of(text, run=18, is_whole=is_whole) for text in texts]


def test_columns_that_fit_are_as_wide_as_they_want() -> None:
    made = column_widths([column("甲乙", "丙"), column("12")], page=PAGE)
    assert made.is_fitting and made.wanted == pytest.approx(sum(made.widths))
    assert made.widths[0] == pytest.approx(2 + 1.3)


def test_a_column_of_long_texts_is_wider() -> None:
    first, second = column_widths([column("甲", "很长的一段说明文字" * 9), column("12", "3")], page=PAGE).widths
    assert first > 4 * second and first + second == pytest.approx(PAGE)


def test_numbers_stay_on_one_line_beside_long_texts() -> None:
    number = column("1,234（56–78%）", is_whole=True)
    made = column_widths([column("很长的一段说明文字，一行写不下。" * 9), number], page=PAGE)
    assert made.widths[1] >= number[0].width > 8


def test_a_run_of_letters_that_may_be_broken_asks_for_no_more_than_its_pieces() -> None:
    assert Extent.of("W" * 300, run=18).longest == Extent.of("W" * 18, run=18).longest
    assert Extent.of("长文字 ab", run=18).longest == Extent.of("ab", run=18).longest


def test_columns_that_do_not_fit_fill_the_page_and_say_so() -> None:
    made = column_widths([column("一二三四五六七八九十" * 2, is_whole=True)] * 6, page=PAGE)
    assert not made.is_fitting
    assert sum(made.widths) == pytest.approx(PAGE)


def test_a_column_of_which_nothing_is_known_has_a_width() -> None:
    assert min(column_widths([[], column("字")], page=PAGE).widths) > 1


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(EXTENT, max_size=6), min_size=n, max_size=n)))
def test_the_columns_keep_to_the_page_and_none_is_narrower_than_its_longest_piece(columns: list[list[Extent]]) -> None:
    made = column_widths(columns, page=PAGE)
    assert sum(made.widths) <= PAGE + 1e-6
    if made.is_fitting:
        for width, cells in zip(made.widths, columns, strict=True):
            assert width >= max((cell.width if cell.is_whole else cell.longest for cell in cells), default=0)
