"""Issues of a span: gathered over branches and months, ranked without a history."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.builders import rows
from tests.hotspot.test_matters import LIFT, OIL, OTHERS
from voc_lib.errors import TableError
from voc_lib.hotspot import issues_of_span, shortened
from voc_lib.params import Profile


def voice(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "record_id": f"r{number:03d}",
        "customer_key": f"c{number}",
        "occurred_at": f"2013-0{1 + number % 3}-{1 + number % 27:02d} 10:00:00",
        "text": text,
        "category": None,
        "category_name": None,
        "sentiment_label": "negative",
        "intent": "complaint",
    } | more


@pytest.fixture(scope="module")
def scored() -> pd.DataFrame:
    texts = [*OIL, *LIFT, *OTHERS]
    return rows("scored", [voice(n, text, branch=("BJ", "TJ")[n % 2]) for n, text in enumerate(texts)])


def test_issues_have_a_title_a_place_and_all_their_branches(scored: pd.DataFrame, profile: Profile) -> None:
    found = issues_of_span(scored, profile=profile)
    assert list(found["rank"]) == [1, 2]
    first = found.iloc[0]
    assert "柳溪花园" in first["label"]
    assert "油烟" in first["label"]
    assert first["place"] == "柳溪花园"
    assert first["n_records"] == first["n_customers"] == len(OIL)
    assert set(first["branches"]) == {"BJ", "TJ"}
    assert sum(first["monthly_counts"]) == len(OIL)
    assert found["record_ids"].explode().is_unique
    assert set(first["typical_record_ids"]) <= set(first["record_ids"])


def test_a_person_who_tells_it_again_counts_less_than_another_one(scored: pd.DataFrame, profile: Profile) -> None:
    again = scored.assign(customer_key=[f"c{number % 2}" for number in range(len(scored))])
    assert issues_of_span(again, profile=profile)["heat"].max() < issues_of_span(scored, profile=profile)["heat"].min()


def test_what_one_person_tells_again_and_again_is_no_issue(scored: pd.DataFrame, profile: Profile) -> None:
    assert issues_of_span(scored.assign(customer_key="c1"), profile=profile).empty
    unknown = issues_of_span(scored.assign(customer_key=None).astype(scored.dtypes), profile=profile)
    assert list(unknown["n_records"]) == [len(OIL), len(LIFT)]


def test_unknown_feelings_are_left_out_of_the_heat(scored: pd.DataFrame, profile: Profile) -> None:
    unknown = scored.assign(sentiment_label=None, escalation_risk=float("nan")).astype(scored.dtypes)
    found = issues_of_span(unknown, profile=profile)
    assert found["negative_share"].isna().all()
    assert (found["heat"] > 0).all()


def test_row_order_and_an_unrelated_record_leave_the_issues_as_they_were(
    scored: pd.DataFrame, profile: Profile
) -> None:
    expected = issues_of_span(scored, profile=profile)
    pd.testing.assert_frame_equal(issues_of_span(scored.sample(frac=1, random_state=1), profile=profile), expected)
    for n, text in enumerate(("谷蚕岱磬瓮邻鹤", "请问明天营业吗", "谢谢，服务很好")):
        more = pd.concat([scored, rows("scored", [voice(900 + n, text)])])
        found = issues_of_span(more, profile=profile)
        for column in ("issue_id", "label", "record_ids", "rank"):
            assert list(found[column]) == list(expected[column])


def test_an_empty_span_and_missing_columns(scored: pd.DataFrame, profile: Profile) -> None:
    assert len(issues_of_span(scored.head(0), profile=profile)) == 0
    with pytest.raises(TableError, match="escalation_risk"):
        issues_of_span(scored.drop(columns="escalation_risk"), profile=profile)


def test_long_texts_end_with_a_sentence_and_masks_stay_whole() -> None:
    text = "第一句说了电梯停运。" * 20
    short = shortened(text, longest=95)
    assert short == "第一句说了电梯停运。" * 9 + "……"
    assert shortened("短的", longest=95) == "短的"
    masked = "长" * 90 + "〔手机号〕" + "长" * 90
    assert shortened(masked, longest=93) == "长" * 90 + "……"
