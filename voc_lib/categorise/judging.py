"""How a new model is judged before it replaces the old one: both on the experts' texts, none on a text it has seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voc_lib.categorise.decision import Blend, blended, in_columns, learn_blend, likeliest
from voc_lib.categorise.rules import RuleBook, Ruling
from voc_lib.learning import TextClassifier, calibration_error, evaluate, reliability

__all__ = ["Comparison", "Judged", "judge_decision", "text_key"]

_FOLDS = 5


@dataclass(frozen=True)
class Judged:
    """What rules and model together say of the texts that experts labelled, the model by parts without the text.

    Args:
        blend: how rules and model were weighed.
        truth: the experts' codes.
        said: the decisions.
        confidence: of each.
        keys: `text_key` of each text.
    """

    blend: Blend
    truth: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    confidence: tuple[float, ...] = ()
    keys: tuple[str, ...] = ()

    def figures(self, *, review_below: float, level1: Mapping[str, str]) -> dict[str, Any] | None:
        """For the card: as `evaluate`, with level1_accuracy, the confusions and the reliability; None without labels.

        Args:
            review_below: decisions less sure than this count as undecided.
            level1: the level-1 code of each code.
        """
        if not self.truth:
            return None
        sure, right = np.array(self.confidence), np.array(self.truth) == np.array(self.said)
        figures = evaluate(self.truth, self.said, sure, threshold=review_below, min_support=5)
        figures["level1_accuracy"] = float(
            np.mean([level1[a] == level1[b] for a, b in zip(self.truth, self.said, strict=True)])
        )
        figures["ece"] = calibration_error(right, sure)
        figures["confusions"] = _confusions(self.truth, self.said)
        figures["reliability"] = reliability(right, sure)
        return figures

    def by_key(self) -> dict[str, str]:
        """The decision on each text, by its key: what the next training compares itself with."""
        return dict(sorted(zip(self.keys, self.said, strict=True)))


@dataclass(frozen=True)
class Comparison:
    """The model before against the one after, on the same texts.

    Args:
        n: texts.
        before, after: share that each decides as the experts did.
        gained, lost: texts that only the new one, or only the old one, decides so.
    """

    n: int
    before: float
    after: float
    gained: int
    lost: int

    @classmethod
    def of(cls, truth: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Comparison:
        """From the experts' codes and both models' decisions on the same texts; one text or more."""
        was, now = np.array(before) == np.array(truth), np.array(after) == np.array(truth)
        gained, lost = int((now & ~was).sum()), int((was & ~now).sum())
        return cls(len(truth), float(was.mean()), float(now.mean()), gained, lost)

    @property
    def is_worse(self) -> bool:
        """Whether more was lost than gained, beyond what chance does to texts on which the two differ."""
        return bool(self.lost - self.gained > np.sqrt(self.lost + self.gained))


def judge_decision(
    rules: RuleBook,
    model: TextClassifier,
    texts: Sequence[str],
    labels: Sequence[str],
    rows: Sequence[int],
    *,
    level1: Mapping[str, str],
) -> Judged:
    """Rules and model together on the texts of experts.

    Args:
        rules: the profile's.
        model: fitted on texts and labels, in this order.
        rows: those that experts labelled.
        level1: the level-1 code of each code.
    Returns: an empty judgement where no text was held out, because a category has too few.
    """
    if not len(rows) or model.out_of_fold is None:
        return Judged(Blend())
    ruling = rules.judge([texts[row] for row in rows])
    proba = in_columns(model.out_of_fold[list(rows)], model.classes, rules.codes)
    truth = [labels[row] for row in rows]
    target = np.array([rules.codes.index(code) for code in truth])
    keys = [text_key(texts[row]) for row in rows]
    both = _blended_out_of_fold(ruling, proba, target, keys)
    columns = likeliest(both, [level1[code] for code in rules.codes])
    said = [rules.codes[column] for column in columns.tolist()]
    sure = [round(float(value), 4) for value in both[np.arange(len(columns)), columns]]
    return Judged(learn_blend(ruling, proba, target.tolist()), tuple(truth), tuple(said), tuple(sure), tuple(keys))


def _blended_out_of_fold(ruling: Ruling, model: np.ndarray, target: np.ndarray, keys: Sequence[str]) -> np.ndarray:
    """Probabilities of each text under a blend that was learnt from the other folds, so that it is judged unseen."""
    both = np.zeros_like(model)
    fold = np.array([int(key, 16) % _FOLDS for key in keys])
    for number in sorted(set(fold.tolist())):
        out, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        blend = learn_blend(ruling.rows(rest), model[rest], target[rest].tolist())
        both[out] = blended(ruling.rows(out), model[out], blend=blend)
    return both


def text_key(text: str) -> str:
    """A text's name in files that must not hold texts."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _confusions(truth: Sequence[str], said: Sequence[str], top: int = 15) -> list[dict[str, Any]]:
    """The most frequent mistakes: expert's code, decided code, how often."""
    pairs: dict[tuple[str, str], int] = {}
    for pair in zip(truth, said, strict=True):
        if pair[0] != pair[1]:
            pairs[pair] = pairs.get(pair, 0) + 1
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:top]
    return [{"expert": expert, "decided": decided, "n": n} for (expert, decided), n in ranked]
