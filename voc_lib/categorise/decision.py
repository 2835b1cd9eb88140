"""How rules and model decide together.

The rules give each category a probability and leave the rest to "none of them"; the model shares out that rest. So
where the rules know, they decide; where they are silent, the model does; and the sum stays a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voc_lib.categorise.rules import Ruling
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier

__all__ = ["Decisions", "combine", "decide", "in_columns"]


@dataclass(frozen=True)
class Decisions:
    """Column of the category, its probability, and whether the model (not the rules) spoke more for it, by text."""

    columns: np.ndarray
    confidence: np.ndarray
    by_model: np.ndarray


def combine(rules: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Probabilities of both together.

    Args:
        rules: a row a text, a column a category; rows sum to less than 1, the rest being "none of them".
        model: the same shape; rows sum to 1.
    """
    return np.asarray(rules + (1.0 - rules.sum(axis=1, keepdims=True)) * model)


def decide(
    ruling: Ruling,
    words: Sequence[Sequence[str]],
    *,
    model: TextClassifier,
    codes: Sequence[str],
    rule_decides: float,
) -> Decisions:
    """The category of each text.

    Args:
        ruling: what the rules say of the texts.
        words: the texts, segmented.
        model: asked where the rules are less sure than `rule_decides`.
        codes: the taxonomy's codes, in the ruling's order.
    """
    rules = ruling.probabilities
    both = rules.copy()
    asked = np.flatnonzero(rules.max(axis=1, initial=0.0) < rule_decides)
    share = np.zeros_like(rules)
    if len(asked):
        proba = in_columns(model.predict_proba_words([words[i] for i in asked.tolist()]), model.classes, codes)
        both[asked] = combine(rules[asked], proba)
        share[asked] = both[asked] - rules[asked]
    columns = both.argmax(axis=1)
    rows = np.arange(len(columns))
    return Decisions(columns, both[rows, columns], share[rows, columns] > rules[rows, columns])


def in_columns(proba: np.ndarray, classes: Sequence[str], codes: Sequence[str]) -> np.ndarray:
    """A model's probabilities with the taxonomy's codes as columns; a code that it never learnt gets 0.

    Raises: ModelError when the model knows a class that the taxonomy does not.
    """
    strange = [label for label in classes if label not in codes]
    if strange:
        raise ModelError(
            "model was trained for another taxonomy", found=", ".join(strange), hint="run `voc train category`"
        )
    result = np.zeros((len(proba), len(codes)))
    result[:, [codes.index(label) for label in classes]] = proba
    return result
