"""Suggestions against their near misses: the profile's examples, and sentences that the rules have never seen."""

from __future__ import annotations

import pytest

from tests.sentiment.held_out import NEAR_MISSES, SUGGESTIONS
from voc_lib.params import Profile
from voc_lib.sentiment import Reader
from voc_lib.sentiment.suggesting import suggesting
from voc_lib.text import normalise


@pytest.fixture(scope="module")
def reader(profile: Profile) -> Reader:
    return Reader(profile.lexicon.sentiment)


def proposed(reader: Reader, texts: tuple[str, ...]) -> list[bool]:
    clean = [normalise(text) for text in texts]
    return suggesting(reader.read_all(clean), clean).tolist()


def test_nine_of_ten_unseen_cases_are_told_apart(reader: Reader) -> None:
    hits, false = sum(proposed(reader, SUGGESTIONS)), sum(proposed(reader, NEAR_MISSES))
    assert len(SUGGESTIONS) >= 50 and len(NEAR_MISSES) >= 50
    assert 2 * hits / (len(SUGGESTIONS) + hits + false) >= 0.85


def test_the_examples_of_the_profile_are_told_apart(reader: Reader, profile: Profile) -> None:
    for intent, texts in profile.lexicon.sentiment.intent_examples.items():
        said = proposed(reader, texts)
        assert [text for text, is_one in zip(texts, said, strict=True) if is_one is not (intent == "suggestion")] == []


@pytest.mark.parametrize(
    ("suggestion", "near_miss"),
    [
        ("建议增加一台取款机", "建议你换一台取款机"),
        ("能不能增加一台取款机", "能不能给我增加额度"),
        ("希望增加夜间服务", "希望我的申请通过"),
        ("要是能增加窗口就好了", "要是早点来就好了"),
        ("建议:窗口增加两个", "建议:你去问两个窗口"),
        ("增加一个窗口吧", "增加了一个窗口"),
    ],
)
def test_one_thing_makes_the_difference(reader: Reader, suggestion: str, near_miss: str) -> None:
    assert proposed(reader, (suggestion, near_miss)) == [True, False]


def test_no_text_proposes_nothing(reader: Reader) -> None:
    assert proposed(reader, ()) == []
    assert proposed(reader, ("",)) == [False]
