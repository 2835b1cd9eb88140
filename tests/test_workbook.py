"""Workbooks: the same cells give the same bytes, and a text stays a text."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from voc_lib.workbook import put_text, workbook_bytes


def made(*texts: str, created: datetime) -> bytes:
    book = Workbook()
    book.properties.created = created
    for row, text in enumerate(texts, start=1):
        put_text(book.active.cell(row, 1), text)
    return workbook_bytes(book)


def test_the_same_cells_give_the_same_bytes() -> None:
    assert made("a", created=datetime(2013, 1, 1)) == made("a", created=datetime(2024, 5, 6))
    assert made("a", created=datetime(2013, 1, 1)) != made("b", created=datetime(2013, 1, 1))


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "普通", "'=1"])
def test_a_text_is_never_a_formula_and_stays_as_it_is(text: str) -> None:
    cell = load_workbook(io.BytesIO(made(text, created=datetime(2013, 1, 1)))).active.cell(1, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_what_no_cell_can_hold_is_left_out() -> None:
    cell = load_workbook(io.BytesIO(made("a\x01b" + "字" * 40_000, created=datetime(2013, 1, 1)))).active.cell(1, 1)
    assert cell.value == "ab" + "字" * 32_765
