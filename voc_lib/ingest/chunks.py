"""Chunks: how every reader hands on what it has read, a bounded number of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["CHUNK_ROWS", "Chunk", "chunk_of_rows", "text_of"]

CHUNK_ROWS = 50_000
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")  # in which a reader writes times that are no text in the file


@dataclass(frozen=True)
class Chunk:
    """Some rows of one file, or of one sheet of a workbook, in the file's order.

    Args:
        sheet: its name; empty for a file without sheets.
        heading: the cells of the heading row.
        columns: for each of them the cells of the readable rows below it (pyarrow large_string, none missing).
        numbers: the row number of each (int64), the first row of the file being 1.
        unreadable: row number and what is wrong, for each row that does not fit the heading.
        time_formats: formats of times that the reader itself wrote.
    """

    sheet: str
    heading: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    numbers: np.ndarray[Any, Any]
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    time_formats: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """All rows, the unreadable ones too."""
        return len(self.numbers) + len(self.unreadable)


def chunk_of_rows(
    sheet: str,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
    unreadable: list[tuple[int, str]],
    *,
    time_formats: tuple[str, ...] = (),
) -> Chunk:
    """A chunk of rows that are lists of cells, each as wide as the heading."""
    import numpy as np
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(heading)
    return Chunk(
        sheet,
        tuple(heading),
        tuple(pa.array(column, type=pa.large_string()) for column in columns),
        np.asarray(numbers, dtype="int64"),
        unreadable,
        time_formats,
    )


def text_of(value: object) -> str:
    """A cell as the person who filled it in would read it out: no decimals of whole numbers, times as TIME_FORMATS."""
    import datetime as dt

    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.isoformat(timespec="seconds")  # its zone may be another than the centre's
    if isinstance(value, dt.datetime):
        return value.strftime(TIME_FORMATS[0])
    if isinstance(value, dt.date):
        return value.strftime(TIME_FORMATS[1])
    return "" if value is None else str(value)
