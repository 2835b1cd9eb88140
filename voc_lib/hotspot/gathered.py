"""Gathered matters as candidates of a month: texts alike in what they tell, whatever words and categories they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.hotspot.matters import gather_matters, main_name

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.text import Segmenter

__all__ = ["ONE_MATTER", "Gathered", "gathered_matters"]

ONE_MATTER = 0.3  # mean likeness of an issue's texts; below it they are of a kind, but not one matter


@dataclass(frozen=True)
class Gathered:
    """Records on one matter, found by likeness alone.

    Args:
        name: of its first record, source:record_id.
        rows: row numbers, sorted.
        place: the place or object that most of the texts name, or None.
    """

    name: str
    rows: tuple[int, ...]
    place: str | None


def gathered_matters(rows: pd.DataFrame, *, segmenter: Segmenter, min_records: int) -> list[Gathered]:
    """The matters that so many records tell, by name.

    Texts of the month and of the earlier months go in together, and nothing says which is which: what gathers them
    knows nothing of growth, so the test of it that follows is not bent (as for terms, see `find_candidates`).

    Args:
        rows: source, record_id, text; earlier ones first.
        segmenter: cuts the texts.
        min_records: that a matter needs.
    """
    matters = gather_matters(rows["text"].tolist(), segmenter=segmenter)
    source, record = rows["source"].tolist(), rows["record_id"].tolist()
    found = []
    for group in matters.groups:
        if len(group) >= min_records and matters.likeness(group) >= ONE_MATTER:
            different = sorted({int(matters.row_of[row]) for row in group})
            found.append(Gathered(f"{source[group[0]]}:{record[group[0]]}", group, main_name(different, matters.told)))
    return sorted(found, key=lambda matter: matter.name)
