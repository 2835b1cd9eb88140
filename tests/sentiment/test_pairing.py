"""Pairs from trained spans: which noun a word judges, which way, and where nothing is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.sentiment.conftest import Records
from voc_lib.learning import JoinedClassifier, save_joined
from voc_lib.params import Profile
from voc_lib.sentiment import Reader, SentimentScorer, train_spans
from voc_lib.sentiment.pairing import SpanPairs
from voc_lib.sentiment.spans import Span

Told = Callable[..., list[str]]
NEGATIVE, NEUTRAL = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
KINDS = {"N": "COMMENTS_N", "A": "COMMENTS_ADJ", "P": "PRODUCT", "B": "BANK"}


@pytest.fixture(scope="module")
def reader(profile: Profile) -> Reader:
    return Reader(profile.lexicon.sentiment)


@pytest.fixture
def told(profile: Profile, reader: Reader) -> Told:
    return lambda text, *spans, **feels: _told(profile, reader, text, *spans, **feels)


def _told(
    profile: Profile, reader: Reader, text: str, *spans: str, feels: tuple[float, float, float] = NEUTRAL
) -> list[str]:
    """The pairs of a text whose spans are given as KIND:words, in which every span stands once."""
    found = [Span(text.index(words), text.index(words) + len(words), KINDS[kind]) for kind, words in map(_cut, spans)]
    pairs = SpanPairs(lambda texts: [found for _ in texts], profile.lexicon.sentiment)
    return pairs.told([text], reader.read_all([text]), np.array([feels]))[0]


def _cut(span: str) -> tuple[str, str]:
    kind, _, words = span.partition(":")
    return kind, words


def test_a_word_judges_the_noun_before_it_and_else_the_one_after(told: Told) -> None:
    assert told("年费太贵,客服很耐心", "N:年费", "A:贵", "N:客服", "A:耐心") == ["费用:-太贵", "态度:+耐心"]
    assert told("很耐心的客服", "N:客服", "A:耐心") == ["态度:+耐心"]


def test_no_word_judges_past_its_clause(told: Told) -> None:
    assert told("去了网点,垃圾", "N:网点", "A:垃圾") == []


def test_a_noun_goes_before_a_product_and_a_product_before_a_bank(told: Told) -> None:
    assert told("建行信用卡额度真低", "B:建行", "P:信用卡", "N:额度", "A:低") == ["额度:-低"]
    assert told("建行真垃圾", "B:建行", "A:垃圾") == ["银行:-垃圾"]


def test_negation_is_told_with_the_word_and_turns_it(told: Told) -> None:
    assert told("手机银行不好用", "N:手机银行", "A:好用") == ["系统:-不好用"]
    assert told("客服不太耐心", "N:客服", "A:耐心") == ["态度:-不太耐心"]
    assert told("客服态度恶劣", "N:态度", "A:恶劣") == ["态度:-恶劣"]


@pytest.mark.parametrize(("feels", "said"), [(NEGATIVE, ["费用:-离奇"]), (NEUTRAL, [])])
def test_an_unknown_word_judges_as_its_text_does(
    told: Told, feels: tuple[float, float, float], said: list[str]
) -> None:
    assert told("手续费离奇", "N:手续费", "A:离奇", feels=feels) == said
    assert told("手续费离奇吗?", "N:手续费", "A:离奇", feels=feels) == []


def test_a_refusal_says_itself_what_it_is_about(told: Told) -> None:
    assert told("三次都被拒", "A:被拒") == ["办理:-被拒"]
    assert told("打电话说被拒", "N:电话", "A:被拒") == ["办理:-被拒"]


def test_an_unknown_noun_is_called_by_itself(told: Told) -> None:
    assert told("茶水很不错", "N:茶水", "A:不错") == ["茶水:+很不错"]
    assert told("尾号6的茶水很不错", "N:尾号6的茶水", "A:不错") == []


def test_what_is_only_asked_judges_nothing(told: Told) -> None:
    assert told("哪家客服耐心", "N:客服", "A:耐心") == []


def test_a_trained_model_of_spans_tells_the_aspects_of_the_report(
    profile: Profile, make_records: Records, tmp_path: Path
) -> None:
    polar = JoinedClassifier().fit(["太差", "很好"] * 3, np.zeros((6, 0)), ["negative", "positive"] * 3)
    save_joined(tmp_path / "models" / profile.name / "sentiment", polar, {"kind": "sentiment"})
    records = make_records(["茶水很不错", "热线很不错"])
    ruled = SentimentScorer.load(profile, tmp_path).score(records)
    tags = "B-COMMENTS_N I-COMMENTS_N O B-COMMENTS_ADJ I-COMMENTS_ADJ"
    texts = [f"{noun}{very}{word}" for noun in ("茶水", "热线") for very in "很真" for word in ("不错", "糟糕")]
    train_spans(profile, labels=pd.DataFrame({"text": texts, "spans": [tags] * len(texts)}), data_root=tmp_path)
    learnt = SentimentScorer.load(profile, tmp_path).score(records)
    assert ruled["aspects"].tolist() == [[], ["热线:+很不错"]]
    assert learnt["aspects"].tolist() == [["茶水:+很不错"], ["热线:+很不错"]]
