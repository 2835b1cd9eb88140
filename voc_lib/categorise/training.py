"""Trains the category model from what a centre has: its taxonomy's examples, its experts' labels, its own texts.

Texts without a label teach too: where the rules are sure, their word is taken for a weak label (weak supervision).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.categorise.decision import combine, in_columns
from voc_lib.categorise.labels import clean_labels, read_expert_labels
from voc_lib.categorise.rules import RuleBook
from voc_lib.learning import TextClassifier, evaluate, model_card, save_model
from voc_lib.store import Store
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["train_category"]

_SURE = 0.9  # rules at least so sure of a text give it a weak label
_WEAK = 0.3  # what a weak label counts
_EXPERT = 2.0  # what an expert's label counts; an example of the taxonomy counts 1
_MOST_WEAK = 20_000  # weak labels at most; beyond, they only repeat themselves


@dataclass(frozen=True)
class _Lesson:
    text: str
    label: str
    weight: float


def train_category(
    profile: Profile,
    *,
    data_root: str | Path | None = None,
    texts: Iterable[str] | None = None,
    labels: pd.DataFrame | None = None,
) -> tuple[TextClassifier, dict[str, Any]]:
    """The model and its card; the same input gives the same model, whatever its order.

    Args:
        profile: taxonomy (examples, rules) and segmentation.
        data_root: if given, the model is stored under it, where `Categoriser.load` finds it first; and it gives the
            texts and labels that are not given otherwise: all landed texts, and labels/category.csv.
        texts: texts without a label.
        labels: experts' labels: text, category. Added to those of the data folder, and stronger than they.
    Raises: SourceError when a label is not of the taxonomy; ModelError when there are fewer than two classes.
    """
    rules, segmenter = RuleBook(profile.taxonomy), Segmenter.from_profile(profile)
    experts = {} if data_root is None else read_expert_labels(data_root, taxonomy=profile.taxonomy)
    if labels is not None:
        experts |= clean_labels(labels, taxonomy=profile.taxonomy)
    if texts is None:
        texts = [] if data_root is None else _landed_texts(profile, data_root)
    lessons = _lessons(profile, rules, experts, texts)
    said, truth = [lesson.text for lesson in lessons], [lesson.label for lesson in lessons]
    weights = [lesson.weight for lesson in lessons]
    model = TextClassifier(segment=segmenter.words).fit(said, truth, weights=weights)
    n_weak = sum(weight < 1 for weight in weights)
    card = model_card(
        "category",
        model,
        said,
        truth,
        weights=weights,
        data="examples of the taxonomy, labels of experts, and texts on which the rules are sure",
        n_examples=len(lessons) - n_weak - len(experts),
        n_expert=len(experts),
        n_weak=n_weak,
        taxonomy_version=profile.taxonomy.version,
        decision_on_expert_labels=_judge_decision(rules, model, lessons, review_below=_threshold(profile)),
    )
    if data_root is not None:
        save_model(f"{data_root}/models/{profile.name}/category", model, card)
    return model, card


def _landed_texts(profile: Profile, data_root: str | Path) -> list[str]:
    store = Store(str(data_root), profile.tz)
    found: set[str] = set()
    for branch, month in store.partitions("landed"):
        found.update(store.read("landed", branch, month)["text"].dropna())
    return sorted(found)


def _lessons(profile: Profile, rules: RuleBook, experts: dict[str, str], texts: Iterable[str]) -> list[_Lesson]:
    """Every text once: an expert's word before an example, an example before the rules' guess."""
    lessons = {text: _Lesson(text, code, _EXPERT) for text, code in sorted(experts.items())}
    for category in profile.taxonomy.categories:
        for example in category.examples:
            if text := normalise(example):
                lessons.setdefault(text, _Lesson(text, category.code, 1.0))
    free = sorted({clean for text in texts if (clean := normalise(text))} - set(lessons))
    probabilities = rules.judge(free).probabilities
    sure = probabilities.max(axis=1, initial=0.0)
    best = np.lexsort((np.arange(len(free)), -sure))[:_MOST_WEAK]
    for row in best.tolist():
        if sure[row] >= _SURE:
            lessons[free[row]] = _Lesson(free[row], rules.codes[int(probabilities[row].argmax())], _WEAK)
    return list(lessons.values())


def _judge_decision(
    rules: RuleBook, model: TextClassifier, lessons: Sequence[_Lesson], *, review_below: float
) -> dict[str, Any] | None:
    """Rules and model together on the experts' labels, the model by parts that had not seen the text; None without."""
    rows = [row for row, lesson in enumerate(lessons) if lesson.weight == _EXPERT]
    if not rows or model.out_of_fold is None:
        return None
    ruled = rules.judge([lessons[row].text for row in rows]).probabilities
    both = combine(ruled, in_columns(model.out_of_fold[rows], model.classes, rules.codes))
    truth = [lessons[row].label for row in rows]
    said = [rules.codes[column] for column in both.argmax(axis=1).tolist()]
    figures = evaluate(truth, said, both, threshold=review_below, min_support=5)
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in figures.items()} | {
        "by_class": None
    }


def _threshold(profile: Profile) -> float:
    return profile.thresholds.categorise.review_below
