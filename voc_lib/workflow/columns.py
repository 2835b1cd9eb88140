"""How wide the columns of a table are on paper, from what stands in them.

A layout engine finds that out by setting every cell twice, which for the tables of a report takes longer than to set
them; here it is reckoned from the characters, and the engine is told.
"""

from __future__ import annotations

import html
import re
from unicodedata import east_asian_width

__all__ = ["column_widths", "with_columns"]

_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t([hd])\b([^>]*)>(.*?)</t\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"<(?:svg|img)\b")
_ONE_LINE = re.compile(r"""\bclass=["'][^"']*\b(?:num|nowrap)\b""")
_OPENING = re.compile(r"<table\b[^>]*>(?:\s*<caption\b.*?</caption>)?", re.DOTALL)
_PAGE = 60.0  # em of a table's type that the printed page is wide: 176 mm at 8.3 pt
_PADDING = 1.3  # em beside a cell's content, with a little to spare
_NARROW = 0.58  # of an em: a Latin letter or a digit
_SPARK = 8.0  # em of a line of months
_LEAST = 5.0  # em to which a column of running text may be narrowed


def with_columns(table: str) -> str:
    """A table's markup with the widths of its columns; as it was where cells span columns or rows, or do not fit."""
    if re.search(r"\b(?:colspan|rowspan)=|<colgroup\b", table):
        return table
    rows = [_CELL.findall(row) for row in _ROW.findall(table)]
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        return table
    cells = [[(_width(inner), _longest(inner), bool(_ONE_LINE.search(kind))) for _, kind, inner in row] for row in rows]
    widths = column_widths(cells)
    if widths is None:
        return table
    told = "".join(f'<col style="width:{width * 100:.2f}%">' for width in widths)
    opening = _OPENING.match(table)
    assert opening is not None, "a table begins with its tag"
    return f"{opening[0]}<colgroup>{told}</colgroup>{table[opening.end() :]}"


def column_widths(cells: list[list[tuple[float, float, bool]]]) -> list[float] | None:
    """Share of the page for each column, or None where they do not fit in it.

    Args:
        cells: rows of cells: width of the content on one line, width of the longest piece that cannot be broken (em),
            and whether it has to stay on one line.
    """
    columns = list(zip(*cells, strict=True))
    wanted = [max(width for width, _, _ in column) + _PADDING for column in columns]
    least = [
        max(width if is_whole else max(longest, min(width, _LEAST)) for width, longest, is_whole in column) + _PADDING
        for column in columns
    ]
    spare = _PAGE - sum(least)
    if spare < 0:
        return None
    lacking = [want - need for want, need in zip(wanted, least, strict=True)]
    if sum(wanted) <= _PAGE:
        widths = [want * _PAGE / sum(wanted) for want in wanted]
    else:
        widths = [need + spare * lack / sum(lacking) for need, lack in zip(least, lacking, strict=True)]
    return [width / sum(widths) for width in widths]


def _width(inner: str) -> float:
    return _SPARK if _PICTURE.search(inner) else _measured(_text(inner))


def _longest(inner: str) -> float:
    """The longest run without a blank or a Chinese character, between which a line may be broken."""
    if _PICTURE.search(inner):
        return _SPARK
    text = re.sub(r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]", lambda found: f" {found[0]} ", _text(inner))
    return max((_measured(piece) for piece in text.split()), default=0.0)


def _text(inner: str) -> str:
    return html.unescape(_TAG.sub("", inner)).strip()


def _measured(text: str) -> float:
    return sum(1.0 if east_asian_width(letter) in "WFA" else _NARROW for letter in text)
