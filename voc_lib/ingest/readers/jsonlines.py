"""JSON Lines: an object a line, its keys being the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from voc_lib.errors import SourceError
from voc_lib.ingest.chunks import CHUNK_ROWS, TIME_FORMATS, Chunk, chunk_of_rows, text_of
from voc_lib.ingest.readers.encoding import DAMAGE, decoded_blocks, find_encoding
from voc_lib.params import SourceSettings

if TYPE_CHECKING:
    from voc_lib.ingest.raw import RawFile

__all__ = ["read_json_lines"]

_DEEPEST = 64  # brackets within brackets; deeper ones would exhaust the interpreter


def read_json_lines(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The objects of a file; the columns are the keys of the first 50,000, and a key that an object lacks is empty.

    The row number is that of the line. A line that holds no object is an unreadable row. What an object within one
    holds has the keys of both, with a point between them (order.id).
    """
    encoding = find_encoding(file, settings.encodings, headings_in=lambda line: sum(c in line for c in settings.mapped))
    lines = enumerate(_lines(file, encoding), start=1)
    heading: dict[str, None] | None = None
    while True:
        part = [(number, line) for number, line in islice(lines, CHUNK_ROWS) if line.strip()]
        if not part and heading is not None:
            return
        objects = [(number, _flat(_object(line), settings)) for number, line in part]
        if heading is None:
            heading = dict.fromkeys(key for _, found in objects if isinstance(found, dict) for key in found)
            if not heading:
                raise SourceError("file holds no JSON objects", file=file.name, hint="one object a line is expected")
        good = [(number, found) for number, found in objects if isinstance(found, dict)]
        yield chunk_of_rows(
            "",
            list(heading),
            [[_text(found.get(key)) for key in heading] for _, found in good],
            [number for number, _ in good],
            [(number, found) for number, found in objects if isinstance(found, str)],
            time_formats=TIME_FORMATS,
        )


def _lines(file: RawFile, encoding: str) -> Iterator[str]:
    rest = ""
    for text, _ in decoded_blocks(file, encoding):
        *lines, rest = (rest + text).split("\n")
        yield from lines
    yield rest


def _object(line: str) -> dict[str, Any] | str:
    """The object of a line, or what is wrong with it."""
    if DAMAGE.search(line):
        return "a damaged character"
    try:
        found = json.loads(line) if _is_shallow(line) else None
    except (ValueError, RecursionError):
        return "no valid JSON"
    return found if isinstance(found, dict) and found else "no JSON object"


def _flat(found: dict[str, Any] | str, settings: SourceSettings) -> dict[str, Any] | str:
    """The object with what one in it holds under both keys (order.id), unless the profile names that as a whole."""
    if isinstance(found, str) or not any(isinstance(value, dict) for value in found.values()):
        return found
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, dict) and value and key not in settings.mapped:
            flat |= {f"{key}.{own}": told for own, told in value.items()}
        else:
            flat[key] = value
    return flat


def _is_shallow(line: str) -> bool:
    return line.count("{") + line.count("[") <= _DEEPEST


def _text(value: object) -> str:
    """A value as text; a lone half of a surrogate pair, which JSON can write and no text hold, is a question mark."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    told = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else text_of(value)
    return told if told.isascii() else told.encode("utf-8", "replace").decode("utf-8")
