"""How good predictions are: accuracy, F1 by class, calibration, and what is gained by not deciding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["calibration_error", "chance_error", "evaluate", "reliability"]


def evaluate(
    y_true: Sequence[str],
    y_pred: Sequence[str],
    proba: np.ndarray | Sequence[float] | None = None,
    *,
    threshold: float | None = None,
    min_support: int = 1,
) -> dict[str, Any]:
    """Judge predictions against the truth.

    Args:
        y_true, y_pred: a label each text.
        proba: probability of the predicted label, or a matrix with a column a class (its largest entry counts).
        threshold: below this probability a text counts as undecided.
        min_support: macro_f1 averages the classes with at least so many texts in y_true.
    Returns: n, accuracy, macro_f1, by_class (n, precision, recall, f1 for each class, sorted); with `proba` also ece;
        with `threshold` also coverage and accuracy_decided. A figure that has nothing to rest on is None.
    """
    true, pred = np.array([str(y) for y in y_true]), np.array([str(y) for y in y_pred])
    right = true == pred
    by_class = {label: _class_figures(true == label, pred == label) for label in sorted({*true, *pred})}
    scored = [figures["f1"] for figures in by_class.values() if figures["n"] >= max(min_support, 1)]
    result: dict[str, Any] = {
        "n": len(true),
        "accuracy": _mean(right),
        "macro_f1": float(np.mean(scored)) if scored else None,
        "by_class": by_class,
    }
    if proba is not None:
        sure = np.asarray(proba, dtype=np.float64)
        sure = sure.max(axis=1) if sure.ndim == 2 and sure.shape[1] else sure.reshape(len(true))
        result["ece"] = calibration_error(right, sure)
        if threshold is not None:
            decided = sure >= threshold
            result["coverage"] = _mean(decided)
            result["accuracy_decided"] = _mean(right[decided])
    return result


def calibration_error(right: np.ndarray, confidence: np.ndarray, *, bins: int = 10) -> float | None:
    """Expected calibration error over bins of equal width: 0 is perfect, None without a text.

    Source: Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning, AAAI.
    """
    if not len(right):
        return None
    place = np.clip((np.asarray(confidence) * bins).astype(np.int64), 0, bins - 1)
    gaps = np.bincount(place, weights=np.asarray(confidence) - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(right))


def chance_error(confidence: np.ndarray, *, bins: int = 10, tries: int = 200, seed: int = 0) -> float | None:
    """The calibration error that perfectly calibrated predictions of this confidence show by chance alone (mean).

    Args:
        confidence: of each prediction.
        tries, seed: of the simulation, in which each prediction is right with the probability that it claims.
    """
    if not len(confidence):
        return None
    sure, chance = np.asarray(confidence, dtype=np.float64), np.random.default_rng(seed)
    errors = [calibration_error(chance.random(len(sure)) < sure, sure, bins=bins) or 0.0 for _ in range(tries)]
    return float(np.mean(errors))


def reliability(right: np.ndarray, confidence: np.ndarray, *, bins: int = 10) -> list[dict[str, Any]]:
    """The reliability diagram as figures: bounds, n, mean confidence and share right of each bin that is not empty."""
    sure = np.asarray(confidence, dtype=np.float64)
    place = np.clip((sure * bins).astype(np.int64), 0, bins - 1)
    return [
        {
            "low": number / bins,
            "high": (number + 1) / bins,
            "n": int((place == number).sum()),
            "confidence": float(sure[place == number].mean()),
            "right": float(np.asarray(right)[place == number].mean()),
        }
        for number in sorted(set(place.tolist()))
    ]


def _class_figures(is_true: np.ndarray, is_pred: np.ndarray) -> dict[str, Any]:
    hits = int((is_true & is_pred).sum())
    n, said = int(is_true.sum()), int(is_pred.sum())
    return {
        "n": n,
        "precision": hits / said if said else None,
        "recall": hits / n if n else None,
        "f1": 2 * hits / (n + said) if n + said else None,
    }


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None
