"""A course of counts as small as a word: the points of its line."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["spark_lines"]


def spark_lines(
    counts: Sequence[int | None], *, width: int, height: int, foot: float = 0.0
) -> list[list[tuple[float, float]]]:
    """The pieces of the line through the counts, broken where one is not known.

    Args:
        counts: one a step, earliest first; None where it is not known.
        width, height: of the box; a margin of 1 stays free.
        foot: the count at the foot; the largest stands at the top.
    Returns: the points (x, y) of each piece, y counted from the top as in SVG; without any known count, no piece.
    """
    top = max([n for n in counts if n is not None], default=0)
    scale = (height - 2) / max(top - foot, 1)
    step = (width - 2) / max(len(counts) - 1, 1)
    pieces: list[list[tuple[float, float]]] = [[]]
    for i, n in enumerate(counts):
        if n is None:
            pieces.append([])
        else:
            y = height - 1 - max(n - foot, 0) * scale
            pieces[-1].append((round(1 + i * step, 1), round(y, 1)))
    return [piece for piece in pieces if piece]
