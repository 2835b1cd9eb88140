"""Folding: what texts look like to a recogniser, and where each character of them stood in the original.

A fold writes one character for one character, but for the invisible ones, which go: a number does not become another
by having a direction mark inside, and a reader does not see it. Many texts are folded at once, as the lines of one:
`Folded.span` leads back to the text and to the place in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "CHINESE_DIGITS",
    "GAP",
    "Folded",
    "digit_runs",
    "fold",
    "fold_digits",
    "fold_width",
    "hide_dates",
    "is_invisible",
]

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
    **dict.fromkeys("【［「『〖〔[{", "("),
    **dict.fromkeys("】］」』〗〕]}", ")"),
    **dict.fromkeys("×✕✖✱＊∗", "*"),
    **dict.fromkeys("〜∼˜", "~"),
    **dict.fromkeys("丨¦∣❘", "|"),
}
# Traditional characters of the words that recognisers look for.
_SIGNS |= dict(
    zip("號棟單層戶樓電話機號碼賬帳聯繫繋護車證稱姓們", "号栋单层户楼电话机号码账账联系系护车证称姓们", strict=True)
)
# And of the surnames.
_SIGNS |= dict(
    zip(
        "張陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾鐘譚陸賈韋鄒閆閻龍賀顧龔萬錢嚴湯倪龐齊莊聶歐陽溫蘆顏駱竇關單費劉",
        "张陈杨黄赵吴孙马罗郑谢许韩冯邓萧蒋叶苏魏吕卢钟钟谭陆贾韦邹闫阎龙贺顾龚万钱严汤倪庞齐庄聂欧阳温芦颜骆窦关单费刘",
        strict=True,
    )
)


def is_invisible(char: str) -> bool:
    """Whether a reader sees nothing, not even a gap, where this character stands."""
    code = ord(char)
    return (
        char in (_HIDDEN, _GONE)  # in a customer's text they would only serve to break up a number
        or unicodedata.category(char) == "Cf"
        or any(first <= code <= last for first, last in _BLANK_BLOCKS)
    )


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
    if len(plain) != 1 or not plain.isascii():
        return char
    return _SIGNS.get(plain, plain.lower())


# What each character becomes; worked out when first met, then remembered.
_UNKNOWN = 0xFFFFFFFF
_TABLE = np.full(0x110000, _UNKNOWN, dtype="<u4")


def _codes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _text(codes: Any) -> str:
    return str(codes.tobytes().decode("utf-32-le", "surrogatepass"))


def _folded_codes(codes: Any) -> Any:
    folded = _TABLE[codes]
    if (unknown := np.unique(codes[folded == _UNKNOWN])).size:
        _TABLE[unknown] = [ord(_folded(chr(code))) for code in unknown]
        folded = _TABLE[codes]
    return folded


# 幺, 两, 拐, 勾 and 洞 are how one, two, seven, nine and nought are read out, and an o is often meant for nought.
_CHINESE = dict(
    zip(
        "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺两拐勾洞o",
        "000123456789123456789236127900",
        strict=True,
    )
)
CHINESE_DIGITS = "".join(digit for digit in _CHINESE if digit != "o")
# What may stand between the groups of a number, as folded.
_BETWEEN = " -._/·*,。()|~'`^\\;:…+=#&<>→"
GAP = rf"[{re.escape(_BETWEEN)}]{{0,4}}"
_DIGITS = {ord(k): v for k, v in _CHINESE.items()}
_NO_GAPS = dict.fromkeys(map(ord, _BETWEEN))
_ANY_DIGIT = rf"[0-9{''.join(_CHINESE)}]"
# Five digits in a row, in either writing: fewer are counting words (一、二、三), not a number of somebody.
_RUN = re.compile(rf"{_ANY_DIGIT}(?:{GAP}{_ANY_DIGIT}){{4,}}")
_MONTH, _DAY = "(?:1[0-2]|0?[1-9])", "(?:3[01]|[12][0-9]|0?[1-9])"
# Each begins with a digit that was read already: a pattern that begins with one is searched for several times as fast.
_YEAR, _HOUR = "(?:(?<=1)9[5-9]|(?<=2)0[0-4])[0-9]", "(?:(?<=[01])[0-9]|(?<=2)[0-4])?"
# Not after a digit and the same sign: there it would be a group of a longer number.
_DATE = re.compile(
    rf"[0-9](?<![0-9].)(?<![0-9][\-./].)(?:{_YEAR} ?(?P<sign>[\-./]) ?{_MONTH} ?(?P=sign) ?{_DAY}(?![0-9])"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])(?!-?[0-9])"
    rf"|(?<![0-9] .){_YEAR} (?:0[1-9]|1[0-2]) (?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|{_HOUR}:[0-5][0-9](?::[0-5][0-9])?(?![0-9]))"
)


@dataclass(frozen=True)
class Folded:
    """Folded texts.

    Args:
        text: all of them, a line each, as recognisers read them: a line holds no other sign of a line's end.
        codes: the same as an array of code points.
        starts: where each line begins in `text`, and at last where another would.
        origins: where each text begins in the originals, one behind the other with one character between.
        places: where each character of `text` stood in those; None where none went.
    """

    text: str
    codes: Any
    starts: Any
    origins: Any
    places: Any | None

    def lines_of(self, places: Any) -> Any:
        """The numbers of the lines in which places (an array, or one) of `text` stand."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def span(self, line: int, start: int, end: int) -> tuple[int, int]:
        """A span of `text` (not empty) within the line of that number as one of the original text."""
        first, last = (start, end - 1) if self.places is None else (self.places[start], self.places[end - 1])
        return int(first - self.origins[line]), int(last - self.origins[line]) + 1


