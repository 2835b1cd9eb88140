"""What a reading says in numbers, for models to learn from beside the text itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.schema import INTENTS
from voc_lib.sentiment.intent import rule_intents
from voc_lib.sentiment.words import ROLES

if TYPE_CHECKING:
    from voc_lib.sentiment.readings import Readings

__all__ = ["intent_numbers", "reading_numbers"]

_MOST_FEELING, _MOST_ASKING = 3.0, 2.0


def reading_numbers(readings: Readings, texts: Sequence[str]) -> np.ndarray:
    """A row a text: sums, extremes and the last of its feelings, how it asks, lists its words stand in, length."""
    n, of = len(readings), readings.places.text[readings.said]
    best, worst, last = np.zeros(n), np.zeros(n), np.zeros(n)
    np.maximum.at(best, of, readings.strength)
    np.minimum.at(worst, of, readings.strength)
    last[of] = readings.strength
    escalation = np.array([word.escalation for word in readings.words], dtype=np.float64)
    threat = np.bincount(readings.places.text, weights=escalation[readings.places.word], minlength=n)
    columns = [
        np.minimum(readings.positive, _MOST_FEELING),
        np.minimum(readings.negative, _MOST_FEELING),
        np.minimum(readings.asks, _MOST_ASKING),
        readings.rhetorical,
        readings.positive > 0,
        readings.negative > 0,
        best,
        worst,
        last,
        threat,
        np.log1p(np.array([len(text) for text in texts], dtype=np.float64)),
        *(readings.has(role) for role in ROLES),
    ]
    return np.column_stack(columns).astype(np.float64)


def intent_numbers(
    readings: Readings, texts: Sequence[str], proposes: np.ndarray, probabilities: np.ndarray
) -> np.ndarray:
    """The same, with what the lexicon alone makes of feeling and the rules alone of intent.

    Args:
        readings: of these texts.
        texts: normalised.
        proposes: whether each proposes something (`suggesting`).
        probabilities: of the sentiments by the lexicon (`lexicon_probabilities`), not by a model: another one may be
            trained later, and these numbers must not change under a model of intent.
    """
    ruled = rule_intents(readings, proposes, probabilities)
    return np.column_stack([reading_numbers(readings, texts), probabilities, np.eye(len(INTENTS))[ruled]])
