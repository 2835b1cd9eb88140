"""A workbook of text cells."""

from __future__ import annotations

from collections.abc import Sequence

from voc_lib import workbook

__all__ = ["workbook_bytes"]


def workbook_bytes(rows: Sequence[Sequence[str]], *, sheet: str) -> bytes:
    """An .xlsx with one sheet of text cells; the same rows give the same bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    return workbook.workbook_bytes(book)
