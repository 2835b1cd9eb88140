"""Readers: the bytes of one raw file become sheets of rows, every cell as text, every row with its number.

A reader succeeds or raises SourceError. A row that does not fit the heading is no error: it is kept as unreadable.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.raw import RawFile
from voc_lib.params import SourceSettings

__all__ = ["READERS", "Sheet", "read_sheets"]


@dataclass
class Sheet:
    """The rows of one file, or of one sheet of a workbook.

    Args:
        name: of the sheet; empty for a file without sheets.
        heading: the cells of the heading row.
        rows: the cells of each readable row, as many as the heading has.
        numbers: the row number of each, the first row of the file being 1.
        unreadable: row number and what is wrong, for each row that does not fit the heading.
        time_formats: formats of times that the reader itself wrote.
    """

    name: str
    heading: list[str]
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    time_formats: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """All rows below the heading but the blank ones."""
        return len(self.rows) + len(self.unreadable)

    def add(self, number: int, cells: list[str]) -> None:
        """Keep a row, as readable or not; a blank one is no row."""
        if not any(cell.strip() for cell in cells):
            # A row of commas alone is a row that says nothing; a line with nothing at all is not a row.
            if len(cells) > 1:
                self.unreadable.append((number, "all cells are empty"))
        elif len(cells) != len(self.heading):
            self.unreadable.append((number, f"{len(cells)} fields, the heading has {len(self.heading)}"))
        else:
            self.rows.append(cells)
            self.numbers.append(number)


def read_sheets(file: RawFile, settings: SourceSettings) -> list[Sheet]:
    """The sheets of a raw file, in the file's order.

    Raises: SourceError naming the file when its kind is unknown or it cannot be read whole.
    """
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix not in READERS:
        raise SourceError("no reader for this kind of file", file=file.name, expected=", ".join(READERS))
    try:
        payload = file.path.read_bytes()
    except OSError as error:
        raise SourceError("raw file cannot be read", file=file.name, found=error.strerror) from None
    return READERS[suffix](payload, file.name, settings)


def _read_comma_separated(payload: bytes, name: str, settings: SourceSettings) -> list[Sheet]:
    return [_read_delimited(_decode(payload, name, settings.encodings), name, ",")]


def _read_tab_separated(payload: bytes, name: str, settings: SourceSettings) -> list[Sheet]:
    return [_read_delimited(_decode(payload, name, settings.encodings), name, "\t")]


def _decode(payload: bytes, name: str, encodings: tuple[str, ...]) -> str:
    """The text in the first encoding in which every byte makes sense."""
    for encoding in encodings:
        try:
            return payload.decode(encoding, errors="strict").removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    guess = "utf-16" if payload.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None
    raise SourceError(
        "file is in none of the encodings",
        file=name,
        expected=", ".join(encodings),
        found=guess,
        hint="export it again, or add its encoding to `encodings` in params/sources.yaml",
    )


class _Lines(Iterator[str]):
    """The lines of a text, from a place that can be set back: a broken quote must not swallow the rows after it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.next = 0

    def __next__(self) -> str:
        if self.next >= len(self.lines):
            raise StopIteration
        self.next += 1
        return self.lines[self.next - 1]


def _read_delimited(text: str, name: str, delimiter: str) -> Sheet:
    # Only these ends of line: a text may hold other characters that str.splitlines would take for one.
    lines = _Lines(io.StringIO(text.replace("\0", ""), newline=None).readlines())
    sheet: Sheet | None = None
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    while True:
        first = lines.next
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            cells = []
            broken = True
        else:
            broken = sheet is not None and len(cells) not in (0, len(sheet.heading))
        if sheet is None:
            if broken or any(cell.strip() for cell in cells):
                sheet = Sheet("", _heading(cells, name))
        elif broken and lines.next > first + 1:
            # A quote that nobody closed ran into the rows after it: give up its first line, read the others again.
            sheet.unreadable.append((number, "a quote is not closed"))
            lines.next = first + 1
            reader = csv.reader(lines, delimiter=delimiter)
        elif broken and not cells:
            sheet.unreadable.append((number, "a field is too long or a quote is not closed"))
        else:
            sheet.add(number, cells)
    if sheet is None:
        raise SourceError("file has no heading row", file=name, hint="export it again with its column names")
    return sheet


def _heading(cells: list[str], name: str) -> list[str]:
    if not any(cell.strip() for cell in cells):
        raise SourceError("file has no heading row", file=name, hint="export it again with its column names")
    return [cell.strip() for cell in cells]


def _read_workbook(payload: bytes, name: str, settings: SourceSettings) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(payload))
        wanted = settings.sheets or tuple(book.sheet_names)
        missing = [sheet for sheet in wanted if sheet not in book.sheet_names]
        sheets = [] if missing else [_read_sheet(book.get_sheet_by_name(sheet), sheet) for sheet in wanted]
    except BaseException as error:
        # calamine's own errors, and the panic that its Rust code raises on some broken files (no Exception by birth).
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(
            "workbook cannot be read",
            file=name,
            found=type(error).__name__,
            hint="open it, save it again, or export it again",
        ) from None
    if missing:
        raise SourceError(
            "sheet missing", file=name, sheet=missing[0], nearest=nearest(missing[0], book.sheet_names),
            hint="change `sheets` in params/sources.yaml",
        )  # fmt: skip
    found = [sheet for sheet in sheets if sheet is not None]
    if not found:
        raise SourceError("file has no heading row", file=name, hint="export it again with its column names")
    return found


def _read_sheet(source: Any, name: str) -> Sheet | None:
    """A sheet's rows, its first row with anything in it being the heading; None for a sheet without cells."""
    above = source.start[0] if source.start else 0
    sheet: Sheet | None = None
    for index, values in enumerate(source.to_python()):
        cells = [_as_text(value) for value in values]
        if sheet is not None:
            if any(cell.strip() for cell in cells):
                sheet.add(above + index + 1, cells)
        elif any(cell.strip() for cell in cells):
            sheet = Sheet(name, [cell.strip() for cell in cells], time_formats=(_TIME, _DAY))
    return sheet


_TIME = "%Y-%m-%d %H:%M:%S"
_DAY = "%Y-%m-%d"


def _as_text(value: object) -> str:
    """A cell as the person who filled it in would read it out."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.strftime(_TIME)
    if isinstance(value, dt.date):
        return value.strftime(_DAY)
    return "" if value is None else str(value)


READERS: Mapping[str, Callable[[bytes, str, SourceSettings], list[Sheet]]] = {
    ".csv": _read_comma_separated,
    ".tsv": _read_tab_separated,
    ".xlsx": _read_workbook,
    ".xlsm": _read_workbook,
    ".xls": _read_workbook,
}
