"""Typical cases (典型问题): the few texts that tell an issue best and differ from each other.

Only a text that tells a problem and surely belongs to the issue is quoted; of those, the ones nearest to its centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_matrix

__all__ = ["quotable", "shortened", "text_vectors", "typical_rows"]

_READABLE = (15, 120)  # characters that a reader takes in at a glance and that still tell a story
_NOVELTY = 0.35  # weight of being unlike the cases already chosen
_CHOICE = 3  # cases are chosen among the more central half, or so many times as many as are wanted
_SAME_SOURCE = 0.75  # what a text counts whose source has been quoted
_TELLS = ("complaint", "question", "suggestion")


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


def shortened(text: str, *, longest: int = 160) -> str:
    """A text as a reader takes it in: whole sentences from its beginning, up to so many characters, then an ellipsis.

    A first sentence that is longer is cut at its last comma before the limit, or at the limit where it has none; masks
    (〔手机号〕) are never cut. A text that is short enough is left as it is.
    """
    text = text.strip()
    if len(text) <= longest:
        return text
    for ends in ("。！？!?；;\n", "，,、：:"):
        cut = max((text.rfind(mark, 0, longest) for mark in ends), default=-1)
        if cut >= longest // 4:
            return text[: cut + 1].rstrip("，,、：:；; \n") + "……"
    cut = longest
    opened = text.rfind("〔", 0, cut)
    if opened > text.rfind("〕", 0, cut):
        cut = opened
    return text[:cut] + "……"


def quotable(records: pd.DataFrame, *, category: str | None) -> NDArray[np.bool_]:
    """Which of an issue's records may stand under the heading 典型问题.

    The first of these that any record fulfils decides: sure of its category and telling a problem (a complaint, a
    question or a suggestion, and not positive); sure and neither praise nor positive; unsure, but neither; any.

    Args:
        records: columns category, needs_review, sentiment_label, intent.
        category: that of the issue, or None where it has none of its own.
    """
    content = (records["sentiment_label"].isin(["positive"]) | records["intent"].isin(["praise"])).to_numpy(dtype=bool)
    sure = ~records["needs_review"].fillna(False).to_numpy(dtype=bool)
    if category is not None:
        sure &= records["category"].isin([category]).to_numpy(dtype=bool)
    tells = records["intent"].isin(_TELLS).to_numpy(dtype=bool)
    choices = (sure & tells & ~content, sure & ~content, ~content)
    return next((choice for choice in choices if choice.any()), np.ones(len(records), dtype=bool))


def typical_rows(
    vectors: csr_matrix,
    lengths: Sequence[int],
    *,
    n_cases: int,
    allowed: ArrayLike | None = None,
    sureness: ArrayLike | None = None,
    tellers: Sequence[object] | None = None,
    sources: Sequence[object] | None = None,
) -> list[int]:
    """Row numbers of the most typical texts, best first.

    The first is the one most like all others, the medoid: with unit vectors the mean similarity to all others is the
    product with their mean, so no n × n matrix is needed (centroid-based extraction: Radev et al. 2004, Information
    Processing and Management 40:919). Each next one is typical too, but unlike those before (maximal marginal
    relevance: Carbonell and Goldstein 1998, SIGIR 21:335), of another customer, and rather of another source. Texts too
    short or too long to quote count less; those of the less central half are not chosen, for being unlike the others
    must not make an outlier typical; a text that says the same as a chosen one is not quoted twice.

    Args:
        vectors: unit rows, as `text_vectors` gives them; all of them make the centre.
        lengths: characters of each text.
        n_cases: how many at most.
        allowed: which may be chosen; all when left out.
        sureness: of each text that it belongs here (0 … 1); its relevance is multiplied by it.
        tellers: who told each text: nobody is quoted twice.
        sources: where each text came in.
    """
    n = vectors.shape[0]
    if n == 0:
        return []
    mean = np.asarray(vectors.mean(axis=0)).ravel()
    relevance = (vectors @ mean) * _readable(np.asarray(lengths, dtype=float))
    relevance *= 1.0 if sureness is None else np.asarray(sureness, dtype=float)
    left = np.ones(n, dtype=bool) if allowed is None else np.array(allowed, dtype=bool)
    left &= _central(relevance, left, at_least=_CHOICE * n_cases)
    told_by = np.arange(n, dtype=object) if tellers is None else np.array(list(tellers), dtype=object)
    source = None if sources is None else np.array(list(sources), dtype=object)
    closest, counts = np.zeros(n), np.ones(n)
    chosen: list[int] = []
    while left.any() and len(chosen) < n_cases:
        gain = np.where(left, (1 - _NOVELTY) * relevance * counts - _NOVELTY * closest, -np.inf)
        best = int(np.argmax(np.round(gain, 12)))
        chosen.append(best)
        similar = (vectors @ vectors[best].T).toarray().ravel()
        closest = np.maximum(closest, similar)
        left &= (similar < 0.9) & (told_by != told_by[best])
        left[best] = False
        if source is not None:
            counts[source == source[best]] = _SAME_SOURCE
    return chosen


def _central(relevance: NDArray[np.float64], left: NDArray[np.bool_], *, at_least: int) -> NDArray[np.bool_]:
    """The more relevant half of those left, at least so many: what only differs from the others is not typical."""
    n_kept = max(-(-int(left.sum()) // 2), at_least)
    order = np.argsort(-np.round(np.where(left, relevance, -np.inf), 12), kind="stable")
    kept = np.zeros(len(relevance), dtype=bool)
    kept[order[:n_kept]] = True
    return kept


def _readable(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    shortest, longest = _READABLE
    return np.minimum(1.0, lengths / shortest) * np.sqrt(np.minimum(1.0, longest / np.maximum(lengths, 1.0)))
