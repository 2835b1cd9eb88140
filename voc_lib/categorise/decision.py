"""How rules and model decide together.

Both speak for every category: the model by the logarithm of its probability, the rules by what matched. Three numbers
say how much each counts; they are learnt from what experts decided (the model's part by models that had not seen the
text), with a prior that stands for experience until there are enough labels. A softmax makes probabilities of the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from voc_lib.categorise.rules import Ruling
from voc_lib.errors import ModelError

__all__ = ["Blend", "Decisions", "blended", "decide", "in_columns", "learn_blend"]

_LEAST = 1e-4  # a model's probability is taken for at least this: never is too strong a word
_DOUBT = 0.02  # share of the labels taken for chance, since rules were written by people who had seen such texts
_PRIOR = 10.0  # labels that the prior is worth


@dataclass(frozen=True)
class Blend:
    """How much each voice counts.

    Args:
        model: of the logarithm of the model's probability.
        weight: of the logarithm of 1 + the sum of the rules' weights (so that a long text does not outweigh all).
        rule: of the rules' probability.
    """

    model: float = 0.45
    weight: float = 2.4
    rule: float = 1.7

    @classmethod
    def of_card(cls, card: dict[str, Any]) -> Blend:
        """What the training wrote into a model's card; the prior where it wrote nothing."""
        return cls(**card.get("blend", {}))

    def as_card(self) -> dict[str, float]:
        """For the card: ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Decisions:
    """Column of the category, its probability, and whether the model (not the rules alone) decided it, by text."""

    columns: np.ndarray
    confidence: np.ndarray
    by_model: np.ndarray


def decide(ruling: Ruling, model: np.ndarray, *, blend: Blend, rule_decides: float) -> Decisions:
    """The category of each text.

    Args:
        ruling: what the rules say of the texts.
        model: what the model says of them, in the ruling's columns; rows sum to 1.
        blend: how much each counts.
        rule_decides: a decision is called the rules' where they alone give it at least this probability.
    """
    both = _softmax(_scores(ruling, model, blend))
    columns = both.argmax(axis=1) if both.shape[0] else np.zeros(0, dtype=np.int64)
    rows = np.arange(len(columns))
    return Decisions(columns, both[rows, columns], ruling.probabilities[rows, columns] < rule_decides)


def blended(ruling: Ruling, model: np.ndarray, *, blend: Blend) -> np.ndarray:
    """Probability of each category; rows sum to 1. As `decide`."""
    return _softmax(_scores(ruling, model, blend))


def learn_blend(ruling: Ruling, model: np.ndarray, target: Sequence[int]) -> Blend:
    """The numbers under which the experts' labels are likeliest (penalised maximum likelihood).

    Args:
        ruling: what the rules say of the texts that experts labelled.
        model: what models say of them that had not seen them, in the ruling's columns.
        target: the experts' categories, as columns.
    """
    from scipy.optimize import minimize

    start = np.array(list(asdict(Blend()).values()))
    if not len(target):
        return Blend()
    voices = np.stack(_voices(ruling, model))
    own = np.asarray(target)

    def loss(numbers: np.ndarray) -> float:
        logs = np.log(np.maximum(_softmax(np.tensordot(numbers, voices, axes=1)), 1e-300))
        said = (1 - _DOUBT) * logs[np.arange(len(own)), own] + _DOUBT * logs.mean(axis=1)
        return float(-said.sum() + _PRIOR * (((numbers - start) / start) ** 2).sum() / 2)

    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0.0, 10.0)] * len(start)).x
    return Blend(*(round(float(number), 3) for number in found))


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


def _voices(ruling: Ruling, model: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a blend weighs, each a row a text and a column a category."""
    weights = np.sign(ruling.scores) * np.log1p(np.abs(ruling.scores))
    return np.log(np.maximum(model, _LEAST)), weights, ruling.probabilities


def _scores(ruling: Ruling, model: np.ndarray, blend: Blend) -> np.ndarray:
    log_model, weights, rule = _voices(ruling, model)
    return np.asarray(blend.model * log_model + blend.weight * weights + blend.rule * rule)


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
