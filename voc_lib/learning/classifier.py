"""A linear text classifier with calibrated probabilities, small enough to store as plain arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from voc_lib.errors import ModelError
from voc_lib.learning.features import Features, Segment

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Options", "TextClassifier"]

_BATCH = 4096  # texts a matrix, so that memory does not grow with the number of texts
_FOLDS = 5


@dataclass(frozen=True)
class Options:
    """How a classifier is built; the defaults suit some hundred to some ten thousand short texts.

    Args:
        loss: logistic (finer probabilities) or hinge (a linear SVM, squared hinge; often a little more accurate).
        c: inverse of the regularisation; larger fits closer.
        word_ngrams: words, pairs of words … up to so many; 0 for none.
        char_ngrams: shortest and longest run of characters; (0, 0) for none.
        min_texts: a feature must stand in so many texts; None: 1 below 1,000 texts, otherwise 2.
        balanced: weigh classes alike instead of texts.
    """

    loss: Literal["logistic", "hinge"] = "logistic"
    c: float = 10.0
    word_ngrams: int = 2
    char_ngrams: tuple[int, int] = (1, 3)
    min_texts: int | None = None
    balanced: bool = False


class TextClassifier:
    """TF-IDF of words and character n-grams → one linear model a class → softmax with a fitted temperature.

    Deterministic: the order of the texts, the number of threads and the hash seed change nothing.

    Args:
        segment: cuts a text into words; the same one at training and at prediction.
        options: how it is built.
    Attributes (once fitted):
        classes: the classes, sorted; columns of every probability matrix.
        out_of_fold: probability matrix of the training texts, each from a model that had not seen it; None where a
            class has too few texts for it. Not stored.
    Source of the calibration: Guo et al. 2017, On calibration of modern neural networks, ICML (temperature scaling).
    """

    def __init__(self, *, segment: Segment, options: Options | None = None) -> None:
        self.segment = segment
        self.options = options or Options()
        self.classes: tuple[str, ...] = ()
        self.features = Features(())
        self.weights = np.zeros((0, 0), dtype=np.float32)
        self.bias = np.zeros(0, dtype=np.float32)
        self.temperature = 1.0
        self.out_of_fold: np.ndarray | None = None

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], *, weights: Sequence[float] | None = None
    ) -> TextClassifier:
        """Learn from texts and their labels; gives itself.

        Args:
            weights: how much each text counts (default 1).
        Raises: ModelError when there are fewer than two classes.
        """
        return self.fit_words([self.segment(text) for text in texts], labels, weights=weights)

    def fit_words(
        self, words: Sequence[Sequence[str]], labels: Sequence[str], *, weights: Sequence[float] | None = None
    ) -> TextClassifier:
        """The same from texts that `segment` has cut."""
        self.classes = tuple(sorted({str(label) for label in labels}))
        if len(self.classes) < 2:
            raise ModelError("not enough classes to learn from", found=len(self.classes), expected="2 or more")
        keys = [hashlib.sha256("\x1f".join(text).encode()).hexdigest() for text in words]
        order = sorted(range(len(keys)), key=lambda i: (keys[i], str(labels[i])))
        cut = [words[i] for i in order]
        target = np.array([self.classes.index(str(labels[i])) for i in order])
        given = np.ones(len(order)) if weights is None else np.asarray(weights, dtype=np.float64)[order]
        fold = _folds([keys[i] for i in order], target)
        least = self._min_texts(len(cut))
        self.features = Features.learn(
            cut, word_ngrams=self.options.word_ngrams, char_ngrams=self.options.char_ngrams, min_texts=least
        )
        counts = self.features.counts(cut)
        decisions = self._decisions_out_of_fold(counts, target, given, fold)
        self.temperature = 1.0 if decisions is None else _temperature(decisions, target, given)
        self.out_of_fold = None
        if decisions is not None:
            back = np.empty(len(order), dtype=np.int64)
            back[np.array(order)] = np.arange(len(order))
            self.out_of_fold = _softmax(decisions / self.temperature)[back]
        self.weights, self.bias = self._train(self.features.weigh(counts), target, given)
        return self

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """A row a text, a column a class (as `classes`), each row summing to 1."""
        return self.predict_proba_words([self.segment(text) for text in texts])

    def predict_proba_words(self, words: Sequence[Sequence[str]]) -> np.ndarray:
        """The same from texts that `segment` has cut."""
        parts = [
            self.predict_proba_features(self.features.matrix(words[i : i + _BATCH]))
            for i in range(0, len(words), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.classes)))

    def predict_proba_features(self, matrix: csr_matrix) -> np.ndarray:
        """The same from a matrix that `features` made of them."""
        return _softmax(self._decide(matrix) / self.temperature)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest class of each text."""
        return [self.classes[i] for i in self.predict_proba(texts).argmax(axis=1)]

    def explain_words(self, words: Sequence[Sequence[str]], labels: Sequence[str], *, top: int = 3) -> list[list[str]]:
        """For each text the words that spoke most for its label, strongest first (single words, never against it)."""
        return self.explain_features(self.features.matrix(words), labels, top=top)

    def explain_features(self, matrix: csr_matrix, labels: Sequence[str], *, top: int = 3) -> list[list[str]]:
        """The same from a matrix that `features` made of the texts; a label that was never learnt has no words."""
        blocks = self.features.blocks
        vocabulary = blocks[0].vocabulary if blocks and blocks[0].kind == "word" else ()
        found: list[list[str]] = [[] for _ in labels]
        if not vocabulary or not len(labels):
            return found
        number = {label: i for i, label in enumerate(self.classes)}
        texts = matrix[:, : len(vocabulary)]
        row = np.repeat(np.arange(texts.shape[0]), np.diff(texts.indptr))
        own = np.array([number.get(label, -1) for label in labels])[row]
        parts = texts.data * (self.weights[own, texts.indices] - self.weights.mean(axis=0)[texts.indices])
        spoke = np.flatnonzero((parts > 0) & (own >= 0))
        for at in spoke[np.lexsort((texts.indices[spoke], -parts[spoke], row[spoke]))].tolist():
            word = vocabulary[texts.indices[at]]
            if " " not in word and len(found[row[at]]) < top:
                found[row[at]].append(word)
        return found

    def _min_texts(self, n_texts: int) -> int:
        return self.options.min_texts or (1 if n_texts < 1000 else 2)

    def _train(self, matrix: Any, target: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One linear model a class against the rest, on one thread: the order of sums is then always the same."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        rows, bias = [], []
        with threadpool_limits(limits=1):
            for number in range(len(self.classes)):
                balance = "balanced" if self.options.balanced else None
                model = (
                    LinearSVC(C=self.options.c / 10, class_weight=balance, random_state=0)
                    if self.options.loss == "hinge"
                    else LogisticRegression(
                        C=self.options.c, solver="liblinear", class_weight=balance, random_state=0, max_iter=200
                    )
                )
                model.fit(matrix, target == number, sample_weight=weights)
                rows.append(model.coef_[0])
                bias.append(model.intercept_[0])
        return np.array(rows, dtype=np.float32), np.array(bias, dtype=np.float32)

    def _decide(self, matrix: Any) -> np.ndarray:
        return np.asarray(matrix @ self.weights.T, dtype=np.float64) + self.bias

    def _decisions_out_of_fold(
        self, counts: Any, target: np.ndarray, weights: np.ndarray, fold: np.ndarray
    ) -> np.ndarray | None:
        """Decision values of each text by a model trained on the other folds; they alone say how frequent a feature is.

        Args:
            counts: of all features in the texts, a row each.
        """
        if np.bincount(target).min() < 2:
            return None
        decisions = np.zeros((len(target), len(self.classes)))
        for number in range(_FOLDS):
            out, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            if not len(out):
                continue
            if len(np.unique(target[rest])) < len(self.classes):
                return None
            part = TextClassifier(segment=self.segment, options=self.options)
            part.classes = self.classes
            part.features = self.features.learn_again(counts[rest], min_texts=self._min_texts(len(rest)))
            part.weights, part.bias = part._train(part.features.weigh(counts[rest]), target[rest], weights[rest])
            decisions[out] = part._decide(part.features.weigh(counts[out]))
        return decisions


def _folds(keys: Sequence[str], target: np.ndarray) -> np.ndarray:
    """Fold of each text: classes spread evenly, equal texts together, no chance involved."""
    fold = np.zeros(len(keys), dtype=np.int64)
    given: dict[str, int] = {}
    for label in np.unique(target):
        count = 0
        for i in np.flatnonzero(target == label).tolist():
            if keys[i] not in given:
                given[keys[i]] = count % _FOLDS
                count += 1
            fold[i] = given[keys[i]]
    return fold


def _temperature(decisions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> float:
    """The temperature that makes the true classes likeliest (weighted log loss), between 0.02 and 10."""
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = decisions / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        own = scaled[np.arange(len(target)), target] - np.log(np.exp(scaled).sum(axis=1))
        return float(-(weights * own).sum() / weights.sum())

    found = minimize_scalar(loss, bounds=(np.log(0.02), np.log(10.0)), method="bounded", options={"xatol": 1e-4})
    return float(round(float(np.exp(found.x)), 4))


def _softmax(values: np.ndarray) -> np.ndarray:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
