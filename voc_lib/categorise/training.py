"""Trains the category model from what a centre has: its taxonomy's examples, its experts' labels, its own texts.

Texts without a label teach too: where the rules are sure, their word is taken for a weak label (weak supervision).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.categorise.judging import judge_decision
from voc_lib.categorise.labels import clean_labels, read_expert_labels
from voc_lib.categorise.rules import RuleBook
from voc_lib.learning import TextClassifier, model_card, rounded, save_model
from voc_lib.store import Store
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["train_category"]

_SURE = 0.9  # rules at least so sure of a text give it a weak label
_WEAK = 0.3  # what a weak label counts
_EXPERT = 2.0  # what an expert's label counts; an example of the taxonomy counts 1
_MOST_WEAK = 4_000  # weak labels at most; beyond, they only repeat themselves


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
    judged = judge_decision(rules, model, said, truth, [row for row, weight in enumerate(weights) if weight == _EXPERT])
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
        blend=judged.blend.as_card(),
        decision_on_expert_labels=rounded(
            judged.figures(
                review_below=profile.thresholds.categorise.review_below,
                level1={code: profile.taxonomy.level_of(code).code for code in profile.taxonomy.codes},
            )
        ),
    )
    if data_root is not None:
        save_model(Path(data_root) / "models" / profile.name / "category", model, card)
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
