"""The errors that this project raises on purpose: one kind for each thing a person would do differently."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar

__all__ = [
    "ModelError",
    "ProfileError",
    "PublishError",
    "RenderError",
    "RunError",
    "SourceError",
    "StorageError",
    "TableError",
    "VocError",
    "nearest",
]


class VocError(Exception):
    """Base of all. Says what is wrong, where, what was found and expected, and what to do.

    Args:
        message: what is wrong, in a few words. Never a customer's text.
        hint: what to do about it.
        **where: the place and the values, printed in the order given (file=, row=, column=, key=, found=, expected=…).
            None values are left out.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None, **where: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = {key: value for key, value in where.items() if value is not None}

    def __str__(self) -> str:
        parts = [self.message]
        if self.where:
            parts.append(" (" + ", ".join(f"{key}: {value}" for key, value in self.where.items()) + ")")
        if self.hint:
            parts.append(f"\n  → {self.hint}")
        return "".join(parts)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries; the default would call __init__ without its keywords.
        return (_rebuild, (type(self), self.message, self.hint, self.where))


def _rebuild(kind: type[VocError], message: str, hint: str | None, where: dict[str, object]) -> VocError:
    error = kind(message, hint=hint)
    error.where = dict(where)
    return error


class ProfileError(VocError):
    """The profile (params/) or the call is wrong: mend it there."""


class SourceError(VocError):
    """A raw file cannot be read as its source: mend or replace the export."""


class TableError(VocError):
    """A table is missing or does not fit its schema: run the stage that writes it."""


class StorageError(VocError):
    """A file or folder cannot be written: mend its permissions, make room, or name another place."""


class ModelError(VocError):
    """A model is missing, or does not fit the profile: train it."""


class RunError(VocError):
    """A notebook failed: open the executed notebook at the failing cell."""

    exit_code = 1


class RenderError(VocError):
    """HTML or PDF could not be made: a library, a font or the notebook is at fault."""

    exit_code = 1


class PublishError(VocError):
    """A package was refused or could not be sent."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to a mistyped one, or None where nothing is close. Upper and lower case are the same."""
    names = {str(k).casefold(): str(k) for k in known}
    found = difflib.get_close_matches(str(name).casefold(), names, n=1, cutoff=0.5)
    return names[found[0]] if found else None
