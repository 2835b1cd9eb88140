import pandas as pd
import pytest

from tests.builders import rows
from voc_lib.categorise import category_shares, decision_overview, evidence_examples, review_queue
from voc_lib.params import Taxonomy


@pytest.fixture
def categorised() -> pd.DataFrame:
    def row(category: str | None, confidence: float | None, method: str, text: str = "文字") -> dict[str, object]:
        level = None if category is None else category[0]
        return {
            "category": category, "category_name": category and f"类{category}", "level1": level,
            "confidence": confidence, "method": method, "text": text, "evidence": ["词", "语"],
            "needs_review": confidence is not None and confidence < 0.5,
        }  # fmt: skip

    return rows(
        "categorised",
        [
            row("12", 0.9, "rule", "长" * 80),
            row("12", 0.4, "model"),
            row("16", 1.0, "expert"),
            row("90", 0.2, "model"),
            row(None, None, "none", ""),
        ],
    )


def test_shares_are_of_the_records_with_a_category(categorised: pd.DataFrame, taxonomy: Taxonomy) -> None:
    shares = category_shares(categorised, taxonomy=taxonomy)
    assert list(shares.index) == ["12", "16", "90"]
    assert shares["件数"].tolist() == [2, 1, 1]
    assert shares["占比"].tolist() == [0.5, 0.25, 0.25]
    assert category_shares(categorised, taxonomy=taxonomy, level=1)["类别"].tolist() == ["信用卡", "其他"]


def test_who_decided_adds_up(categorised: pd.DataFrame) -> None:
    overview = decision_overview(categorised)
    assert overview["件数"].to_dict() == {"规则": 1, "模型": 2, "专家": 1, "无文字": 1}
    assert overview["待复核"].sum() == categorised["needs_review"].sum() == 2
    assert overview.loc["模型", "平均置信度"] == 0.3


def test_examples_are_the_surest_of_each_category(categorised: pd.DataFrame) -> None:
    shown = evidence_examples(categorised, top=2)
    assert shown["记录"].tolist() == ["R00001", "R00003"]
    assert len(shown["内容"][0]) == 60
    assert shown["依据"].tolist() == ["词、语", "词、语"]


def test_the_least_sure_come_first_in_the_queue(categorised: pd.DataFrame) -> None:
    assert review_queue(categorised)["记录"].tolist() == ["R00004", "R00002"]
    assert review_queue(categorised, top=1)["记录"].tolist() == ["R00004"]


def test_empty_tables_stay_empty(categorised: pd.DataFrame, taxonomy: Taxonomy) -> None:
    none = categorised.head(0)
    assert len(category_shares(none, taxonomy=taxonomy)) == 0
    assert len(evidence_examples(none)) == len(review_queue(none)) == 0
    assert decision_overview(none)["件数"].sum() == 0
