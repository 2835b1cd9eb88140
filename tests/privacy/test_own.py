"""A profile masks what only its centre has, spares its own lines, and is told what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voc_lib.errors import ProfileError
from voc_lib.params import Masking, Profile, load_profile
from voc_lib.privacy import Masker

OWN = Masking.model_validate(
    {
        "never_masked": ["010-6627 5566", "13900139000"],
        "own": [{"name": "工号", "pattern": "工号 ?:? ?(?P<hide>[a-z]{2}[0-9]{6})"}],
    }
)
MASKER = Masker.of(OWN)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("工号：AB123456的柜员", "工号：〔工号〕的柜员"),
        ("工号ａｂ１２３４５６", "工号〔工号〕"),
        ("工号ab一二三四五六", "工号〔工号〕"),
        ("工号ab12345", "工号ab12345"),
        ("打010-66275566没人接", "打010-66275566没人接"),
        ("打（010）6627－5566没人接", "打（010）6627－5566没人接"),
        ("打零一零六六二七五五六六没人接", "打零一零六六二七五五六六没人接"),
        ("打010-66275567没人接", "打〔固定电话〕没人接"),
        ("13900139000和13900139001", "13900139000和〔手机号〕"),
    ],
)
def test_own_patterns_and_own_lines(text: str, masked: str) -> None:
    assert MASKER.mask_all(["好", text, "工号\nab123456"])[0] == ["好", masked, MASKER.mask("工号\nab123456")[0]]
    assert MASKER.mask(masked) == (masked, 0)


def test_a_pattern_finds_nothing_across_two_texts() -> None:
    masker = Masker.of(Masking.model_validate({"own": [{"name": "甲乙", "pattern": "甲[^x]{1,3}乙"}]}))
    assert masker.mask_all(["甲", "乙", "甲甲乙"]) == (["甲", "乙", "〔甲乙〕"], [0, 0, 1])


def test_a_profile_without_the_file_adds_nothing(profile: Profile, tmp_path: Path) -> None:
    shutil.copytree(profile.folder, tmp_path / "params")
    (tmp_path / "params" / "masking.yaml").unlink()
    assert load_profile(tmp_path / "params").masking == Masking()


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("own: [{name: 工号, pattern: '工号(?=x)'}]", "RE2.*look-around.*invalid perl operator"),
        ("own: [{name: 工号, pattern: '[0-9'}]", "missing \\]"),
        ("own: [{name: 工号, pattern: '[0-9]*'}]", "does not match an empty text"),
        ("own: [{name: 〔工号〕, pattern: 'x1'}]", "stand around it in the mask"),
        ("own: [{name: 工号, pattern: 'x1', patern: 'x2'}]", "did you mean pattern"),
        ("own: [{name: 工号}]", "key is missing"),
        ("never_masked: [95533]", "numbers in quotes"),
        ("never_masked: ['123']", "five characters or more"),
        ("nevermasked: []", "did you mean never_masked"),
    ],
)
def test_a_fault_in_the_file_is_named(profile: Profile, tmp_path: Path, yaml: str, message: str) -> None:
    shutil.copytree(profile.folder, tmp_path / "params")
    (tmp_path / "params" / "masking.yaml").write_text(yaml + "\n", encoding="utf-8")
    with pytest.raises(ProfileError, match=message) as caught:
        load_profile(tmp_path / "params")
    assert "masking.yaml" in str(caught.value)
