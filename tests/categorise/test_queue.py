import pandas as pd
import pytest

from voc_lib.categorise import expert_queue


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    usual = {"category": "12", "category_name": "额度", "confidence": 0.4, "method": "model", "source": "survey"}
    return pd.DataFrame([usual | {"evidence": []} | row for row in rows])


def test_doubt_comes_first_and_experts_are_not_asked_twice() -> None:
    queue = expert_queue(
        frame(
            {"text": "甲", "confidence": 0.9},
            {"text": "乙", "confidence": 0.2},
            {"text": "丙", "confidence": 0.1, "method": "expert"},
            {"text": "", "category": None},
        )
    )
    assert list(queue["text"]) == ["乙", "甲"]


def test_what_many_say_or_complain_about_matters_more() -> None:
    said = frame({"text": "甲"}, {"text": "乙"}, {"text": "乙"}, {"text": "丙", "source": "complaint_intent"})
    queue = expert_queue(said).set_index("text")
    assert queue.loc["乙", "n_records"] == 2
    assert queue.loc["乙", "value"] > queue.loc["丙", "value"] > queue.loc["甲", "value"]


def test_categories_take_turns() -> None:
    many = [{"text": f"卡{i:02d}", "confidence": 0.40} for i in range(30)]
    queue = expert_queue(frame(*many, {"text": "贷", "category": "42", "confidence": 0.55}), top=25)
    assert "贷" in set(queue["text"])


def test_the_order_of_the_records_does_not_matter() -> None:
    rows = [{"text": f"文{i}", "confidence": i % 3 / 4, "category": str(i % 2)} for i in range(9)]
    pd.testing.assert_frame_equal(expert_queue(frame(*rows)), expert_queue(frame(*rows[::-1])))


@pytest.mark.parametrize("top", [None, 5])
def test_an_empty_month_has_an_empty_queue(top: int | None) -> None:
    queue = expert_queue(frame({"text": "甲", "category": None}), top=top)
    assert len(queue) == 0
    assert list(queue.columns[:2]) == ["text", "category"]
