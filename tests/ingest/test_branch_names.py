"""Branches found in texts: the first that is named, whatever its width, else the default."""

from __future__ import annotations

import pytest

from voc_lib.ingest.branch_names import named_branches
from voc_lib.params.sources import BranchFrom

KNOWN = frozenset({"东区", "西县", "别市"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("西县与东区交界处", "西县"),
        ("南区没有这个名字，东 区有", "东区"),
        ("什么也没说", "本级"),
        ("", "本级"),
        ("别市的事", "别市"),
        ("别市来的人说东区", "东区"),
    ],
)
def test_the_first_name_of_the_first_pattern_counts(text: str, name: str) -> None:
    settings = BranchFrom(patterns=(r"[东南西]\s?[区县]", "(别市)的?"), default="本级")
    assert named_branches([text], settings, known=KNOWN) == [name]


def test_width_makes_no_difference_and_without_a_default_nothing_is_found() -> None:
    settings = BranchFrom(patterns=(r"A\d区",))
    assert named_branches(["在Ａ３区", "在B区"], settings, known={"A3区"}) == ["A3区", ""]
