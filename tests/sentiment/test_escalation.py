"""Escalation risk: each sign raises it, none lowers it, and it stays a probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from voc_lib.params import Profile
from voc_lib.params.lexicon import EscalationSigns
from voc_lib.sentiment import Reader
from voc_lib.sentiment.escalation import escalation_risk
from voc_lib.text import normalise

SIGNS = EscalationSigns(level={"高": 0.3}, status={"已升级": 0.5}, negative=0.2, repeated=0.1, complained=0.25)


def records(*matters: str | None, level: str | None = None, status: str | None = None, key: str = "k") -> pd.DataFrame:
    n = len(matters)
    columns = {"level": [level] * n, "status": [status] * n, "matter_id": list(matters), "customer_key": [key] * n}
    return pd.DataFrame(columns, dtype="str")


def risk(
    *, level: str | None = None, status: str | None = None, words: dict[str, float] | None = None, negative: float = 0.0
) -> float:
    found, _ = escalation_risk(
        records("a", level=level, status=status), [words or {}], np.array([negative]), signs=SIGNS
    )
    return float(found[0])


def test_without_a_sign_there_is_no_risk() -> None:
    assert risk() == 0


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"level": "高"}, 0.3),
        ({"level": "低"}, 0.0),
        ({"status": "已升级"}, 0.5),
        ({"negative": 0.5}, 0.1),
        ({"words": {"起诉": 0.6}}, 0.6),
        ({"words": {"起诉": 0.6, "曝光": 0.5}}, 0.8),
        ({"level": "高", "status": "已升级"}, 0.65),
    ],
)
def test_signs_add_up_as_independent_chances(signs: dict[str, object], expected: float) -> None:
    assert risk(**signs) == pytest.approx(expected)  # type: ignore[arg-type]


def test_each_further_time_that_a_matter_is_heard_adds_to_its_risk() -> None:
    found, reasons = escalation_risk(records("a", "b", "a", None), [{}] * 4, np.zeros(4), signs=SIGNS)
    assert found.tolist() == pytest.approx([0.1, 0, 0.1, 0])
    assert reasons == [["同一事项反映2次"], [], ["同一事项反映2次"], []]


def test_what_was_heard_in_earlier_months_counts() -> None:
    earlier = records("a", "a").assign(intent=["none", "complaint"])
    found, reasons = escalation_risk(records("a", "b"), [{}] * 2, np.zeros(2), signs=SIGNS, earlier=earlier)
    assert found.tolist() == pytest.approx([1 - 0.9**2 * 0.75, 0.25])
    assert reasons == [["此前投诉过", "同一事项反映3次"], ["此前投诉过"]]


def test_an_unknown_customer_has_complained_before_as_little_as_any() -> None:
    earlier = records("x", key="k").assign(intent="complaint", customer_key=None)
    now = records("a").assign(customer_key=None)
    assert escalation_risk(now, [{}], np.zeros(1), signs=SIGNS, earlier=earlier)[1] == [[]]


def test_the_reasons_are_the_signs_strongest_first() -> None:
    threats = [{"起诉": 0.6, "曝光": 0.7}]
    _, (reasons,) = escalation_risk(records("a", level="高", status="已升级"), threats, np.ones(1), signs=SIGNS)
    assert reasons == ["曝光", "起诉", "处理状态：已升级", "意向等级：高", "情绪负面"]


@pytest.mark.parametrize(
    ("text", "threats"),
    [
        ("再不处理我就去银保监会", {"银保监会": 0.8}),
        ("不想起诉,只想解决问题", {}),
        ("不得不起诉", {"起诉": 0.6}),
        ("请问投诉电话是多少?", {}),
        ("怎么查是哪家法院办的?", {"法院": 0.15}),
        ("说好的呢?凭什么扣钱?法院见", {"法院见": 0.9}),
        ("我在律师事务所上班", {}),
        ("法院和法院见", {"法院": 0.5, "法院见": 0.9}),
    ],
)
def test_what_is_taken_back_or_only_asked_is_no_threat(profile: Profile, text: str, threats: dict[str, float]) -> None:
    assert Reader(profile.lexicon.sentiment).read(normalise(text)).escalation == threats


def test_no_records_no_risks() -> None:
    found, reasons = escalation_risk(records(), [], np.zeros(0), signs=SIGNS)
    assert found.tolist() == [] and reasons == []
