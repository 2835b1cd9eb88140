"""Separators: which sign stands between the cells of a file, told by its heading."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["SEPARATORS", "find_separator"]

SEPARATORS = (",", "\t", ";", "|", "，")


def find_separator(line: str, usual: str, *, headings_in: Callable[[list[str]], int]) -> str:
    """The sign that divides the first line into the most known headings; else the usual one, else the most frequent.

    Args:
        line: the first line with anything in it.
        usual: the sign that the file's name promises.
        headings_in: how many of the columns that the profile names are among some cells.
    """
    candidates = [usual, *(sign for sign in SEPARATORS if sign != usual)]
    known = {sign: headings_in(cells_of(line, sign)) for sign in candidates}
    best = max(candidates, key=lambda sign: known[sign])
    if known[best] > known[usual] or usual in line:
        return best
    return max(candidates, key=line.count)


def cells_of(line: str, sign: str) -> list[str]:
    """The cells of a heading line, without quotes and blanks around them."""
    return [cell.strip().strip('"').strip() for cell in line.split(sign)]
