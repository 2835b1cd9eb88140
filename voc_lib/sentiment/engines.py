"""The ways to tell feeling: this project's model and lexicon, and SnowNLP as the baseline that everyone knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.errors import ModelError
from voc_lib.learning import load_joined, model_folder
from voc_lib.schema import SENTIMENTS
from voc_lib.sentiment.features import reading_numbers

if TYPE_CHECKING:
    from pathlib import Path

    from voc_lib.learning import JoinedClassifier
    from voc_lib.params import Profile
    from voc_lib.sentiment.readings import Readings

__all__ = ["ENGINES", "POLAR", "Engine", "lexicon_probabilities", "snownlp_engine", "voc_engine", "voc_probabilities"]

POLAR = ("negative", "positive")  # classes of a model that knows polarity only

Engine = Callable[[Sequence[str], "Readings"], np.ndarray]
"""Texts and what their words say → a row a text, a column a class in the order of SENTIMENTS, rows summing to 1."""

# How the lexicon's sums become log odds against a text without feeling: one clear word of feeling (0.9) makes its class
# likelier than neutral, a faint one (0.4) does not. Round numbers set by hand, not optimised; a few alternatives for
# neutral, corpus and pooling were compared on one half of a set of labelled bank comments; the other half judges.
_NEUTRAL, _ASKED = 2.5, 0.5
_OWN, _AGAINST = 3.0, 1.0
_CORPUS, _CORPUS_CLIP = 0.3, 3.0
_MOST = 3.0  # of each feeling in one text


def voc_engine(profile: Profile, data_root: str | Path) -> Engine:
    """The trained model joined with the lexicon. Raises: ModelError when no model has been made."""
    folder = model_folder("sentiment", profile_name=profile.name, data_root=data_root)
    if folder is None:
        raise ModelError(
            "no sentiment model", profile=profile.name, hint="run `make setup`, or `voc train sentiment --labels FILE`"
        )
    classifier, _ = load_joined(folder)
    return lambda texts, readings: voc_probabilities(classifier, texts, readings)


def voc_probabilities(classifier: JoinedClassifier, texts: Sequence[str], readings: Readings) -> np.ndarray:
    """Class probabilities from a fitted classifier and the lexicon.

    Args:
        classifier: of two classes (polarity only: it shifts the lexicon's balance between negative and positive), or of
            all three (trained on the bank's labels and on what the lexicon reads: its probabilities stand).
        texts: normalised.
        readings: what their words say.
    Raises: ModelError when its classes are others.
    """
    if classifier.classes == SENTIMENTS:
        return classifier.predict_proba(texts, reading_numbers(readings, texts))
    if classifier.classes != POLAR:
        found, expected = " ".join(classifier.classes), " ".join(SENTIMENTS)
        raise ModelError("sentiment model has other classes", found=found, expected=expected)
    learnt = np.log(np.clip(classifier.predict_proba(texts, np.zeros((len(texts), 0))), 1e-6, 1.0))
    return lexicon_probabilities(readings, tilt=learnt[:, 1] - learnt[:, 0])


def lexicon_probabilities(readings: Readings, *, tilt: np.ndarray | float = 0.0) -> np.ndarray:
    """Class probabilities from the lexicon's sums.

    Args:
        readings: what the words of texts say.
        tilt: log odds of positive against negative from elsewhere, which count a little.
    """
    positive, negative = np.minimum(readings.positive, _MOST), np.minimum(readings.negative, _MOST)
    lean = _CORPUS * np.clip(tilt, -_CORPUS_CLIP, _CORPUS_CLIP)
    scores = np.column_stack(
        [
            _OWN * negative - _AGAINST * positive - lean,
            _NEUTRAL + _ASKED * np.minimum(readings.asks, 1.0),
            _OWN * positive - _AGAINST * negative + lean,
        ]
    )
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def snownlp_engine(profile: Profile, data_root: str | Path) -> Engine:
    """SnowNLP as it ships: slow, from shopping reviews, without a neutral class; the middle half counts as neutral."""
    from snownlp import SnowNLP

    def probabilities(texts: Sequence[str], readings: Readings) -> np.ndarray:
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
