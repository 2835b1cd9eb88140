"""The terms that stand in each text: words, the words inside long ones, and pairs of neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from voc_lib.text import PhraseFinder

if TYPE_CHECKING:
    from voc_lib.text import Segmenter

__all__ = ["terms_of_texts"]

_MASKED = re.compile("〔[^〔〕]{1,12}〕")
_LONGEST = 12  # characters; what is longer is a sentence, not the name of a matter


def terms_of_texts(texts: Iterable[str], *, segmenter: Segmenter) -> list[frozenset[str]]:
    """For each text the terms that occur in it, normalised (lower case).

    A term is a content word of the profile's dictionary or jieba's, a shorter content word at either end of it (so that
    信用额度 counts for 额度 too), or two content words side by side (手机银行登录). What a text holds twice counts
    once; what stands for masked personal data, 〔手机号〕, does not count.
    """
    finder = PhraseFinder(segmenter)
    cut = [finder.runs(_MASKED.sub("。", text)) for text in texts]
    words = {word for runs in cut for run in runs for word in run if len(word) <= _LONGEST}
    inside = {word: _ends(word, words) for word in words}
    return [frozenset(_terms(runs, inside)) for runs in cut]


def _terms(runs: Sequence[Sequence[str]], inside: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for run in runs:
        for position, word in enumerate(run):
            if word not in inside:
                continue
            yield word
            yield from inside[word]
            if position + 1 < len(run) and run[position + 1] != word:
                pair = _join(word, run[position + 1])
                if len(pair) <= _LONGEST:
                    yield pair


def _ends(word: str, words: set[str]) -> tuple[str, ...]:
    """Shorter words, seen by themselves too, at either end of a Chinese word of three or more characters."""
    if len(word) < 3 or word.isascii():
        return ()
    ends = {word[:size] for size in range(2, len(word))} | {word[-size:] for size in range(2, len(word))}
    return tuple(sorted(ends & words))


def _join(left: str, right: str) -> str:
    return f"{left} {right}" if left[-1].isascii() and right[0].isascii() else left + right
