"""Likeness: how much of what one text tells another tells too, whatever an agent wrote around either of them.

A text is the set of its pairs of neighbouring characters. Pairs that many customers' texts hold say who wrote, not what
about: each pair weighs by how few hold it (inverse document frequency, Spärck Jones, 1972, squared).
Weights are whole numbers, so that no sum depends on an order.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voc_lib.ingest.agents_words import NO_AGENTS, AgentsWords
from voc_lib.text import normalise

__all__ = ["Likeness", "Told", "plain"]

_MASK = re.compile("〔[^〔〕]{1,12}〕")
_SILENT = re.compile(r"(?:(?!(?<=[0-9])\.[0-9])[\W_])+")  # but the point of 1.5 is part of a number
_RARE = 1000  # weight of a pair that one customer alone wrote
_FEWEST = 2 * _RARE  # less in common says nothing, however short the texts are
_OWN, _RETOLD = 1500, 300  # the same of own words: no agent's are among them, so less says as much
_RETOLD_WEIGHT, _RETOLD_PAIRS = 0.15, 0.3  # of the own words that a telling in other words has in common
_SENTENCE = 6  # characters; a shorter text says too little for its being part of another to mean anything
_MOST_TEXTS = 1000  # a small branch cannot tell a rare pair from a common one: as if it had so many customers


@dataclass(frozen=True)
class Told:
    """A text in the form in which it is compared.

    Args:
        text: its letters and digits.
        pairs: the pairs of neighbours in it.
        weight: of all pairs together.
        own: where in the text no agent's words stand.
        own_pairs: the pairs of neighbours in that.
        own_weight: of all of these together.
    """

    text: str
    pairs: frozenset[str]
    weight: int
    own: slice
    own_pairs: frozenset[str]
    own_weight: int


class Likeness:
    """Compares texts by what is rare in them.

    Args:
        weights: of each pair that more than one customer wrote; any other weighs as a rare one.
        agents: what an agent wrote around the texts.
    """

    def __init__(self, weights: Mapping[str, int], agents: AgentsWords = NO_AGENTS) -> None:
        self._weights = weights
        self._agents = agents

    @classmethod
    def of(cls, customers: Iterable[Iterable[str]]) -> Likeness:
        """Weights from the plain texts of each customer; what one customer repeats counts once."""
        told = [list(texts) for texts in customers]
        agents = AgentsWords.of(told)
        holders: Counter[str] = Counter()
        for texts in told:
            holders.update(set().union(*map(_pairs, texts)))
        n = max(len(told), _MOST_TEXTS) + 1
        rarest = math.log(n)
        weights = {pair: round(_RARE * (math.log(n / k) / rarest) ** 2) for pair, k in holders.items() if k > 1}
        return cls(weights, agents)

    def tell(self, text: str) -> Told:
        """A plain text, ready to be compared."""
        own = self._agents.own(text)
        pairs, own_pairs = frozenset(_pairs(text)), frozenset(_pairs(text[own]))
        return Told(text, pairs, self._sum(pairs), own, own_pairs, self._sum(own_pairs))

    def is_same(self, first: Told, second: Told, *, similarity: float) -> bool:
        """Whether the two tell the same: at least this share of the weight of the lighter one is in one stretch of the
        other, which may be up to twice as long and somewhat more; or this share of what is no agent's words in both."""
        if not first.text or not second.text:
            return False
        if first.text == second.text:
            return True
        light, other = sorted((first, second), key=lambda told: (told.weight, told.text))
        if len(light.text) >= _SENTENCE and light.text in other.text:
            return True
        wanted = max(similarity * light.weight, _FEWEST)
        return self._are_together(light.pairs & other.pairs, light.text, other.text, wanted) or self._tell_own(
            first, second, similarity, _OWN
        )

    def is_retold(self, first: Told, second: Told) -> bool:
        """Whether in other words the two may tell the same: some of what is rare in the lighter one's own words, and
        more of all its pairs. Enough only where something that names the matter is the same too."""
        fewer = max(_SENTENCE, min(len(first.own_pairs), len(second.own_pairs)))
        return len(first.own_pairs & second.own_pairs) >= _RETOLD_PAIRS * fewer and self._tell_own(
            first, second, _RETOLD_WEIGHT, _RETOLD
        )

    def _tell_own(self, first: Told, second: Told, share: float, least: int) -> bool:
        """Whether the two have so much of the lighter one's own words in common, and no less than the least."""
        light, other = sorted((first, second), key=lambda told: (told.own_weight, told.text))
        common, wanted = light.own_pairs & other.own_pairs, max(share * light.own_weight, least)
        return self._are_together(common, light.text[light.own], other.text[other.own], wanted)

    def _are_together(self, common: frozenset[str], light: str, other: str, wanted: float) -> bool:
        """Whether common pairs of that weight stand in one stretch of the other text."""
        if self._sum(common) < wanted:
            return False
        stretch = 2 * len(light) + _SLACK
        return len(other) <= stretch or self._densest(common, other, stretch) >= wanted

    def _sum(self, pairs: Iterable[str]) -> int:
        weights = self._weights
        return sum(weights.get(pair, _RARE) for pair in pairs)

    def _densest(self, common: frozenset[str], text: str, stretch: int) -> int:
        """The most weight of these pairs that a stretch of the text holds: a long text holds any pair somewhere."""
        inside: Counter[str] = Counter()
        weight = most = 0
        for end in range(len(text) - 1):
            pair = text[end : end + 2]
            if pair in common:
                inside[pair] += 1
                if inside[pair] == 1:
                    weight += self._weights.get(pair, _RARE)
                    most = max(most, weight)
            start = end - stretch
            if start >= 0 and (gone := text[start : start + 2]) in common:
                inside[gone] -= 1
                if inside[gone] == 0:
                    weight -= self._weights.get(gone, _RARE)
        return most


_SLACK = 20


def plain(text: str) -> str:
    """What of a text is compared: letters and digits in normal form; masks and punctuation say nothing."""
    return _SILENT.sub("", normalise(_MASK.sub(" ", text)))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
