"""A figure whose margins are set from the texts that stand in them, so that it is laid out and drawn once.

Matplotlib's layout engines draw a figure to measure it before they draw it. What they measure is a font of this
machine, though text stays text, and a reader's machine sets it in a font of its own. So a text's width is reckoned here
as any Chinese font would set it: a Chinese character is as wide as it is high, a Latin one seven twelfths of that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec

__all__ = ["GAP", "LEGEND", "above", "below", "beside", "framed", "gridded", "named_rows", "room_at_ends", "widest"]

LEGEND = 19.0  # points of a legend above the axes
GAP = 4.0  # points between a bar and the text at its end
_WIDTH = 8.0  # inches, of every figure
_SIZE = 9.0  # points, of every text that is not said to be of another
_EDGE = 3.0  # points that stay white around all
_PAD = 3.5  # points between ticks and their labels
_LATIN = 7 / 12
_MOST = 0.5  # of a figure's width for names, and of the axes' for what stands at the ends: bars need the rest
_LINE = 1.3  # height of a line of text, in its size
_POINTS = 72.0


def widest(texts: Iterable[str], size: float = _SIZE) -> float:
    """Width of the widest of some texts (of each its widest line), in points."""
    lines = [line for text in texts for line in text.split("\n")]
    return max((sum(map(_width, line)) for line in lines), default=0.0) * size


def beside(labels: Iterable[str], *, size: float = _SIZE, title: bool = False) -> float:
    """Margin for the labels of an upright axis, and for its title, in points."""
    return _EDGE + min(widest(labels, size), _MOST * _WIDTH * _POINTS) + _PAD + (_LINE * _SIZE + 4.0 if title else 0.0)


def below(n_lines: int = 1, *, size: float = _SIZE, title: bool = False) -> float:
    """Margin for so many lines of labels of a lying axis, and for its title, in points."""
    return _EDGE + _PAD + _LINE * size * n_lines + (_LINE * _SIZE + 4.0 if title else 0.0)


def above(n_lines: int = 1, *, size: float) -> float:
    """Margin for a title of so many lines above the axes, in points."""
    return _EDGE + 6.0 + _LINE * size * n_lines


def framed(
    height: float, *, left: float = _EDGE, right: float = _EDGE, top: float = _EDGE, bottom: float = _EDGE
) -> tuple[Figure, Axes]:
    """A figure of that height (inches) with one pair of axes inside its margins (points)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height))
    wide, high = _WIDTH * _POINTS, height * _POINTS
    axes = figure.add_axes((left / wide, bottom / high, 1 - (left + right) / wide, 1 - (top + bottom) / high))
    # Titles of axes stand at the edge of the figure: said, matplotlib need not measure the labels to find their place.
    axes.xaxis.set_label_coords(0.5, (_EDGE + _LINE * _SIZE - bottom) / (high - top - bottom))
    axes.yaxis.set_label_coords((_EDGE + _LINE * _SIZE - left) / (wide - left - right), 0.5)
    return figure, axes


def gridded(
    height: float, rows: int, columns: int, *, left: float, top: float, bottom: float, between: float
) -> tuple[Figure, GridSpec]:
    """A figure with places for axes in rows and columns; top and bottom (points) are above and below each of them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height))
    wide, high = _WIDTH * _POINTS, height * _POINTS
    each_wide = (wide - left - _EDGE - (columns - 1) * between) / columns
    each_high = high / rows - top - bottom
    return figure, figure.add_gridspec(
        rows,
        columns,
        left=left / wide,
        right=1 - _EDGE / wide,
        top=1 - top / high,
        bottom=bottom / high,
        wspace=between / each_wide,
        hspace=(top + bottom) / each_high,
    )


def named_rows(axes: Axes, names: Collection[str]) -> None:
    """Rows for lying bars, the first on top, each with its name before it; no axis: a bar says its own number."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])  # a tick is five things to draw, a text is one
    axes.xaxis.set_visible(False)
    axes.spines[["bottom", "top", "right"]].set_visible(False)
    before = -_PAD / (axes.get_position().width * _WIDTH * _POINTS)
    for row, name in enumerate(names):
        axes.text(before, row, name, ha="right", va="center", transform=axes.get_yaxis_transform())


def room_at_ends(axes: Axes, longest: float, texts: Iterable[str]) -> float:
    """Set the lying axis so that texts fit behind bars; gives the gap before them, in what the axis counts.

    Args:
        axes: of `framed`.
        longest: length of the longest bar.
        texts: what will stand at the ends of bars; of the longest one, too.
    """
    wide = axes.get_position().width * _WIDTH * _POINTS
    end = longest / (1 - min((widest(texts) + GAP) / wide, _MOST))
    axes.set_xlim(0, end)
    return GAP / wide * end


def _width(sign: str) -> float:
    """Of one character, in its height."""
    return 1.0 if unicodedata.east_asian_width(sign) in "WFA" else _LATIN
