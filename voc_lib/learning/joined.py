"""A linear classifier over runs of characters joined with numbers that were read from the same texts otherwise."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.errors import ModelError
from voc_lib.learning.classifier import _FOLDS, _folds, _softmax
from voc_lib.learning.grams import CharGrams
from voc_lib.learning.storage import _ARRAYS, _CARD, _MODEL, _json, _npz, save_files
from voc_lib.store import read_bytes

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["JoinedClassifier", "JoinedOptions", "load_joined", "save_joined"]

_FORMAT = 1


@dataclass(frozen=True)
class JoinedOptions:
    """How the classifier is built.

    Args:
        c: inverse of the regularisation; larger fits closer.
        low, high: shortest and longest run of characters.
        min_texts: a run must stand in so many texts; None: 1 below 1,000 texts, otherwise 2.
        scale: spread of each number beside the runs of a text, which together have the length 1.
        contrast: 0: all runs learn alike; above 0: a run that stands in a class more often than elsewhere, or less,
            learns faster (its log ratio to this power; Wang and Manning 2012, Baselines and bigrams, ACL).
        crossed: whether the decision on each class may count for the probabilities of the others; for thousands of
            texts, since there are as many constants as classes times classes.
    """

    c: float = 3.0
    low: int = 1
    high: int = 3
    min_texts: int | None = None
    scale: float = 0.15
    contrast: float = 0.0
    crossed: bool = False


class JoinedClassifier:
    """Runs of characters (`CharGrams`) and numbers → one linear model a class → calibrated softmax.

    Deterministic: the order of the texts, the number of threads and the hash seed change nothing.

    Args:
        options: how it is built.
    Attributes (once fitted):
        classes: the classes, sorted; columns of every probability matrix.
        out_of_fold: probability matrix of the training texts, each from a model that had not seen it (only the few
            constants of the calibration had); None where a class has too few texts for it. Not stored.
    Source of the calibration: Alexandari, Kundaje and Shrikumar 2020, Maximum likelihood with bias-corrected
        calibration is hard-to-beat at label shift adaptation, ICML (bias-corrected temperature scaling).
    """

    def __init__(self, options: JoinedOptions | None = None) -> None:
        self.options = options or JoinedOptions()
        self.classes: tuple[str, ...] = ()
        self.out_of_fold: np.ndarray | None = None
        self._grams = CharGrams(low=1, high=1, hashes=np.zeros(0), idf=np.zeros(0))
        self._mean = self._spread = np.zeros(0)
        self._of_grams = self._of_numbers = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0)
        self._mixing, self._offsets = np.zeros((0, 0)), np.zeros(0)

    @property
    def n_numbers(self) -> int:
        """How many numbers it wants of each text."""
        return len(self._mean)

    def fit(
        self,
        texts: Sequence[str],
        numbers: np.ndarray,
        labels: Sequence[str],
        *,
        weights: Sequence[float] | None = None,
    ) -> JoinedClassifier:
        """Learn from normalised texts, numbers (a row a text) and labels; gives itself.

        Args:
            weights: how much each text counts (default 1).
        Raises: ModelError when there are fewer than two classes.
        """
        self.classes = tuple(sorted({str(label) for label in labels}))
        if len(self.classes) < 2:
            raise ModelError("not enough classes to learn from", found=len(self.classes), expected="2 or more")
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        order = sorted(
            range(len(keys)), key=lambda i: (keys[i], str(labels[i]), 1.0 if weights is None else weights[i])
        )
        said, given = [texts[i] for i in order], np.asarray(numbers, dtype=np.float64)[order]
        target = np.array([self.classes.index(str(labels[i])) for i in order])
        counts = np.ones(len(order)) if weights is None else np.asarray(weights, dtype=np.float64)[order]
        decisions = self._decisions_out_of_fold(said, given, target, counts, _folds([keys[i] for i in order], target))
        n = len(self.classes)
        self._mixing, self._offsets, self.out_of_fold = np.eye(n), np.zeros(n), None
        if decisions is not None:
            calibrate = _crossed if self.options.crossed and n > 2 else _calibration
            self._mixing, self._offsets = calibrate(decisions, target, counts)
            back = np.empty(len(order), dtype=np.int64)
            back[np.array(order)] = np.arange(len(order))
            self.out_of_fold = self._calibrated(decisions)[back]
        self._learn(said, given, target, counts)
        return self

    def predict_proba(self, texts: Sequence[str], numbers: np.ndarray) -> np.ndarray:
        """A row a text, a column a class (as `classes`), each row summing to 1."""
        return self._calibrated(self._decide(texts, numbers))

    def _calibrated(self, decisions: np.ndarray) -> np.ndarray:
        if not len(decisions):
            return decisions
        mixed = np.zeros_like(decisions) + self._offsets
        # Summed class by class, as in `_decide`.
        for column, weight in zip(decisions.T, self._mixing.T, strict=True):
            mixed += column[:, None] * weight
        return _softmax(mixed)

    def _decide(self, texts: Sequence[str], numbers: np.ndarray) -> np.ndarray:
        scaled = (np.asarray(numbers, dtype=np.float64) - self._mean) * self._spread
        # Summed number by number: the libraries behind a matrix product add up in an order of their own.
        decided = self._grams.decide(texts, self._of_grams) + self._bias
        for column, weight in zip(scaled.T, self._of_numbers.T.astype(np.float64), strict=True):
            decided += column[:, None] * weight
        return np.asarray(decided)

    def _learn(self, texts: Sequence[str], numbers: np.ndarray, target: np.ndarray, weights: np.ndarray) -> None:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        options = self.options
        least = options.min_texts or (1 if len(texts) < 1000 else 2)
        self._grams = CharGrams.learn(texts, low=options.low, high=options.high, min_texts=least)
        self._mean = numbers.mean(axis=0)
        spread = numbers.std(axis=0)
        self._spread = np.where(spread > 1e-9, options.scale / np.maximum(spread, 1e-9), 0.0)
        scaled = csr_matrix((numbers - self._mean) * self._spread)
        runs = self._grams.matrix(texts)
        rows, bias = [], []
        with threadpool_limits(limits=1):  # the order of sums is then always the same
            # Of two classes, one against the other is the other against the one.
            for number in range(len(self.classes) if len(self.classes) > 2 else 1):
                pace = _pace(runs, target == number, weights, options.contrast)
                model = LogisticRegression(C=options.c, solver="liblinear", random_state=0, max_iter=200)
                matrix = hstack([runs.multiply(pace), scaled]).tocsr()
                model.fit(matrix, target == number, sample_weight=weights)
                rows.append(model.coef_[0] * np.append(pace, np.ones(scaled.shape[1])))
                bias.append(model.intercept_[0])
        if len(self.classes) == 2:
            rows, bias = [rows[0], -rows[0]], [bias[0], -bias[0]]
        stacked = np.array(rows, dtype=np.float32)
        self._of_grams, self._of_numbers = np.split(stacked, [len(self._grams.hashes)], axis=1)
        self._bias = np.array(bias, dtype=np.float64)

    def _decisions_out_of_fold(
        self, texts: list[str], numbers: np.ndarray, target: np.ndarray, weights: np.ndarray, fold: np.ndarray
    ) -> np.ndarray | None:
        """Decision values of each text by a model trained on the other folds."""
        if np.bincount(target).min() < 2:
            return None
        decisions = np.zeros((len(texts), len(self.classes)))
        for number in range(_FOLDS):
            out, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            if not len(out):
                continue
            if len(np.unique(target[rest])) < len(self.classes):
                return None
            part = JoinedClassifier(self.options)
            part.classes = self.classes
            part._learn([texts[i] for i in rest.tolist()], numbers[rest], target[rest], weights[rest])
            decisions[out] = part._decide([texts[i] for i in out.tolist()], numbers[out])
        return decisions


def save_joined(folder: str | Path, classifier: JoinedClassifier, card: dict[str, Any]) -> None:
    """Write the model and its card; the card last, since it makes the model complete."""
    arrays: dict[str, np.ndarray] = {
        "hashes": classifier._grams.hashes,
        "idf": classifier._grams.idf,
        "mean": classifier._mean,
        "spread": classifier._spread,
        "of_grams": classifier._of_grams,
        "of_numbers": classifier._of_numbers,
        "bias": classifier._bias,
        "mixing": classifier._mixing,
        "offsets": classifier._offsets,
    }
    model = {
        "joined": _FORMAT,
        "classes": classifier.classes,
        "options": asdict(classifier.options),
    }
    save_files(folder, {_ARRAYS: _npz(arrays), _MODEL: _json(model, indent=None)}, card)


def load_joined(folder: str | Path) -> tuple[JoinedClassifier, dict[str, Any]]:
    """The model and its card. Raises: ModelError when a file is missing, broken or of another format."""
    hint = "train it again with `voc train`"
    try:
        model = json.loads(read_bytes(f"{folder}/{_MODEL}"))
        card = json.loads(read_bytes(f"{folder}/{_CARD}"))
        if model.get("joined") != _FORMAT:
            raise ModelError("model has another format", file=_MODEL, expected=f"joined {_FORMAT}", hint=hint)
        classifier = JoinedClassifier(JoinedOptions(**model["options"]))
        classifier.classes = tuple(model["classes"])
        with np.load(io.BytesIO(read_bytes(f"{folder}/{_ARRAYS}")), allow_pickle=False) as arrays:
            low, high = classifier.options.low, classifier.options.high
            classifier._grams = CharGrams(low=low, high=high, hashes=arrays["hashes"], idf=arrays["idf"])
            classifier._mean, classifier._spread = arrays["mean"], arrays["spread"]
            classifier._of_grams, classifier._of_numbers = arrays["of_grams"], arrays["of_numbers"]
            classifier._bias = arrays["bias"]
            classifier._offsets = arrays["offsets"]
            # Models of before decisions could cross have a temperature in its place.
            crossing = "mixing" in arrays
            own = np.eye(len(classifier.classes))
            classifier._mixing = arrays["mixing"] if crossing else own / float(model["temperature"])
    except FileNotFoundError as error:
        raise ModelError("model is incomplete", file=Path(error.filename or "").name, hint=hint) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelError("model cannot be read", found=type(error).__name__, hint=hint) from error
    n = len(classifier.classes)
    grams, numbers = len(classifier._grams.hashes), classifier.n_numbers
    fits = (
        classifier._grams.idf.shape == (grams,)
        and classifier._of_grams.shape == (n, grams)
        and classifier._of_numbers.shape == (n, numbers)
        and classifier._spread.shape == (numbers,)
        and classifier._bias.shape == classifier._offsets.shape == (n,)
        and classifier._mixing.shape == (n, n)
    )
    if not fits:
        raise ModelError("model cannot be read", found="arrays of another shape", hint=hint)
    return classifier, card


def _pace(runs: csr_matrix, is_own: np.ndarray, weights: np.ndarray, power: float) -> np.ndarray:
    """How fast each run learns for one class: 1 on the (root mean square) average."""
    present = runs.sign().T
    own, other = (present @ (weights * side) + 1.0 for side in (is_own, ~is_own))
    told = np.abs(np.log((own / own.sum()) / (other / other.sum()))) ** power
    return np.asarray(told / np.sqrt(max(float((told**2).mean()), 1e-12))) if len(told) else told


def _crossed(decisions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the decisions (a row a class) and offsets that make the true classes likeliest.

    Source: matrix scaling, Guo et al. 2017, On calibration of modern neural networks, ICML.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # as in `_learn`
        model = LogisticRegression(C=1000.0, max_iter=500).fit(decisions, target, sample_weight=weights)
    return np.round(model.coef_, 4), np.round(model.intercept_, 4)


def _calibration(decisions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the decisions, of each class its own by one temperature, and offsets that make the true classes
    likeliest (weighted log loss)."""
    from scipy.optimize import minimize

    n = decisions.shape[1]

    def loss(given: np.ndarray) -> float:
        scaled = decisions / np.exp(given[0]) + np.append(given[1:], 0.0)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        own = scaled[np.arange(len(target)), target] - np.log(np.exp(scaled).sum(axis=1))
        # A faint pull towards no change keeps the minimum finite where the classes are told apart without a fault.
        return float(-(weights * own).sum() / weights.sum() + 1e-4 * (given**2).sum())

    found = minimize(loss, np.zeros(n), method="L-BFGS-B", options={"gtol": 1e-7, "ftol": 1e-12}).x
    return np.eye(n) / round(float(np.exp(found[0])), 4), np.round(np.append(found[1:], 0.0), 4)
