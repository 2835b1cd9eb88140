"""Length-preserving folding: what a number looks like to a recogniser, character for character where it was written.

Every folded text has exactly as many characters as the original, so a span found in it is a span of the original.
"""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["fold_digits", "fold_width", "hide_tokens"]

# Full-width forms (U+FF01 to U+FF5E) to ASCII, and the spaces that \s or a typist may use to a plain one.
_WIDTH = {0xFF01 + i: 0x21 + i for i in range(0x5E)} | {ord(c): " " for c in "\u3000\u00a0\u2007\u202f"}
# Invisible characters count as separators: a number does not become another by having one inside.
_WIDTH |= {ord(c): " " for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}
_WIDTH |= {ord(c): "-" for c in "‐‑‒–—―−﹣"}

# 幺 and 两 are how one and two are read out in numbers.
_CHINESE = dict(zip("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "00012345678912345678912", strict=True))
_DIGITS = {ord(k): v for k, v in _CHINESE.items()}
# Five digits in a row, in either writing: fewer are counting words (一、二、三), not a number of somebody.
_RUN = re.compile(rf"[0-9{''.join(_CHINESE)}](?:[ \-]{{0,2}}[0-9{''.join(_CHINESE)}]){{4,}}")
# Stands in for characters that no recogniser may look at (Unicode private use).
_HIDDEN = "\ue000"


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII; odd spaces as plain ones; every dash as a hyphen."""
    return text if text.isascii() else text.translate(_WIDTH)


def fold_digits(folded: str) -> str | None:
    """Also runs of five or more Chinese digits as ASCII; None where the text has no such run."""
    pieces, end = [], 0
    for match in _RUN.finditer(folded):
        if match[0].isascii():
            continue
        pieces += [folded[end : match.start()], match[0].translate(_DIGITS)]
        end = match.end()
    return "".join([*pieces, folded[end:]]) if pieces else None


def hide_tokens(text: str, tokens: Collection[str]) -> str:
    """The text with each mask already in it made unreadable, so that no recogniser finds anything in or across one."""
    for token in tokens:
        if token in text:
            text = text.replace(token, _HIDDEN * len(token))
    return text
