"""A feedback form as it came back: its cells, read as from a stranger.

Whatever the file holds, it is read within limits and nothing of it is computed: a formula is told apart from a text.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voc_lib.errors import SourceError
from voc_lib.report.form import FORM_COLUMNS
from voc_lib.report.html import clean

__all__ = ["LARGEST", "Cell", "ReturnedForm", "read_returned"]

_SHEET = "反馈表"
_EXPECTED = "the feedback_form.xlsx that went out with a report, filled in"
LARGEST, _LARGEST_INSIDE = 20_000_000, 200_000_000  # bytes of the file, and of what it holds
_MOST_PARTS, _MOST_ROWS, _MOST_COLUMNS, _HEAD_ROWS = 1_000, 5_000, 60, 20
_MARKED = re.compile(r"代码[:：]\s*([A-Za-z0-9_-]+).*报告月份[:：]\s*(\d{4}-(?:0[1-9]|1[0-2]))")
_DOCTYPE_WITHIN = 4096  # an XML document can declare its type before its first element only


@dataclass(frozen=True)
class Cell:
    """One cell: where it stands, what it holds, and as what openpyxl knows it.

    Args:
        place: such as F5.
        value: text, number, date, …; None where it is empty.
        kind: s text, n number, d date, f formula, b yes or no, e error.
    """

    place: str
    value: Any = None
    kind: str = "n"

    @property
    def text(self) -> str:
        """What it holds as a text, without unseen signs and the spaces around; empty for an empty cell."""
        return "" if self.value is None else clean(str(self.value)).strip()

    @property
    def plain(self) -> str:
        """The text with full-width letters and digits made plain, for what is compared."""
        return unicodedata.normalize("NFKC", self.text)


@dataclass(frozen=True)
class ReturnedForm:
    """What a form says.

    Args:
        branch, month: of the report it belongs to, as its head says.
        saved_at: when it was last saved, as it says itself (YYYY-MM-DDTHH:MM:SS); empty where it does not.
        rows: number of each row that names an action or answers, and its cells by heading.
    """

    branch: str
    month: str
    saved_at: str
    rows: Mapping[int, Mapping[str, Cell]]


def read_returned(payload: bytes, *, file: str) -> ReturnedForm:
    """Read a form. Columns are found by their headings, in whatever order; other sheets are left alone.

    Args:
        payload: the bytes of the workbook.
        file: its name, for messages.
    Raises: SourceError when it is no such form, or larger than any form can be.
    """
    _check_container(payload, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
            cells, saved_at = _cells(payload, file)
    except SourceError:
        raise
    except Exception as error:  # a damaged workbook fails in ways of its own
        raise SourceError(
            "workbook cannot be read", file=file, found=type(error).__name__, expected=_EXPECTED
        ) from None
    head, headings = _head(cells, file)
    marked = next((match for row in cells[:head] for cell in row if (match := _MARKED.search(cell.plain))), None)
    if marked is None:
        raise SourceError(
            "form does not say whose it is",
            file=file,
            place="A2",
            expected="…代码：BJ    报告月份：2013-05",
            hint="fill in the form as it was sent; do not copy its cells elsewhere",
        )
    return ReturnedForm(marked[1], marked[2], saved_at, dict(_rows(cells, head, headings)))


def _check_container(payload: bytes, file: str) -> None:
    if len(payload) > LARGEST:
        raise SourceError("file is too large for a feedback form", file=file, bytes=len(payload), expected=_EXPECTED)
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise zipfile.BadZipFile
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_INSIDE:
                raise SourceError("workbook is too large for a feedback form", file=file, expected=_EXPECTED)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as content:
                        if b"<!" in content.read(_DOCTYPE_WITHIN).replace(b"<!--", b""):
                            raise SourceError("workbook declares a document type", file=file, expected=_EXPECTED)
    except SourceError:
        raise
    except Exception:  # each damage has an error of its own
        raise SourceError(
            "not an Excel workbook (.xlsx)",
            file=file,
            expected=_EXPECTED,
            hint="save it as .xlsx, without a password",
        ) from None


def _cells(payload: bytes, file: str) -> tuple[list[list[Cell]], str]:
    """The cells of the form's sheet, row by row, and when the workbook was saved."""
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    book = load_workbook(io.BytesIO(payload), read_only=True, keep_links=False)
    if _SHEET not in book.sheetnames:
        raise SourceError(
            "sheet missing", file=file, sheet=_SHEET, expected=_EXPECTED, hint="give the form's sheet its name back"
        )
    sheet = book[_SHEET]
    sheet.reset_dimensions()  # what the file says of its own size need not be so
    found = []
    for number, row in enumerate(sheet.iter_rows(max_row=_MOST_ROWS + 1, max_col=_MOST_COLUMNS), start=1):
        if number > _MOST_ROWS:
            raise SourceError("more rows than a feedback form has", file=file, expected=f"up to {_MOST_ROWS:,}")
        found.append(
            [
                Cell(f"{get_column_letter(column)}{number}", cell.value, str(cell.data_type))
                for column, cell in enumerate(row, start=1)
            ]
        )
    saved = book.properties.modified
    return found, saved.isoformat(timespec="seconds") if isinstance(saved, datetime) else ""


def _head(cells: list[list[Cell]], file: str) -> tuple[int, dict[str, int]]:
    """The place of the row with the headings, and the column of each of them."""
    names = [heading for heading, _, _ in FORM_COLUMNS]
    rows = [[cell.plain for cell in row] for row in cells[:_HEAD_ROWS]]
    place = max(range(len(rows)), key=lambda i: len({*rows[i]} & {*names}), default=0)
    found = rows[place] if rows else []
    missing = [name for name in names if name not in found]
    twice = [name for name in names if found.count(name) > 1]
    if missing or twice:
        raise SourceError(
            "columns are not those of the form",
            file=file,
            row=place + 1,
            missing="、".join(missing) or None,
            twice="、".join(twice) or None,
            hint="fill in the form as it was sent, with all its columns",
        )
    return place, {name: found.index(name) for name in names}


def _rows(cells: list[list[Cell]], head: int, headings: Mapping[str, int]) -> Iterator[tuple[int, dict[str, Cell]]]:
    opened = [heading for heading, _, is_open in FORM_COLUMNS if is_open]
    for number, row in enumerate(cells[head + 1 :], start=head + 2):
        mine = {heading: row[column] for heading, column in headings.items() if column < len(row)}
        if len(mine) == len(headings) and any(mine[heading].text for heading in ("编号", *opened)):
            yield number, mine
