"""Runs of characters as features, for many short texts at once: hashed, so that no word of a text is stored.

A run is known by a 64-bit hash of its characters. All texts go through in one array, which is what makes it fast: about
as many texts a second as a segmenter alone needs for the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["CharGrams"]

_SLOT_BITS = 20  # a million slots: of some ten thousand runs a few in a hundred share one, and the rarer is left out
_PRIME, _MIX = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_DIGITS = re.compile(r"\d+")
_EDGE = ord("\n")  # stands before, between and after the texts, in which normalising has left none


class CharGrams:
    """Runs of `low` to `high` characters, the edges of a text counting as characters, weighed by rarity.

    A text's features have the length 1: occurrences times inverse document frequency, divided by the root of the sum of
    the squared frequencies over all occurrences. Digits count as one 0 whatever their number, white space
    not at all.

    Args:
        low, high: shortest and longest run.
        hashes: of the runs that are known, rising.
        idf: inverse document frequency of each.
    """

    def __init__(self, *, low: int, high: int, hashes: np.ndarray, idf: np.ndarray) -> None:
        self.low, self.high = low, high
        self.hashes = np.asarray(hashes, dtype=np.uint64)
        self.idf = np.asarray(idf, dtype=np.float32)
        self._slots = np.full(1 << _SLOT_BITS, -1, dtype=np.int32)
        self._slots[_slot(self.hashes)] = np.arange(len(self.hashes), dtype=np.int32)

    @classmethod
    def learn(cls, texts: Sequence[str], *, low: int = 1, high: int = 3, min_texts: int = 2) -> CharGrams:
        """The runs that stand in at least `min_texts` of these normalised texts."""
        rows, hashes = _runs(texts, low, high)
        order = np.lexsort((rows, hashes))
        rows, hashes = rows[order], hashes[order]
        fresh = np.ones(len(hashes), dtype=bool)
        fresh[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
        known, counts = np.unique(hashes[fresh], return_counts=True)
        known, counts = known[counts >= min_texts], counts[counts >= min_texts]
        # Of several in one slot the most frequent stays; equally frequent, the one with the smaller hash.
        best = np.lexsort((known, -counts, _slot(known)))
        slots = _slot(known[best])
        first = np.ones(len(slots), dtype=bool)
        first[1:] = slots[1:] != slots[:-1]
        kept = np.sort(best[first])
        idf = np.log((1 + len(texts)) / (1 + counts[kept])) + 1
        return cls(low=low, high=high, hashes=known[kept], idf=idf)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row a text, one column a run, float32."""
        from scipy.sparse import csr_matrix

        rows, columns, values = self._found(texts)
        matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(self.hashes)), dtype=np.float32)
        matrix.sum_duplicates()
        return matrix

    def decide(self, texts: Sequence[str], weights: np.ndarray) -> np.ndarray:
        """The features times weights (a row a class, a column a run): a row a text, a column a class."""
        rows, columns, values = self._found(texts)
        return np.column_stack(
            [np.bincount(rows, weights=values * row[columns], minlength=len(texts)) for row in weights]
        ).reshape(len(texts), len(weights))

    def _found(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Text, run and value of every occurrence of a known run."""
        rows, hashes = _runs(texts, self.low, self.high)
        columns = self._slots[_slot(hashes)]
        known = np.flatnonzero(columns >= 0)
        known = known[self.hashes[columns[known]] == hashes[known]]
        rows, columns = rows[known], columns[known]
        idf = self.idf[columns].astype(np.float64)
        norms = np.sqrt(np.bincount(rows, weights=idf * idf, minlength=len(texts)))
        return rows, columns, idf / norms[rows]


def _slot(hashes: np.ndarray) -> np.ndarray:
    return (hashes >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)


def _runs(texts: Sequence[str], low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """Text and hash of every run of characters, shorter runs first, then by place."""
    joined = "\n".join([text.replace("\n", "") for text in texts]).replace(" ", "")
    joined = f"\n{_DIGITS.sub('0', joined)}\n" if len(texts) else "\n"
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    edge = characters == _EDGE
    # An edge in front belongs to the text that follows it.
    row = np.cumsum(edge) - 1
    rows, hashes = [], []
    running = np.zeros(len(characters), dtype=np.uint64)
    inside = np.zeros(len(characters), dtype=bool)  # whether an edge stands inside the run, where none may
    for n in range(1, high + 1):
        size = max(len(characters) - n + 1, 0)
        last = characters[n - 1 : n - 1 + size].astype(np.uint64)
        running = (running[:size] ^ (last + np.uint64(1))) * _PRIME
        if n > 2:
            inside = inside[:size] | edge[n - 2 : n - 2 + size]
        bare = edge[:size] & edge[n - 1 : n - 1 + size]  # an edge alone, or two around an empty text
        fit = np.flatnonzero(~(inside[:size] | bare))
        if n >= low:
            mixed = (running[fit] ^ (running[fit] >> np.uint64(29))) * _MIX
            rows.append(row[fit])
            hashes.append(mixed ^ (mixed >> np.uint64(32)) ^ np.uint64(n))
    return np.concatenate(rows), np.concatenate(hashes)
