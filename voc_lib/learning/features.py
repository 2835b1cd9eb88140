"""TF-IDF of words, word pairs and character n-grams, as a sparse matrix; plain arrays all through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Block", "Features", "Segment"]

Segment = Callable[[str], Sequence[str]]
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Block:
    """One kind of feature: its vocabulary in order, and the inverse document frequency of each entry."""

    kind: str  # "word" or "char"
    low: int
    high: int
    vocabulary: tuple[str, ...]
    idf: np.ndarray

    def terms(self, words: Sequence[str]) -> list[str]:
        """Every occurrence of a feature of this kind in one text, known or not."""
        return _word_terms(words, self.high) if self.kind == "word" else _char_terms(words, self.low, self.high)


class Features:
    """Turns segmented texts into rows of unit length: each block of unit length, then weighed alike.

    Args:
        blocks: the kinds of features; `learn` makes them from texts.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self.n = sum(len(block.vocabulary) for block in self.blocks)
        self._index: list[dict[str, int]] = []
        start = 0
        for block in self.blocks:
            self._index.append({term: start + i for i, term in enumerate(block.vocabulary)})
            start += len(block.vocabulary)
        self._idf = np.concatenate([block.idf for block in self.blocks]) if self.blocks else np.zeros(0)

    @classmethod
    def learn(
        cls, texts: Sequence[Sequence[str]], *, word_ngrams: int, char_ngrams: tuple[int, int], min_texts: int
    ) -> Features:
        """Vocabulary and document frequencies of segmented texts; a feature must stand in `min_texts` of them."""
        shapes = [("word", 1, word_ngrams)] if word_ngrams else []
        if char_ngrams[1]:
            shapes.append(("char", *char_ngrams))
        blocks = []
        for kind, low, high in shapes:
            empty = Block(kind, low, high, (), np.zeros(0))
            seen: Counter[str] = Counter()
            for words in texts:
                seen.update(set(empty.terms(words)))
            vocabulary = tuple(sorted(term for term, count in seen.items() if count >= min_texts))
            counts = np.array([seen[term] for term in vocabulary], dtype=np.float64)
            idf = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
            blocks.append(Block(kind, low, high, vocabulary, idf))
        return cls(blocks)

    def matrix(self, texts: Iterable[Sequence[str]]) -> csr_matrix:
        """One row a text, one column a feature, float32; sublinear counts."""
        from scipy.sparse import csr_matrix

        columns: list[int] = []
        counts: list[int] = []
        ends, halves = [0], []
        for words in texts:
            for block, index in zip(self.blocks, self._index, strict=True):
                found = Counter(index[term] for term in block.terms(words) if term in index)
                columns.extend(found)
                counts.extend(found.values())
                halves.append(len(columns))
            ends.append(len(columns))
        data = self._weights(np.array(columns, dtype=np.int64), np.array(counts, dtype=np.float32), halves)
        shape = (len(ends) - 1, self.n)
        matrix = csr_matrix((data, np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int32)), shape=shape)
        # Columns come in order of appearance; sorted, the sums of a product do not depend on it.
        matrix.sort_indices()
        return matrix

    def _weights(self, columns: np.ndarray, counts: np.ndarray, ends: list[int]) -> np.ndarray:
        """Sublinear TF-IDF, each block of each text (ending at `ends`) brought to the same length."""
        if not len(columns):
            return np.zeros(0, dtype=np.float32)
        data = (1 + np.log(counts)) * self._idf[columns]
        lengths = np.diff(np.array([0, *ends]))
        group = np.repeat(np.arange(len(lengths)), lengths)
        norms = np.sqrt(np.bincount(group, weights=data.astype(np.float64) ** 2, minlength=len(lengths)))
        scale = np.sqrt(len(self.blocks))
        return np.asarray(data / (norms[group] * scale), dtype=np.float32)


def _word_terms(words: Sequence[str], high: int) -> list[str]:
    kept = [_DIGITS.sub("0", word) for word in words]
    terms = list(kept)
    for n in range(2, high + 1):
        terms.extend(" ".join(kept[i : i + n]) for i in range(len(kept) - n + 1))
    return terms


def _char_terms(words: Sequence[str], low: int, high: int) -> list[str]:
    # The edges count as characters: how a text begins and ends says much about it.
    text = "^" + _DIGITS.sub("0", "".join(words)) + "$"
    return [text[i : i + n] for n in range(low, high + 1) for i in range(len(text) - n + 1)]
