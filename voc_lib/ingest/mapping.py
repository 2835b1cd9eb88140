"""Mapping: rows in whatever layout their source has become a frame with the profile's fields, all as text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.branch_names import named_branches
from voc_lib.ingest.spelling import plain_heading
from voc_lib.params import SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.text import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd
    import pyarrow as pa

    from voc_lib.ingest.chunks import Chunk

__all__ = ["by_value", "extra_headings", "map_chunk"]


def map_chunk(
    chunk: Chunk, settings: SourceSettings, *, file: str, source: str, branches: Collection[str] = ()
) -> pd.DataFrame:
    """Bring the readable rows of a chunk under the profile's field names.

    Args:
        branches: every name of every branch, plain, for sources that find the branch in another field.
    Returns: a row per readable row: every field of the profile (str, outer blanks removed, empty where there is no such
        column), origin_sheet, origin_row.
    Raises: SourceError naming file, sheet, column and the nearest heading, when a column is missing or there twice.
    """
    import pandas as pd

    places = _places(chunk)
    constants = {str(field): value for field, value in settings.constants.items()}
    values = {str(field): known for field, known in settings.values.items()}
    index = pd.RangeIndex(len(chunk.numbers))
    data: dict[str, pd.Series] = {}
    for name in FIELDS:
        found = [
            place
            for column in settings.headings(name)
            if (place := _place(places, column, name, settings, chunk, file=file, source=source)) is not None
        ]
        if name in constants or not found:
            data[name] = pd.Series(constants.get(name, ""), index=index, dtype="str")
        else:
            data[name] = joined([_trimmed(chunk.columns[place], index) for place in found])
        if known := values.get(name):
            data[name] = by_value(data[name], partial(_renamed, known))
    if settings.branch_from:
        texts = data[settings.branch_from.field].where(data["branch"] == "", "")
        names = pd.Series(named_branches(texts, settings.branch_from, known=branches), index=index, dtype="str")
        data["branch"] = data["branch"].where(data["branch"] != "", names)
    frame = pd.DataFrame(data, index=index)
    frame["origin_sheet"] = pd.Series(chunk.sheet, index=index, dtype="str")
    frame["origin_row"] = chunk.numbers
    return frame


def extra_headings(chunk: Chunk, settings: SourceSettings) -> tuple[str, ...]:
    """Headings that the profile neither maps nor drops, in the file's order; their cells are not read further."""
    known = {plain_heading(column) for column in (*settings.mapped, *settings.drop)}
    return tuple(heading for heading in chunk.heading if heading and plain_heading(heading) not in known)


def by_value(values: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """A column of texts through a function that is called once for each value that differs; missing stays missing."""
    import pandas as pd

    codes, known = pd.factorize(values)
    told = pd.Series([*map(function, known.to_numpy(dtype=object)), None], dtype="str")
    return pd.Series(told.array.take(codes), index=values.index)


def _renamed(known: Mapping[str, str], value: str) -> str:
    return known.get(value, value)


def _trimmed(column: pa.Array, index: pd.Index) -> pd.Series:
    import pandas as pd
    import pyarrow.compute as pc

    return pd.Series(pd.array(pc.utf8_trim_whitespace(column), dtype="str"), index=index)


def _places(chunk: Chunk) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(chunk.heading):
        places.setdefault(plain_heading(heading), []).append(place)
    return places


def _place(
    places: dict[str, list[int]],
    column: str,
    field: str,
    settings: SourceSettings,
    chunk: Chunk,
    *,
    file: str,
    source: str,
) -> int | None:
    found = places.get(plain_heading(column), [])
    where = {"file": file, "sheet": chunk.sheet or None, "column": column, "field": field}
    if len(found) > 1:
        raise SourceError("column is there twice", **where, hint="export it again with each column once")
    if found:
        return found[0]
    if field in settings.optional:
        return None
    raise SourceError(
        "required column missing",
        **where,
        nearest=nearest(column, [h for h in chunk.heading if h]),
        hint=f"name it under {source}.columns in params/sources.yaml, or under {source}.optional if it may be missing",
    )
