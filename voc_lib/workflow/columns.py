"""How wide the columns of a table are on paper, from what stands in them.

A layout engine finds that out by setting every cell twice or more; here it is reckoned from the characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

__all__ = ["Columns", "Extent", "column_widths", "measured"]

_PADDING = 1.3  # em beside a cell's content, with a little to spare
_NARROW = 0.58  # of an em: a Latin letter or a digit
_LEAST = 5.0  # em to which a column of running text may be narrowed
_CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")


@dataclass(frozen=True)
class Extent:
    """What a cell asks for.

    Attributes:
        width: of its content on one line (em).
        longest: width of its longest piece that cannot be broken (em).
        is_whole: whether it has to stay on one line.
    """

    width: float
    longest: float
    is_whole: bool = False

    @classmethod
    def of(cls, text: str, *, run: int, is_whole: bool = False) -> Extent:
        """Of a text in which a run of more than so many letters may be broken."""
        pieces = _CHINESE.sub(lambda found: f" {found[0]} ", text).split()
        longest = max((min(measured(piece), run * _NARROW) for piece in pieces), default=0.0)
        return cls(measured(text), longest, is_whole)


@dataclass(frozen=True)
class Columns:
    """Widths of a table's columns.

    Attributes:
        widths: of each, in em; together they are no wider than the page.
        wanted: what they would need together to have each cell on one line (em).
        is_fitting: whether none is narrower than its longest piece.
    """

    widths: tuple[float, ...]
    wanted: float
    is_fitting: bool


def column_widths(columns: Sequence[Sequence[Extent]], *, page: float) -> Columns:
    """Share a page among columns: what each wants where there is room, else all that must be and a part of the rest.

    Args:
        columns: the cells of each column, those that span several left out.
        page: width of the page, in em of the table's type.
    """
    wanted = [max((cell.width for cell in column), default=0.0) + _PADDING for column in columns]
    least = [max(map(_least, column), default=0.0) + _PADDING for column in columns]
    spare = page - sum(least)
    lacking = [want - need for want, need in zip(wanted, least, strict=True)]
    if spare < 0:
        widths = [need * page / sum(least) for need in least]
    elif sum(wanted) <= page:
        widths = wanted
    else:
        widths = [need + spare * lack / sum(lacking) for need, lack in zip(least, lacking, strict=True)]
    return Columns(tuple(widths), sum(wanted), spare >= 0)


def _least(cell: Extent) -> float:
    return cell.width if cell.is_whole else max(cell.longest, min(cell.width, _LEAST))


def measured(text: str) -> float:
    """Width of a text on one line, in em."""
    return sum(1.0 if east_asian_width(letter) in "WFA" else _NARROW for letter in text)
