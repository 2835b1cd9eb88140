"""The ways to tell feeling: this project's model and lexicon, and SnowNLP as the baseline that everyone knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.errors import ModelError
from voc_lib.learning import load_model, model_folder
from voc_lib.schema import SENTIMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from voc_lib.learning import TextClassifier
    from voc_lib.params import Profile
    from voc_lib.sentiment.reading import Reading
    from voc_lib.text import Segmenter

__all__ = ["ENGINES", "Engine", "snownlp_engine", "voc_engine", "voc_probabilities"]

Engine = Callable[[Sequence[str], "Sequence[Reading]"], np.ndarray]
"""Texts and what their words say → a row a text, a column a class in the order of SENTIMENTS, rows summing to 1."""

# How the lexicon's sums become log odds against a text without feeling: one clear word of feeling (0.9) makes its class
# likelier than neutral, a faint one (0.4) does not. Round numbers set by hand, not optimised; a few alternatives for
# neutral, corpus and pooling were compared on one half of a set of labelled bank comments; the other half judges.
_NEUTRAL, _ASKED = 1.5, 0.5
_OWN, _AGAINST = 2.6, 1.0
_CORPUS, _CORPUS_CLIP = 0.3, 3.0
_POOLED = 1.0  # weight of the lexicon beside a model that knows the bank's own three classes


def voc_engine(profile: Profile, data_root: str | Path, segmenter: Segmenter) -> Engine:
    """The trained model joined with the lexicon. Raises: ModelError when no model has been made."""
    folder = model_folder("sentiment", profile_name=profile.name, data_root=data_root)
    if folder is None:
        raise ModelError(
            "no sentiment model", profile=profile.name, hint="run `make setup`, or `voc train sentiment --labels FILE`"
        )
    classifier, _ = load_model(folder, segment=segmenter.words)
    return lambda texts, readings: voc_probabilities(classifier, texts, readings)


def voc_probabilities(classifier: TextClassifier, texts: Sequence[str], readings: Sequence[Reading]) -> np.ndarray:
    """Class probabilities from a fitted classifier and the lexicon.

    Args:
        classifier: of two classes (polarity only: it shifts the balance between negative and positive), or of all
            three (trained on the bank's labels: pooled with the lexicon).
        texts: normalised.
        readings: what their words say.
    """
    if not len(texts):
        return np.zeros((0, len(SENTIMENTS)))
    learnt = np.log(np.clip(classifier.predict_proba(list(texts)), 1e-6, 1.0))
    column = {label: learnt[:, i] for i, label in enumerate(classifier.classes)}
    sums = np.array([(r.positive, r.negative, min(r.asks, 1.0)) for r in readings])
    positive, negative, asks = np.minimum(sums, 3.0).T
    scores = np.column_stack(
        [_OWN * negative - _AGAINST * positive, _NEUTRAL + _ASKED * asks, _OWN * positive - _AGAINST * negative]
    )
    if len(column) == len(SENTIMENTS):
        scores = _POOLED * scores + np.column_stack([column[label] for label in SENTIMENTS])
    elif {"negative", "positive"} == column.keys():
        tilt = _CORPUS * np.clip(column["positive"] - column["negative"], -_CORPUS_CLIP, _CORPUS_CLIP)
        scores += np.column_stack([-tilt, np.zeros_like(tilt), tilt])
    else:
        raise ModelError("sentiment model has other classes", found=sorted(column), expected=" ".join(SENTIMENTS))
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def snownlp_engine(profile: Profile, data_root: str | Path, segmenter: Segmenter) -> Engine:
    """SnowNLP as it ships: slow, from shopping reviews, without a neutral class; the middle half counts as neutral."""
    from snownlp import SnowNLP

    def probabilities(texts: Sequence[str], readings: Sequence[Reading]) -> np.ndarray:
        good = np.array([_snownlp_score(SnowNLP, text) for text in texts], dtype=np.float64)
        tilt = 2 * good - 1
        return np.column_stack([np.maximum(-tilt, 0), 1 - np.abs(tilt), np.maximum(tilt, 0)])

    return probabilities


def _snownlp_score(snownlp: Any, text: str) -> float:
    # Empty or strange texts make its Bayes classifier divide by nothing.
    try:
        return float(snownlp(text).sentiments)
    except (ZeroDivisionError, ValueError, OverflowError):
        return 0.5


ENGINES = {"voc": voc_engine, "snownlp": snownlp_engine}
