"""Scoring records: every row kept, every value in range, nothing changed that was given."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sentiment.conftest import Records
from voc_lib import schema
from voc_lib.params import Profile
from voc_lib.sentiment import SentimentScorer

TEXTS = [
    "柜员态度恶劣,我要投诉",
    "服务很好,点赞",
    "请问怎么开通网银?",
    "",
    "建议增加叫号窗口",
    "我昨天去了网点",
    "???",
    "服务很好,点赞",
]
NEW = ["sentiment", "sentiment_label", "intent", "aspects", "escalation_risk", "keywords"]


def test_the_result_fits_the_table_and_keeps_the_rows(
    scorer: SentimentScorer, make_records: Records, profile: Profile
) -> None:
    records = make_records(TEXTS)
    scored = scorer.score(records)
    pd.testing.assert_frame_equal(scored[records.columns], records)
    assert list(scored.columns) == list(schema.TABLES["scored"].names)
    assert len(schema.conform(scored, "scored", tz=profile.tz)) == len(TEXTS)


def test_the_input_is_untouched(scorer: SentimentScorer, make_records: Records) -> None:
    records = make_records(TEXTS)
    before = records.copy(deep=True)
    scorer.score(records)
    pd.testing.assert_frame_equal(records, before)


def test_a_clear_case_of_each_kind(scorer: SentimentScorer, make_records: Records) -> None:
    scored = scorer.score(make_records(TEXTS))
    assert scored["sentiment_label"].tolist()[:3] == ["negative", "positive", "neutral"]
    assert scored["intent"].tolist()[:3] == ["complaint", "praise", "question"]
    assert scored["intent"].tolist()[4:6] == ["suggestion", "none"]
    assert scored["aspects"].tolist()[:2] == [["态度:-恶劣"], ["态度:+很好"]]
    assert scored["escalation_risk"].idxmax() == 0


def test_a_text_without_feeling_is_neutral_near_zero(scorer: SentimentScorer) -> None:
    plain = scorer.score_texts(["我昨天去了网点", "办了一张储蓄卡", "2013年5月", "abc"])
    assert (plain["sentiment_label"] == "neutral").all()
    assert plain["sentiment"].abs().max() < 0.3


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "\u200b"])
def test_a_row_without_text_has_no_sentiment_and_empty_lists(
    scorer: SentimentScorer, make_records: Records, blank: str
) -> None:
    row = scorer.score(make_records(["很好", blank])).iloc[1]
    assert row[["sentiment", "sentiment_label", "intent", "escalation_risk"]].isna().all()
    assert row["aspects"] == [] and row["keywords"] == []


@pytest.mark.parametrize("texts", [[], ["", " "]], ids=["no rows", "no text"])
def test_nothing_to_read_is_no_fault(
    scorer: SentimentScorer, make_records: Records, profile: Profile, texts: list[str]
) -> None:
    scored = schema.conform(scorer.score(make_records(texts)), "scored", tz=profile.tz)
    assert len(scored) == len(texts)
    assert scored["sentiment"].isna().all()
    assert len(scorer.score_texts(texts)) == len(texts)


@given(texts=st.lists(st.text(max_size=30), max_size=6))
def test_any_text_stays_in_range(scorer: SentimentScorer, texts: list[str]) -> None:
    scored = scorer.score_texts(texts)
    assert len(scored) == len(texts)
    assert scored["sentiment"].dropna().between(-1, 1).all()
    assert set(scored["sentiment_label"].dropna()) <= set(schema.SENTIMENTS)
    sums = scored[["negative", "neutral", "positive"]].dropna().sum(axis=1)
    assert (sums - 1).abs().max() < 1e-9 or sums.empty


def test_the_order_of_rows_changes_nothing(scorer: SentimentScorer, make_records: Records) -> None:
    records = make_records(TEXTS)
    forward = scorer.score(records).set_index("record_id")[NEW]
    backward = scorer.score(records.iloc[::-1]).set_index("record_id")[NEW]
    pd.testing.assert_frame_equal(forward, backward.loc[forward.index])


def test_equal_texts_are_scored_alike_whatever_their_spelling(scorer: SentimentScorer) -> None:
    a, b = scorer.score_texts(["服务太差！ＡＰＰ卡死", "服务太差! app卡死"])["sentiment"]
    assert a == b


def test_keywords_are_five_at_most_and_stand_in_the_text(scorer: SentimentScorer, make_records: Records) -> None:
    text = "手机银行登录失败,验证码收不到,柜员解释不清楚,网点排队时间长,信用卡账单错误"
    (keywords,) = scorer.score(make_records([text]))["keywords"]
    assert 0 < len(keywords) <= 5
    assert all(word in text for word in keywords)
