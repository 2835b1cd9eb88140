"""The example profiles: each loads, says nothing of a bank, and explains itself or points to where it is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voc_lib.params import load_profile
from voc_lib.params.sources import BranchFrom, SourceSettings

EXAMPLES = ("city-government",)
# What is said of a bank and of nothing else; citizens speak of loans, too.
BANK = re.compile("银行|信用卡|储蓄卡|柜员|存折")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_loads_and_says_nothing_of_a_bank(project: Path, name: str) -> None:
    folder = project / "params" / "examples" / name
    profile = load_profile(folder)
    assert profile.name == name
    assert all(category.examples and category.keywords for category in profile.taxonomy.categories)
    for path in folder.rglob("*.*"):
        assert not BANK.search(path.read_text(encoding="utf-8")), path.name


def test_several_headings_make_one_field() -> None:
    settings = SourceSettings.model_validate(
        {
            "files": ["x.csv"],
            "columns": {"record_id": "号", "occurred_at": "时", "branch": "行", "text": ["题", "文"]},
        }
    )
    assert settings.headings("text") == ("题", "文")
    assert settings.headings("reply") == ()
    assert settings.mapped == ("号", "时", "行", "题", "文")


@pytest.mark.parametrize("pattern", ["(", "(a)(b)", "x*"])
def test_a_pattern_for_branches_has_to_match_a_name(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"regular expression|patterns that match a name"):
        BranchFrom(patterns=(pattern,))
