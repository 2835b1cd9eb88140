"""How rules and model decide together.

Both speak for every category: the model by the logarithm of its probability, the rules by what matched. Where no rule
matches much, that speaks for the category of nothing. Four numbers say how much each counts, and one a category what is
added to it whatever a text says (rules know nothing of how often a category comes). They are learnt from what experts
decided (the model's part by models that had not seen the text), with a prior that stands for experience until there are
enough labels. A softmax makes probabilities of the sum.

A text is decided from the top: first the level-1 category with the most probability over all its categories, then the
likeliest of them. Doubt between two categories of one level says nothing against the level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from voc_lib.categorise.rules import Ruling
from voc_lib.errors import ModelError

__all__ = ["Blend", "Decisions", "blended", "decide", "in_columns", "learn_blend", "likeliest"]

_LEAST = 1e-4  # a model's probability is taken for at least this: never is too strong a word
_DOUBT = 0.02  # share of the labels taken for chance, since rules were written by people who had seen such texts
_PRIOR = 10.0  # labels that the prior is worth
_EVEN = 5.0  # how strongly what is added to a category is held at nothing: a few labels change it little


@dataclass(frozen=True)
class Blend:
    """How much each voice counts.

    Args:
        model: of the logarithm of the model's probability.
        weight: of the logarithm of 1 + the sum of the rules' weights (so that a long text does not outweigh all).
        rule: of the rules' probability.
        silence: of the rules' probability of "none of them", which speaks for the taxonomy's category of nothing.
        added: code and what is added to its category in every text; a category that is not named gets nothing.
    """

    model: float = 0.45
    weight: float = 2.4
    rule: float = 1.7
    silence: float = 1.5
    added: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of_card(cls, card: dict[str, Any]) -> Blend:
        """What the training wrote into a model's card; the prior where it wrote nothing."""
        written = dict(card.get("blend", {}))
        return cls(**written | {"added": tuple(sorted(written.get("added", {}).items()))})

    def as_card(self) -> dict[str, Any]:
        """For the card: ready for JSON."""
        return asdict(self) | {"added": dict(self.added)}

    def added_to(self, codes: Sequence[str]) -> np.ndarray:
        """What is added to each of these categories."""
        added = dict(self.added)
        return np.array([added.get(code, 0.0) for code in codes])


@dataclass(frozen=True)
class Decisions:
    """Column of the category, its probability, and whether the model (not the rules alone) decided it, by text."""

    columns: np.ndarray
    confidence: np.ndarray
    by_model: np.ndarray


def decide(ruling: Ruling, model: np.ndarray, *, blend: Blend, levels: Sequence[str], rule_decides: float) -> Decisions:
    """The category of each text.

    Args:
        ruling: what the rules say of the texts.
        model: what the model says of them, in the ruling's columns; rows sum to 1.
        blend: how much each counts.
        levels: level-1 code of each of the ruling's columns.
        rule_decides: a decision is called the rules' where they alone give it at least this probability.
    """
    both = _softmax(_scores(ruling, model, blend))
    columns = likeliest(both, levels)
    rows = np.arange(len(columns))
    return Decisions(columns, both[rows, columns], ruling.probabilities[rows, columns] < rule_decides)


def blended(ruling: Ruling, model: np.ndarray, *, blend: Blend) -> np.ndarray:
    """Probability of each category; rows sum to 1. As `decide`."""
    return _softmax(_scores(ruling, model, blend))


def likeliest(proba: np.ndarray, levels: Sequence[str]) -> np.ndarray:
    """The column decided for each row: the likeliest of the level-1 category that is likeliest as a whole.

    Args:
        proba: a row a text, a column a category.
        levels: level-1 code of each column.
    """
    names, level = np.unique(np.asarray(levels), return_inverse=True)
    by_level = proba @ np.eye(len(names))[level]
    own = by_level.argmax(axis=1)[:, None] == level
    return np.asarray(np.where(own, proba, -1.0).argmax(axis=1))


def learn_blend(ruling: Ruling, model: np.ndarray, target: Sequence[int]) -> Blend:
    """The numbers under which the experts' labels are likeliest (penalised maximum likelihood).

    Args:
        ruling: what the rules say of the texts that experts labelled.
        model: what models say of them that had not seen them, in the ruling's columns.
        target: the experts' categories, as columns.
    """
    from scipy.optimize import minimize

    prior = Blend()
    start = np.array([prior.model, prior.weight, prior.rule, prior.silence])
    if not len(target):
        return prior
    voices = np.stack(_voices(ruling, model))
    n_voices, n_texts, n_codes = voices.shape
    wanted = np.full((n_texts, n_codes), _DOUBT / n_codes)
    wanted[np.arange(n_texts), np.asarray(target)] += 1 - _DOUBT

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        counts, added = numbers[:n_voices], numbers[n_voices:]
        both = _softmax(np.tensordot(counts, voices, axes=1) + added)
        away = (counts - start) / start
        value = -(wanted * np.log(np.maximum(both, 1e-300))).sum()
        value += (_PRIOR * (away**2).sum() + _EVEN * (added**2).sum()) / 2
        error = both - wanted
        slope_counts = (voices * error).sum(axis=(1, 2)) + _PRIOR * away / start
        return float(value), np.concatenate([slope_counts, error.sum(axis=0) + _EVEN * added])

    bounds = [(0.0, 10.0)] * n_voices + [(-5.0, 5.0)] * n_codes
    found = minimize(loss, np.append(start, np.zeros(n_codes)), jac=True, method="L-BFGS-B", bounds=bounds).x
    rounded = [round(float(number), 3) for number in found]
    model_, weight, rule, silence = rounded[:n_voices]
    added = sorted((code, number) for code, number in zip(ruling.codes, rounded[n_voices:], strict=True) if number)
    return Blend(model_, weight, rule, silence, tuple(added))


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


def _voices(ruling: Ruling, model: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What a blend weighs, each a row a text and a column a category."""
    weights = np.sign(ruling.scores) * np.log1p(np.abs(ruling.scores))
    silence = np.zeros_like(weights)
    silence[:, ruling.nothing] = 1.0 - ruling.probabilities.sum(axis=1)
    return np.log(np.maximum(model, _LEAST)), weights, ruling.probabilities, silence


def _scores(ruling: Ruling, model: np.ndarray, blend: Blend) -> np.ndarray:
    log_model, weights, rule, silence = _voices(ruling, model)
    both = blend.model * log_model + blend.weight * weights + blend.rule * rule + blend.silence * silence
    return np.asarray(both + blend.added_to(ruling.codes))


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
