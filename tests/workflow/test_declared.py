"""What a notebook declares, told to a reader of Chinese."""

from __future__ import annotations

import pytest

from voc_lib.schema import TABLES
from voc_lib.workflow.declared import parameter_in_words, read_in_words


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("ledger", "入库台账"),
        ("actions[-1]", "建议（上月）"),
        ("scored[-1..0] of all branches", "情感与意图分析结果（上月至本月，全部机构）"),
        ("scored[-12..0]", "情感与意图分析结果（前12个月至本月）"),
        ("actions of all branches", "建议（全部机构）"),
        ("no such table", "no such table"),
    ],
)
def test_a_table_is_told_in_words(declared: str, told: str) -> None:
    assert read_in_words(declared) == told


def test_a_parameter_is_told_by_what_it_means() -> None:
    assert (parameter_in_words("branch"), parameter_in_words("month")) == ("机构代码", "报告月份")
    assert parameter_in_words("top") == "参数 top"


def test_every_table_has_a_name_that_a_reader_knows() -> None:
    assert [name for name in TABLES if read_in_words(name) == name] == []
