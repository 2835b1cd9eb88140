"""The Chinese fonts that charts, pages and PDF ask for: one list, so that what set-up accepts the reports can use."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

__all__ = ["CHINESE_FAMILIES", "MONOSPACED_FAMILIES", "chinese_face", "known_families", "known_fonts"]

# Best first; any one of them will do. The style sheet names them as well.
CHINESE_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
)
# For code on paper; the last one comes with Typst.
MONOSPACED_FAMILIES = ("Noto Sans Mono CJK SC", "DejaVu Sans Mono")


@cache
def known_fonts() -> typst.Fonts:
    """The fonts that Typst finds: the system's, those of a conda environment, and its own."""
    import typst

    own = [folder for folder in (Path(sys.prefix, "fonts"), Path(sys.prefix, "share", "fonts")) if folder.is_dir()]
    return typst.Fonts(font_paths=[str(folder) for folder in own])


def known_families() -> frozenset[str]:
    """Names of the font families that the PDF can be set in."""
    return frozenset(known_fonts().families())


def chinese_face() -> typst.FontInfo | None:
    """The regular face of the best Chinese family that there is; None where there is none."""
    fonts = known_fonts().fonts()
    for family in CHINESE_FAMILIES:
        if faces := [font for font in fonts if font.family == family and font.path is not None]:
            return min(faces, key=lambda font: (font.style != "normal", abs(font.weight - 400)))
    return None
