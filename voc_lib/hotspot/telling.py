"""Which words tell something by themselves, and what completes those that do not: 白金 is a scrap, 白金卡 a thing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from voc_lib.text import Segmenter, tagger

__all__ = ["completed", "is_attribute", "is_bare_verb", "says_nothing"]

_EVERYWHERE = 0.03  # share of all records from which on a word that is at home elsewhere is the centre's business
_COMMON = 6000  # occurrences in jieba's dictionary (60 million words of general Chinese) of a word of every matter
_GENERAL = 1500  # the same of an adjective that goes with anything
_SCRAP = 0.6  # share of the texts with a word in which the same neighbour stands beside it: the two are one word
_LEAST = 3  # different texts that must show it
_LONGEST = 6  # characters of a completed word
_STEPS = 2  # neighbours that are added, one after the other


def says_nothing(phrase: str, *, is_at_home: bool = True, rate: float = 0.0) -> bool:
    """Whether a phrase, standing alone, tells a reader nothing of an issue.

    Adverbs, pronouns, numerals and the like, which no list of stop words holds in full; the commonest verbs and
    adjectives of the language; what is so common in the centre's records, or in the language, that it tells something
    only where it is at home.

    Args:
        phrase: normalised.
        is_at_home: whether most of its records are in the issue's own category, or the issue has none.
        rate: share of all records that hold it (0 … 1).
    """
    tags = _tags(phrase)
    if len(phrase) <= 3 and any(tag[0] in "drmcpuqy" or tag == "ad" for tag in tags):
        return True
    if len(tags) == 1 and _frequency(phrase) >= _COMMON and (is_bare_verb(phrase) or not is_at_home):
        return True
    return not is_at_home and rate >= _EVERYWHERE


def is_bare_verb(phrase: str) -> bool:
    """Whether it is one verb, adjective or adverb, which seldom names a matter."""
    tags = _tags(phrase)
    return len(tags) == 1 and tags[0].startswith(("v", "a", "d")) and tags[0] not in ("vn", "an")


def is_attribute(phrase: str) -> bool:
    """Whether it only goes before a noun (临时, 网上) and needs one to name a thing."""
    tags = _tags(phrase)
    return len(tags) == 1 and (tags[0] in ("b", "s", "f") or (tags[0] == "a" and _frequency(phrase) >= _GENERAL))


def completed(phrase: str, texts: Iterable[Sequence[str]], *, segmenter: Segmenter) -> tuple[str, float]:
    """The phrase with the neighbour that nearly always stands beside it in these texts, and how nearly always (0 … 1).

    Args:
        phrase: normalised.
        texts: their words, the normalised text in order; the same text twice counts once.
        segmenter: tells stop words.
    Source: accessor variety, Feng et al. 2004, Computational Linguistics 30:75: a string with one neighbour only is a
        part of a word.
    """
    different = {"".join(words): words for words in texts if phrase in "".join(words)}
    share = 1.0
    for _ in range(_STEPS):
        holding: Counter[str] = Counter()
        different = {text: words for text, words in different.items() if phrase in text}
        for text, words in different.items():
            holding.update(set(_wider(phrase, text, words, segmenter)))
        best = min(holding, key=lambda wider: (-holding[wider], -len(wider), wider), default=None)
        if best is None or holding[best] < max(_LEAST, _SCRAP * len(different)):
            break
        phrase, share = best, share * holding[best] / len(different)
    return phrase, share


def _wider(phrase: str, text: str, words: Sequence[str], segmenter: Segmenter) -> Iterator[str]:
    """What the phrase is a part of in a text: the word around it, or it and the word before or after it."""
    edges = [0, *accumulate(len(word) for word in words)]
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        first, last = bisect_right(edges, at) - 1, bisect_left(edges, end)
        if (edges[first], edges[last]) != (at, end):
            around = [text[edges[first] : edges[last]]]
        else:
            before, after = "".join(words[first - 1 : first]), "".join(words[last : last + 1])
            # A noun of one character before it is the end of another name: the 区 of a district.
            leads = _joins(before, segmenter) and (len(before) > 1 or not _tags(before)[0].startswith("n"))
            around = [before + phrase] * leads + [phrase + after] * _joins(after, segmenter)
        yield from (wider for wider in around if len(wider) <= _LONGEST)
        at = text.find(phrase, end)


def _joins(word: str, segmenter: Segmenter) -> bool:
    """Whether a neighbour may be a part of a name: a noun or a word of the field, or one that stands before one."""
    if not word or word.isascii() or word in segmenter.stop_words:
        return False
    tags = _tags(word)
    return len(tags) > 1 or tags[0][0] in "nbj" or tags[0] in ("a", "vn", "an")


@lru_cache(maxsize=50_000)
def _tags(phrase: str) -> tuple[str, ...]:
    return tuple(str(tag) for _, tag in tagger().tag(phrase))


@lru_cache(maxsize=50_000)
def _frequency(word: str) -> int:
    return int(tagger().suggest_freq(word))
