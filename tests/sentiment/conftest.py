"""What the tests of sentiment share: a small model of made-up sentences, and records to score."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.learning import JoinedClassifier
from voc_lib.params import Profile
from voc_lib.sentiment import SentimentScorer, train_sentiment
from voc_lib.text import Segmenter

Records = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def shipped_model(profile: Profile) -> JoinedClassifier:
    """The model as shipped, from the installed corpus."""
    return train_sentiment(profile)[0]


@pytest.fixture(scope="session")
def scorer(profile: Profile, shipped_model: JoinedClassifier) -> SentimentScorer:
    """The scorer as shipped, without a folder."""
    from voc_lib.sentiment.engines import voc_probabilities
    from voc_lib.sentiment.hearing import Ear

    lexicon = profile.lexicon.sentiment
    ear = Ear(lambda texts, readings: voc_probabilities(shipped_model, texts, readings), lexicon=lexicon)
    return SentimentScorer(ear, lexicon=lexicon, segmenter=Segmenter.from_profile(profile))


@pytest.fixture(scope="session")
def make_records(profile: Profile) -> Records:
    """Builds a categorised table, a row a text; keyword arguments replace whole columns."""

    def build(texts: list[str], **columns: object) -> pd.DataFrame:
        n = len(texts)
        if not n:
            return schema.empty("categorised", tz=profile.tz)
        given: dict[str, object] = {c: [None] * n for c in schema.TABLES["categorised"].names}
        given |= {
            "record_id": [f"{i:04d}" for i in range(n)],
            "source": ["survey"] * n,
            "branch": ["BJ"] * n,
            "month": ["2013-05"] * n,
            "occurred_at": [pd.Timestamp("2013-05-02 10:00", tz=profile.tz)] * n,
            "text": texts,
            "n_masked": [0] * n,
            "origin_file": ["a.csv"] * n,
            "origin_sheet": [""] * n,
            "origin_row": list(range(2, n + 2)),
            "matter_id": [f"survey:{i:04d}" for i in range(n)],
            "method": ["rule"] * n,
            "evidence": [[] for _ in range(n)],
            "needs_review": [False] * n,
            **columns,
        }
        return schema.conform(pd.DataFrame(given), "categorised", tz=profile.tz)

    return build
