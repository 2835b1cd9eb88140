"""Odds: where two texts that are alike say different things in the same place, and so tell of two matters.

An agent's words, a slip of the pen, a cut end or another order add, drop or garble; another matter puts another number,
place or product where the first has its own, or says no where the first says yes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from voc_lib.ingest.likeness import Told
from voc_lib.ingest.numbers_told import dates_and_amounts, numbers_in
from voc_lib.text import tagger

__all__ = ["at_odds", "tell_one_number", "tell_otherwise"]

# By jieba's tags: nouns (also names of places, persons and firms), short forms of names, times, spaces.
_NAMING = ("n", "j", "t", "s")
# Yesterday is the day before tomorrow: a time that depends on when it was told is no other time.
_RELATIVE = re.compile("[今昨前后上下本这当早晚现刚近周]|礼拜|星期|[年月日号]$")
_OUTLET = "支行"  # which jieba takes for a verb
# What agents call those who call, and what they write down.
_AGENTS = re.compile(
    "客户|用户|[坐座]席|来电人?|来访人|本人|当事人|投诉人|女士|先生|同事|领导|分行|工单|内容|诉求|备注|记录|事项|情况"
    "|问题|建议|意见|原话|情绪|反馈|信息|回访|事由|要点|详情|(?:处理)?结果|工作日"
)
_NOT = re.compile("[不没未无]")
_YES = re.compile("[得了能已有]")  # what stands there instead: 打得开, 收到了
_LONGEST = 2000  # characters; where one changed word is looked for in longer texts, chance finds others
_STRETCH = 2  # characters that both texts must hold in a row: one alone is chance
_TELLING = 4  # and at either end, where two agents may say 客户
_WHOLE = 6  # characters; less says too little to be all of a text
_NEAR = 2  # characters between such a stretch and a name before or after it: what is further is an agent's
# Of these a text names its own, and no other: cards, loans, outlets, insurances, shops, roads.
_KINDS = {end: ends[0] for ends in ("卡折", "贷款", "行点所处厅", "险", "店场", "路") for end in ends}
_ANY = re.compile("..?|.*银行|银行卡")  # a name that each has


@dataclass(frozen=True)
class _Word:
    """A number or name: where it begins and ends, what it says, and whether a dictionary has it."""

    start: int
    end: int
    said: str
    is_known: bool


@dataclass(frozen=True)
class _Words:
    text: str
    numbers: tuple[_Word, ...]
    names: tuple[_Word, ...]


_Place = tuple[int, int]


def at_odds(first: Told, second: Told) -> bool:
    """Whether two texts, much alike, differ in a number, in what they name, or in a yes for a no.

    Looked at is what stands in one text in the place of something else in the other, between stretches that both hold
    and right before the first or after the last of them. What the other text says elsewhere is no difference, nor is
    what no dictionary has: that is a slip.
    """
    first, second = sorted((first, second), key=lambda told: told.text)
    if len(first.text) > _LONGEST or len(second.text) > _LONGEST or _holds(first, second) or _holds(second, first):
        return False
    one, other = _words(first.text), _words(second.text)
    places = _places(first.text, second.text)
    if not places:
        return False
    for own, others in places:
        if _numbers(one, own, other) and _numbers(other, others, one):
            return True
    (start, other_start), *inside, _ = places
    if _tells(one, _before(one, first, start[1]), other) and _tells(other, _before(other, second, other_start[1]), one):
        return True
    return any(_say_otherwise(one, own, other, others) for own, others in inside)


def tell_one_number(first: Told, second: Told) -> bool:
    """Whether the customer told the same amount of two digits or more, or the same day of a month, in both texts."""
    (dates, amounts), (other_dates, other_amounts) = (_told(told.text[told.own]) for told in (first, second))
    return any("月" in date and "日" in date for date in dates & other_dates) or any(
        len(amount) > 1 for amount in amounts & other_amounts
    )


def tell_otherwise(first: Told, second: Told) -> bool:
    """Whether two texts in different words have no day, no amount, or no card, loan or outlet in common, and both name
    one."""
    (dates, amounts), (other_dates, other_amounts) = _told(first.text), _told(second.text)
    days, other_days = ({date for date in told if date.endswith("日")} for told in (dates, other_dates))
    if any(one and other and not one & other for one, other in ((days, other_days), (amounts, other_amounts))):
        return True
    ones, others = _of_a_kind(first.text), _of_a_kind(second.text)
    return any(kind in others and not any(a in b or b in a for a in ones[kind] for b in others[kind]) for kind in ones)


def _holds(first: Told, second: Told) -> bool:
    """Whether all that the one tells stands in the other."""
    own = first.text[first.own]
    return first.text in second.text or (len(own) >= _WHOLE and own in second.text)


def _places(first: str, second: str) -> list[tuple[_Place, _Place]]:
    """Where the texts differ, in the one and in the other: between stretches that both hold, and before the first and
    after the last telling one. There an agent's words stand as likely as the customer's: only what is next to it."""
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    stretches = [block for block in blocks if block.size >= _STRETCH]
    telling = [place for place, block in enumerate(stretches) if block.size >= _TELLING]
    if not telling:
        return []
    start, end = stretches[telling[0]], stretches[telling[-1]]
    stop, other_stop = end.a + end.size, end.b + end.size
    return [
        ((max(0, start.a - 1), start.a), (max(0, start.b - 1), start.b)),
        *(
            ((before.a + before.size, after.a), (before.b + before.size, after.b))
            for before, after in pairwise(stretches[telling[0] : telling[-1] + 1])
        ),
        ((stop, stop + 1), (other_stop, other_stop + 1)),
    ]


def _numbers(words: _Words, place: _Place, other: _Words) -> bool:
    """Whether a number that the other text has nowhere stands in a place or touches it: 3260 and 32600 differ in what
    only the one has."""
    known = frozenset().union(*_told(other.text))
    first, last = place
    return any(number.start <= last and number.end >= first and number.said not in known for number in words.numbers)


def _tells(words: _Words, place: _Place, other: _Words) -> bool:
    """Whether a name or number that the other text has nowhere stands in a place that is not empty."""
    return place[0] < place[1] and (_names(words, place, other) or _numbers(words, place, other))


def _before(words: _Words, told: Told, place: int) -> _Place:
    """The name or number that ends right before a place, if it is no agent's."""
    starts = [
        word.start
        for word in (*words.names, *words.numbers)
        if told.own.start <= word.start and place - _NEAR < word.end <= place
    ]
    return max(starts, default=place), place


