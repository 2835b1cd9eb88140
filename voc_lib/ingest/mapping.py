"""Mapping: a sheet in whatever layout its source has becomes a frame with the profile's fields, all as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError, nearest
from voc_lib.ingest.branch_names import named_branches
from voc_lib.ingest.readers import Sheet
from voc_lib.ingest.spelling import plain_heading
from voc_lib.params import SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.text import joined

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

__all__ = ["Mapped", "map_sheet"]


@dataclass(frozen=True)
class Mapped:
    """A sheet after mapping.

    Args:
        rows: a row per readable row: every field of the profile (str, outer blanks removed, empty where there is no
            such column), origin_sheet, origin_row.
        extra: headings that the profile neither maps nor drops, in the file's order; they are not read further.
    """

    rows: pd.DataFrame
    extra: tuple[str, ...]


def map_sheet(
    sheet: Sheet, settings: SourceSettings, *, file: str, source: str, branches: Collection[str] = ()
) -> Mapped:
    """Bring a sheet's rows under the profile's field names.

    Args:
        branches: every name of every branch, plain, for sources that find the branch in another field.

    Raises: SourceError naming file, sheet, column and the nearest heading, when a column is missing or there twice.
    """
    import pandas as pd

    places = _places(sheet, file=file)
    data: dict[str, list[str]] = {}
    for name in FIELDS:
        if name in settings.constants:
            data[name] = [settings.constants[name]] * len(sheet.rows)
        elif name in settings.columns:
            found = [
                _place(places, column, name, settings, sheet, file=file, source=source)
                for column in settings.headings(name)
            ]
            parts = [[row[place].strip() for row in sheet.rows] for place in found if place is not None]
            values = (
                joined([pd.Series(part, dtype="str") for part in parts]).tolist() if parts else [""] * len(sheet.rows)
            )
            known = settings.values.get(name)
            data[name] = [known.get(value, value) for value in values] if known else values
        else:
            data[name] = [""] * len(sheet.rows)
    if settings.branch_from:
        found_names = named_branches(data[settings.branch_from.field], settings.branch_from, known=branches)
        data["branch"] = [given or found for given, found in zip(data["branch"], found_names, strict=True)]
    frame = pd.DataFrame(data, columns=list(FIELDS), dtype="str")
    frame["origin_sheet"] = pd.Series(sheet.name, index=frame.index, dtype="str")
    frame["origin_row"] = pd.Series(sheet.numbers, index=frame.index, dtype="int64")
    known_headings = {plain_heading(c) for c in (*settings.mapped, *settings.drop)}
    extra = tuple(h for h in sheet.heading if h and plain_heading(h) not in known_headings)
    return Mapped(frame, extra)


def _places(sheet: Sheet, *, file: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(sheet.heading):
        places.setdefault(plain_heading(heading), []).append(place)
    return places


def _place(
    places: dict[str, list[int]],
    column: str,
    field: str,
    settings: SourceSettings,
    sheet: Sheet,
    *,
    file: str,
    source: str,
) -> int | None:
    found = places.get(plain_heading(column), [])
    where = {"file": file, "sheet": sheet.name or None, "column": column, "field": field}
    if len(found) > 1:
        raise SourceError("column is there twice", **where, hint="export it again with each column once")
    if found:
        return found[0]
    if field in settings.optional:
        return None
    raise SourceError(
        "required column missing",
        **where,
        nearest=nearest(column, [h for h in sheet.heading if h]),
        hint=f"name it under {source}.columns in params/sources.yaml, or under {source}.optional if it may be missing",
    )
