"""How one rule matches a text: words in their context, and patterns of which few are searched at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params import Taxonomy
    from voc_lib.params.taxonomy import ContextRule

__all__ = ["Context", "Match", "PatternSet"]

Match = tuple[float, str, int]
"""Weight, the words that matched, column of the category."""

_TOGETHER = 160  # patterns in one filter: the automaton of many more outgrows RE2's memory and is built over and over


@dataclass(frozen=True)
class Context:
    """Words that count only where they stand.

    Args:
        words: any of them sets the rule off.
        near: if given, one of them must stand near it.
        not_near: none of them may stand near it.
        within: characters between the two that still are near; None: anywhere in the text.
        at_start: the word must begin the text.
    """

    words: tuple[str, ...]
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    within: int | None = None
    at_start: bool = False

    @classmethod
    def of(cls, rule: ContextRule, taxonomy: Taxonomy) -> Context:
        """The rule with its words normalised and its groups of words spelt out."""
        words, near, not_near = (
            tuple(dict.fromkeys(word for text in taxonomy.spelt_out(given) if (word := normalise(text))))
            for given in (rule.words, rule.near, rule.not_near)
        )
        return cls(words, near, not_near, rule.within, rule.at_start)

    def find(self, places: Mapping[str, Sequence[int]]) -> str | None:
        """The word that sets the rule off, joined with the one near it; None if the rule does not match.

        Args:
            places: where the words of the text begin, for every word that any context rule looks at.
        """
        for word in self.words:
            for start in places.get(word, ()):
                if self.at_start and start > 0:
                    continue
                if self._beside(word, start, self.not_near, places) is not None:
                    continue
                if not self.near:
                    return word
                other = self._beside(word, start, self.near, places)
                if other is not None:
                    return f"{word}+{other}"
        return None

    def _beside(self, word: str, start: int, others: Sequence[str], places: Mapping[str, Sequence[int]]) -> str | None:
        """The first of some other words that stands near a word."""
        end = start + len(word)
        for other in others:
            for place in places.get(other, ()):
                overlaps = place < end and start < place + len(other)
                if overlaps and other in word:
                    continue  # a part of the word itself
                between = max(place - end, start - place - len(other))
                if self.within is None or between <= self.within:
                    return other
        return None


class PatternSet:
    """Many regular expressions; RE2 says which of them match a text, so that only those are searched for their words.

    Args:
        patterns: pattern, weight, column of the category.
    """

    def __init__(self, patterns: Sequence[tuple[str, float, int]]) -> None:
        import re2

        self._patterns = [(re.compile(pattern), weight, column) for pattern, weight, column in patterns]
        self._filters: list[tuple[Any, list[int]]] = []  # each with the numbers of its patterns
        self._always: list[int] = []
        quiet = re2.Options()
        quiet.log_errors = False
        for number, (pattern, _, _) in enumerate(patterns):
            if not self._filters or len(self._filters[-1][1]) == _TOGETHER:
                self._filters.append((re2.Filter(), []))
            filter_, numbers = self._filters[-1]
            try:
                filter_.Add(pattern, quiet)
            except re2.error:  # what RE2 does not know, such as looking ahead, is searched in every text
                self._always.append(number)
            else:
                numbers.append(number)
        self._filters = [(filter_, numbers) for filter_, numbers in self._filters if numbers]
        for filter_, _ in self._filters:
            filter_.Compile()

    def find(self, text: str, found: list[Match]) -> None:
        """Add what matches, in the order of the patterns."""
        for number in self._numbers(text):
            pattern, weight, column = self._patterns[number]
            hit = pattern.search(text)
            if hit is not None:
                found.append((weight, _shown(hit[0]), column))

    def matching(self, text: str) -> list[tuple[str, float, int]]:
        """The patterns that match, as they were given."""
        possible = [self._patterns[number] for number in self._numbers(text)]
        return [(pattern.pattern, weight, column) for pattern, weight, column in possible if pattern.search(text)]

    def _numbers(self, text: str) -> list[int]:
        """The patterns that can match."""
        possible = list(self._always)
        for filter_, numbers in self._filters:
            possible += [numbers[place] for place in filter_.Match(text) or ()]
        return sorted(possible)


def _shown(hit: str) -> str:
    """A pattern's hit, short enough for a table."""
    hit = hit.strip()
    return hit if len(hit) <= 12 else f"{hit[:6]}…{hit[-5:]}"
