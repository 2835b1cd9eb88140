"""params/masking.yaml: what this centre masks besides what is personal data everywhere."""

from __future__ import annotations

from typing import Any

import re2
from pydantic import Field, field_validator

from voc_lib.params.base import Settings

__all__ = ["Masking", "OwnPattern"]

_BRACKETS = re2.compile("[〔〕]")


class OwnPattern(Settings):
    """One pattern, and what its mask says."""

    name: str = Field(min_length=1, max_length=12)
    pattern: str = Field(min_length=1)

    @field_validator("name")
    @classmethod
    def _no_bracket(cls, value: str) -> str:
        if _BRACKETS.search(value):
            raise ValueError("a name without 〔 and 〕, which stand around it in the mask")
        return value

    @field_validator("pattern")
    @classmethod
    def _usable(cls, value: str) -> str:
        try:
            compiled = _compiled(value)
        except re2.error as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"a regular expression in RE2's syntax, which has no look-around: {reason}") from None
        if compiled.search("") is not None:
            raise ValueError("a pattern that does not match an empty text")
        return value

    def compiled(self) -> Any:
        """The pattern, as it is searched in folded texts, in time that grows with the text and no faster."""
        return _compiled(self.pattern)


class Masking(Settings):
    """The centre's own additions to masking."""

    never_masked: tuple[str, ...] = ()
    own: tuple[OwnPattern, ...] = ()

    @field_validator("never_masked", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """YAML reads 95533 as a number, and a number that begins with 0 as another one."""
        if isinstance(value, (list, tuple)) and any(isinstance(item, (int, float)) for item in value):
            found = next(item for item in value if isinstance(item, (int, float)))
            raise ValueError(f'numbers in quotes, such as "{found}": without them a 0 in front is lost')
        return value

    @field_validator("never_masked")
    @classmethod
    def _numbers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for item in value:
            if sum(char.isalnum() for char in item) < 5:
                raise ValueError(f"numbers of five characters or more, not {item!r}: shorter ones are never masked")
        return value


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.never_nl = True  # texts are searched together, a line each
    options.log_errors = False
    return re2.compile(pattern, options)
