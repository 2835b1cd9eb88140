"""What the words of a text say together: feeling with its negation and strength, questions, and what is judged.

Rules of the language, not of a bank: the words themselves come from the profile's lexicon. Reach of negation and
intensifiers follow the usual practice of lexicon methods (Taboada et al. 2011, Computational Linguistics 37:267).
Many texts are read at once, each rule being one step over the arrays of all words found; no rule reaches past a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.sentiment.readings import Reading, Readings, role_bits
from voc_lib.sentiment.words import Places, Word, WordFinder
from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params.lexicon import SentimentLexicon

__all__ = ["Reader", "reader_of"]

_NEGATED_GOOD = 0.8  # 不满意 blames a little less than 差 does
_NEGATED_BAD = 0.45  # 不麻烦 is faint praise
_TWICE = 0.8  # 不是不满意 is weaker than 满意
_SUPPOSED = 0.5  # a feeling asked about or only supposed
_BEFORE_TURN = 0.7  # what stands before 但是 …
_AFTER_TURN = 1.15  # … and what follows it
_BESIDE = 2  # characters between an intensifier and its feeling
_NEAR = 8  # characters between a noun and the word that judges it
_MEASURE_NEAR = 4  # characters between a noun and 高, 低 …
_MEASURE_GOOD, _MEASURE_BAD = 0.3, 0.5
_WEAKEST, _STRONGEST, _MOST = 0.4, 1.6, 1.5  # bounds of what intensifiers make together, and of one feeling
_ASKED = 0.6  # how much a word that asks adds


def reader_of(lexicon: SentimentLexicon) -> Reader:
    """The reader of a lexicon, made once for each content: a forked kernel has it from its template."""
    return _made(lexicon.model_dump_json())


@lru_cache(maxsize=2)
def _made(lexicon: str) -> Reader:
    from voc_lib.params.lexicon import SentimentLexicon

    return Reader(SentimentLexicon.model_validate_json(lexicon))


def warm(params: str) -> None:
    """Make the reader of a profile's lexicon ahead.

    Args:
        params: the profile folder.
    """
    from voc_lib.params import load_profile

    reader_of(load_profile(params).lexicon.sentiment)


class Reader:
    """Reads normalised texts by the lexicon of a profile."""

    def __init__(self, lexicon: SentimentLexicon) -> None:
        self.finder = WordFinder(lexicon)
        self._reach = lexicon.negation_reach
        self._aspects = tuple(sorted(lexicon.aspects))
        self._table = _Table.of(self.finder.words, self._aspects, lexicon)

    def read(self, text: str) -> Reading:
        """What one normalised text says."""
        return self.read_all([text]).one()

    def read_all(self, texts: Sequence[str]) -> Readings:
        """What normalised texts say, in their order."""
        places = self.finder.find_all(texts)
        clauses = _Clauses.of(places, self._table, texts)
        said, feeling, about = self._feelings(places, clauses)
        strength, turned_by = self._strengths(places, clauses, said, feeling)
        n, of, clause = len(texts), places.text[said], clauses.of_place[said]
        bad = np.bincount(of, weights=np.maximum(-strength, 0), minlength=n)
        return Readings(
            positive=np.bincount(of, weights=np.maximum(strength, 0), minlength=n),
            negative=bad + clauses.rhetorical,
            asks=clauses.asks,
            rhetorical=clauses.rhetorical,
            roles=clauses.text_roles,
            places=places,
            said=said,
            strength=strength,
            turned_by=turned_by,
            about=about,
            # 哪家服务好 praises nobody; 为什么手续费这么高 blames.
            doubted=clauses.doubted[clause] | (clauses.inquires[clause] & (strength > 0)),
            words=self.finder.words,
            aspects=self._aspects,
        )

    def _feelings(self, places: Places, clauses: _Clauses) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places of the words that judge, the feeling of each by itself, and the aspect that it is about (or −1)."""
        table = self._table
        word, clause = places.word, clauses.of_place
        feeling = table.feeling[word]
        measure = table.measure[word]
        beside = _shifted(clause, 1, -1) == clause
        beside &= _shifted(places.start, 1, -1) == places.end
        following = _shifted(word, 1, 0)
        strengthens = (
            (table.factor[word] > 0) & beside & ((table.feeling[following] != 0) | (table.measure[following] != 0))
        )
        feeling = np.where((measure == 0) & strengthens, 0.0, feeling)
        some = np.flatnonzero((feeling != 0) | (measure != 0))
        measured = measure[some] != 0
        own = table.aspect[word[some]]
        specific = self._nearest(places, clauses, some, table.specific, _NEAR)
        broad = self._nearest(places, clauses, some, table.aspect, _NEAR)
        about = np.where(own >= 0, own, np.where(specific >= 0, specific, broad))
        scale = self._nearest(places, clauses, some, table.measurable, _MEASURE_NEAR)
        about = np.where(measured, scale, np.where(table.attaches[word[some]], about, -1))
        sign = measure[some] * table.direction[np.maximum(scale, 0)] * (scale >= 0)
        known = np.where(sign > 0, _MEASURE_GOOD, -_MEASURE_BAD)
        felt = np.where(measured & (sign != 0), known, feeling[some])
        kept = felt != 0
        return some[kept], felt[kept], about[kept]

    def _nearest(
        self, places: Places, clauses: _Clauses, of: np.ndarray, aspects: np.ndarray, reach: int
    ) -> np.ndarray:
        """For each of these places the aspect nearest before it in its clause, else after it, within some characters.

        Args:
            aspects: the aspect that counts for each word of the lexicon, −1 for none.
        """
        found = np.full(len(of), -1, dtype=np.int64)
        for step in (-1, 1):
            seeking = np.flatnonzero(found < 0)
            at = of[seeking] + step
            while len(seeking):
                inside = (at >= 0) & (at < len(places.word))
                seeking, at = seeking[inside], at[inside]
                here = of[seeking]
                gap = places.start[here] - places.end[at] if step < 0 else places.start[at] - places.end[here]
                near = (clauses.of_place[at] == clauses.of_place[here]) & (gap <= reach)
                seeking, at = seeking[near], at[near]
                aspect = aspects[places.word[at]]
                found[seeking] = aspect
                seeking, at = seeking[aspect < 0], at[aspect < 0] + step
        return found

    def _strengths(
        self, places: Places, clauses: _Clauses, said: np.ndarray, feeling: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What negation, intensifiers, turns and doubt make of each feeling, and the place of its negation (or −1)."""
        factor, n_negations, turned_by = self._modified(places, clauses, said)
        odd = n_negations % 2 == 1
        good = np.where(feeling > 0, _NEGATED_GOOD, _NEGATED_BAD)
        twice = (n_negations > 0) & ~odd
        factor = np.where(odd, -good * factor, np.where(twice, _TWICE * np.minimum(factor, 1.0), factor))
        scale = clauses.turn * np.where(clauses.doubted, _SUPPOSED, 1.0)
        of = clauses.of_place[said]
        bounded = np.clip(feeling * scale[of] * factor, -_MOST, _MOST)
        return bounded * _BEFORE_TURN ** clauses.turns_after[of], np.where(odd, turned_by, -1)

    def _modified(
        self, places: Places, clauses: _Clauses, said: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each feeling the product of its intensifiers, how often it is negated, and the nearest negation."""
        table, clause = self._table, clauses.of_place
        factor = np.ones(len(said))
        n_negations = np.zeros(len(said), dtype=np.int64)
        turned_by = np.full(len(said), -1, dtype=np.int64)
        # A negation or an intensifier before the last feeling of the clause belongs to that one.
        begin = np.zeros(len(said), dtype=np.int64)
        if len(said) > 1:
            begin[1:] = np.where(clause[said[1:]] == clause[said[:-1]], places.end[said[:-1]], 0)
        near = places.start[said].copy()
        going = np.arange(len(said))
        at = said - 1
        while len(going):
            here = said[going]
            fits = (at >= 0) & (clause[at] == clause[here]) & (places.start[at] >= begin[going])
            fits &= places.start[here] - places.end[at] <= self._reach
            going, at = going[fits], at[fits]
            word = places.word[at]
            negates = table.negates[word]
            turned_by[going] = np.where(negates & (n_negations[going] == 0), at, turned_by[going])
            n_negations[going] += negates
            # 不太好 is no stronger than 不好: only what stands before the negation strengthens it.
            strengthens = ~negates & (table.factor[word] > 0) & (table.aspect[word] < 0)
            strengthens &= near[going] - places.end[at] <= _BESIDE
            factor[going] *= np.where(strengthens, table.factor[word], 1.0)
            near[going] = places.start[at]
            at = at - 1
        following = np.minimum(said + 1, max(len(places.word) - 1, 0))
        word = places.word[following]
        after = (following > said) & (clause[following] == clause[said]) & (table.factor[word] > 1)
        after &= (places.start[following] - places.end[said] <= 1) & (table.feeling[word] == 0)
        factor *= np.where(after, table.factor[word], 1.0)
        return np.clip(factor, _WEAKEST, _STRONGEST), n_negations, turned_by


@dataclass(frozen=True)
class _Table:
    """The lexicon's words as arrays, in their order; `direction` has an entry an aspect."""

    feeling: np.ndarray
    factor: np.ndarray
    rhetorical: np.ndarray
    asks: np.ndarray
    measure: np.ndarray
    roles: np.ndarray
    breaks: np.ndarray
    negates: np.ndarray
    attaches: np.ndarray  # whether a feeling may judge a noun
    aspect: np.ndarray  # the first that the word stands for, as a number; −1 for none
    specific: np.ndarray  # the same without the broad ones
    measurable: np.ndarray  # the same of those of which more, or less, pleases
    direction: np.ndarray

    @classmethod
    def of(cls, words: Sequence[Word], aspects: Sequence[str], lexicon: SentimentLexicon) -> _Table:
        number = {name: i for i, name in enumerate(aspects)}
        broad = frozenset(lexicon.broad_aspects)
        unattached = frozenset(map(normalise, lexicon.unattached))
        direction = dict.fromkeys(lexicon.more_pleases, 1) | dict.fromkeys(lexicon.less_pleases, -1)

        def first(names: Sequence[str]) -> int:
            return number[names[0]] if names else -1

        return cls(
            feeling=np.array([w.feeling for w in words], dtype=np.float64),
            factor=np.array([w.factor for w in words], dtype=np.float64),
            rhetorical=np.array([w.rhetorical for w in words], dtype=np.float64),
            asks=np.array([w.asks for w in words], dtype=np.float64),
            measure=np.array([w.measure for w in words], dtype=np.int64),
            roles=np.array([role_bits(w.roles) for w in words], dtype=np.int64),
            breaks=np.array(["break" in w.roles for w in words], dtype=bool),
            attaches=np.array([w.text not in unattached for w in words], dtype=bool),
            negates=np.array(["negation" in w.roles for w in words], dtype=bool),
            aspect=np.array([first(w.aspects) for w in words], dtype=np.int64),
            specific=np.array([first([a for a in w.aspects if a not in broad]) for w in words], dtype=np.int64),
            measurable=np.array([first([a for a in w.aspects if a in direction]) for w in words], dtype=np.int64),
            direction=np.array([direction.get(name, 0) for name in aspects] or [0], dtype=np.int64),
        )


@dataclass(frozen=True)
class _Clauses:
    """Where clauses begin and what they are.

    Attributes:
        of_place: the clause of each place; a closing mark belongs to none (−1 and below, each its own).
        turn: what a turn before or in the clause makes of its feelings.
        turns_after: how many turns follow it in the text.
        doubted: whether what it says is asked or supposed only.
        inquires: whether it holds a word that asks.
        asks, rhetorical, text_roles: a number a text, as in `Readings`.
    """

    of_place: np.ndarray
    turn: np.ndarray
    turns_after: np.ndarray
    doubted: np.ndarray
    inquires: np.ndarray
    asks: np.ndarray
    rhetorical: np.ndarray
    text_roles: np.ndarray

    @classmethod
    def of(cls, places: Places, table: _Table, texts: Sequence[str]) -> _Clauses:
        n, size = len(texts), len(places.word)
        word, text = places.word, places.text
        breaks = table.breaks[word]
        first = np.ones(size, dtype=bool)
        first[1:] = breaks[:-1] | (text[1:] != text[:-1])
        clause = np.cumsum(first) - 1
        n_clauses = int(clause[-1]) + 1 if size else 0
        begins = np.flatnonzero(first)
        text_of = text[begins]
        roles = _merged(np.where(breaks, 0, table.roles[word]), begins)
        # The mark that closes a clause, if it is not the first character since the last one: such a mark closes nothing
        # and is a character that some system could not hold, not a question.
        mark, end = np.zeros(n_clauses), np.array([len(texts[i]) for i in text_of.tolist()], dtype=np.int64)
        closing = np.flatnonzero(breaks)
        opened = np.where(first, 0, -1)
        same = first.copy()
        same[1:] &= text[1:] == text[:-1]
        opened = np.where(same & (np.arange(size) > 0), _shifted(places.end, -1, 0), opened)
        opened = opened[begins]
        end[clause[closing]] = places.start[closing]
        mark[clause[closing]] = np.where(
            places.start[closing] > opened[clause[closing]], table.asks[word[closing]], 0.0
        )
        asking = ((table.roles[word] & role_bits(("question",))) > 0) & (table.rhetorical[word] == 0) & ~breaks
        n_asking = np.bincount(clause[asking], minlength=n_clauses)
        particle = ((table.roles[word] & role_bits(("question_endings",))) > 0) & ~breaks
        ends = np.zeros(n_clauses, dtype=bool)
        ends[clause[particle & (places.end == end[clause])]] = True
        asks = mark + _ASKED * n_asking + _ASKED * (ends & (n_asking == 0))
        reproach = np.zeros(n_clauses)
        np.maximum.at(reproach, clause, np.where(breaks, 0.0, table.rhetorical[word]))
        reproached = _so_far(reproach > 0, text_of)
        turning = (roles & role_bits(("contrast",))) > 0
        turned = _so_far(turning, text_of)
        total = np.bincount(text_of, weights=turning, minlength=n)
        unsure = ((roles & role_bits(("hypothetical", "whether"))) > 0) | (mark > 0) | ends
        rhetorical, text_roles = np.zeros(n), np.zeros(n, dtype=np.int64)
        np.maximum.at(rhetorical, text_of, reproach)
        np.bitwise_or.at(text_roles, text_of, roles)
        return cls(
            of_place=np.where(breaks, -1 - np.arange(size), clause),
            turn=np.where(turned > 0, _AFTER_TURN, 1.0),
            turns_after=total[text_of] - turned,
            doubted=unsure & (reproached == 0),
            inquires=n_asking > 0,
            asks=np.bincount(text_of, weights=asks, minlength=n),
            rhetorical=rhetorical,
            text_roles=text_roles,
        )


def _shifted(values: np.ndarray, by: int, fill: int) -> np.ndarray:
    """The entry so many places on (or back), `fill` past the ends."""
    moved = np.full_like(values, fill)
    if by > 0:
        moved[:-by] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved


def _merged(bits: np.ndarray, begins: np.ndarray) -> np.ndarray:
    return np.bitwise_or.reduceat(bits, begins) if len(begins) else np.zeros(0, dtype=np.int64)


def _so_far(marked: np.ndarray, text_of: np.ndarray) -> np.ndarray:
    """How many clauses of the text are marked up to and including each."""
    counted = np.cumsum(marked)
    if not len(counted):
        return counted
    starts = np.flatnonzero(np.concatenate([[True], text_of[1:] != text_of[:-1]]))
    before = counted[starts] - marked[starts]
    return np.asarray(counted - np.repeat(before, np.diff(np.append(starts, len(counted)))))
