"""Which texts propose something to the bank: a wish with a change in it, and nobody else for whom it could be meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from voc_lib.sentiment.readings import role_bits

if TYPE_CHECKING:
    from voc_lib.sentiment.readings import Readings

__all__ = ["suggesting"]

_FAR = 14  # characters that may stand between a wish and the change it asks for
_PROPOSES_BY_ITSELF = "吧"  # 增加一个…吧
_COUNTS = "几"  # 多开几个: asks nothing beside a wish
_SUGGESTION, _WISH, _OPEN = role_bits(("suggestion",)), role_bits(("wish",)), role_bits(("open_wish",))
_CHANGE, _BETTER, _IF = role_bits(("change",)), role_bits(("better",)), role_bits(("hypothetical",))
_BANK, _ADVICE = role_bits(("addressee",)), role_bits(("advice",))
_ELSEWHERE = role_bits(("peer", "own"))  # said to another customer, or of one's own case
_TALKS = _SUGGESTION | _WISH | _BETTER | _CHANGE
_ASKS, _DOUBTS = role_bits(("question",)), role_bits(("whether", "wish", "question_endings"))


class _Hit(NamedTuple):
    start: int
    end: int
    roles: int
    asks: bool  # how, what or when; 能不能 alone is a way to propose


class _Clause(NamedTuple):
    hits: list[_Hit]
    last: str  # its last character
    roles: int

    @property
    def is_barred(self) -> bool:
        return bool(self.roles & (_ELSEWHERE | _ADVICE)) or any(hit.asks for hit in self.hits)


def suggesting(readings: Readings, texts: Sequence[str]) -> np.ndarray:
    """Whether each text proposes something to the bank.

    A clause proposes if it has a phrase that does so by itself; or a wish that is followed, in it or in the next, by a
    word of change (or, after an open wish, by a part of the bank); or an if with a change, and an end such as
    就更好了. It does not if it speaks to another customer, of one's own case, or asks how, what or when.

    Args:
        readings: of these texts.
        texts: normalised.
    """
    said = np.zeros(len(readings), dtype=bool)
    bits = [role_bits(word.roles) for word in readings.words]
    asks = [
        bool(own & _ASKS and not own & _DOUBTS and not word.text.startswith(_COUNTS))
        for own, word in zip(bits, readings.words, strict=True)
    ]
    breaks = ["break" in word.roles for word in readings.words]
    talking = np.flatnonzero(readings.roles & _TALKS)
    places = readings.places
    begins, ends = np.searchsorted(places.text, talking), np.searchsorted(places.text, talking, side="right")
    for number, begin, end in zip(talking.tolist(), begins.tolist(), ends.tolist(), strict=True):
        text = texts[number]
        clauses: list[_Clause] = []
        hits: list[_Hit] = []
        for place in range(begin, end):
            word, start = int(places.word[place]), int(places.start[place])
            if breaks[word]:
                clauses.append(_clause(hits, text[start - 1 : start]))
                hits = []
            else:
                hits.append(_Hit(start, int(places.end[place]), bits[word], asks[word]))
        clauses.append(_clause(hits, text[-1:]))
        said[number] = _proposes(clauses)
    return said


def _clause(hits: list[_Hit], last: str) -> _Clause:
    roles = 0
    for hit in hits:
        roles |= hit.roles
    return _Clause(hits, last, roles)


def _proposes(clauses: list[_Clause]) -> bool:
    so_far = everywhere = 0
    for clause in clauses:
        everywhere |= clause.roles
    for i, clause in enumerate(clauses):
        so_far |= clause.roles
        if clause.roles & _SUGGESTION and not clause.roles & (_ADVICE | _ELSEWHERE):
            return True
        if clause.roles & _BETTER and so_far & _IF and so_far & (_CHANGE | _BANK) and not everywhere & _ELSEWHERE:
            return True
        if clause.is_barred or not clause.hits:
            continue
        first, last = clause.hits[0], clause.hits[-1]
        if _wishes_change(clause.hits) or (
            first.start == 0 and first.roles & _CHANGE and clause.last == _PROPOSES_BY_ITSELF
        ):
            return True
        # 建议:…: the wish stands alone, and what is wished follows.
        after = clauses[i + 1].roles if i + 1 < len(clauses) else 0
        if last.roles & _OPEN and after & _CHANGE and not after & _ELSEWHERE:
            return True
    return False


def _wishes_change(hits: list[_Hit]) -> bool:
    for i, wish in enumerate(hits):
        wanted = _CHANGE | (_BANK if wish.roles & _OPEN else 0)
        if wish.roles & _WISH and any(hit.roles & wanted and hit.start - wish.end <= _FAR for hit in hits[i + 1 :]):
            return True
    return False
