"""What the words of a text say together: feeling with its negation and strength, questions, and what is judged.

Rules of the language, not of a bank: the words themselves come from the profile's lexicon. Reach of negation and
intensifiers follow the usual practice of lexicon methods (Taboada et al. 2011, Computational Linguistics 37:267).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voc_lib.sentiment.words import Hit, WordFinder

if TYPE_CHECKING:
    from voc_lib.params.lexicon import SentimentLexicon

__all__ = ["Judgement", "Reader", "Reading"]

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


class Reader:
    """Reads normalised texts by the lexicon of a profile."""

    def __init__(self, lexicon: SentimentLexicon) -> None:
        self._finder = WordFinder(lexicon)
        self._reach = lexicon.negation_reach
        self._broad = frozenset(lexicon.broad_aspects)
        self._direction = dict.fromkeys(lexicon.more_pleases, 1) | dict.fromkeys(lexicon.less_pleases, -1)

    def read(self, text: str) -> Reading:
        """What one normalised text says."""
        reading = Reading()
        turn = 1.0
        for clause, mark, end in _clauses(self._finder.find(text), len(text)):
            roles = {role for hit in clause for role in hit.word.roles}
            if "contrast" in roles:
                _weaken(reading)
                turn = _AFTER_TURN
            self._add_signals(reading, clause, mark, end, roles)
            doubted = "hypothetical" in roles or "whether" in roles or _is_question(clause, mark, end)
            scale = turn * (_SUPPOSED if doubted and not reading.rhetorical else 1.0)
            self._add_feelings(reading, clause, scale)
        reading.positive = sum(j.strength for j in reading.judgements if j.strength > 0)
        reading.negative = -sum(j.strength for j in reading.judgements if j.strength < 0) + reading.rhetorical
        return reading

    def _add_signals(self, reading: Reading, clause: list[Hit], mark: float, end: int, roles: set[str]) -> None:
        reading.roles |= roles
        for hit in clause:
            reading.rhetorical = max(reading.rhetorical, hit.word.rhetorical)
            if hit.word.escalation:
                reading.escalation[hit.word.text] = hit.word.escalation
        words = sum("question" in hit.word.roles and not hit.word.rhetorical for hit in clause)
        ending = bool(clause) and clause[-1].end == end and "question_endings" in clause[-1].word.roles
        reading.asks += mark + 0.6 * words + (0.6 if ending and not words else 0.0)

    def _add_feelings(self, reading: Reading, clause: list[Hit], scale: float) -> None:
        last_end = 0
        for index, hit in enumerate(clause):
            feeling, noun = self._feeling(clause, index)
            if not feeling:
                continue
            factor, negation = self._modified(clause, index, last_end, feeling)
            strength = max(-1.5, min(1.5, feeling * scale * factor))
            reading.judgements.append(Judgement(negation + hit.word.judged, strength, noun))
            last_end = hit.end

    def _feeling(self, clause: list[Hit], index: int) -> tuple[float, str | None]:
        """The word's own feeling, and the aspect that it judges."""
        hit = clause[index]
        if hit.word.measure:
            found = _nearest_aspect(clause, index, _MEASURE_NEAR, self._direction)
            sign = hit.word.measure * self._direction[found] if found else 0
            return (_MEASURE_GOOD if sign > 0 else -_MEASURE_BAD) if sign else hit.word.feeling, found
        if not hit.word.feeling or _only_strengthens(clause, index):
            return 0.0, None
        if hit.word.aspects:
            return hit.word.feeling, hit.word.aspects[0]
        noun = _nearest_aspect(clause, index, _NEAR, without=self._broad) or _nearest_aspect(clause, index, _NEAR)
        return hit.word.feeling, noun

    def _modified(self, clause: list[Hit], index: int, last_end: int, feeling: float) -> tuple[float, str]:
        """What negation and intensifiers make of a feeling: a factor, and the negation where it turns the feeling."""
        start, end = clause[index].start, clause[index].end
        factor, near = 1.0, start
        negations: list[str] = []
        for hit in reversed(clause[:index]):
            if hit.start < last_end or start - hit.end > self._reach:
                break
            if "negation" in hit.word.roles:
                negations.append(hit.word.text)
            elif hit.word.factor and near - hit.end <= _BESIDE and not hit.word.aspects:
                # 不太好 is no stronger than 不好: only what stands before the negation strengthens it.
                factor *= hit.word.factor
            near = hit.start
        following = clause[index + 1] if index + 1 < len(clause) else None
        if following and following.word.factor > 1 and following.start - end <= 1 and not following.word.feeling:
            factor *= following.word.factor
        factor = max(0.4, min(1.6, factor))
        if not negations:
            return factor, ""
        if len(negations) % 2 == 0:
            return _TWICE * min(factor, 1.0), ""
        return -(_NEGATED_GOOD if feeling > 0 else _NEGATED_BAD) * factor, negations[0]


def _clauses(hits: Sequence[Hit], length: int) -> Iterator[tuple[list[Hit], float, int]]:
    """Clauses as (hits, how much its closing mark asks, where it ends)."""
    clause: list[Hit] = []
    begin = 0
    for hit in hits:
        if "break" in hit.word.roles:
            # A mark that closes nothing is a character that some system could not hold, not a question.
            yield clause, hit.word.asks if hit.start > begin else 0.0, hit.start
            clause, begin = [], hit.end
        else:
            clause.append(hit)
    if clause:
        yield clause, 0.0, length


def _is_question(clause: list[Hit], mark: float, end: int) -> bool:
    if mark > 0:
        return True
    return bool(clause) and clause[-1].end == end and "question_endings" in clause[-1].word.roles


def _weaken(reading: Reading) -> None:
    reading.judgements = [Judgement(j.word, j.strength * _BEFORE_TURN, j.aspect) for j in reading.judgements]


def _only_strengthens(clause: list[Hit], index: int) -> bool:
    """Whether a word with two readings (好) stands right before a feeling and only strengthens it."""
    if not clause[index].word.factor or index + 1 == len(clause):
        return False
    following = clause[index + 1]
    return following.start == clause[index].end and bool(following.word.feeling or following.word.measure)


def _nearest_aspect(
    clause: list[Hit], index: int, reach: int, known: Container[str] | None = None, *, without: Container[str] = ()
) -> str | None:
    """The aspect nearest before the word, else after it, within so many characters."""
    start, end = clause[index].start, clause[index].end
    before = ((start - hit.end, hit.word) for hit in reversed(clause[:index]))
    after = ((hit.start - end, hit.word) for hit in clause[index + 1 :])
    for gap, word in (*before, *after):
        names = (name for name in word.aspects if (known is None or name in known) and name not in without)
        if gap <= reach and (name := next(names, None)):
            return name
    return None
