"""The reliability diagram as a picture: how often decisions are right that claim to be so sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["reliability_svg"]

_SIDE, _MARGIN = 300, 48  # of the square and of what is around it, in pixels


def reliability_svg(bins: Sequence[dict[str, Any]], *, title: str) -> bytes:
    """An SVG that needs nothing else: no script, no style sheet, no font of its own.

    Args:
        bins: as `reliability` gives them: low, high, n, confidence, right (shares, 0 to 1).
        title: shown above; escaped.
    Returns: a bar from each bin's bounds up to its share right, a mark at its mean confidence, and the diagonal on
        which a perfectly calibrated model would lie; below each bar the number of texts. Same figures, same bytes.
    """
    from html import escape

    whole = _SIDE + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img" font-family="sans-serif" '
        'font-size="11" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<text x="{_MARGIN}" y="20" font-size="13">{escape(title)}</text>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>',
    ]
    for item in bins:
        left, right, top = _x(item["low"]), _x(item["high"]), _y(item["right"])
        middle = (left + right) / 2
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{_y(0.0) - top:.1f}" '
            f'fill="#4a78b0" fill-opacity="0.55" stroke="#fff"><title>{item["n"]}: {item["confidence"]:.2f} → '
            f"{item['right']:.2f}</title></rect>"
        )
        parts.append(f'<circle cx="{_x(item["confidence"]):.1f}" cy="{top:.1f}" r="3" fill="#b0413e"/>')
        parts.append(f'<text x="{middle:.1f}" y="{_y(0.0) + 14:.1f}" text-anchor="middle">{item["n"]}</text>')
    parts.append(
        f'<line x1="{_x(0.0)}" y1="{_y(0.0)}" x2="{_x(1.0)}" y2="{_y(1.0)}" stroke="#222" stroke-dasharray="4 3"/>'
    )
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{_MARGIN - 6}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:.1f}</text>')
    parts.append(f'<text x="{whole / 2}" y="{whole - 12}" text-anchor="middle">置信度（下：条数） / 正确率</text>')
    return "\n".join([*parts, "</svg>", ""]).encode("utf-8")


def _x(share: float) -> float:
    return _MARGIN + _SIDE * share


def _y(share: float) -> float:
    return _MARGIN + _SIDE * (1.0 - share)
