"""The first pass over many texts: which of them may hold what, told by the words and digits that every datum needs.

Words are looked for by their last two characters, all of all recognisers at once, in two look-ups a character; digits
by the runs that they stand in. That lets pass a few texts too many and none too few, and a text without personal data
costs little more than being read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

import numpy as np

from voc_lib.privacy.fold import Folded, digit_runs, fold_digits, hide_dates
from voc_lib.privacy.recogniser import Recogniser

__all__ = ["Sieve", "Sifted", "View"]

Needs = frozenset[str] | int


class Sieve:
    """Finds the texts that recognisers have to see.

    Args:
        recognisers: which.
    """

    def __init__(self, recognisers: Iterable[Recogniser]) -> None:
        self._sets = list(dict.fromkeys(r.needs for r in recognisers if isinstance(r.needs, frozenset) and r.needs))
        # A bit for the pairs of each set, and one for its words of one character, which have no second one.
        self._firsts, self._seconds = (np.zeros(0x110000, dtype="uint64") for _ in range(2))
        for place, words in enumerate(self._sets):
            pairs, singles = np.uint64(1 << 2 * place), np.uint64(2 << 2 * place)
            for word in words:
                *_, first, second = "", *word.replace(" ", "")
                if first:
                    self._firsts[ord(first)] |= pairs
                    self._seconds[ord(second)] |= pairs
                else:
                    self._firsts[ord(second)] |= singles
            self._seconds |= singles

    def sift(self, folded: Folded) -> Sifted:
        """What of the folded texts each recogniser has to see."""
        seen = np.flatnonzero(folded.codes != ord(" "))
        codes = folded.codes[seen]
        held = self._firsts[codes]
        held[:-1] &= self._seconds[codes[1:]]
        hits = np.flatnonzero(held)
        lines, sets = folded.lines_of(seen[hits]), held[hits]
        met = int(np.bitwise_or.reduce(sets, initial=0))
        bits = {words: np.uint64(3 << 2 * place) for place, words in enumerate(self._sets) if met >> 2 * place & 3}
        return Sifted(folded, {words: np.unique(lines[sets & own != 0]) for words, own in bits.items()})


class Sifted:
    """Folded texts, and which of them hold what recognisers need.

    Args:
        folded: the texts.
        lines: the numbers of those that hold one of the words.
    """

    def __init__(self, folded: Folded, lines: dict[Needs, Any]) -> None:
        self._folded = folded
        self._lines = lines
        self._views: dict[tuple[Needs, bool, bool], View | None] = {}
        # Of each run of digits: where it begins, how many digits it has, and whether all of them are ASCII.
        runs = np.array(list(digit_runs(folded.text)), dtype="int64").reshape(-1, 3)
        self._run_lines = folded.lines_of(runs[:, 0])
        self._run_digits = runs[:, 1]
        self._is_chinese = runs[:, 2] == 0
        # Most often one look tells that there is nothing to see.
        self._most_digits = {
            False: int(self._run_digits.max(initial=0)),
            True: int(self._run_digits[self._is_chinese].max(initial=0)),
        }

    def views(self, recogniser: Recogniser) -> Iterator[View]:
        """The readings of the texts that the recogniser has to see, where there are any."""
        for in_digits in (False, True) if recogniser.in_digits else (False,):
            key = (recogniser.needs, in_digits, recogniser.over_dates)
            if key not in self._views:
                self._views[key] = self._view(*key)
            if (view := self._views[key]) is not None:
                yield view

    def _view(self, needs: Needs, in_digits: bool, with_dates: bool) -> View | None:
        if in_digits and not self._most_digits[True]:
            return None
        if isinstance(needs, int):
            if self._most_digits[in_digits] < needs:
                return None
            enough = self._run_digits >= needs
            lines = np.unique(self._run_lines[enough & self._is_chinese if in_digits else enough])
        else:
            if needs and needs not in self._lines:
                return None
            lines = self._lines[needs] if needs else np.arange(len(self._folded.origins) - 1)
            if in_digits:
                lines = np.intersect1d(lines, self._run_lines[self._is_chinese])
        return View(self._folded, lines, in_digits=in_digits, with_dates=with_dates) if len(lines) else None


class View:
    """Some of the lines of folded texts, in one of their readings.

    Args:
        folded: the texts.
        lines: which of them.
        in_digits: whether Chinese digits are read as ASCII.
        with_dates: whether dates and times of the day may be read.
    """

    def __init__(self, folded: Folded, lines: Any, *, in_digits: bool, with_dates: bool) -> None:
        self._starts = folded.starts[lines].tolist()
        ends = (folded.starts[lines + 1] - 1).tolist()
        held = [folded.text[start:end] for start, end in zip(self._starts, ends, strict=True)]
        self._own = list(accumulate((len(line) + 1 for line in held[:-1]), initial=0))
        text = "\n".join(held)
        text = fold_digits(text) if in_digits else text
        self.text = text if with_dates else hide_dates(text)

    def spans(self, recogniser: Recogniser) -> Iterable[tuple[int, int]]:
        """Where in the folded texts the recogniser finds something."""
        hide = recogniser.pattern.groupindex.get("hide", 0)
        for match in recogniser.pattern.finditer(self.text):
            start, end = match.span(hide)
            if start < end and (recogniser.is_valid is None or recogniser.is_valid(match[hide])):
                line = bisect_right(self._own, start) - 1
                moved = self._starts[line] - self._own[line]
                yield start + moved, end + moved
