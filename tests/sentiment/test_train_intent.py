"""The model of intent: labels and the profile's examples, the same whatever the order, and found by the scorer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from voc_lib.errors import ModelError, SourceError
from voc_lib.params import Profile
from voc_lib.sentiment import SentimentScorer, train_intent, train_sentiment
from voc_lib.text import normalise

LABELS = pd.DataFrame(
    {
        "text": [
            f"{thing}{word}"
            for word in ("几点开门", "太慢太差", "办好了")
            for thing in ("网点", "柜台", "热线", "窗口")
        ],
        "intent": ["question"] * 4 + ["complaint"] * 4 + ["none"] * 4,
    }
)
SENTIMENTS = pd.DataFrame({"text": ["太差", "几点", "很好"] * 3, "sentiment": ["negative", "neutral", "positive"] * 3})


def test_examples_of_the_profile_stand_in_for_intents_without_labels(profile: Profile) -> None:
    model, card = train_intent(profile, labels=LABELS)
    assert set(model.classes) == {"question", "suggestion", "complaint", "praise", "none"}
    assert card["n"] == len(LABELS) + card["n_examples"]
    assert card["metrics"]["n"] == len(LABELS)


def test_a_label_goes_before_an_example_of_the_same_text(profile: Profile) -> None:
    example = profile.lexicon.sentiment.intent_examples["suggestion"][0]
    own = pd.DataFrame({"text": [example], "intent": ["none"]})
    _, without = train_intent(profile, labels=LABELS)
    _, card = train_intent(profile, labels=pd.concat([LABELS, own]))
    assert card["n_examples"] == without["n_examples"] - 1
    assert card["classes"]["none"] == without["classes"]["none"] + 1


def test_the_order_of_the_labels_changes_nothing(profile: Profile) -> None:
    assert train_intent(profile, labels=LABELS)[1] == train_intent(profile, labels=LABELS.iloc[::-1])[1]


def test_the_scorer_takes_the_model_where_there_is_one(profile: Profile, tmp_path: Path) -> None:
    train_sentiment(profile, labels=SENTIMENTS, data_root=tmp_path)
    ruled = SentimentScorer.load(profile, tmp_path).score_texts(["网点几点开门"])
    train_intent(profile, labels=LABELS, data_root=tmp_path)
    learnt = SentimentScorer.load(profile, tmp_path).score_texts(["网点几点开门", "建议增加窗口", ""])
    assert ruled["confidence"][0] == 0.9
    assert learnt["intent"].tolist()[:2] == ["question", "suggestion"]
    assert learnt["confidence"][0] not in (0.9, None) and np.isnan(learnt["confidence"][2])


def test_without_labels_it_says_what_tells_the_intent(profile: Profile) -> None:
    with pytest.raises(ModelError, match=r"needs labels.*\n.*rules of params/lexicon"):
        train_intent(profile)


def test_an_unknown_intent_is_named(profile: Profile) -> None:
    wrong = pd.DataFrame({"text": [normalise("好")], "intent": ["Q"]})
    with pytest.raises(SourceError, match=r"unknown intent.*Q.*question"):
        train_intent(profile, labels=wrong)
