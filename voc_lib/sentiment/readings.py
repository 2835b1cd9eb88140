"""What the words of many texts say, as arrays with an entry a text or a judgement, and one text's part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from voc_lib.sentiment.words import ROLES, Places, Word

__all__ = ["Judgement", "Reading", "Readings", "role_bits"]

_FAINT = 0.1  # judgements weaker than this are not worth a line in a table
_SPARED = 0.2  # nor is what did not go wrong, if weaker than this: 没失败 praises nothing
# In a text that asks and hardly blames, a threat is mostly a word: 法院 in 怎么查是哪家法院.
_ASKED, _BLAMED, _ONLY_ASKED = 0.6, 0.3, 0.3
_CLOSE = 1  # characters between a negation and the threat that it takes back


@dataclass(frozen=True, slots=True)
class Judgement:
    """One feeling word at work, with the negation that turns it: −1.5 … 1.5, and the aspect it is about, if any."""

    word: str
    strength: float
    aspect: str | None


@dataclass(slots=True)
class Reading:
    """What a text says.

    Attributes:
        positive, negative: sums of strength, 0 or more.
        asks: how much it asks, 0 or more; a plain question has 0.6 or more.
        rhetorical: reproach by questions, 0 … 1.
        escalation: weights of the escalation words, each once.
        roles: keys of the plain lists whose words stand in it.
        judgements: the feelings, from left to right.
    """

    positive: float = 0.0
    negative: float = 0.0
    asks: float = 0.0
    rhetorical: float = 0.0
    escalation: dict[str, float] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    judgements: list[Judgement] = field(default_factory=list)


@dataclass(frozen=True)
class Readings:
    """What texts say; the columns of `Reading` as arrays.

    Attributes:
        positive, negative, asks, rhetorical: a number a text.
        roles: bits of `role_bits`, a number a text.
        places: every word found.
        said: places of the judgements, rising; strength and turned_by (place of the negation, −1 for none) of each,
            the number in `aspects` of what it is about (−1 for nothing), and whether it is only asked or supposed.
        words, aspects: what the numbers stand for.
    """

    positive: np.ndarray
    negative: np.ndarray
    asks: np.ndarray
    rhetorical: np.ndarray
    roles: np.ndarray
    places: Places
    said: np.ndarray
    strength: np.ndarray
    turned_by: np.ndarray
    about: np.ndarray
    doubted: np.ndarray
    words: Sequence[Word]
    aspects: Sequence[str]

    def __len__(self) -> int:
        return len(self.positive)

    def has(self, *roles: str) -> np.ndarray:
        """Whether each text has a word of one of these lists."""
        return np.asarray(self.roles & role_bits(roles)) > 0

    def judgements(self) -> list[list[Judgement]]:
        """The feelings of each text, from left to right."""
        found: list[list[Judgement]] = [[] for _ in range(len(self))]
        words, word = self.words, self.places.word.tolist()
        for place, text, strength, negation, about in zip(
            self.said.tolist(),
            self.places.text[self.said].tolist(),
            self.strength.tolist(),
            self.turned_by.tolist(),
            self.about.tolist(),
            strict=True,
        ):
            turned = words[word[negation]].text if negation >= 0 else ""
            aspect = self.aspects[about] if about >= 0 else None
            found[text].append(Judgement(turned + words[word[place]].judged, strength, aspect))
        return found

    def aspects_told(self) -> list[list[str]]:
        """What each text judges and how, as noun:±word, in the order of the text, each once; not what it only asks."""
        found: list[dict[str, None]] = [{} for _ in range(len(self))]
        least = np.where((self.turned_by >= 0) & (self.strength > 0), _SPARED, _FAINT)
        kept = np.flatnonzero((self.about >= 0) & ~self.doubted & (np.abs(self.strength) >= least))
        word = self.places.word
        for text, place, negation, about, good in zip(
            self.places.text[self.said[kept]].tolist(),
            self.said[kept].tolist(),
            self.turned_by[kept].tolist(),
            self.about[kept].tolist(),
            (self.strength[kept] > 0).tolist(),
            strict=True,
        ):
            turned = self.words[word[negation]].text if negation >= 0 else ""
            found[text][f"{self.aspects[about]}:{'+' if good else '-'}{turned}{self.words[word[place]].judged}"] = None
        return [list(told) for told in found]

    def escalations(self) -> list[dict[str, float]]:
        """The escalation words of each text with their weights: none that is negated, little of what is only asked."""
        found: list[dict[str, float]] = [{} for _ in range(len(self))]
        heavy = np.array([word.escalation > 0 for word in self.words], dtype=bool)
        asked = (self.asks >= _ASKED) & (self.negative < _BLAMED)
        for place in np.flatnonzero(heavy[self.places.word]).tolist() if len(heavy) else ():
            text = int(self.places.text[place])
            word = self.words[int(self.places.word[place])]
            if not self._renounced(place):
                weight = round(word.escalation * (_ONLY_ASKED if asked[text] else 1.0), 4)
                found[text][word.text] = max(weight, found[text].get(word.text, 0.0))
        return found

    def _renounced(self, place: int) -> bool:
        """Whether one negation and no second stands right before a word: 不想起诉, but not 不得不起诉."""
        places, n, at = self.places, 0, place
        while at and places.text[at - 1] == places.text[place] and places.start[at] - places.end[at - 1] <= _CLOSE:
            at -= 1
            if "negation" not in self.words[int(places.word[at])].roles:
                break
            n += 1
        return n % 2 == 1

    def one(self, number: int = 0) -> Reading:
        """What one of the texts says."""
        bits = int(self.roles[number])
        return Reading(
            positive=float(self.positive[number]),
            negative=float(self.negative[number]),
            asks=float(self.asks[number]),
            rhetorical=float(self.rhetorical[number]),
            escalation=self.escalations()[number],
            roles={role for i, role in enumerate(ROLES) if bits >> i & 1},
            judgements=self.judgements()[number],
        )


def role_bits(roles: Sequence[str] | frozenset[str]) -> int:
    """One bit for each list of the lexicon."""
    return sum(1 << i for i, role in enumerate(ROLES) if role in roles)