def _names(words: _Words, place: _Place, other: _Words) -> bool:
    """Whether a name that the other text has nowhere stands in a place or reaches into it; one that no dictionary has
    only where all of it stands there, for a slip in a word makes no other."""
    first, last = place
    return any(
        name.start < last
        and name.end > first
        and (name.is_known or (name.start >= first and name.end <= last))
        and name.said not in other.text
        for name in words.names
    )


def _say_otherwise(one: _Words, own: _Place, other: _Words, others: _Place) -> bool:
    """Whether something else is named in one place than in the other, or denied in one and not in the other. Where one
    names and the other has no character of it (安心宝, which is in no dictionary), that is a name too."""
    said, told = one.text[slice(*own)], other.text[slice(*others)]
    if _bare(said) == _bare(told):
        return bool(_NOT.search(said)) != bool(_NOT.search(told))
    names, other_names = _tells(one, own, other), _tells(other, others, one)
    if names and other_names:
        return True
    return (names or other_names) and min(len(said), len(told)) >= _STRETCH and not set(said) & set(told)


def _bare(text: str) -> str:
    return _YES.sub("", _NOT.sub("", text))


@lru_cache(maxsize=4096)
def _words(text: str) -> _Words:
    names, end = [], 0
    for word, tag in tagger().tag(text):
        start, end = end, end + len(word)
        is_naming = tag.startswith(_NAMING) or word == _OUTLET
        is_name = len(word) > 1 and is_naming and not _AGENTS.fullmatch(word)
        if is_name and not (tag.startswith("t") and _RELATIVE.search(word)):
            names.append(_Word(start, end, word, bool(tagger().has_word(word))))
    numbers = tuple(_Word(start, end, value, True) for start, end, value in numbers_in(text))
    return _Words(text, numbers, tuple(names))


@lru_cache(maxsize=4096)
def _told(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return dates_and_amounts(text)


@lru_cache(maxsize=4096)
def _of_a_kind(text: str) -> dict[str, frozenset[str]]:
    """Names that stand in a row, by the kind that the last of them ends with."""
    kinds: dict[str, set[str]] = {}
    name, last = "", 0
    for word in (*_words(text).names, _Word(len(text) + 1, len(text) + 1, "", True)):
        if name and word.start != last:
            if name[-1] in _KINDS and not _ANY.fullmatch(name):
                kinds.setdefault(_KINDS[name[-1]], set()).add(name)
            name = ""
        name, last = name + word.said, word.end
    return {kind: frozenset(names) for kind, names in kinds.items()}
