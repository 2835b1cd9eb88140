"""Delimited text (CSV, TSV): streamed, and what is broken in it costs its own row and no other.

Most lines are rows by themselves and go to a parser in C many at a time. The others (a quote that stays open, a text
over lines, a damaged character) are read one by one, by rules that say what each of them is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voc_lib.errors import SourceError
from voc_lib.ingest.chunks import Chunk, chunk_of_rows
from voc_lib.ingest.readers.encoding import DAMAGE, check_damage, decoded_blocks, find_encoding
from voc_lib.ingest.readers.heading import heading_place, known_headings
from voc_lib.ingest.readers.separator import cells_of, find_separator
from voc_lib.ingest.spelling import plain_heading
from voc_lib.params import SourceSettings

if TYPE_CHECKING:
    import pyarrow as pa

    from voc_lib.ingest.raw import RawFile

__all__ = ["read_comma_separated", "read_tab_separated"]

_LONGEST = csv.field_size_limit()


def read_comma_separated(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The rows of a .csv, whatever separates its cells."""
    return _read(file, ",", settings)


def read_tab_separated(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The rows of a .tsv, whatever separates its cells."""
    return _read(file, "\t", settings)


def _read(file: RawFile, usual: str, settings: SourceSettings) -> Iterator[Chunk]:
    known = known_headings(settings)

    def headings_in(line: str) -> int:
        return known(cells_of(line, find_separator(line, usual, headings_in=known)))

    encoding = find_encoding(file, settings.encodings, headings_in=headings_in)
    table: _Table | None = None
    rest = ""
    for text, is_last in decoded_blocks(file, encoding):
        lines, rest = _whole_lines(rest + text.replace("\0", ""), is_last=is_last)
        if table is None:
            first = heading_place(lines, headings_in)
            if first is None:
                rest = "" if is_last else "\n".join([*lines, rest])
                continue
            separator = find_separator(lines[first], usual, headings_in=known)
            table = _Table(file.name, separator, settings, heading_at=first)
        chunk, left = table.read(lines, is_last=is_last)
        rest = "\n".join([*left, rest])
        yield chunk
    if table is not None:
        check_damage(file, settings.encodings, encoding, table.damaged, table.line)
    else:
        raise SourceError("file has no heading row", file=file.name, hint="export it again with its column names")


def _whole_lines(text: str, *, is_last: bool) -> tuple[list[str], str]:
    """The lines that are there to their ends, and the beginning of the next."""
    *lines, rest = text.split("\n")
    if is_last and rest:
        return [*lines, rest], ""
    return lines, rest


class _Lines(Iterator[str]):
    """The lines of a block, from a place that can be set back: a broken quote must not swallow the rows after it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.next = 0

    def __next__(self) -> str:
        if self.next >= len(self.lines):
            raise StopIteration
        self.next += 1
        return self.lines[self.next - 1] + "\n"


@dataclass
class _Found:
    """What a block holds: the lines that are rows by themselves, the rows read one by one, and what is unreadable."""

    lines: list[str] = field(default_factory=list)
    line_numbers: list[range] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


class _Table:
    """Reads the rows of one file block by block; knows its heading and how far it has come."""

    def __init__(self, name: str, separator: str, settings: SourceSettings, *, heading_at: int = 0) -> None:
        self.name = name
        self.separator = separator
        self.settings = settings
        self.heading: list[str] = []
        self.looks: _Looks | None = None
        self.heading_at = heading_at  # lines above the heading, in the first block
        self.number = 0  # of the last row read
        self.line = 0  # lines before this block
        self.damaged: list[int] = []  # lines with a damaged character
        part = rf'(?:[^"{re.escape(separator)}]*|"(?:[^"]|"")*")'
        self.by_itself = re.compile(rf"{part}(?:{re.escape(separator)}{part})*")

    def read(self, lines: list[str], *, is_last: bool) -> tuple[Chunk, list[str]]:
        """The rows of these lines, and the lines at their end that need the next block to be understood."""
        found = _Found()
        source = _Lines(lines)
        if not self.heading:
            source.next = self.number = self.heading_at
        while not self.heading and source.next < len(lines):
            self._read_heading(source)
        special = iter([*self._special(lines, source.next), len(lines)])
        place = next(special)
        while source.next < len(lines):
            while place < source.next:
                place = next(special)
            if place > source.next:
                found.lines += lines[source.next : place]
                found.line_numbers.append(range(self.number + 1, self.number + 1 + place - source.next))
                self.number += place - source.next
                source.next = place
            elif not self._read_one(source, found, is_last=is_last):
                break
        self.line += source.next
        return self._chunk(found), lines[source.next :]

    def _read_heading(self, source: _Lines) -> None:
        first = source.next
        try:
            cells = next(csv.reader(source, delimiter=self.separator, strict=True))
        except (csv.Error, StopIteration):
            source.next = first + 1
            cells = _one_line(source.lines[first : first + 1], self.separator)
        self.number += 1
        if any(cell.strip() for cell in cells):
            self.heading = [cell.strip() for cell in cells]
            self.looks = _Looks.of(self.heading, self.settings, self.separator)
        elif source.lines[first].strip():
            raise SourceError("file has no heading row", file=self.name, hint="export it again with its column names")

    def _special(self, lines: list[str], first: int) -> list[int]:
        """The places of the lines that are no row by themselves, or may be none."""
        if len(self.heading) == 1 or not self.separator.isascii():
            return list(range(first, len(lines)))
        short = 4 * len(self.heading)
        text = "".join(lines)
        if (is_damaged := not _is_clean(text)) or '"' in text:
            odd = [
                place
                for place, line in enumerate(lines)
                if '"' in line or len(line) < short or len(line) > _LONGEST or (is_damaged and DAMAGE.search(line))
            ]
        else:
            odd = [place for place, length in enumerate(map(len, lines)) if length < short or length > _LONGEST]
        return [place for place in odd if place >= first and not self._is_row(lines[place])]

    def _is_row(self, line: str) -> bool:
        return (
            len(line) <= _LONGEST
            and bool(line.replace(self.separator, "").strip())
            and ('"' not in line or self.by_itself.fullmatch(line) is not None)
            and DAMAGE.search(line) is None
        )

    def _read_one(self, source: _Lines, found: _Found, *, is_last: bool) -> bool:
        """Read the record that begins at the source's place; False where it may go on in the next block."""
        assert self.looks is not None
        first = source.next
        broken = False
        try:
            cells = next(csv.reader(source, delimiter=self.separator, strict=True))
        except csv.Error:
            if source.next >= len(source.lines) and not is_last and _is_open(source.lines[first:]):
                source.next = first
                return False
            cells = _one_line(source.lines[first : source.next], self.separator)
            broken = not cells
        else:
            broken = len(cells) not in (0, self.looks.width)
        self.number += 1
        own = source.lines[first : source.next]
        if len(own) > 1 and (broken or self.looks.holds_rows(own, cells)):
            # A quote that nobody closed ran into the rows after it: give up its first line, read the others again.
            found.unreadable.append((self.number, "a quote is not closed"))
            source.next = first + 1
        elif any(DAMAGE.search(line) for line in own):
            self.damaged.append(self.line + first + 1)
            found.unreadable.append((self.number, f"a damaged character, line {self.damaged[-1]} of the file"))
        elif broken and not cells:
            found.unreadable.append((self.number, "a field is too long or a quote is not closed"))
        elif not any(cell.strip() for cell in cells):
            # A row of commas alone is a row that says nothing; a line with nothing at all is not a row.
            if len(cells) > 1:
                found.unreadable.append((self.number, "all cells are empty"))
        elif len(cells) != len(self.heading):
            found.unreadable.append((self.number, self._misfit(len(cells))))
        else:
            found.rows.append(cells)
            found.row_numbers.append(self.number)
        return True

    def _misfit(self, width: int) -> str:
        return f"{width} fields, the heading has {len(self.heading)}"

    def _chunk(self, found: _Found) -> Chunk:
        import numpy as np
        import pyarrow as pa

        runs = [np.arange(run.start, run.stop, dtype="int64") for run in found.line_numbers]
        numbers = np.concatenate(runs) if runs else np.empty(0, dtype="int64")
        columns, misfits = self._parsed(found.lines)
        if misfits:
            kept = np.ones(len(numbers), dtype="bool")
            for place, width in misfits:
                kept[place] = False
                found.unreadable.append((int(numbers[place]), self._misfit(width)))
            numbers = numbers[kept]
        found.unreadable.sort()
        if found.rows:
            single = chunk_of_rows("", self.heading, found.rows, found.row_numbers, [])
            numbers = np.concatenate([numbers, single.numbers])
            order = np.argsort(numbers, kind="stable")
            numbers = numbers[order]
            pairs = zip(columns, single.columns, strict=True)
            columns = tuple(pa.concat_arrays(pair).take(pa.array(order)) for pair in pairs)
        return Chunk("", tuple(self.heading), columns, numbers, found.unreadable)

    def _parsed(self, lines: list[str]) -> tuple[tuple[pa.Array, ...], list[tuple[int, int]]]:
        """The cells of lines that are rows by themselves, by column; place and width of those of another width."""
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        misfits: list[tuple[int, int]] = []

        def skip(row: Any) -> str:
            misfits.append((row.number - 1, row.actual_columns))
            return "skip"

        names = [str(place) for place in range(len(self.heading))]
        if not lines:
            return tuple(pa.array([], type=pa.large_string()) for _ in names), misfits
        text = "\n".join(lines)
        payload = f"{text}\n".encode()
        table = arrow_csv.read_csv(
            pa.BufferReader(payload),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(payload) + 1, column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.separator,
                quote_char='"' if '"' in text else False,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, check_utf8=False
            ),
        )
        return tuple(column.combine_chunks() for column in table.columns), misfits


def _is_clean(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_open(lines: list[str]) -> bool:
    """Whether a record of these lines can go on: its field is not yet longer than any field may be."""
    return sum(len(line) + 1 for line in lines) <= _LONGEST


def _one_line(lines: list[str], delimiter: str) -> list[str]:
    """The cells of a line with quotes that are part of its text ("闪退"了); none where one of them stays open."""
    if len(lines) != 1 or lines[0].count('"') % 2:
        return []
    return lines[0].split(delimiter)


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
    def of(cls, heading: Sequence[str], settings: SourceSettings, delimiter: str) -> _Looks:
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
