import pandas as pd

from voc_lib.categorise.monitoring import (
    category_drift,
    expert_agreement,
    undecided_by_month,
    with_history,
    word_drift,
)
from voc_lib.params import Taxonomy
from voc_lib.text import Segmenter


def records(month: str, *groups: tuple[str, int]) -> pd.DataFrame:
    rows = [{"category": code, "text": f"说到{code}"} for code, n in groups for _ in range(n)]
    usual = {"month": month, "confidence": 0.8, "needs_review": False, "method": "rule"}
    return pd.DataFrame([usual | row for row in rows])


def test_each_month_tells_what_was_left_to_experts() -> None:
    table = records("2013-04", ("12", 4)).assign(needs_review=[True, False, False, False])
    no_text = pd.DataFrame([{"month": "2013-04", "category": None, "needs_review": False, "method": "none"}])
    told = undecided_by_month(pd.concat([table, no_text, records("2013-05", ("12", 2))]))
    assert told.loc["2013-04"].to_dict() == {
        "件数": 4,
        "待复核": 1,
        "待复核占比": 0.25,
        "平均置信度": 0.8,
        "专家判定": 0,
    }
    assert told.loc["2013-05", "待复核"] == 0


def test_a_share_that_moved_is_called_so_and_one_that_did_not_is_not(taxonomy: Taxonomy) -> None:
    history = records("2013-04", ("12", 100), ("16", 100), ("90", 100))
    told = category_drift(
        with_history(records("2013-05", ("12", 70), ("16", 30), ("90", 50)), history),
        month="2013-05",
        taxonomy=taxonomy,
    )
    assert told.loc["额度调整", "显著"]
    assert told.loc["额度调整", "z"] > 2.6
    assert not told.loc["无实质内容", "显著"]


def test_a_word_of_this_month_is_told_and_one_of_every_month_is_not() -> None:
    now = pd.DataFrame({"month": "2013-05", "text": ["余额查询", "余额新规", "新规余额", "余额新规", "余额新规", ""]})
    before = pd.DataFrame({"month": "2013-04", "text": ["余额查询"] * 200})
    told = word_drift(pd.concat([before, now]), month="2013-05", segmenter=Segmenter(["新规"]))
    assert list(told.index) == ["新规"]
    assert told.loc["新规", ["本月件数", "历史件数"]].tolist() == [4, 0]


def test_without_history_there_is_no_drift(taxonomy: Taxonomy) -> None:
    now = records("2013-05", ("12", 20))
    assert category_drift(with_history(now, now[:0]), month="2013-05", taxonomy=taxonomy).empty
    assert word_drift(now, month="2013-05", segmenter=Segmenter()).empty


def test_agreement_is_counted_by_month_and_only_where_it_is_known() -> None:
    labels = pd.DataFrame(
        {
            "category": ["12", "16", "12", "90"],
            "decided": ["12", "12", "12", ""],
            "month": ["2013-04", "2013-04", "2013-05", "2013-05"],
        }
    )
    told = expert_agreement(labels)
    assert told["一致率"].to_dict() == {"2013-04": 0.5, "2013-05": 1.0}
