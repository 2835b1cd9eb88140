"""Trains the category model from what a centre has: its taxonomy's examples, its experts' labels, its own texts.

Texts without a label teach too: where the rules are sure, their word is taken for a weak label (weak supervision).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.categorise.judging import Comparison, Judged, judge_decision, text_key
from voc_lib.categorise.labels import clean_labels, read_expert_labels, read_label_table
from voc_lib.categorise.rules import RuleBook
from voc_lib.errors import ModelError
from voc_lib.learning import Options, TextClassifier, model_card, model_folder, reliability_svg, rounded, save_model
from voc_lib.store import Store, read_bytes
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["train_category"]

_JUDGED = "judged.json"  # beside the model: its decisions on the experts' texts, by their keys
_DIAGRAM = "reliability.svg"  # beside its card: the reliability diagram on the experts' texts
_SURE = 0.9  # rules at least so sure of a text give it a weak label
_WEAK = 0.3  # what a weak label counts
_EXPERT = 2.0  # what an expert's label counts; an example of the taxonomy counts 1
_MOST_WEAK = 4_000  # weak labels at most; beyond, they only repeat themselves
# With thousands of labels a linear SVM learns faster and as well as logistic regression; classes count alike, since the
# months to come need not have the shares of the labels.
_MANY_FROM = 2_000
_MANY = Options(loss="hinge", word_ngrams=1, char_ngrams=(1, 2), min_texts=3, balanced=True)


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
    even_if_worse: bool = False,
) -> tuple[TextClassifier, dict[str, Any]]:
    """The model and its card; the same input gives the same model, whatever its order.

    Args:
        profile: taxonomy (examples, rules) and segmentation.
        data_root: if given, the model is stored under it, where `Categoriser.load` finds it first; and it gives the
            texts and labels that are not given otherwise: all landed texts, and labels/category.csv.
        texts: texts without a label.
        labels: experts' labels: text, category. Added to those of the data folder, and stronger than they.
        even_if_worse: store it also where it decides the experts' texts worse than the model that it replaces.
    Returns: in the card, under before_and_after, how the model that it replaces does on the experts' texts, and how it
        does itself, neither on a text that it has seen; None where there is nothing to compare.
    Raises: SourceError when a label is not of the taxonomy; ModelError when there are fewer than two classes, or the
        model is worse than the one that it would replace.
    """
    rules, segmenter = RuleBook(profile.taxonomy), Segmenter.from_profile(profile)
    experts = {} if data_root is None else read_expert_labels(data_root, taxonomy=profile.taxonomy)
    months = [] if data_root is None else sorted({month for month in read_label_table(data_root)["month"] if month})
    if labels is not None:
        experts |= clean_labels(labels, taxonomy=profile.taxonomy)
    if texts is None:
        texts = [] if data_root is None else _landed_texts(profile, data_root)
    lessons = _lessons(profile, rules, experts, texts)
    said, truth = [lesson.text for lesson in lessons], [lesson.label for lesson in lessons]
    weights = [lesson.weight for lesson in lessons]
    options = _MANY if len(lessons) - sum(weight < 1 for weight in weights) > _MANY_FROM else None
    model = TextClassifier(segment=segmenter.words, options=options).fit(said, truth, weights=weights)
    level1 = {code: profile.taxonomy.level_of(code).code for code in profile.taxonomy.codes}
    theirs = [row for row, weight in enumerate(weights) if weight == _EXPERT]
    judged = judge_decision(rules, model, said, truth, theirs, level1=level1)
    compared = None if data_root is None else _compared(profile, data_root, judged, experts)
    if compared is not None and compared.is_worse and not even_if_worse:
        raise ModelError(
            "the new model is worse than the one that it would replace; nothing was changed",
            before=f"{compared.before:.3f}",
            after=f"{compared.after:.3f}",
            n_texts=compared.n,
            hint="look at the latest labels; --even-if-worse stores it all the same",
        )
    n_weak = sum(weight < 1 for weight in weights)
    figures = judged.figures(review_below=profile.thresholds.categorise.review_below, level1=level1)
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
        label_months=[months[0], months[-1]] if months else None,
        taxonomy_version=profile.taxonomy.version,
        blend=judged.blend.as_card(),
        decision_on_expert_labels=rounded(figures),
        before_and_after=None if compared is None else rounded(asdict(compared)),
    )
    if data_root is not None:
        bins = [] if figures is None else figures["reliability"]
        save_model(
            f"{data_root}/models/{profile.name}/category",
            model,
            card,
            more={_JUDGED: judged.by_key()},
            pictures={
                _DIAGRAM: reliability_svg(bins, title=f"类别：置信度与正确率（专家标注 {len(judged.truth)} 条）")
            },
        )
    return model, card


def _compared(profile: Profile, data_root: str | Path, judged: Judged, experts: Mapping[str, str]) -> Comparison | None:
    """The model in use against the new one, on the experts' texts; None where there is no model or no such text.

    What the model in use says of a text that it had learnt from was kept when it was trained, from a part of it that
    had not seen the text; of a new text it is asked now.
    """
    from voc_lib.categorise.categoriser import Categoriser

    folder = model_folder("category", profile_name=profile.name, data_root=data_root)
    if folder is None or not judged.truth:
        return None
    try:
        asked = Categoriser.load(profile, data_root, experts={})
        kept = _judged_before(folder)
    except (ModelError, ValueError):  # of another taxonomy or format: nothing to hold the new one against
        return None
    by_key = {text_key(text): text for text in experts}
    fresh = [key for key in judged.keys if key not in kept]
    said = asked.decide_texts([by_key[key] for key in fresh])["category"].astype("str")
    before = kept | dict(zip(fresh, said, strict=True))
    return Comparison.of(judged.truth, [before[key] for key in judged.keys], judged.said)


def _judged_before(folder: Path | str) -> dict[str, str]:
    try:
        return dict(json.loads(read_bytes(f"{folder}/{_JUDGED}")))
    except FileNotFoundError:
        return {}


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
