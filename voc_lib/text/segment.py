"""Words of a Chinese text: jieba's segmentation at Rust speed, with the field's own words kept whole.

The engine is rjieba. It differs from jieba in one thing only: runs of Latin letters and digits with a dot, dash or
underscore inside (1.5w, 2013-05), which are cut again here by jieba's rule. With that, and the dictionary's words added
at the same frequencies, the two agree; tests/text/test_segment.py holds them together, jieba being the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from voc_lib.text.normalise import normalise

if TYPE_CHECKING:
    from voc_lib.params import Profile

__all__ = ["Segmenter", "warm"]

_LATIN_RUN = re.compile(r"[a-z0-9+#&._%\-]{3,}")
_JIEBA_RUN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")  # how jieba's finalseg cuts such a run
_NO_WORD = re.compile(r"[\W_]+|[\d.,:%+\-]+[a-z%]?|[〇零一二两三四五六七八九十百千万亿几多半]+[元块天日月年次个岁号]?")


class Segmenter:
    """Cuts texts into words. Cheap to build and to pickle: the engine is made once a process and dictionary.

    Args:
        dictionary: words of the field that stay whole, in any spelling; they are normalised.
        stop_words: words that `content_words` leaves out.
    """

    def __init__(self, dictionary: Iterable[str] = (), stop_words: Iterable[str] = ()) -> None:
        self.dictionary = tuple(sorted({word for text in dictionary if (word := normalise(text))}))
        self.stop_words = frozenset(word for text in stop_words if (word := normalise(text)))

    @classmethod
    def from_profile(cls, profile: Profile) -> Segmenter:
        """The segmenter with the profile's dictionary and stop words."""
        return cls(profile.lexicon.dictionary, profile.lexicon.stop_words)

    def words(self, text: str) -> list[str]:
        """All words of the normalised text in order, punctuation included, white space left out."""
        return self.words_of(normalise(text))

    def words_of(self, normalised: str) -> list[str]:
        """The same of a text that has been normalised already."""
        engine = _engine(self.dictionary)
        found: list[str] = []
        for word in engine.cut(normalised):
            if len(word) > 2 and _LATIN_RUN.fullmatch(word) and not word.isalnum() and not engine.has_word(word):
                found.extend(part for part in _JIEBA_RUN.split(word) if part)
            elif word != " ":
                found.append(word)
        return found

    def content_words(self, text: str) -> list[str]:
        """The words that say something: no stop words, punctuation, bare numbers or single characters."""
        return [word for word in self.words(text) if self.is_content(word)]

    def is_content(self, word: str) -> bool:
        """Whether the word says something by itself."""
        return len(word) > 1 and word not in self.stop_words and _NO_WORD.fullmatch(word) is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segmenter):
            return NotImplemented
        return (self.dictionary, self.stop_words) == (other.dictionary, other.stop_words)

    def __hash__(self) -> int:
        return hash((self.dictionary, self.stop_words))


def warm(params: str) -> None:
    """Load the dictionary of a profile ahead, for the kernels that are forked from this process.

    Args:
        params: the profile folder.
    """
    from voc_lib.params import load_profile

    _engine(Segmenter.from_profile(load_profile(params)).dictionary)
    normalise("中")  # the tables of traditional characters


@lru_cache(maxsize=1)
def tagger() -> Any:
    """jieba's own dictionary, without the profile's words: parts of speech (`tag`), and what is a word (`has_word`)."""
    import rjieba

    return rjieba.Jieba()


@lru_cache(maxsize=4)
def _engine(dictionary: tuple[str, ...]) -> Any:
    import rjieba

    engine = rjieba.Jieba()
    for word, frequency in frequencies(dictionary, engine):
        engine.add_word(word, frequency, None)
    return engine


def frequencies(dictionary: tuple[str, ...], engine: Any = None) -> list[tuple[str, int]]:
    """For each word the frequency that keeps it whole (at least 3, the lowest in jieba's own dictionary).

    Each frequency is taken before any word is added, so the order of the words does not matter.
    """
    if engine is None:
        import rjieba

        engine = rjieba.Jieba()
    return [(word, max(int(engine.suggest_freq(word)) + 1, 3)) for word in dictionary]
