"""Widths of columns on paper, reckoned from what stands in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.workflow.columns import column_widths, with_columns

CELL = st.tuples(st.floats(0, 40), st.floats(0, 12), st.booleans()).map(lambda c: (max(c[0], c[1]), c[1], c[2]))


def made(*rows: tuple[str, ...], kind: str = "") -> str:
    lines = "".join("<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="data"><caption><span>表</span></caption><tbody>{lines}</tbody></table>'


def told(markup: str) -> list[float]:
    return [float(width) for width in re.findall(r'<col style="width:([\d.]+)%">', markup)]


def test_a_column_of_long_texts_is_wider_and_stands_after_the_caption() -> None:
    markup = with_columns(made(("甲", "12"), ("很长的一段说明文字" * 6, "3")))
    first, second = told(markup)
    assert first > 4 * second and first + second == pytest.approx(100, abs=0.1)
    assert re.search(r"</caption><colgroup>.*</colgroup><tbody>", markup)


def test_numbers_stay_on_one_line_beside_long_texts() -> None:
    row = '<tr><td>很长的一段说明文字，一行写不下。</td><td class="num">1,234（56–78%）</td></tr>'
    _, second = told(with_columns(f'<table class="data">{row.replace("一行", "一行" * 60)}</table>'))
    assert second / 100 * 60 > 9


@pytest.mark.parametrize(
    "markup",
    [
        made(("a", "b"), ("c",)),
        '<table class="data"><tr><td colspan="2">x</td></tr></table>',
        '<table class="data"></table>',
        made(tuple("一二三四五六七八九十" * 2 for _ in range(6)), kind=' class="num"'),
    ],
)
def test_what_cannot_be_reckoned_or_does_not_fit_stays_as_it_was(markup: str) -> None:
    assert with_columns(markup) == markup


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=6)))
def test_the_columns_fill_the_page_and_none_is_narrower_than_its_longest_piece(
    cells: list[list[tuple[float, float, bool]]],
) -> None:
    widths = column_widths(cells)
    if widths is None:
        return
    assert sum(widths) == pytest.approx(1)
    for width, column in zip(widths, zip(*cells, strict=True), strict=True):
        assert width * 60 >= max(longest for _, longest, _ in column)
        assert width * 60 >= max((whole for whole, _, is_whole in column if is_whole), default=0)
