"""The model card: what a model was made from, and how good it is. No clock, no path: the same data, the same card."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from voc_lib.learning.classifier import TextClassifier
from voc_lib.learning.evaluate import evaluate
from voc_lib.learning.joined import JoinedClassifier

__all__ = ["data_hash", "model_card", "rounded"]


def model_card(
    kind: str,
    classifier: TextClassifier | JoinedClassifier,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    data: str,
    weights: Sequence[float] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The card of a fitted classifier.

    Args:
        kind: category, sentiment or intent.
        classifier: fitted on these texts and labels, in this order.
        data: one sentence on where the texts and labels come from.
        weights: of the texts, if any; only those with weight 1 or more are judged, since weaker labels are no truth.
        **more: further entries.
    Returns: kind, n, classes (with their number of texts), metrics (5-fold cross-validated, None where a class has too
        few texts for it), data, data_sha256, libraries, and `more`; ready for JSON.
    """
    metrics = None
    if classifier.out_of_fold is not None:
        judged = [i for i in range(len(texts)) if weights is None or weights[i] >= 1]
        proba = classifier.out_of_fold[judged]
        predicted = [classifier.classes[i] for i in proba.argmax(axis=1)]
        metrics = rounded(evaluate([str(labels[i]) for i in judged], predicted, proba))
    counts = Counter(str(label) for label in labels)
    return {
        "kind": kind,
        "n": len(texts),
        "classes": {label: counts[label] for label in classifier.classes},
        "metrics": metrics,
        "data": data,
        "data_sha256": data_hash(texts, labels, weights),
        "libraries": {name: version(name) for name in ("numpy", "rjieba", "scikit-learn", "scipy", "voc-report")},
        **more,
    }


def data_hash(texts: Sequence[str], labels: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """SHA-256 over the pairs of text and label (and weight), whatever their order."""
    given = [1.0] * len(texts) if weights is None else weights
    lines = sorted(
        f"{label}\x1f{weight:.6g}\x1f{text}" for text, label, weight in zip(texts, labels, given, strict=True)
    )
    return hashlib.sha256("\x1e".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def rounded(value: Any) -> Any:
    """Figures to six digits: what lies beyond may differ between processors."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(float(value), 6) if isinstance(value, (float, np.floating)) else value
