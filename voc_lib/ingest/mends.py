"""Mends: what branches corrected in the workbook of refused rows, laid over the raw rows by their origin at landing.

A mend is known by its raw file (the hash of its bytes), sheet and row: it does not matter what the workbook or the raw
file is called, in which order workbooks come, or how often. Where a raw file has grown since, its rows are known by its
name, sheet and row, if the number of the record there is still the same. A wrong cell is told by its name, and its row
stays refused; nothing else is held up by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.branch_spelling import BranchNames
from voc_lib.ingest.prepare import MENDED_TIMES
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.refused import ALWAYS_MENDABLE, MARK_DIGITS, MENDABLE, ORIGIN, SHEET
from voc_lib.ingest.spelling import plain_name
from voc_lib.ingest.times import parse_times
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.schema import SOURCE_NAMES
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Mending", "Mends", "read_mends"]

_SUFFIXES = (".xlsx", ".xlsm", ".xls")
_TIME_FIELDS = ("occurred_at", "replied_at")
_TIMES = (MENDED_TIMES, "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
_MARK = re.compile(f"[0-9a-f]{{{MARK_DIGITS}}}")
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_SCORE = re.compile("[1-5]")
_SOURCES = {name: source for source, name in SOURCE_NAMES.items()}


@dataclass(frozen=True)
class Mend:
    """What one raw row should say.

    Args:
        file, sheet, row: where it came from, the file as it was then called.
        mark: first digits of the SHA-256 of that file.
        source: whose row it is.
        record_id: the number it had; empty where it had none.
        values: what is right, by field.
        workbook, line: where it was corrected.
    """

    file: str
    mark: str
    sheet: str
    row: int
    source: str
    record_id: str
    values: Mapping[str, str]
    workbook: str
    line: int


@dataclass(frozen=True)
class Mends:
    """All workbooks of refused rows that came back.

    Args:
        files: name and SHA-256 of each.
        mends: one a corrected row, several workbooks merged.
        all_read: the same before they were merged.
        notes: a line for each cell that is no correction.
    """

    files: tuple[tuple[str, str], ...] = ()
    mends: tuple[Mend, ...] = ()
    all_read: tuple[Mend, ...] = ()
    notes: tuple[str, ...] = ()


def read_mends(files: Iterable[RawFile], profile: Profile) -> Mends:
    """The corrections in those raw files that belong to no source and are workbooks of refused rows.

    Raises: SourceError when such a workbook has lost one of its columns.
    """
    import hashlib

    found: list[Mend] = []
    notes: list[str] = []
    names = []
    for file in files:
        payload = _payload(file)
        rows = None if payload is None else _rows(payload)
        if payload is None or rows is None:
            continue
        names.append((file.name, hashlib.sha256(payload).hexdigest()))
        reader = _Reader(file.name, profile, notes)
        found += [mend for line, cells in rows[1:] if (mend := reader.mend(line, cells, rows[0][1])) is not None]
    return Mends(tuple(names), tuple(_merged(found, notes)), tuple(found), tuple(notes))


class Mending:
    """Lays corrections over raw rows while these are read, a chunk at a time.

    Args:
        mends: all corrections.
        files: the raw files that are read.
        purged: marks of raw files that are purged: what was corrected of them before is kept.
    """

    def __init__(self, mends: Mends, files: Iterable[RawFile], *, purged: Collection[str] = ()) -> None:
        self._mends = mends
        self._purged = purged
        self._marks = {file.name: file.sha256[:MARK_DIGITS] for file in files if file.source is not None}
        self._by_mark: dict[tuple[str, str], dict[int, Mend]] = defaultdict(dict)
        # A file that grew more than once may have corrections of one row from several of its states.
        self._by_name: dict[tuple[str, str], dict[int, list[Mend]]] = defaultdict(lambda: defaultdict(list))
        known = frozenset(self._marks.values())
        for mend in mends.mends:
            if mend.mark in known:
                self._by_mark[mend.mark, mend.sheet][mend.row] = mend
            else:
                self._by_name[mend.file, mend.sheet][mend.row].append(mend)
        self._done: set[int] = set()
        self._lacking: dict[int, str] = {}

    def mend(
        self, rows: pd.DataFrame, unreadable: list[tuple[int, str]], settings: SourceSettings, *, file: str, sheet: str
    ) -> tuple[pd.DataFrame, list[tuple[int, str]], dict[str, list[int]]]:
        """The rows of one chunk with their corrections, and with those that could not be read but are told now.

        Args:
            rows: mapped rows (see `map_chunk`).
            unreadable: number and fault of the rows that could not be read.
            file, sheet: where the chunk is from.
        Returns: the rows; what stays unreadable; by field which rows (of the index) have a corrected time.
        """
        times: dict[str, list[int]] = {name: [] for name in _TIME_FIELDS}
        mark = self._marks[file]
        own, grown = self._by_mark.get((mark, sheet), {}), self._by_name.get((file, sheet), {})
        if not own and not grown:
            return rows, unreadable, times
        for place in rows.index[rows["origin_row"].isin({*own, *grown})]:
            row, record_id = int(rows.at[place, "origin_row"]), rows.at[place, "record_id"]
            fitting = [own[row]] if row in own else [mend for mend in grown[row] if mend.record_id == record_id != ""]
            for mend in fitting:
                for name, value in mend.values.items():
                    rows.at[place, name] = value
                    if name in times:
                        times[name].append(place)
                self._done.add(id(mend))
        fresh = [own[row] for row, _ in unreadable if row in own and self._is_whole(own[row], settings)]
        if fresh:
            made = _made(fresh, settings, start=len(rows))
            self._done.update(map(id, fresh))
            for name in _TIME_FIELDS:
                times[name] += [place for place, mend in zip(made.index, fresh, strict=True) if name in mend.values]
            rows = _below(rows, made)
            told = {mend.row for mend in fresh}
            unreadable = [(number, why) for number, why in unreadable if number not in told]
        return rows, unreadable, times

    def _is_whole(self, mend: Mend, settings: SourceSettings) -> bool:
        lacking = [MENDABLE[name] for name in _needed(settings) if name not in mend.values]
        if lacking:
            self._lacking[id(mend)] = ", ".join(lacking)
        return not lacking

    def notes(self) -> tuple[str, ...]:
        """A line for each workbook, each wrong cell, and each correction without a row; complete once all are read."""
        done = Counter(mend.workbook for mend in self._mends.mends if id(mend) in self._done)
        told = [
            f"{name}: {done[name]:,} refused rows corrected" if self._mends.mends else f"{name}: no row corrected"
            for name, _ in self._mends.files
        ]
        notes = []
        for mend in self._mends.mends:
            where = f"{mend.workbook}: row {mend.line}"
            if id(mend) in self._done:
                continue
            if lacking := self._lacking.get(id(mend)):
                notes.append(f"{where}: a row that could not be read needs {lacking}; it stays refused")
            elif mend.mark not in self._purged:
                notes.append(f"{where}: its raw file {mend.file} is not here as it was; nothing to correct")
        return (*told, *self._mends.notes, *notes)


def _made(mends: list[Mend], settings: SourceSettings, *, start: int) -> pd.DataFrame:
    """Rows of what is told of rows that could not be read, as `map_chunk` would give them."""
    import pandas as pd

    index = pd.RangeIndex(start, start + len(mends))
    constants = {str(field): value for field, value in settings.constants.items()}
    frame = pd.DataFrame(
        {
            name: pd.Series(
                [mend.values.get(name, constants.get(name, "")) for mend in mends], index=index, dtype="str"
            )
            for name in FIELDS
        }
    )
    frame["origin_sheet"] = pd.Series([mend.sheet for mend in mends], index=index, dtype="str")
    frame["origin_row"] = pd.Series([mend.row for mend in mends], index=index, dtype="int64")
    return frame


def _below(rows: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([rows, made[list(rows.columns)]]) if len(rows) else made[list(rows.columns)]


def _needed(settings: SourceSettings) -> list[str]:
    needed = ["record_id", "occurred_at", "branch"]
    needed += ["text"] * settings.text_required + ["score"] * settings.score_required
    return [name for name in needed if name not in settings.constants]


def _payload(file: RawFile) -> bytes | None:
    if file.source is not None or not file.name.lower().endswith(_SUFFIXES):
        return None
    try:
        with file.open() as stream:
            return stream.read()
    except OSError as error:
        raise SourceError("raw file cannot be read", file=file.name, found=error.strerror) from None


def _rows(payload: bytes) -> list[tuple[int, list[object]]] | None:
    """The rows of the sheet of refused rows with their numbers; None where this is no such workbook."""
    import io

    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(payload))
        if SHEET not in book.sheet_names:
            return None
        sheet = book.get_sheet_by_name(SHEET)
        above, left = sheet.start or (0, 0)
        rows = [[""] * left + list(row) for row in sheet.to_python()]
    except BaseException as error:  # a stranger's broken file is left alone; see _read_workbook of readers.py
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return None
    return [(above + place, row) for place, row in enumerate(rows, start=1)] or [(1, [])]


class _Reader:
    """Reads the rows of one workbook, and notes what is wrong with a cell under the cell's name."""

    def __init__(self, workbook: str, profile: Profile, notes: list[str]) -> None:
        self.workbook = workbook
        self.tz = profile.tz
        self.notes = notes
        self.branches = BranchNames(profile.branches)
        self.names = {branch.code: branch.name for branch in profile.branches.branches}
        self.heading: dict[str, int] = {}

    def mend(self, line: int, cells: list[object], heading: list[object]) -> Mend | None:
        """The correction of a row; None where there is none, or one of its cells is wrong."""
        self._find(heading)
        told = {name: _told(self._cell(cells, text)) for name, text in ORIGIN.items()}
        given = {name: _told(self._cell(cells, text)) for name, text in MENDABLE.items()}
        given = {name: value for name, value in given.items() if value}
        if not given:
            return None
        faults = [self._fault(line, ORIGIN[name]) for name, is_right in (
            ("mark", _MARK.fullmatch(told["mark"])), ("row", _NUMBER.fullmatch(told["row"])),
            ("source", told["source"] in _SOURCES),
        ) if not is_right]  # fmt: skip
        values: dict[str, str] = {}
        for name, value in given.items():
            right, fault = self._check(name, value)
            if fault:
                faults.append(f"cell {self._place(line, MENDABLE[name])}: {fault}")
            values[name] = right
        if faults:
            self.notes += [f"{self.workbook}: {fault}; the row stays refused" for fault in faults]
            return None
        return Mend(
            told["file"], told["mark"], told["sheet"], int(told["row"]), _SOURCES[told["source"]], told["record_id"],
            values, self.workbook, line,
        )  # fmt: skip

    def _find(self, heading: list[object]) -> None:
        if self.heading:
            return
        found = {plain_name(_told(cell)): place for place, cell in enumerate(heading)}
        for text in (*ORIGIN.values(), *(MENDABLE[name] for name in ALWAYS_MENDABLE)):
            if text not in found:
                raise SourceError(
                    "column of the workbook of refused rows is missing",
                    file=self.workbook,
                    sheet=SHEET,
                    column=text,
                    nearest=nearest(text, [name for name in found if name]),
                    hint="put the heading back as it was, or have the workbook made again with `voc refused`",
                )
        self.heading = found

    def _cell(self, cells: list[object], text: str) -> object:
        place = self.heading.get(text)
        return "" if place is None or place >= len(cells) else cells[place]

    def _place(self, line: int, text: str) -> str:
        from openpyxl.utils import get_column_letter

        return f"{get_column_letter(self.heading[text] + 1)}{line}"

    def _fault(self, line: int, text: str) -> str:
        return f"cell {self._place(line, text)}: {text} is not as it was sent"

    def _check(self, name: str, value: str) -> tuple[str, str | None]:
        """The value in its one form, and what is wrong with it: never what it says, for that may be anybody's."""
        import pandas as pd

        if name in _TIME_FIELDS:
            time = parse_times(pd.Series([value], dtype="str"), _TIMES, tz=self.tz).iloc[0]
            return (
                ("", "not a time, such as 2013-05-31 14:15") if pd.isna(time) else (time.strftime(MENDED_TIMES), None)
            )
        if name == "branch":
            code = self.branches.code_of(value)
            near = nearest(value, self.names.values())
            return (self.names[code], None) if code else ("", "not a branch" + f", nearest: {near}" * bool(near))
        if name == "score":
            score = unicodedata.normalize("NFKC", value)
            return ("", "not a score from 1 to 5") if not _SCORE.fullmatch(score) else (score, None)
        return (value, None) if normalise(value) else ("", "nothing to be seen")


def _told(value: object) -> str:
    """A cell as the person who filled it in would read it out."""
    import datetime as dt

    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d")
    return str(value).strip() if value is not None else ""


def _merged(found: list[Mend], notes: list[str]) -> list[Mend]:
    """One mend a row: workbooks may complete each other; where two say different things neither counts."""
    groups: dict[tuple[str, str, int], list[Mend]] = {}
    for mend in sorted(found, key=lambda mend: (mend.workbook, mend.line)):
        groups.setdefault((mend.mark, mend.sheet, mend.row), []).append(mend)
    merged = []
    for group in groups.values():
        values: dict[str, str] = {}
        odd = next(
            (
                (name, mend)
                for mend in group
                for name, value in mend.values.items()
                if values.setdefault(name, value) != value
            ),
            None,
        )
        if odd is None:
            merged.append(replace(group[0], values=values))
        else:
            name, mend = odd
            notes.append(
                f"{mend.workbook}: row {mend.line}: {MENDABLE[name]} is another than in {group[0].workbook}; the row "
                "stays refused: take the older workbook away"
            )
    return merged
