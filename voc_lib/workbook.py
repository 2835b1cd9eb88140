"""Workbooks (.xlsx) whose bytes depend on their cells alone, and in which a text is never a formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

__all__ = ["pinned", "put_text", "workbook_bytes"]

_EARLIEST = datetime(1980, 1, 1)  # that an entry of a zip archive can carry
_LONGEST = 32_767  # characters of a cell


def workbook_bytes(book: Any, stamp: datetime = _EARLIEST) -> bytes:
    """An openpyxl workbook as the bytes of an .xlsx; see `pinned`."""
    sink = io.BytesIO()
    book.save(sink)
    return pinned(sink.getvalue(), stamp)


def pinned(payload: bytes, stamp: datetime = _EARLIEST) -> bytes:
    """The same workbook with one fixed time in its properties and its archive.

    openpyxl writes the hour into docProps/core.xml and into each entry of the archive, whatever its properties say.
    """
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                fixed = rf"\g<1>{stamp:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode()
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)", fixed, content)
            entry = zipfile.ZipInfo(name, date_time=(max(stamp.year, 1980), stamp.month, stamp.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, content)
    return sink.getvalue()


def put_text(cell: Any, text: str) -> None:
    """Put a text into a cell as it is, and as text: also `=1+1`, and also after somebody has edited the cell.

    Characters that no workbook can hold are left out, and what is longer than a cell holds is cut.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST]
    cell.data_type = "s"
    cell.quotePrefix = True
