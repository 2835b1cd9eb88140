"""Folding: what a text looks like to a recogniser, and where each character of it stood in the original.

A fold writes one character for one character, but for the invisible ones, which go: a number does not become another
by having a direction mark inside, and a reader does not see it. `Folded.span` leads back to the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["CHINESE_DIGITS", "GAP", "Folded", "fold", "fold_digits", "fold_width", "hide_dates", "is_invisible"]

# Stand-ins from Unicode's private use: what no recogniser may look at, and what goes.
_HIDDEN, _GONE = "\ue000", "\ue001"
# Drawn as nothing, though Unicode calls them letters or marks: fillers, joiners, keycaps and variation selectors.
_BLANK_BLOCKS = (
    *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x20E3, 0x20E3), (0x2065, 0x2065)),
    *((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF)),
)
_SIGNS = {
    **dict.fromkeys("‐‑‒–—―−﹣⁃➖─━⸺⸻", "-"),
    **dict.fromkeys("・•‧∙⋅●･", "·"),
    **dict.fromkeys("、､", ","),
    **dict.fromkeys("【［「『〖〔", "("),
    **dict.fromkeys("】］」』〗〕", ")"),
    **dict.fromkeys("×✕✖✱＊∗", "*"),
    **dict.fromkeys("〜∼˜", "~"),
}


def is_invisible(char: str) -> bool:
    """Whether a reader sees nothing, not even a gap, where this character stands."""
    code = ord(char)
    return (
        char in (_HIDDEN, _GONE)  # in a customer's text they would only serve to break up a number
        or unicodedata.category(char) == "Cf"
        or any(first <= code <= last for first, last in _BLANK_BLOCKS)
    )


class _Table(dict[int, str]):
    """What each character becomes; worked out when first met, then remembered."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    if is_invisible(char):
        return _GONE
    if char in _SIGNS:
        return _SIGNS[char]
    # Not only digits of other scripts: also those in circles and brackets. Han numerals are letters to Unicode.
    number = unicodedata.numeric(char, None) if unicodedata.category(char) in ("Nd", "No") else None
    if number is not None and number in range(10):
        return str(int(number))
    if char.isspace() or unicodedata.category(char) in ("Cc", "Zs"):
        return " "
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() else char


_TABLE = _Table()

# 幺 and 两 are how one and two are read out in numbers, 洞 is nought, and an o is often meant for one.
_CHINESE = dict(
    zip(
        "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺两洞oO",
        "00012345678912345678923612000",
        strict=True,
    )
)
CHINESE_DIGITS = "".join(digit for digit in _CHINESE if digit not in "oO")
# What may stand between the groups of a number, as folded.
GAP = r"[\s\-._/·*,。()|~]{0,4}"
_DIGITS = {ord(k): v for k, v in _CHINESE.items()}
_ANY_DIGIT = rf"[0-9{''.join(_CHINESE)}]"
# Five digits in a row, in either writing: fewer are counting words (一、二、三), not a number of somebody.
_RUN = re.compile(rf"{_ANY_DIGIT}(?:{GAP}{_ANY_DIGIT}){{4,}}")

_YEAR, _MONTH, _DAY = "(?:19[5-9]|20[0-4])[0-9]", "(?:1[0-2]|0?[1-9])", "(?:3[01]|[12][0-9]|0?[1-9])"
# Not after a digit and the same sign: there it would be a group of a longer number.
_DATE = re.compile(
    rf"(?<![0-9])(?<![0-9][\-./])(?:{_YEAR}\s?(?P<sign>[\-./])\s?{_MONTH}\s?(?P=sign)\s?{_DAY}(?![0-9])"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])(?!-?[0-9])"
    rf"|(?<![0-9] ){_YEAR} (?:0[1-9]|1[0-2]) (?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?(?![0-9]))"
)


@dataclass(frozen=True)
class Folded:
    """A folded text.

    Args:
        text: as recognisers read it.
        places: where each of its characters stood in the original; None where none went.
    """

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text (not empty) as one of the original."""
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)


def fold(text: str, *, masks: re.Pattern[str] | None = None) -> Folded:
    """The text as recognisers read it: digits and signs of every writing as ASCII, plain blanks, nothing unseen.

    Args:
        masks: the masks that may be in the text already; each becomes unreadable, so that nothing is found across it.
    """
    plain = text.translate(_TABLE)
    if masks is not None and "〔" in text:
        plain = _blotted(plain, masks.finditer(text))
    if _GONE not in plain:
        return Folded(plain)
    places = [place for place, char in enumerate(plain) if char != _GONE]
    return Folded(plain.replace(_GONE, ""), places)


def fold_width(text: str) -> str:
    """As `fold` without the places: what somebody reads."""
    return fold(text).text


def fold_digits(folded: str) -> str | None:
    """Also runs of five or more Chinese digits as ASCII; None where the text has no such run."""
    pieces, end = [], 0
    for match in _RUN.finditer(folded):
        written = match[0].translate(_DIGITS)
        if written == match[0]:
            continue
        pieces += [folded[end : match.start()], written]
        end = match.end()
    return "".join([*pieces, folded[end:]]) if pieces else None


def hide_dates(folded: str) -> str:
    """The text with dates and times of the day made unreadable: their digits belong to no other number."""
    return _blotted(folded, _DATE.finditer(folded))


def _blotted(text: str, matches: Iterable[re.Match[str]]) -> str:
    pieces, end = [], 0
    for match in matches:
        pieces += [text[end : match.start()], _HIDDEN * (match.end() - match.start())]
        end = match.end()
    return "".join([*pieces, text[end:]]) if pieces else text
