"""Agents' words: what many customers' texts begin and end with is none of theirs."""

from __future__ import annotations

from voc_lib.ingest.agents_words import NO_AGENTS, AgentsWords

OWN = ["转账失败", "卡被吞了", "利率不对", "网点关门", "密码忘记", "额度太低"]
TOLD = [[f"工号{place}07来电反映{own}请核实"] for place, own in enumerate(OWN, 1)]


def test_what_many_write_around_their_texts_is_left_out_whatever_its_digits() -> None:
    agents = AgentsWords.of(TOLD)
    text = "工号955来电反映存折丢了请核实"
    assert text[agents.own(text)] == "存折丢了"


def test_what_few_or_one_customer_alone_writes_is_their_own() -> None:
    text = TOLD[0][0]
    for agents in (NO_AGENTS, AgentsWords.of(TOLD[:4]), AgentsWords.of([[text for [text] in TOLD]])):
        assert text[agents.own(text)] == text


def test_a_text_that_many_tell_from_end_to_end_has_nothing_of_its_own() -> None:
    text = "服务很好非常满意"
    assert text[AgentsWords.of([[text]] * 6).own(text)] == ""


def test_the_day_that_many_name_first_is_no_agents_word() -> None:
    told = [[f"5月{day}日{own}"] for day, own in enumerate(OWN, 1)]
    assert told[0][0][AgentsWords.of(told).own(told[0][0])] == told[0][0]
