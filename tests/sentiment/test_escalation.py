"""Escalation risk: each sign raises it, none lowers it, and it stays a probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from voc_lib.params.lexicon import EscalationSigns
from voc_lib.sentiment.escalation import escalation_risk
from voc_lib.sentiment.reading import Reading

SIGNS = EscalationSigns(level={"高": 0.3}, status={"已升级": 0.5}, negative=0.2, repeated=0.1)


def risk(
    *, level: str | None = None, status: str | None = None, words: dict[str, float] | None = None, negative: float = 0.0
) -> float:
    records = pd.DataFrame({"level": [level], "status": [status], "matter_id": ["a"]})
    found = escalation_risk(records, [Reading(escalation=words or {})], np.array([negative]), signs=SIGNS)
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


def test_a_matter_heard_twice_is_riskier() -> None:
    records = pd.DataFrame({"level": [None] * 3, "status": [None] * 3, "matter_id": ["a", "b", "a"]})
    found = escalation_risk(records, [Reading()] * 3, np.zeros(3), signs=SIGNS)
    assert found.tolist() == pytest.approx([0.1, 0, 0.1])


def test_no_records_no_risks() -> None:
    records = pd.DataFrame({"level": [], "status": [], "matter_id": []}, dtype="str")
    assert escalation_risk(records, [], np.zeros(0), signs=SIGNS).tolist() == []
