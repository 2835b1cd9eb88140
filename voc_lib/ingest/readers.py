"""Readers: the bytes of one raw file become sheets of rows, every cell as text, every row with its number.

A reader succeeds or raises SourceError. A row that does not fit the heading is no error: it is kept as unreadable.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.spelling import plain_heading
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
    return [_read_delimited(_decode(payload, name, settings.encodings), name, ",", settings)]


def _read_tab_separated(payload: bytes, name: str, settings: SourceSettings) -> list[Sheet]:
    return [_read_delimited(_decode(payload, name, settings.encodings), name, "\t", settings)]


def _decode(payload: bytes, name: str, encodings: tuple[str, ...]) -> str:
    """The text in the first encoding in which every byte makes sense, else in that with the fewest damaged lines.

    A byte that makes no sense becomes a lone surrogate (as PEP 383 has it), so that the reader refuses its row alone.
    """
    for encoding in encodings:
        try:
            return payload.decode(encoding, errors="strict").removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    encodings_of_bytes = [e for e in encodings if not e.lower().replace("_", "-").startswith(("utf-16", "utf-32"))]
    if payload.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not encodings_of_bytes:
        best, text = "utf-16", ""
        damaged: list[int] = []
    else:
        tried = [_decode_damaged(payload, encoding) for encoding in encodings_of_bytes]
        damaged, text, best = min(tried, key=lambda told: len(told[0]))
        # A byte or two in a long file is damage; more of them, or one in the heading, is another encoding.
        if len(damaged) <= max(1, _MOST_DAMAGED * text.count("\n")) and damaged[:1] != [1]:
            return text
    raise SourceError(
        "file is in none of the encodings",
        file=name,
        expected=", ".join(encodings),
        found=best if not damaged else None,
        line=damaged[0] if damaged else None,
        damaged_lines=f"{len(damaged)} as {best}" if damaged else None,
        hint="export it again, or add its encoding to `encodings` in params/sources.yaml",
    )


_MOST_DAMAGED = 0.01
_DAMAGE = re.compile("[\udc80-\udcff]")
_EURO = "\udc80"  # in the Windows code page 936, which exports call GBK, the byte 80 is the euro sign


def _decode_damaged(payload: bytes, encoding: str) -> tuple[list[int], str, str]:
    """The numbers of the lines with a byte that makes no sense, the text, the encoding."""
    text = payload.decode(encoding, errors="surrogateescape").removeprefix("\ufeff")
    if codecs.lookup(encoding).name in ("gbk", "gb18030"):
        text = text.replace(_EURO, "€")
    return [number for number, line in enumerate(text.split("\n"), start=1) if _DAMAGE.search(line)], text, encoding


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


def _read_delimited(text: str, name: str, delimiter: str, settings: SourceSettings) -> Sheet:
    # Only these ends of line: a text may hold other characters that str.splitlines would take for one.
    lines = _Lines(io.StringIO(text.replace("\0", ""), newline=None).readlines())
    is_damaged = _DAMAGE.search(text) is not None
    sheet: Sheet | None = None
    looks: _Looks | None = None
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        first = lines.next
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            cells = _one_line(lines.lines[first : lines.next], delimiter)
            broken = not cells
        else:
            broken = looks is not None and len(cells) not in (0, looks.width)
        own = lines.lines[first : lines.next]
        if sheet is None or looks is None:
            if broken or any(cell.strip() for cell in cells):
                sheet = Sheet("", _heading(cells, name, delimiter))
                looks = _Looks.of(sheet.heading, settings, delimiter)
        elif len(own) > 1 and (broken or looks.holds_rows(own, cells)):
            # A quote that nobody closed ran into the rows after it: give up its first line, read the others again.
            sheet.unreadable.append((number, "a quote is not closed"))
            lines.next = first + 1
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        elif is_damaged and any(_DAMAGE.search(line) for line in own):
            sheet.unreadable.append((number, f"a damaged character, line {first + 1} of the file"))
        elif broken and not cells:
            sheet.unreadable.append((number, "a field is too long or a quote is not closed"))
        else:
            sheet.add(number, cells)
    if sheet is None:
        raise SourceError("file has no heading row", file=name, hint="export it again with its column names")
    return sheet


def _one_line(lines: list[str], delimiter: str) -> list[str]:
    """The cells of a line with quotes that are part of its text ("闪退"了); none where one of them stays open."""
    if len(lines) != 1 or lines[0].count('"') % 2:
        return []
    return lines[0].rstrip("\n").split(delimiter)


@dataclass(frozen=True)
class _Looks:
    """What a line looks like that is a row by itself: as wide as the heading, or with a time in its place.

    RFC 4180 lets a quoted text run over lines, so a quote that stays open runs to the next one, rows later; what it has
    swallowed shows only in this.
    """

    width: int
    time_place: int | None
    delimiter: str

    @classmethod
    def of(cls, heading: list[str], settings: SourceSettings, delimiter: str) -> _Looks:
        wanted = plain_heading(next(iter(settings.headings("occurred_at")), ""))
        places = [place for place, cell in enumerate(heading) if plain_heading(cell) == wanted]
        return cls(len(heading), places[0] if places else None, delimiter)

    def holds_rows(self, lines: list[str], cells: list[str]) -> bool:
        """Whether a line of a record after its first is a row by itself."""
        if self.width < _FEW:
            return False
        *between, last = lines[1:]
        if any(self._is_row(line) for line in between):
            return True
        # Where the first cell is the text, the end of a good record looks like a whole row.
        is_first_cell = "\n" in cells[0] and len(lines[0].split(self.delimiter)) < self.width
        # The end of a record holds its own cells after the text, so its width tells nothing.
        return not is_first_cell and any(self._has_time(cells) for cells in self._readings(last))

    def _is_row(self, line: str) -> bool:
        return any(len(cells) == self.width or self._has_time(cells) for cells in self._readings(line))

    def _readings(self, line: str) -> tuple[list[str], list[str]]:
        """The cells of a line, its quotes taken as part of the text, and as quotes."""
        plain = line.rstrip("\n").split(self.delimiter)
        try:
            quoted = next(csv.reader([line], delimiter=self.delimiter), [])
        except csv.Error:
            quoted = []
        return plain, quoted

    def _has_time(self, cells: list[str]) -> bool:
        place = self.time_place
        return (
            place is not None and len(cells) > place and _TIME_IN_PLACE.fullmatch(cells[place].strip(' "')) is not None
        )


_FEW = 3  # a row of one or two cells looks like any text
_TIME_IN_PLACE = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}[-/:.\sT日时分秒\d]*|(?:19|20)\d{6}(?:\s*\d{2}:?\d{2}(?::?\d{2})?)?"
)


def _heading(cells: list[str], name: str, delimiter: str) -> list[str]:
    if not any(cell.strip() for cell in cells):
        raise SourceError("file has no heading row", file=name, hint="export it again with its column names")
    others = {sign: told for sign, told in _SEPARATORS.items() if sign != delimiter}
    for sign, told in others.items():
        if len(cells) == 1 and cells[0].count(sign) > 1:
            raise SourceError(
                "columns have another separator",
                file=name,
                expected=_SEPARATORS[delimiter],
                found=told,
                hint="export it again with commas (.csv) or tabs (.tsv)",
            )
    return [cell.strip() for cell in cells]


_SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar", "，": "full-width comma"}


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
            found="an empty file" if not payload else f"{len(payload):,} bytes that are no whole workbook",
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
