"""Circumstances lean a feeling: a form for complaints, a low score; a text without any feeling stays neutral."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sentiment.conftest import Records
from voc_lib.params.lexicon import Leanings
from voc_lib.sentiment import SentimentScorer
from voc_lib.sentiment.circumstances import leaned, leaning

SHARES = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


def test_circumstances_add_up_and_the_unknown_says_nothing() -> None:
    records = pd.DataFrame(
        {
            "source": ["complaint_intent", "survey", "work_order"],
            "order_type": [None, None, "建议"],
            "level": ["高", None, None],
            "score": pd.array([pd.NA, 5, pd.NA], dtype="Int64"),
        }
    )
    leanings = Leanings(source={"complaint_intent": -1.0}, level={"高": -0.5}, score={5: 0.8})
    assert leaning(records, leanings).tolist() == [-1.5, 0.8, 0.0]
    assert leaning(records.iloc[:0], leanings).tolist() == []


@given(shares=SHARES, lean=st.floats(-5, 5))
def test_leaning_multiplies_the_odds_of_one_side_only(shares: list[float], lean: float) -> None:
    before = np.array([shares]) / sum(shares)
    after = leaned(before, np.array([lean]))
    assert after.sum() == pytest.approx(1)
    column, other = (0, 2) if lean < 0 else (2, 0)
    assert after[0, column] / after[0, 1] == pytest.approx(np.exp(abs(lean)) * before[0, column] / before[0, 1])
    assert after[0, other] / after[0, 1] == pytest.approx(before[0, other] / before[0, 1])


def test_a_form_for_complaints_makes_faint_blame_clear_but_invents_none(
    scorer: SentimentScorer, make_records: Records
) -> None:
    texts = ["还款日没人联系我", "网银对账单"]
    for source, labels in (("survey", ["neutral", "neutral"]), ("complaint_intent", ["negative", "neutral"])):
        assert scorer.score(make_records(texts, source=[source] * 2))["sentiment_label"].tolist() == labels


def test_a_score_leans_the_remark(scorer: SentimentScorer, make_records: Records) -> None:
    low, none, high = scorer.score(make_records(["还行吧"] * 3, score=[1, None, 5]))["sentiment"]
    assert low < none < high


@pytest.mark.parametrize(
    "text",
    ["手机银行登录不上,一直提示系统繁忙", "登录失败", "网银打不开,换了电脑也打不开", "取款机重复扣款", "收不到验证码"],
)
def test_a_fault_told_plainly_is_negative_and_a_complaint(
    scorer: SentimentScorer, make_records: Records, text: str
) -> None:
    (row,) = scorer.score(make_records([text], source=["work_order"], order_type=["疑难"])).to_dict("records")
    assert (row["sentiment_label"], row["intent"]) == ("negative", "complaint")


@pytest.mark.parametrize("text", ["手机银行登录不上怎么办?", "请问网银打不开应该如何处理?", "收不到验证码怎么办?"])
def test_a_question_about_a_fault_is_neutral(scorer: SentimentScorer, make_records: Records, text: str) -> None:
    (row,) = scorer.score(make_records([text], source=["work_order"], order_type=["疑难"])).to_dict("records")
    assert (row["sentiment_label"], row["intent"]) == ("neutral", "question")
