"""Readers: the bytes of one raw file become chunks of rows, every cell as text, every row with its number.

A reader succeeds or raises SourceError. A row that does not fit the heading is no error: it is kept as unreadable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from voc_lib.errors import SourceError
from voc_lib.ingest.chunks import Chunk
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.readers.delimited import read_comma_separated, read_tab_separated
from voc_lib.ingest.readers.jsonlines import read_json_lines
from voc_lib.ingest.readers.parquet import read_parquet
from voc_lib.ingest.readers.workbook import read_workbook
from voc_lib.params import SourceSettings

__all__ = ["READERS", "read_chunks"]

READERS: Mapping[str, Callable[[RawFile, SourceSettings], Iterator[Chunk]]] = {
    ".csv": read_comma_separated,
    ".txt": read_tab_separated,
    ".tsv": read_tab_separated,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".xls": read_workbook,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": read_parquet,
}


def read_chunks(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The rows of a raw file in the file's order, at least one chunk a sheet.

    Raises: SourceError naming the file when its kind is unknown or it cannot be read whole.
    """
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix not in READERS:
        raise SourceError("no reader for this kind of file", file=file.name, expected=", ".join(READERS))
    try:
        yield from READERS[suffix](file, settings)
    except OSError as error:
        raise SourceError("raw file cannot be read", file=file.name, found=error.strerror) from None
