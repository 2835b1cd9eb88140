"""Intents from words, with what the source says where words tell nothing."""

from __future__ import annotations

import pytest

from tests.sentiment.conftest import Records
from voc_lib.sentiment import SentimentScorer

CASES = {
    "建议增加叫号窗口": "suggestion",
    "希望能开通转账提醒功能": "suggestion",
    "能不能把营业时间延长到晚上": "suggestion",
    "最好能增加夜间服务": "suggestion",
    "如果能把手续费取消就更好了": "suggestion",
    "建议你去网点问问": "none",  # advice to another customer
    "希望不大了": "none",
    "有什么建议吗": "question",
    "请问怎么开通网银": "question",
    "信用卡多久能寄到": "question",
    "可以异地取钱吗": "question",
    "凭什么扣我年费": "complaint",
    "难道就没人管吗": "complaint",
    "我要投诉这个网点": "complaint",
    "客服态度太差": "complaint",
    "为什么转账这么慢,太差了,气死人": "complaint",
    "点赞,服务很好": "praise",
    "柜员热情周到,非常满意": "praise",
    "我昨天去了网点": "none",
    "没什么,都办好了": "none",
}


@pytest.mark.parametrize(("text", "intent"), CASES.items())
def test_words_tell_the_intent(scorer: SentimentScorer, text: str, intent: str) -> None:
    assert scorer.score_texts([text])["intent"].item() == intent


@pytest.mark.parametrize(
    ("source", "order_type", "text", "intent"),
    [
        ("work_order", "疑难", "网银对账单", "question"),
        ("work_order", "建议", "网银对账单", "none"),
        ("work_order", "建议", "希望座位软和", "suggestion"),
        ("survey", None, "希望座位软和", "none"),
        ("complaint_intent", None, "网银对账单", "complaint"),
        ("complaint_intent", None, "请问怎么查账单?", "question"),
        ("survey", None, "网银对账单", "none"),
    ],
)
def test_the_source_decides_where_words_tell_nothing(
    scorer: SentimentScorer, make_records: Records, source: str, order_type: str | None, text: str, intent: str
) -> None:
    records = make_records([text], source=[source], order_type=[order_type])
    assert scorer.score(records)["intent"].item() == intent
