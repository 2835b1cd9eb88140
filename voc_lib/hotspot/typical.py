"""Typical cases (典型问题): the few texts that tell an issue best and differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = ["text_vectors", "typical_rows"]

_READABLE = (15, 120)  # characters that a reader takes in at a glance and that still tell a story
_NOVELTY = 0.35  # weight of being unlike the cases already chosen


def text_vectors(texts: Sequence[str]) -> csr_matrix:
    """Unit vectors of character pairs, weighed by rarity (TF-IDF); one sparse row a text."""
    from scipy.sparse import csr_matrix

    columns: dict[str, int] = {}
    rows, pairs = [], []
    for row, text in enumerate(texts):
        text = " ".join(text.split())
        for start in range(max(len(text) - 1, 1)):
            rows.append(row)
            pairs.append(columns.setdefault(text[start : start + 2], len(columns)))
    counts = csr_matrix((np.ones(len(rows)), (rows, pairs)), shape=(len(texts), max(len(columns), 1)))
    counts.sum_duplicates()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    counts.data = (1.0 + np.log(counts.data)) * (np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0)[counts.indices]
    norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data = counts.data / np.repeat(np.maximum(norms, 1e-12), np.diff(counts.indptr))
    return counts


def typical_rows(vectors: csr_matrix, lengths: Sequence[int], *, n_cases: int) -> list[int]:
    """Row numbers of the most typical texts, best first.

    The first is the medoid: with unit vectors the mean similarity to all others is the product with their mean, so
    no n × n matrix is needed. Each next one is typical too, but unlike those before (maximal marginal relevance). Texts
    too short or too long to quote count less; a text that says the same as a chosen one is not quoted twice.

    Args:
        vectors: unit rows, as `text_vectors` gives them.
        lengths: characters of each text.
        n_cases: how many at most.
    Source: Carbonell and Goldstein 1998, SIGIR 21:335.
    """
    if vectors.shape[0] == 0:
        return []
    mean = np.asarray(vectors.mean(axis=0)).ravel()
    relevance = (vectors @ mean) * _readable(np.asarray(lengths, dtype=float))
    closest = np.zeros(vectors.shape[0])
    left = np.ones(vectors.shape[0], dtype=bool)
    chosen: list[int] = []
    while left.any() and len(chosen) < n_cases:
        gain = np.where(left, (1 - _NOVELTY) * relevance - _NOVELTY * closest, -np.inf)
        best = int(np.argmax(np.round(gain, 12)))
        chosen.append(best)
        similar = (vectors @ vectors[best].T).toarray().ravel()
        closest = np.maximum(closest, similar)
        left &= similar < 0.9
        left[best] = False
    return chosen


def _readable(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    shortest, longest = _READABLE
    return np.minimum(1.0, lengths / shortest) * np.sqrt(np.minimum(1.0, longest / np.maximum(lengths, 1.0)))
