"""Odds: where two nearly equal texts say different things in the same place, and so tell of two matters.

An agent's words, a slip of the pen, a cut end or another order add, drop or garble; another matter puts another number,
place or product where the first has its own, or says no where the first says yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from voc_lib.text import tagger

__all__ = ["at_odds"]

_NUMBER = re.compile(r"[0-9]+|[〇零一二两三四五六七八九十百千万亿]+")
# By jieba's tags: nouns (also names of places, persons and firms), short forms of names, times, spaces.
_NAMING = ("n", "j", "t", "s")
_NOT = re.compile("[不没未无]")
_YES = re.compile("[得了能已有]")  # what stands there instead: 打得开, 收到了
_LONGEST = 2000  # characters; where one changed word is looked for in longer texts, chance finds others
_STRETCH = 2  # characters that both texts must hold in a row: one alone is chance
_TELLING = 4  # and at either end, where two agents may say 客户


_Word = tuple[int, int, str, bool]


@dataclass(frozen=True)
class _Words:
    """A text's numbers and names: where each begins and ends, itself, and whether a dictionary has it."""

    text: str
    numbers: tuple[_Word, ...]
    names: tuple[_Word, ...]


def at_odds(first: str, second: str) -> bool:
    """Whether two texts (see `plain`), much alike, differ in a number, in what they name, or in a yes for a no.

    Looked at is what stands in one text in the place of something else in the other, between stretches that both hold.
    What the other text says elsewhere is no difference, nor is what no dictionary has: that is a slip.
    """
    if max(len(first), len(second)) > _LONGEST or first in second or second in first:
        return False
    first, second = sorted((first, second))
    one, other = _words(first), _words(second)
    for own, others in _gaps(first, second):
        said, told = first[slice(*own)], second[slice(*others)]
        if _bare(said) == _bare(told):
            if bool(_NOT.search(said)) != bool(_NOT.search(told)):
                return True
            continue
        if _numbers(one, own, other) and _numbers(other, others, one):
            return True
        if _names(one, own, other) and _names(other, others, one):
            return True
    return False


def _gaps(first: str, second: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where between common stretches the texts differ: a place in each. What stands before the first telling stretch or
    after the last is an agent's words as likely as the customer's, and no place of that kind."""
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    stretches = [block for block in blocks if block.size >= _STRETCH]
    telling = [place for place, block in enumerate(stretches) if block.size >= _TELLING]
    if telling:
        for before, after in pairwise(stretches[telling[0] : telling[-1] + 1]):
            yield (before.a + before.size, after.a), (before.b + before.size, after.b)


def _numbers(words: _Words, place: tuple[int, int], other: _Words) -> bool:
    known = {number for _, _, number, _ in other.numbers}
    return any(number not in known for number in _within(words.numbers, place))


def _names(words: _Words, place: tuple[int, int], other: _Words) -> bool:
    return any(name not in other.text for name in _within(words.names, place))


def _within(words: tuple[_Word, ...], place: tuple[int, int]) -> Iterator[str]:
    """The words that stand in a place, or reach into it; one that no dictionary has only where all of it stands there,
    for a slip in a word makes no other."""
    first, last = place
    for start, end, word, is_known in words:
        if start < last and end > first and (is_known or (start >= first and end <= last)):
            yield word


def _bare(text: str) -> str:
    return _YES.sub("", _NOT.sub("", text))


@lru_cache(maxsize=4096)
def _words(text: str) -> _Words:
    numbers, names, end = [], [], 0
    for word, tag in tagger().tag(text):
        start, end = end, end + len(word)
        if _NUMBER.fullmatch(word):
            numbers.append((start, end, word, True))
        elif len(word) > 1 and tag.startswith(_NAMING):
            names.append((start, end, word, bool(tagger().has_word(word))))
    return _Words(text, tuple(numbers), tuple(names))
