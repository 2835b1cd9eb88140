"""Weighted keywords and patterns of all categories, compiled once, matched in one pass over a text.

A category's score is the sum of the weights of its keywords and patterns in the text, each counted once; of overlapping
keywords, whatever their category, the leftmost longest counts (an Aho-Corasick automaton). Scores become probabilities
by a softmax in which "none of them" stands with a score of its own, so a lone hint stays unsure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params import Taxonomy

__all__ = ["RuleBook", "Ruling"]

# Weights are written so that 3 decides alone: against nothing else, 3 gives 0.91, 2 gives 0.77, 1 gives 0.52.
_SHARPNESS = 1.15
_NOTHING = 1.0  # the score of "none of them"
_MASK = re.compile(r"〔[^〔〕]{1,12}〕|\[[^\[\]]{1,12}\]|<[^<>]{1,12}>|【[^【】]{1,12}】")


@dataclass(frozen=True)
class Ruling:
    """What the rules say of some texts.

    Args:
        scores: a row a text, a column a category (in the taxonomy's order): sum of weights.
        matches: for each text what matched, as (weight, words, column of the category).
    """

    scores: np.ndarray
    matches: list[list[tuple[float, str, int]]]

    @property
    def probabilities(self) -> np.ndarray:
        """As scores, between 0 and 1; a row sums to less than 1, the rest being "none of them"."""
        raised = np.exp(_SHARPNESS * np.minimum(self.scores, 12.0))
        # A category without any match takes no part: silence is not evidence.
        raised[self.scores <= 0] = 0.0
        return np.asarray(raised / (raised.sum(axis=1, keepdims=True) + np.exp(_SHARPNESS * _NOTHING)))

    def evidence(self, row: int, column: int, *, top: int = 4) -> list[str]:
        """The words that spoke for a category, strongest first, none twice."""
        own = sorted((-weight, word) for weight, word, place in self.matches[row] if place == column and weight > 0)
        return list(dict.fromkeys(word for _, word in own))[:top]


class RuleBook:
    """The compiled rules of a taxonomy.

    Args:
        taxonomy: its categories' keywords and patterns, and the keywords of its levels.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.codes = taxonomy.codes
        self._words = _word_weights(taxonomy)
        self._automaton = _automaton(self._words)
        self._patterns = [
            (re.compile(pattern), weight, column)
            for column, category in enumerate(taxonomy.categories)
            for pattern, weight in category.patterns.items()
        ]

    def judge(self, texts: Sequence[str]) -> Ruling:
        """Match normalised texts (`voc_lib.text.normalise`); the masks in them say nothing."""
        matches = [self._match(_MASK.sub(" ", text)) for text in texts]
        scores = np.zeros((len(matches), len(self.codes)))
        for row, found in enumerate(matches):
            for weight, _, column in found:
                scores[row, column] += weight
        return Ruling(scores, matches)

    def _match(self, text: str) -> list[tuple[float, str, int]]:
        found: list[tuple[float, str, int]] = []
        if self._words:
            for word in dict.fromkeys(word for _, word in self._automaton.iter_long(text)):
                found.extend((weight, word, column) for column, weight in self._words[word])
        for pattern, weight, column in self._patterns:
            hit = pattern.search(text)
            if hit is not None:
                found.append((weight, hit[0].strip(), column))
        return found


def _word_weights(taxonomy: Taxonomy) -> dict[str, tuple[tuple[int, float], ...]]:
    """For each keyword the columns it speaks for and how strongly."""
    weights: dict[str, dict[int, float]] = {}
    for column, category in enumerate(taxonomy.categories):
        level = taxonomy.level_of(category.code)
        for source in (level.keywords, category.keywords):
            for keyword, weight in source.items():
                own = weights.setdefault(normalise(keyword), {})
                own[column] = own.get(column, 0.0) + weight
    weights.pop("", None)
    return {word: tuple(sorted(own.items())) for word, own in sorted(weights.items())}


def _automaton(words: dict[str, Any]) -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton
