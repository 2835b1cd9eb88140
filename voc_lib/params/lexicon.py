"""params/lexicon/: the field's dictionary, its stop words, and the words that carry feeling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from voc_lib.errors import ProfileError
from voc_lib.params.base import Settings

__all__ = ["Lexicon", "SentimentLexicon", "read_words"]


class SentimentLexicon(Settings):
    """Words that carry feeling or change it, and words that tell intent and escalation."""

    positive: dict[str, float] = Field(default_factory=dict)
    negative: dict[str, float] = Field(default_factory=dict)
    negation: tuple[str, ...] = ()
    intensifiers: dict[str, float] = Field(default_factory=dict)
    escalation: dict[str, float] = Field(default_factory=dict)
    question: tuple[str, ...] = ()
    suggestion: tuple[str, ...] = ()
    complaint: tuple[str, ...] = ()
    praise: tuple[str, ...] = ()
    aspects: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Lexicon:
    """All word lists of a profile."""

    dictionary: tuple[str, ...]
    stop_words: tuple[str, ...]
    sentiment: SentimentLexicon


def read_words(path: Path) -> tuple[str, ...]:
    """One word a line; what follows # is a comment. Sorted, without repeats. Raises: ProfileError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise ProfileError("word list is missing", file=str(path), hint="an empty file will do") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError("word list cannot be read", file=str(path), found=error) from None
    return tuple(sorted({word for line in lines if (word := line.split("#", 1)[0].strip())}))
