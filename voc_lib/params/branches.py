"""params/branches.yaml: the branches that the centre serves, and every way a source writes their names."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from voc_lib.params.base import Settings
from voc_lib.schema import HEAD_OFFICE, UNKNOWN

__all__ = ["Branch", "Branches"]


class Branch(Settings):
    """One branch."""

    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=24)
    name: str = Field(min_length=1)
    short_name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    customers: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _not_reserved(self) -> Self:
        if self.code in (UNKNOWN, HEAD_OFFICE):
            raise ValueError(f"{self.code} is reserved; choose another code")
        return self


class Branches(Settings):
    """All branches, in the order in which reports list them."""

    branches: tuple[Branch, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        twice = sorted({code for code in self.codes if self.codes.count(code) > 1})
        if twice:
            raise ValueError(f"codes given twice: {', '.join(twice)}")
        seen: dict[str, str] = {}
        for branch in self.branches:
            for name in {branch.code, branch.name, branch.short_name, *branch.aliases}:
                if seen.setdefault(name, branch.code) != branch.code:
                    raise ValueError(f"{name} names both {seen[name]} and {branch.code}")
        return self

    def get(self, code: str) -> Branch:
        """The branch of that code. Raises: KeyError."""
        for branch in self.branches:
            if branch.code == code:
                return branch
        raise KeyError(code)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(branch.code for branch in self.branches)

    def by_name(self) -> dict[str, str]:
        """Every name a source may write, to the branch's code."""
        return {
            name: branch.code
            for branch in self.branches
            for name in (branch.code, branch.name, branch.short_name, *branch.aliases)
        }
