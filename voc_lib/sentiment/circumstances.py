"""What is known of a voice beside its words, and how far that leans its feeling: where it was heard, grade, score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params.lexicon import Leanings

__all__ = ["leaned", "leaning"]


def leaning(records: pd.DataFrame, leanings: Leanings) -> np.ndarray:
    """How far the circumstances of each record lean its feeling, in log odds: below 0 to negative, above to positive.

    Args:
        records: source, order_type, level, score.
        leanings: what each value says (lexicon.leanings); what is not named there says nothing.
    """
    total = np.zeros(len(records))
    for column in ("source", "order_type", "level", "score"):
        total += records[column].map(getattr(leanings, column)).fillna(0.0).to_numpy(dtype=np.float64)
    return total


def leaned(probabilities: np.ndarray, lean: np.ndarray) -> np.ndarray:
    """Class probabilities once the circumstances are known.

    Args:
        probabilities: by words alone; a row a text, columns in the order of SENTIMENTS.
        lean: as `leaning` gives it. Words and circumstances are taken to be independent given the feeling (Bayes).
    """
    odds = np.column_stack([np.exp(np.maximum(-lean, 0)), np.ones(len(lean)), np.exp(np.maximum(lean, 0))])
    raised = probabilities * odds
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
