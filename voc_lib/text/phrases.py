"""What a set of texts is about: adjacent words joined into phrases, weighed against other texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from voc_lib.text.segment import Segmenter

__all__ = ["PhraseFinder", "key_phrases", "text_keywords"]

_LONGEST = 10  # characters of a joined phrase; longer ones are sentences, not names of things


class PhraseFinder:
    """Joins content words that stand side by side more often than chance: 信用卡 and 额度 become 信用卡额度.

    Args:
        segmenter: gives the words.
        min_texts: a pair must stand in at least so many texts.
        min_cohesion: normalised pointwise mutual information that a pair needs (−1 … 1).
        min_share: share of the texts with the rarer of the two words in which they stand side by side.
    Source: Bouma 2009, Normalized (pointwise) mutual information in collocation extraction.
    """

    def __init__(
        self, segmenter: Segmenter, *, min_texts: int = 3, min_cohesion: float = 0.3, min_share: float = 0.15
    ) -> None:
        self.segmenter = segmenter
        self.min_texts = min_texts
        self.min_cohesion = min_cohesion
        self.min_share = min_share
        self.pairs: frozenset[tuple[str, str]] = frozenset()

    def runs(self, text: str) -> list[list[str]]:
        """Content words of a text, in runs that nothing interrupts."""
        runs: list[list[str]] = [[]]
        for word in self.segmenter.words(text):
            if self.segmenter.is_content(word):
                runs[-1].append(word)
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def fit(self, texts: Iterable[str]) -> PhraseFinder:
        """Learn the pairs from texts; gives itself."""
        return self.fit_runs([self.runs(text) for text in texts])

    def fit_runs(self, texts: Sequence[Sequence[Sequence[str]]]) -> PhraseFinder:
        """The same from texts that `runs` has cut."""
        words: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for runs in texts:
            words.update({word for run in runs for word in run})
            pairs.update({pair for run in runs for pair in pairwise(run) if pair[0] != pair[1]})
        self.pairs = frozenset(
            pair
            for pair, together in pairs.items()
            if self._cohere(together, words[pair[0]], words[pair[1]], len(texts))
        )
        return self

    def _cohere(self, together: int, left: int, right: int, n_texts: int) -> bool:
        if together < self.min_texts or together < self.min_share * min(left, right):
            return False
        if together == n_texts:
            return True
        information = math.log(together * n_texts / (left * right))
        return information / -math.log(together / n_texts) >= self.min_cohesion

    def phrases(self, runs: Sequence[Sequence[str]]) -> list[str]:
        """The words of one text with the learnt pairs joined, from left to right."""
        return [phrase for run in runs for phrase in self._joined(run)]

    def _joined(self, run: Sequence[str]) -> list[str]:
        joined: list[str] = []
        previous = ""
        for word in run:
            if joined and (previous, word) in self.pairs and len(joined[-1]) + len(word) <= _LONGEST:
                joined[-1] += _glue(joined[-1], word) + word
            else:
                joined.append(word)
            previous = word
        return joined


def _glue(left: str, right: str) -> str:
    return " " if left[-1].isascii() and right[0].isascii() else ""


def key_phrases(
    texts: Iterable[str],
    *,
    segmenter: Segmenter,
    background: Iterable[str] | None = None,
    top: int = 10,
    min_texts: int | None = None,
) -> list[tuple[str, float]]:
    """The phrases that tell these texts from others, strongest first.

    Args:
        texts: what to describe.
        segmenter: gives the words.
        background: other texts to tell them from; without it a phrase weighs as many texts as it stands in.
        top: how many at most.
        min_texts: a phrase must stand in at least so many of the texts; by default 2, or 1 of fewer than 5.
    Returns: (phrase, weight), by falling weight, then phrase. With a background the weight is the z-score of the
        log-odds ratio (counted once a text) with an informative Dirichlet prior, and only phrases above 0 are given.
    Source: Monroe, Colaresi and Quinn 2008, Fightin' Words, Political Analysis 16:372, equations 16, 20 and 22.
    """
    finder = PhraseFinder(segmenter, min_texts=2)
    own = [finder.runs(text) for text in texts]
    other = None if background is None else [finder.runs(text) for text in background]
    finder.fit_runs([*own, *(other or ())])
    least = min_texts if min_texts is not None else 2 if len(own) >= 5 else 1
    counts = _text_counts(finder, own)
    if other is None:
        weights = {phrase: float(count) for phrase, count in counts.items()}
    else:
        weights = _log_odds(counts, _text_counts(finder, other))
    kept = [(phrase, weight) for phrase, weight in weights.items() if counts[phrase] >= least and weight > 0]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:top]


def _text_counts(finder: PhraseFinder, texts: Sequence[Sequence[Sequence[str]]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for runs in texts:
        counts.update(sorted(set(finder.phrases(runs))))
    return counts


def _log_odds(own: Counter[str], other: Counter[str]) -> dict[str, float]:
    n_own, n_other = sum(own.values()), sum(other.values())
    total = n_own + n_other
    if not n_own:
        return {}
    # The prior is the pooled counts, scaled to weigh as much as the smaller side: it neither drowns nor vanishes.
    scale = max(min(n_own, n_other), 1) / total
    prior_sum = scale * total
    weights = {}
    for phrase, count in own.items():
        prior = scale * (count + other[phrase])
        with_own, with_other = count + prior, other[phrase] + prior
        ratio = math.log(with_own / max(n_own + prior_sum - with_own, 0.5)) - math.log(
            with_other / max(n_other + prior_sum - with_other, 0.5)
        )
        weights[phrase] = ratio / math.sqrt(1 / with_own + 1 / with_other)
    return weights


def text_keywords(texts: Iterable[str], *, segmenter: Segmenter, top: int = 5) -> list[list[str]]:
    """For each text its key phrases, strongest first: frequent in the text, rare in the others (TF-IDF).

    Phrases and document frequencies come from the same texts; the result has one list for each text, in their order.
    """
    finder = PhraseFinder(segmenter)
    cut = [finder.runs(text) for text in texts]
    finder.fit_runs(cut)
    phrases = [finder.phrases(runs) for runs in cut]
    seen: Counter[str] = Counter()
    for found in phrases:
        seen.update(set(found))
    return [_strongest(found, seen, len(phrases), top) for found in phrases]


def _strongest(found: Sequence[str], seen: Counter[str], n_texts: int, top: int) -> list[str]:
    counts = Counter(found)
    weights = {word: (1 + math.log(n)) * (math.log((1 + n_texts) / (1 + seen[word])) + 1) for word, n in counts.items()}
    return sorted(weights, key=lambda word: (-weights[word], word))[:top]
