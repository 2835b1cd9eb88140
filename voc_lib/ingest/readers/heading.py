"""The heading of a table: not always its first row, for people put titles, dates and merged groups above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from voc_lib.ingest.spelling import plain_heading
from voc_lib.params import SourceSettings

__all__ = ["TOP", "heading_place", "known_headings", "whole_heading"]

TOP = 20  # rows in which a heading is looked for

_Row = TypeVar("_Row", str, list[str])


def known_headings(settings: SourceSettings) -> Callable[[Sequence[str]], int]:
    """What counts the cells of a row that are columns which the profile names."""
    wanted = {plain_heading(name) for name in (*settings.mapped, *settings.drop)}
    return lambda cells: sum(plain_heading(cell) in wanted for cell in cells)


def heading_place(rows: Sequence[_Row], known: Callable[[_Row], int]) -> int | None:
    """Which of the first rows holds the most columns that the profile names, the first of those that hold equally many.

    Args:
        rows: lines, or cells; those after the first TOP are not looked at.
        known: how many columns that the profile names a row holds.
    Returns: None where no row holds anything. Where none holds such a column: the first row with anything in it.
    """
    there = [place for place, row in enumerate(rows[:TOP]) if any(cell.strip() for cell in row)]
    return max(there, key=lambda place: known(rows[place]), default=None)


def whole_heading(above: list[str], cells: list[str], known: Callable[[list[str]], int]) -> list[str]:
    """The heading, where a cell merged with the one above it has its name from there: if that names a column."""
    pairs = zip(cells, [*above, *[""] * (len(cells) - len(above))], strict=False)
    return [cell if cell.strip() or not known([over]) else over for cell, over in pairs]
