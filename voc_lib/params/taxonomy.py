"""params/taxonomy.yaml: what customers speak about, in two levels, with the words that tell each category."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from voc_lib.params.base import Settings

__all__ = ["Category", "Change", "ContextRule", "Level", "Named", "Taxonomy"]

Concern = Literal["service", "channel", "product", "process"]
_GROUP = "@"  # before the name of a group of words


class ContextRule(Settings):
    """Words that tell a category only where they stand: near others, not near others, or at the beginning.

    A word that begins with @ names one of the taxonomy's groups, and stands for all words of it.
    """

    words: tuple[str, ...] = Field(min_length=1)
    weight: float
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    within: int | None = Field(default=None, ge=1)
    at_start: bool = False


class Category(Settings):
    """A level-2 category: exactly one of them is a record's primary code."""

    code: str = Field(min_length=1)
    name: str = Field(min_length=1)
    include: str = ""
    exclude: str = ""
    concerns: Concern
    department: str
    suggestion: str
    keywords: dict[str, float] = Field(default_factory=dict)
    patterns: dict[str, float] = Field(default_factory=dict)
    context: tuple[ContextRule, ...] = ()
    examples: tuple[str, ...] = ()

    @field_validator("patterns")
    @classmethod
    def _compiles(cls, value: dict[str, float]) -> dict[str, float]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {pattern} ({error})") from error
        return value


class Level(Settings):
    """A level-1 category; its keywords count for each of its children."""

    code: str = Field(min_length=1)
    name: str = Field(min_length=1)
    keywords: dict[str, float] = Field(default_factory=dict)
    children: tuple[Category, ...] = Field(min_length=1)


class Named(Settings):
    """Something that texts name (a product, a channel), and the words for it."""

    name: str
    words: tuple[str, ...] = Field(min_length=1)


class Change(Settings):
    """What a version of the taxonomy did to the codes of the one before.

    Args:
        version: the version that came of it.
        codes: for each code that changed those that took its place: one (moved, or merged into another), several
            (split), or none (dropped).
        kept: codes that went on and took in others.
    """

    version: int = Field(ge=2)
    codes: dict[str, tuple[str, ...]] = Field(min_length=1)
    kept: tuple[str, ...] = ()


class Taxonomy(Settings):
    """The whole taxonomy."""

    version: int = Field(ge=1)
    rules: tuple[str, ...] = ()
    nothing: str
    changes: tuple[Change, ...] = ()
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    levels: tuple[Level, ...] = Field(min_length=1)
    products: tuple[Named, ...] = ()
    channels: tuple[Named, ...] = ()

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [category.code for category in self.categories]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"codes given twice: {', '.join(twice)}")
        if self.nothing not in codes:
            raise ValueError(f"nothing: {self.nothing} is not a code of this taxonomy")
        return self

    @model_validator(mode="after")
    def _changes_end_in_this_version(self) -> Self:
        versions = [change.version for change in self.changes]
        if len(set(versions)) < len(versions) or any(version > self.version for version in versions):
            raise ValueError(f"changes: each version once, up to {self.version}; found {versions}")
        later = [change for change in self.changes if change.version == self.version]
        strange = sorted(
            {code for change in later for codes in change.codes.values() for code in codes} - set(self.codes)
        )
        if strange:
            raise ValueError(f"changes: not codes of this taxonomy: {', '.join(strange)}")
        return self

    @model_validator(mode="after")
    def _groups_are_known(self) -> Self:
        for category in self.categories:
            for rule in category.context:
                for word in (*rule.words, *rule.near, *rule.not_near):
                    if word.startswith(_GROUP) and word[1:] not in self.groups:
                        raise ValueError(f"{category.code}: no group of words is named {word[1:]}")
        return self

    def spelt_out(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words of a context rule, each group replaced by its words."""
        return tuple(
            member for word in words for member in (self.groups[word[1:]] if word.startswith(_GROUP) else (word,))
        )

    @property
    def categories(self) -> tuple[Category, ...]:
        """All level-2 categories, in order."""
        return tuple(category for level in self.levels for category in level.children)

    @property
    def codes(self) -> tuple[str, ...]:
        """All level-2 codes, in order."""
        return tuple(category.code for category in self.categories)

    def category(self, code: str) -> Category:
        """The category of that code. Raises: KeyError."""
        return {category.code: category for category in self.categories}[code]

    def level_of(self, code: str) -> Level:
        """The level-1 category above a level-2 code. Raises: KeyError."""
        return {category.code: level for level in self.levels for category in level.children}[code]
