"""Tables for paper: rows as a grid without gaps, columns with widths reckoned, and what must stay together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from lxml.html import HtmlElement

from voc_lib.workflow.columns import Columns, Extent, column_widths
from voc_lib.workflow.paper_text import Node

__all__ = ["table_node"]

_PAGE = 499.0  # points that a page's type area is wide
_SHORT = 14  # rows, the head included, that a table may have to stay on one page
_MOST_TOGETHER = 60.0  # em that such a table may be high; a page is 88
_LONG = 40  # lines of a cell that is cut at the end of a page
_LINE, _BESIDE = 1.5, 0.7  # em of a line, and of what stands above and below a row's
_SPARK = 8.0  # em of a line of months
_LABEL = 7  # characters of a head that stays on one line
_MOST = 200  # columns


@dataclass(frozen=True)
class _Type:
    """Size of a table's type (points), and of how many letters a run without a place to break may be."""

    size: float
    run: int


_TYPES = (_Type(8.26, 18), _Type(6.5, 6))  # as tables are, and where their columns do not fit


@dataclass
class _Cell:
    element: HtmlElement | None
    across: int = 1
    down: int = 1

    def is_of(self, *names: str) -> bool:
        return self.element is not None and any(name in self.element.get("class", "").split() for name in names)

    def is_td(self) -> bool:
        return self.element is not None and self.element.tag == "td"

    def extent(self, run: int) -> Extent:
        if self.element is None:
            return Extent(0, 0)
        if self.element.find(".//img") is not None:
            return Extent(_SPARK, _SPARK)
        text = " ".join(self.element.text_content().split())
        is_label = self.element.tag == "th" and len(text) <= _LABEL
        return Extent.of(text, run=run, is_whole=is_label or self.is_of("num", "nowrap"))


def table_node(element: HtmlElement, *, blocks_of_cell: Callable[[HtmlElement, int], list[Node]]) -> Node:
    """A table as the grid that its spans make, short rows filled up; its caption is not in it.

    Args:
        element: the <table>.
        blocks_of_cell: what stands in a cell, in which runs of more letters than the number may be broken.
    """
    head, body = _rows(element)
    sections = [_placed(head), _placed(body)]
    n_columns = 1 + max((x for _, taken in sections for _, x in taken), default=0)
    lines = [line for placed, taken in sections for line in _filled(placed, taken, n_columns)]
    is_frame = "dataframe" in element.get("class", "").split()
    kind, columns = _set(lines, n_columns)
    heights = [_height(line, columns) for line in lines]
    strong = [*[True] * len(head), *map(_is_strong, body)]

    def told(x: int, cell: _Cell, height: float) -> Node:
        blocks = blocks_of_cell(cell.element, kind.run) if cell.element is not None else []
        return {
            "body": blocks,
            "across": cell.across,
            "down": cell.down,
            "number": cell.is_of("num") or (is_frame and cell.is_td()),
            "long": height > _LONG or cell.down > 1,
        }

    rows = [
        {"cells": [told(x, cell, height) for x, cell in line], "strong": is_strong}
        for line, height, is_strong in zip(lines, heights, strong, strict=True)
    ]
    return {
        "kind": "table",
        "caption": [],
        "size": kind.size,
        "widths": [width / sum(columns.widths) if not is_frame else width for width in columns.widths],
        "wide": not is_frame,
        "head": rows[: len(head)],
        "rows": rows[len(head) :],
        "together": len(rows) <= _SHORT and sum(height * _LINE + _BESIDE for height in heights) <= _MOST_TOGETHER,
        "sticky": False,
    }


def _rows(table: HtmlElement) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """Rows of the head and of the rest; a table inside a cell keeps its own."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    head = [row for row in rows if next(row.iterancestors("thead", "table")).tag == "thead"]
    if not head and rows and all(cell.tag == "th" for cell in rows[0]):
        head = rows[:1]
    return (head, [row for row in rows if row not in head]) if len(head) < len(rows) else ([], rows)


def _placed(rows: list[HtmlElement]) -> tuple[list[list[tuple[int, _Cell]]], set[tuple[int, int]]]:
    """The cells of each row with their column, and all places (row, column) that they take."""
    placed: list[list[tuple[int, _Cell]]] = []
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        placed.append([])
        x = 0
        for element in row.iterchildren("td", "th"):
            while (y, x) in taken:
                x += 1
            across, down = _span(element, "colspan"), min(_span(element, "rowspan"), len(rows) - y)
            across = next((free for free in range(across) if (y, x + free) in taken), across)
            taken |= {(y + j, x + i) for j in range(down) for i in range(across)}
            placed[-1].append((x, _Cell(element, across, down)))
    return placed, taken


def _span(element: HtmlElement, name: str) -> int:
    told = element.get(name, "1").strip()
    return min(max(int(told), 1), _MOST) if told.isascii() and told.isdecimal() else 1


def _filled(
    placed: list[list[tuple[int, _Cell]]], taken: set[tuple[int, int]], n_columns: int
) -> list[list[tuple[int, _Cell]]]:
    return [
        sorted([*line, *((x, _Cell(None)) for x in range(n_columns) if (y, x) not in taken)], key=lambda at: at[0])
        for y, line in enumerate(placed)
    ]


def _set(lines: list[list[tuple[int, _Cell]]], n_columns: int) -> tuple[_Type, Columns]:
    """The type in which the columns fit, the smallest where they do not, and their widths in it."""
    for kind in _TYPES:
        cells: list[list[Extent]] = [[] for _ in range(n_columns)]
        for x, cell in (at for line in lines for at in line):
            if cell.across == 1:
                cells[x].append(cell.extent(kind.run))
        columns = column_widths(cells, page=_PAGE / kind.size)
        if columns.is_fitting:
            break
    return kind, columns


def _height(line: list[tuple[int, _Cell]], columns: Columns) -> float:
    """Lines that the longest cell of a row takes."""
    return max(
        (math.ceil(cell.extent(_MOST).width / (sum(columns.widths[x : x + cell.across]) - 1.2)) for x, cell in line),
        default=1,
    )


def _is_strong(row: HtmlElement) -> bool:
    return "total" in row.get("class", "").split() or any(True for _ in row.iterancestors("tfoot"))