def fold(texts: Sequence[str], *, masks: re.Pattern[str] | None = None) -> Folded:
    """Texts as recognisers read them: digits, signs and Latin letters of every writing as ASCII, in lower case, plain
    blanks, nothing unseen.

    Args:
        masks: the masks that may be in the texts already; each becomes unreadable, so that nothing is found across it.
    """
    whole = "\n".join(texts)
    origins = np.zeros(len(texts) + 1, dtype="int64")
    np.cumsum([len(text) + 1 for text in texts], out=origins[1:])
    codes = _folded_codes(_codes(whole))
    if masks is not None and "〔" in whole:
        for match in masks.finditer(whole):
            codes[match.start() : match.end()] = ord(_HIDDEN)
    ends = origins[1:-1] - 1
    codes[ends] = ord("\n")
    kept = codes != ord(_GONE)
    if kept.all():
        return Folded(_text(codes), codes, origins, origins, None)
    starts = origins.copy()
    starts[1:-1] = np.cumsum(kept)[ends]
    starts[-1] = np.count_nonzero(kept) + 1
    codes = codes[kept]
    return Folded(_text(codes), codes, starts, origins, np.flatnonzero(kept))


def fold_width(text: str) -> str:
    """As `fold` of one text, without the places: what somebody reads."""
    codes = _folded_codes(_codes(text))
    return _text(codes[codes != ord(_GONE)])


def fold_digits(folded: str) -> str:
    """Also runs of five or more Chinese digits as ASCII."""
    return _RUN.sub(lambda match: match[0].translate(_DIGITS), folded)


def digit_runs(folded: str) -> Iterator[tuple[int, int, bool]]:
    """Runs of five digits and more, in either writing: where each begins, how many digits, whether all are ASCII."""
    for match in _RUN.finditer(folded):
        digits = match[0].translate(_NO_GAPS)
        yield match.start(), len(digits), digits.isdecimal()


def hide_dates(folded: str) -> str:
    """The text with dates and times of the day made unreadable: their digits belong to no other number."""
    return _DATE.sub(lambda match: _HIDDEN * len(match[0]), folded)
