"""The first pass over many texts: which of them may hold what, told by the words and digits that every datum needs.

A recogniser says its cues; all words of all recognisers are found in one pass (Aho and Corasick, CACM 18, 1975), so that
a text without personal data costs little more than being read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import ahocorasick
import numpy as np

from voc_lib.privacy.fold import DIGIT_RUN, Folded, chinese_runs, fold_digits, hide_dates
from voc_lib.privacy.recogniser import EVERY_TEXT, Recogniser

__all__ = ["Sieve", "Sifted", "View"]


class Sieve:
    """Finds the cues of recognisers.

    Args:
        recognisers: whose cues.
    """

    def __init__(self, recognisers: Iterable[Recogniser]) -> None:
        self._sets = list(dict.fromkeys(r.cues for r in recognisers if r.cues))
        known: dict[str, int] = {}
        for place, cues in enumerate(self._sets):
            for cue in cues:
                known[cue] = known.get(cue, 0) | 1 << place
        self._automaton = ahocorasick.Automaton()
        for cue, sets in known.items():
            self._automaton.add_word(cue, sets)
        self._automaton.make_automaton()

    def sift(self, folded: Folded) -> Sifted:
        """What of the folded texts each recogniser has to see."""
        lines: dict[frozenset[str], Any] = {}
        if len(self._automaton):
            hits = list(self._automaton.iter(folded.text))
            if hits:
                ends, sets = np.array(hits, dtype="int64").T
                held = folded.lines_of(ends)
                lines = {cues: np.unique(held[sets >> place & 1 == 1]) for place, cues in enumerate(self._sets)}
        return Sifted(folded, lines)


class Sifted:
    """Folded texts, and which of them hold which cues."""

    def __init__(self, folded: Folded, lines: dict[frozenset[str], Any]) -> None:
        self._folded = folded
        self._lines = lines
        self._views: dict[tuple[frozenset[str] | None, bool, bool], View] = {}

    def views(self, recogniser: Recogniser) -> list[View]:
        """The readings of the texts that the recogniser has to see, where there are any."""
        readings = (False, True) if recogniser.in_digits else (False,)
        views = [self._view(recogniser.cues, in_digits, recogniser.over_dates) for in_digits in readings]
        return [view for view in views if view.text]

    def _view(self, cues: frozenset[str] | None, in_digits: bool, over_dates: bool) -> View:
        key = (cues, in_digits, over_dates)
        if key not in self._views:
            text = self._digits if in_digits else self._folded.text
            self._views[key] = View(self._folded, text, self._lines_with(cues, in_digits), with_dates=over_dates)
        return self._views[key]

    def _lines_with(self, cues: frozenset[str] | None, in_digits: bool) -> Any:
        if cues == EVERY_TEXT:
            return self._chinese_runs if in_digits else np.arange(len(self._folded.starts))
        if cues is None:
            return self._chinese_runs if in_digits else self._runs
        lines = self._lines.get(cues, np.array([], dtype="int64"))
        return np.intersect1d(lines, self._chinese_runs, assume_unique=True) if in_digits else lines

    @cached_property
    def _runs(self) -> Any:
        """The lines with five digits in a row."""
        return self._lines_at(match.start() for match in DIGIT_RUN.finditer(self._folded.text))

    @cached_property
    def _chinese_runs(self) -> Any:
        """The lines with five digits in a row of which some are Chinese."""
        return self._lines_at(chinese_runs(self._folded.text))

    @cached_property
    def _digits(self) -> str:
        return fold_digits(self._folded.text)

    def _lines_at(self, places: Iterable[int]) -> Any:
        return np.unique(self._folded.lines_of(np.fromiter(places, dtype="int64")))


class View:
    """Some of the lines of folded texts, in one of their readings.

    Args:
        folded: the texts.
        text: all of them in that reading, in which every character stands where it stands in `folded`.
        lines: which of them.
        with_dates: whether dates and times of the day may be read.
    """

    def __init__(self, folded: Folded, text: str, lines: Sequence[int], *, with_dates: bool) -> None:
        self._starts = [folded.starts[line] for line in lines]
        held = [text[start : folded.end_of(line)] for line, start in zip(lines, self._starts, strict=True)]
        self._own = list(accumulate((len(line) + 1 for line in held[:-1]), initial=0)) if held else []
        joined = "\n".join(held)
        self.text = joined if with_dates else hide_dates(joined)

    def spans(self, recogniser: Recogniser) -> Iterable[tuple[int, int]]:
        """Where in the folded texts the recogniser finds something."""
        hide = recogniser.pattern.groupindex.get("hide", 0)
        for match in recogniser.pattern.finditer(self.text):
            if recogniser.is_valid is None or recogniser.is_valid(match[hide]):
                start, end = match.span(hide)
                line = bisect_right(self._own, start) - 1
                moved = self._starts[line] - self._own[line]
                yield start + moved, end + moved
