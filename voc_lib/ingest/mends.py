"""Mends: what branches corrected in the workbook of refused rows, laid over the raw rows by their origin at landing.

A mend is known by its raw file (the hash of its bytes), sheet and row: it does not matter what the workbook or the raw
file is called, in which order workbooks come, or how often. Where a raw file has grown since, its rows are known by its
name, sheet and row, if the number of the record there is still the same. A wrong cell is told by its name, and its row
stays refused; nothing else is held up by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.collect import Collected
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.refused import ALWAYS_MENDABLE, MARK_DIGITS, MENDABLE, ORIGIN, SHEET
from voc_lib.ingest.spelling import plain_name
from voc_lib.ingest.validate import parse_times
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.schema import SOURCE_NAMES
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Mends", "apply_mends", "read_mends"]

_SUFFIXES = (".xlsx", ".xlsm", ".xls")
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
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


def apply_mends(
    collected: Collected, mends: Mends, profile: Profile, *, purged: Collection[str] = ()
) -> tuple[Collected, tuple[str, ...]]:
    """The raw rows with their corrections.

    Args:
        purged: marks of raw files that are purged: what was corrected of them before is kept.
    Returns: also a line for each workbook, and for each correction without a row.
    """
    import pandas as pd

    if not mends.mends:
        return collected, (*(f"{name}: no row corrected" for name, _ in mends.files), *mends.notes)
    marks = {file.name: file.sha256[:MARK_DIGITS] for file in collected.files}
    rows, unreadable = collected.rows.copy(), collected.unreadable
    wanted = {mend.row for mend in mends.mends}
    places = _places(rows[rows["origin_row"].isin(wanted)], marks)
    lost = _places(unreadable, marks)
    numbers = rows["record_id"].tolist()
    settings = dict(profile.sources.items())
    done: Counter[str] = Counter()
    notes: list[str] = []
    changes: dict[str, dict[int, str]] = {name: {} for name in MENDABLE}
    made: list[dict[str, str]] = []
    read_now: list[int] = []
    for mend in mends.mends:
        key = (mend.mark, mend.sheet, mend.row)
        place = places.get(key)
        if place is None and mend.mark not in marks.values():
            place = places.get((marks.get(mend.file, ""), mend.sheet, mend.row))
            place = place if place is not None and mend.record_id and numbers[place] == mend.record_id else None
        where = f"{mend.workbook}: row {mend.line}"
        if place is not None:
            for name, value in mend.values.items():
                changes[name][place] = value
        elif key in lost:
            lacking = [MENDABLE[name] for name in _needed(settings[mend.source]) if name not in mend.values]
            if lacking:
                notes.append(f"{where}: a row that could not be read needs {', '.join(lacking)}; it stays refused")
                continue
            read_now.append(lost[key])
            made.append(dict(mend.values))
        elif mend.mark in purged:
            continue
        else:
            notes.append(f"{where}: its raw file {mend.file} is not here as it was; nothing to correct")
            continue
        done[mend.workbook] += 1
    for name, values in changes.items():
        if values:
            rows = _set(rows, name, list(values), list(values.values()))
    if made:
        fresh = unreadable.loc[read_now, ["source", "origin_file", "origin_sheet", "origin_row"]].reset_index(drop=True)
        for name in FIELDS:
            fresh[name] = pd.Series([values.get(name, "") for values in made], dtype="str")
        constants = [settings[source].constants for source in fresh["source"]]
        for place, known in enumerate(constants):
            for name, value in known.items():
                fresh.loc[place, name] = value
        fresh["occurred_text"] = fresh["occurred_at"]
        for name in ("occurred_at", "replied_at"):
            fresh[name] = parse_times(fresh[name], _TIMES)
        rows = pd.concat([rows, fresh[list(rows.columns)]], ignore_index=True)
        unreadable = unreadable.drop(index=read_now).reset_index(drop=True)
    told = [f"{name}: {done[name]:,} refused rows corrected" for name, _ in mends.files]
    return replace(collected, rows=rows, unreadable=unreadable), (*told, *mends.notes, *notes)


def _set(rows: pd.DataFrame, name: str, places: list[int], values: list[str]) -> pd.DataFrame:
    import pandas as pd

    new = pd.Series(values, index=places, dtype="str")
    if name in ("occurred_at", "replied_at"):
        rows.loc[places, name] = parse_times(new, _TIMES)
        if name == "replied_at":
            return rows
        name = "occurred_text"
    rows.loc[places, name] = new
    return rows


def _places(rows: pd.DataFrame, marks: Mapping[str, str]) -> dict[tuple[str, str, int], int]:
    keys = zip(rows["origin_file"].map(marks), rows["origin_sheet"], rows["origin_row"], strict=True)
    return dict(zip(keys, rows.index, strict=True))


def _needed(settings: SourceSettings) -> list[str]:
    needed = ["record_id", "occurred_at", "branch"]
    needed += ["text"] * settings.text_required + ["score"] * settings.score_required
    return [name for name in needed if name not in settings.constants]


def _payload(file: RawFile) -> bytes | None:
    if file.source is not None or not file.name.lower().endswith(_SUFFIXES):
        return None
    try:
        return file.path.read_bytes()
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
        self.notes = notes
        self.branches = {plain_name(name): code for name, code in profile.branches.by_name().items()}
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

        if name in ("occurred_at", "replied_at"):
            time = parse_times(pd.Series([value], dtype="str"), _TIMES).iloc[0]
            return (
                ("", "not a time, such as 2013-05-31 14:15") if pd.isna(time) else (f"{time:%Y-%m-%d %H:%M:%S}", None)
            )
        if name == "branch":
            code = self.branches.get(plain_name(value))
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
