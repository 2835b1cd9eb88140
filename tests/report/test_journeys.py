"""Customers whose matter went from bad to worse: found where they are, not found where chance would make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view, scored_rows
from voc_lib.params import Profile
from voc_lib.report.journeys import Journey, customer_events, escalations
from voc_lib.schema import SOURCE_NAMES

QUESTION = {"source": "work_order", "intent": "question", "score": None}
COMPLAINT = {"source": "complaint_intent", "intent": "complaint", "score": None}
LOW = {"source": "survey", "intent": None, "score": 1, "category": None, "category_name": None}


def course(*steps: tuple[str, Mapping[str, Any]], key: str = "k") -> pd.DataFrame:
    plain = {"category": "61", "category_name": "手机银行", "customer_key": key}
    return rows(
        "scored",
        [
            {**plain, "record_id": f"{key}{place}", "occurred_at": f"{day} 10:00:00", **step}
            for place, (day, step) in enumerate(steps, start=1)
        ],
    )


def found(scored: pd.DataFrame, *, month: str = "2013-05") -> list[Journey]:
    return escalations(scored, month=month, days=62, contacts=3, nothing="90", source_names=SOURCE_NAMES)


STEPPED = (("2013-03-20", QUESTION), ("2013-04-28", COMPLAINT), ("2013-05-09", LOW))


def test_a_question_then_a_complaint_then_a_low_score_across_months() -> None:
    (one,) = found(course(*STEPPED))
    assert (one.kind, one.category_name, one.days) == ("stepped", "手机银行", 50)
    assert [contact.told for contact in one.contacts] == [
        "2013年3月20日 工单 咨询 · 手机银行 · k1",
        "2013年4月28日 投诉意向 投诉 · 手机银行 · k2",
        "2013年5月9日 满意度回访 低分 1分 · k3",
    ]


@pytest.mark.parametrize(
    "steps",
    [
        (STEPPED[1], ("2013-05-01", QUESTION), STEPPED[2]),
        (STEPPED[0], STEPPED[1]),
        (STEPPED[0], STEPPED[2]),
        (STEPPED[1], STEPPED[2]),
        (STEPPED[0], STEPPED[1], ("2013-05-09", {**LOW, "score": 3})),
        (("2013-01-02", QUESTION), *STEPPED[1:]),
        (STEPPED[0], ("2013-04-28", {**COMPLAINT, "category": "12"}), STEPPED[2]),
        (STEPPED[0], STEPPED[1], ("2013-05-09", {**LOW, "category": "12", "category_name": "信用卡"})),
        (("2013-05-09", QUESTION), ("2013-05-09", COMPLAINT), ("2013-05-09", LOW)),
        tuple((day, {**step, "category": "90"} if step["source"] != "survey" else step) for day, step in STEPPED),
    ],
    ids=[
        *("order", "no score", "no complaint", "no question", "fair score", "too late", "other category"),
        *("other score", "one day", "about nothing"),
    ],
)
def test_what_did_not_escalate_is_not_told(steps: tuple[tuple[str, Mapping[str, Any]], ...]) -> None:
    assert found(course(*steps)) == []


def test_it_is_told_in_the_month_in_which_it_ended_and_in_no_other() -> None:
    assert found(course(*STEPPED), month="2013-04") == [] and found(course(*STEPPED), month="2013-06") == []


def test_one_matter_counts_as_the_same_in_whatever_category() -> None:
    steps = [(day, {**step, "matter_id": "m"}) for day, step in STEPPED[:2]]
    steps[1][1]["category"] = "12"
    assert len(found(course(*steps, STEPPED[2]))) == 1


REPEATED = (("2013-04-02", QUESTION), ("2013-04-20", {**QUESTION, "intent": "none"}), ("2013-05-03", COMPLAINT))


def test_repeated_contacts_that_end_in_a_complaint_intent() -> None:
    (one,) = found(course(*REPEATED))
    assert (one.kind, len(one.contacts)) == ("repeated", 3)
    assert found(course(*REPEATED[1:])) == []
    assert found(course(*REPEATED[:2], ("2013-05-03", {**COMPLAINT, "source": "work_order"}))) == []
    told_before = ("2013-04-25", COMPLAINT)
    assert found(course(*REPEATED[:2], told_before, REPEATED[2])) == []


def test_what_was_told_twice_on_one_day_is_one_contact() -> None:
    twice = [(day, {**step, "matter_id": "m"}) for day, step in (REPEATED[0], REPEATED[0], REPEATED[2])]
    assert found(course(*twice)) == []


def test_records_of_different_customers_make_no_course() -> None:
    apart = [course(step, key=f"k{n}") for n, step in enumerate(STEPPED)]
    assert found(pd.concat(apart, ignore_index=True)) == []
    nobody = course(*STEPPED).assign(customer_key=None)
    assert found(nobody) == []


def test_a_number_of_many_people_is_nobody() -> None:
    days = pd.date_range("2013-03-01", "2013-04-27").strftime("%Y-%m-%d")
    assert found(course(*((day, QUESTION) for day in days), *STEPPED[1:])) == []


def test_neither_the_order_of_rows_nor_the_keys_decide_anything() -> None:
    table = pd.concat([course(*STEPPED, key="a"), course(*REPEATED, key="b"), course(*STEPPED, key="c")])
    told = [[contact.told for contact in one.contacts] for one in found(table)]
    assert len(told) == 3
    shuffled = table.sample(frac=1, random_state=1).assign(
        customer_key=lambda f: f["customer_key"].map({"a": "z", "b": "y", "c": "x"})
    )
    assert [[contact.told for contact in one.contacts] for one in found(shuffled)] == told


def test_unrelated_records_hardly_ever_make_a_course(profile: Profile) -> None:
    """Three thousand records given to customers at random: what is found is chance."""
    months = ("2013-03", "2013-04", "2013-05")
    table = pd.concat([scored_rows(profile, "BJ", month, 1000) for month in months], ignore_index=True)
    draw = np.random.default_rng(0)
    table["intent"] = draw.choice(["question", "complaint", "none"], size=len(table), p=[0.5, 0.2, 0.3])
    table["customer_key"] = [f"k{n}" for n in draw.integers(1500, size=len(table))]
    assert len(found(table)) <= 6  # of 1,500 customers, 2 records each


def test_the_table_names_nobody(profile: Profile) -> None:
    view = branch_view(profile, sizes=(20, 20))
    key = "f" * 64
    table = pd.concat([view.scored, course(*STEPPED, key=key)], ignore_index=True)
    table["record_id"] = table["record_id"].str.replace(key, "WO")
    markup = customer_events(replace(view, scored=table)).markup
    assert "客户1" in markup and "逐步升级" in markup and "WO2" in markup and key not in markup
    assert "本月没有同一客户就同一事项逐步升级的情况" in customer_events(branch_view(profile, sizes=(0, 0))).markup
