"""What a recogniser is, and the pieces of patterns that several kinds share.

Patterns run on folded texts (`fold.py`), so they are written for ASCII digits and signs and lower case; the only blank
is " ", and the only end of a line is that of a text, which no pattern may cross. Each is linear in the length of the
text, since customers' texts may be hostile: at every place it looks a bounded way ahead, or a run has one possible
start. A number found by a look-ahead is tried at every start, so that a false candidate does not hide a true one in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from voc_lib.privacy.fold import GAP

__all__ = [
    "BETWEEN",
    "COLON",
    "GAP",
    "NO_AMOUNT",
    "NO_MEASURE",
    "Recogniser",
    "everywhere",
    "number",
    "word",
]


@dataclass(frozen=True)
class Recogniser:
    """One way in which one kind of personal data is written.

    Args:
        kind: its name in code.
        label: what the mask says was hidden.
        pattern: finds candidates in folded text; a group named `hide` narrows what is masked.
        needs: what a text must hold for anything to be found in it: one of these words (folded; blanks do not matter;
            of none, every text is searched), or so many digits in a row, in either writing.
        is_valid: decides on a candidate (the hidden part, as folded); None accepts all.
        in_digits: also run where Chinese digits are folded to ASCII.
        over_dates: also look at the digits of dates and times of the day; else they belong to no number.
    """

    kind: str
    label: str
    pattern: re.Pattern[str]
    needs: frozenset[str] | int
    is_valid: Callable[[str], bool] | None = None
    in_digits: bool = False
    over_dates: bool = False

    @property
    def mask(self) -> str:
        """What stands in the text instead."""
        return f"〔{self.label}〕"


BETWEEN = r"[ \-]{0,2}"  # between digits, however somebody spaced them; between the groups of a number stands GAP
COLON = r"(?: {0,4}[:=是为叫]){0,2} {0,4}(?:[(\"“'‘]|no\.? ?)?"
# 微信 50000元 is an amount.
NO_MEASURE = r"(?! ?(?:[元块万千亿%岁年月日天期笔次倍分人个名条]|小时))"
# Spaced digits before a measure word are amounts side by side.
NO_AMOUNT = r"(?!(?:\.\d{1,2})? ?[元块万亿千期笔次年月日])"


def number(
    kind: str,
    label: str,
    digits: int,
    pattern: str,
    is_valid: Callable[[str], bool] | None = None,
    *,
    over_dates: bool = False,
) -> Recogniser:
    """A recogniser of numbers of so many digits (five) and more."""
    # To see first that no number begins here is several times as fast as to find out in the pattern's own order.
    begins = r"(?=[+(\d])" if pattern.startswith(r"(?<!\d)") else ""
    return Recogniser(kind, label, re.compile(begins + pattern, re.ASCII), digits, is_valid, True, over_dates)


def word(
    kind: str,
    label: str,
    pattern: str,
    cues: Iterable[str],
    is_valid: Callable[[str], bool] | None = None,
    *,
    in_digits: bool = False,
    over_dates: bool = True,
) -> Recogniser:
    """A recogniser of what words introduce or hold."""
    return Recogniser(kind, label, re.compile(pattern, re.ASCII), frozenset(cues), is_valid, in_digits, over_dates)


def everywhere(pattern: str) -> str:
    """The pattern, tried at every start."""
    return f"(?=(?P<hide>{pattern}))"
