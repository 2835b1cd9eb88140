"""What a text judges and how, from trained spans: they say which words judge and what, the lexicon says which way.

The pairs are written as those of the lexicon alone (`Readings.aspects_told`), and take their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.schema import SENTIMENTS
from voc_lib.sentiment.words import Hit
from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params.lexicon import SentimentLexicon
    from voc_lib.sentiment.readings import Readings
    from voc_lib.sentiment.spans import Span

__all__ = ["SpanPairs"]

_WORD = "COMMENTS_ADJ"
_NOUNS = ("COMMENTS_N", "PRODUCT", "BANK")  # what is judged: the first of these kinds that stands near
_NEAR = 8  # characters between a noun and the word that judges it, as in `reading.py`
_LONGEST = 6  # characters of a noun that the lexicon does not know
_NEGATED = 2  # characters between a negation and a measure or an unknown word
_ASKED = 0.6  # a plain question judges nothing by a word that the lexicon does not know


class SpanPairs:
    """Pairs the judging words of a text with what they judge.

    Args:
        find: gives the spans of texts, of the kinds BANK, PRODUCT, COMMENTS_N and COMMENTS_ADJ (`SpanTagger.find`).
        lexicon: the profile's words of feeling, aspects and measures.
    """

    def __init__(self, find: Callable[[Sequence[str]], list[list[Span]]], lexicon: SentimentLexicon) -> None:
        self._find = find
        self._broad = frozenset(lexicon.broad_aspects)
        self._unattached = frozenset(map(normalise, lexicon.unattached))
        self._direction = dict.fromkeys(lexicon.more_pleases, 1) | dict.fromkeys(lexicon.less_pleases, -1)

    def told(self, texts: Sequence[str], readings: Readings, probabilities: np.ndarray) -> list[list[str]]:
        """The pairs of each text as noun:±word, in the order of the text, each once.

        A noun is called by its aspect of the lexicon, or by itself where that knows none. A word judges as the lexicon
        reads it there; one that it does not know judges as the text does: not at all in a neutral text or a question.

        Args:
            texts: normalised.
            readings: of these texts.
            probabilities: of the sentiments, a column each.
        """
        bounds = np.searchsorted(readings.places.text, np.arange(len(texts) + 1)).tolist()
        judging = {
            place: (strength, negation, doubted)
            for place, strength, negation, doubted in zip(
                readings.said.tolist(),
                readings.strength.tolist(),
                readings.turned_by.tolist(),
                readings.doubted.tolist(),
                strict=True,
            )
        }
        mood = (probabilities.argmax(axis=1) - SENTIMENTS.index("neutral")) * (readings.asks < _ASKED)
        found: list[list[str]] = []
        for number, spans in enumerate(self._find(texts)):
            own = _Text(texts[number], readings, bounds[number], bounds[number + 1])
            told: dict[str, None] = {}
            for word in spans:
                if word.kind != _WORD or own.text[word.start : word.end] in self._unattached:
                    continue
                noun = own.judged_by(word, spans)
                # 被拒 says itself what it is about.
                name = own.told_by(word) or (self._name(own, noun) if noun else None)
                if name is None:
                    continue
                places = [place for place in own.within(word) if place in judging]
                read = [judging[place] for place in places]
                if any(doubted for _, _, doubted in read):
                    continue
                negation = read[0][1] if read else own.negation_before(word)
                if read:
                    sign = sum(strength for strength, _, _ in read)
                else:
                    sign = self._unread(own, word, name, mood=float(mood[number]), is_negated=negation >= 0)
                if sign:
                    # With what turns it, whether that is a word by itself or part of the lexicon's: 不好用.
                    begins = [word.start, *(own.hits[place].start for place in [*places, negation] if place >= 0)]
                    begin = max(min(begins), noun.end if noun and noun.end <= word.start else 0)
                    told[f"{name}:{'+' if sign > 0 else '-'}{own.text[begin : word.end]}"] = None
            found.append(list(told))
        return found

    def _name(self, own: _Text, noun: Span) -> str | None:
        names = [hit.word.aspects[0] for hit in own.within(noun).values() if hit.word.aspects]
        specific = [name for name in names if name not in self._broad]
        if names:
            return (specific or names)[0]
        text = own.text[noun.start : noun.end]
        return text if noun.kind == _NOUNS[0] and 1 < len(text) <= _LONGEST and text.isalpha() else None

    def _unread(self, own: _Text, word: Span, name: str, *, mood: float, is_negated: bool) -> float:
        """Which way a word judges that the lexicon reads no feeling in."""
        measure = next((hit.word.measure for hit in own.within(word).values() if hit.word.measure), 0)
        measured = measure * self._direction.get(name, 0)
        return (-measured if is_negated else measured) or mood


class _Text:
    """A text and the words of the lexicon in it, by their places in the readings."""

    def __init__(self, text: str, readings: Readings, begin: int, end: int) -> None:
        self.text = text
        at, places = slice(begin, end), readings.places
        words = [readings.words[number] for number in places.word[at].tolist()]
        hits = map(Hit, places.start[at].tolist(), places.end[at].tolist(), words)
        self.hits = dict(enumerate(hits, start=begin))

    def within(self, span: Span) -> dict[int, Hit]:
        """The words that share a character with the span."""
        return {place: hit for place, hit in self.hits.items() if hit.start < span.end and span.start < hit.end}

    def told_by(self, span: Span) -> str | None:
        """The aspect of a word of feeling in the span that has one of its own."""
        words = (hit.word for hit in self.within(span).values())
        return next(
            (word.aspects[0] for word in words if word.feeling and word.aspects and word.judged == word.text), None
        )

    def negation_before(self, span: Span) -> int:
        """The place of a negation shortly before the span, or −1."""
        near = [
            place
            for place, hit in self.hits.items()
            if "negation" in hit.word.roles and 0 <= span.start - hit.end <= _NEGATED
        ]
        return near[-1] if near else -1

    def judged_by(self, word: Span, spans: Sequence[Span]) -> Span | None:
        """What the word judges: of the kinds in their order, the nearest before it in its clause, else after it."""
        for kind in _NOUNS:
            nouns = [span for span in spans if span.kind == kind]
            before = [span for span in nouns if span.end <= word.start and self._is_near(span.end, word.start)]
            after = [span for span in nouns if word.end <= span.start and self._is_near(word.end, span.start)]
            if before or after:
                return before[-1] if before else after[0]
        return None

    def _is_near(self, low: int, high: int) -> bool:
        return high - low <= _NEAR and not any(
            "break" in hit.word.roles and low <= hit.start < high for hit in self.hits.values()
        )
