"""Workbooks (.xlsx, .xlsm, .xls), read by calamine: all sheets, or those that the profile names."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.chunks import CHUNK_ROWS, TIME_FORMATS, Chunk, chunk_of_rows, text_of
from voc_lib.ingest.readers.heading import TOP, heading_place, known_headings, whole_heading
from voc_lib.params import SourceSettings

if TYPE_CHECKING:
    from voc_lib.ingest.raw import RawFile

__all__ = ["read_workbook"]


def read_workbook(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The rows of each sheet below its heading (see heading.py); sheets without cells are skipped."""
    import python_calamine as calamine

    with file.open() as stream:
        payload = stream.read()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(payload))
        names = list(book.sheet_names)
        wanted = settings.sheets or tuple(names)
        sheets = [(name, book.get_sheet_by_name(name)) for name in wanted if name in names]
    except BaseException as error:
        raise _unreadable(error, file, payload) from None
    missing = [name for name in wanted if name not in names]
    if missing:
        raise SourceError(
            "sheet missing", file=file.name, sheet=missing[0], nearest=nearest(missing[0], names),
            hint="change `sheets` in params/sources.yaml",
        )  # fmt: skip
    known = known_headings(settings)
    is_empty = True
    for name, sheet in sheets:
        for chunk in _chunks(sheet, name, file, payload, known):
            is_empty = False
            yield chunk
    if is_empty:
        raise SourceError("file has no heading row", file=file.name, hint="export it again with its column names")


def _chunks(
    sheet: Any, name: str, file: RawFile, payload: bytes, known: Callable[[Sequence[str]], int]
) -> Iterator[Chunk]:
    rows: Iterator[tuple[int, list[str]]] = enumerate(_rows(sheet, file, payload), start=1)
    while True:
        top = list(islice(rows, TOP))
        told = [cells for _, cells in top]
        told = [whole_heading(above, cells, known) for above, cells in zip([[], *told], told, strict=False)]
        place = heading_place(told, known)
        if place is not None:
            break
        if not top:
            return
    heading = [cell.strip() for cell in told[place]]
    rows = chain(top[place + 1 :], rows)
    is_first = True
    while (part := list(islice(rows, CHUNK_ROWS))) or is_first:
        is_first = False
        kept = [(number, cells) for number, cells in part if any(cell.strip() for cell in cells)]
        yield chunk_of_rows(
            name, heading, [cells for _, cells in kept], [number for number, _ in kept], [], time_formats=TIME_FORMATS
        )


def _rows(sheet: Any, file: RawFile, payload: bytes) -> Iterator[list[str]]:
    rows = iter(sheet.iter_rows())
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except BaseException as error:
            raise _unreadable(error, file, payload) from None
        yield [value if isinstance(value, str) else text_of(value) for value in values]


def _unreadable(error: BaseException, file: RawFile, payload: bytes) -> BaseException:
    """calamine's own errors, and the panic that its Rust code raises on some broken files (no Exception by birth)."""
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        return error
    return SourceError(
        "workbook cannot be read",
        file=file.name,
        found="an empty file" if not payload else f"{len(payload):,} bytes that are no whole workbook",
        hint="open it, save it again, or export it again",
    )
