"""params/lexicon/: the field's dictionary, its stop words, and the words that carry feeling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from voc_lib.errors import ProfileError, nearest
from voc_lib.params.base import Settings

__all__ = ["EscalationSigns", "Leanings", "Lexicon", "SentimentLexicon", "read_words"]

Weight = Annotated[float, Field(ge=0, le=1)]
Intent = Literal["question", "suggestion", "complaint", "praise", "none"]
Lean = Annotated[float, Field(ge=-5, le=5)]
Factor = Annotated[float, Field(gt=0, le=3)]


class EscalationSigns(Settings):
    """What raises the risk of escalation beside words; each weight is a probability on its own."""

    level: dict[str, Weight] = Field(default_factory=dict)
    status: dict[str, Weight] = Field(default_factory=dict)
    negative: Weight = 0.0
    repeated: Weight = 0.0
    complained: Weight = 0.0


class Leanings(Settings):
    """How far what is known of a voice beside its words leans its feeling; log odds, below 0 to negative."""

    source: dict[str, Lean] = Field(default_factory=dict)
    order_type: dict[str, Lean] = Field(default_factory=dict)
    level: dict[str, Lean] = Field(default_factory=dict)
    score: dict[int, Lean] = Field(default_factory=dict)


class SentimentLexicon(Settings):
    """Words that carry feeling or change it, and words that tell intent and escalation."""

    positive: dict[str, Weight] = Field(default_factory=dict)
    negative: dict[str, Weight] = Field(default_factory=dict)
    neutral: tuple[str, ...] = ()
    negation: tuple[str, ...] = ()
    negation_reach: int = Field(default=5, ge=1, le=20)
    intensifiers: dict[str, Factor] = Field(default_factory=dict)
    contrast: tuple[str, ...] = ()
    hypothetical: tuple[str, ...] = ()
    rhetorical: dict[str, Weight] = Field(default_factory=dict)
    question: tuple[str, ...] = ()
    question_endings: tuple[str, ...] = ()
    not_question: tuple[str, ...] = ()
    whether: tuple[str, ...] = ()
    suggestion: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()
    open_wish: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    peer: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    complaint: tuple[str, ...] = ()
    praise: tuple[str, ...] = ()
    intent_examples: dict[Intent, tuple[str, ...]] = Field(default_factory=dict)
    default_intent: dict[str, Intent] = Field(default_factory=dict)
    leanings: Leanings = Leanings()
    escalation: dict[str, Weight] = Field(default_factory=dict)
    escalation_signs: EscalationSigns = EscalationSigns()
    aspects: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    broad_aspects: tuple[str, ...] = ()
    unattached: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    more_pleases: tuple[str, ...] = ()
    less_pleases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_sign_a_word(self) -> Self:
        both = sorted(self.positive.keys() & self.negative.keys())
        if both:
            raise ValueError(f"a word cannot be both positive and negative: {', '.join(both[:5])}")
        return self

    @model_validator(mode="after")
    def _known_aspects(self) -> Self:
        for name in (*self.more_pleases, *self.less_pleases, *self.broad_aspects):
            if name not in self.aspects:
                near = nearest(name, self.aspects)
                raise ValueError(f"no such aspect: {name}" + (f"; did you mean {near}?" if near else ""))
        return self


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
