"""The lexicon of feeling: its faults are named, and the one that ships is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from voc_lib.errors import ProfileError
from voc_lib.params.lexicon import EscalationSigns, SentimentLexicon, read_words


def test_every_key_that_ships_is_known_and_explained(project: Path) -> None:
    lines = (project / "params/lexicon/sentiment.yaml").read_text(encoding="utf-8").splitlines()
    keys = {i: line.split(":", 1)[0] for i, line in enumerate(lines) if re.match(r"[a-z_]+:", line)}
    assert set(keys.values()) == set(SentimentLexicon.model_fields)
    assert [key for i, key in keys.items() if not lines[i - 1].startswith("#")] == []


def test_a_word_cannot_please_and_hurt() -> None:
    with pytest.raises(ValidationError, match="both positive and negative: 好"):
        SentimentLexicon(positive={"好": 0.5}, negative={"好": 0.5})


def test_a_mistyped_aspect_is_named_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="no such aspect: 额渡; did you mean 额度"):
        SentimentLexicon(aspects={"额度": ("额度",)}, more_pleases=("额渡",))


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_weight_is_a_share(weight: float) -> None:
    with pytest.raises(ValidationError, match="equal to"):
        SentimentLexicon(positive={"好": weight})
    with pytest.raises(ValidationError, match="equal to"):
        EscalationSigns(negative=weight)


def test_words_are_read_one_a_line_without_comments(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# heading\n网银\n\n额度 # a comment\n网银\n", encoding="utf-8")
    assert read_words(path) == ("网银", "额度")


def test_a_missing_word_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"word list is missing.*words\.txt"):
        read_words(tmp_path / "words.txt")
