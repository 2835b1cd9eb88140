"""All bars of one colour as one shape: a page then draws and lays out one element instead of a hundred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voc_lib.report.theme import EDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["columns", "lying_bars", "shades"]


def columns(
    axes: Axes,
    places: Sequence[float],
    heights: Sequence[float],
    width: float,
    *,
    bottoms: Sequence[float] | None = None,
    colour: str,
    label: str | None = None,
    edge: dict[str, Any] = EDGE,
) -> None:
    """Standing bars around these places; one without height is left out."""
    feet = [0.0] * len(places) if bottoms is None else bottoms
    boxes = [
        (place - width / 2, foot, width, height)
        for place, foot, height in zip(places, feet, heights, strict=True)
        if height
    ]
    _add(axes, boxes, colour=colour, label=label, edge=edge)


def lying_bars(
    axes: Axes,
    places: Sequence[float],
    lengths: Sequence[float],
    thickness: float,
    *,
    lefts: Sequence[float] | None = None,
    colour: str,
    label: str | None = None,
) -> None:
    """Lying bars around these places; one without length is left out."""
    starts = [0.0] * len(places) if lefts is None else lefts
    boxes = [
        (start, place - thickness / 2, length, thickness)
        for place, start, length in zip(places, starts, lengths, strict=True)
        if length
    ]
    _add(axes, boxes, colour=colour, label=label, edge=EDGE)


def shades(axes: Axes, places: Sequence[float], *, colour: str, alpha: float) -> None:
    """A band as high as the axes behind each of these places."""
    boxes = [(place - 0.5, 0.0, 1.0, 1.0) for place in places]
    edge = {"linewidth": 0, "zorder": 0, "alpha": alpha, "transform": axes.get_xaxis_transform()}
    _add(axes, boxes, colour=colour, label=None, edge=edge)


def _add(
    axes: Axes,
    boxes: Sequence[tuple[float, float, float, float]],
    *,
    colour: str,
    label: str | None,
    edge: dict[str, Any],
) -> None:
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not boxes and label is None:
        return
    corners = [
        [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)] for x, y, width, height in boxes
    ]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(boxes)
    path = Path(np.array(corners, dtype=float).reshape(-1, 2), codes) if boxes else Path(np.empty((0, 2)))
    axes.add_patch(PathPatch(path, facecolor=colour, label=label, **edge))
