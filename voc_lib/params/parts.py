"""The profile by parts: what a notebook says it uses, what it may then use, and how to tell whether that changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from pydantic import BaseModel

from voc_lib.errors import ProfileError, nearest
from voc_lib.params.lexicon import Lexicon
from voc_lib.params.load import Profile
from voc_lib.params.publishing import Publishing
from voc_lib.params.thresholds import Thresholds

__all__ = ["PROFILE_PARTS", "check_parts", "part_digests", "restricted"]

# Every task needs the time zone and the branches' codes.
_ALWAYS = ("run", "branches")
_GROUPS = {
    "thresholds": tuple(Thresholds.model_fields),
    "lexicon": tuple(field.name for field in fields(Lexicon)),
}
PROFILE_PARTS = (
    *_ALWAYS,
    "sources",
    "taxonomy",
    "masking",
    "narrative",
    *(f"{whole}.{group}" for whole, groups in _GROUPS.items() for group in groups),
)


def check_parts(uses: Iterable[str]) -> tuple[str, ...]:
    """The parts that the names stand for, with those that every task uses; "thresholds" stands for all its groups.

    Raises: ProfileError naming the nearest part.
    """
    found = set(_ALWAYS)
    for name in uses:
        parts = [part for part in PROFILE_PARTS if part == name or part.startswith(f"{name}.")]
        if not parts:
            near = nearest(name, (*PROFILE_PARTS, *_GROUPS))
            raise ProfileError(
                "no such part of the profile",
                found=name,
                allowed=", ".join((*PROFILE_PARTS, *_GROUPS)),
                hint=f"did you mean {near}?" if near else None,
            )
        found.update(parts)
    return tuple(part for part in PROFILE_PARTS if part in found)


def part_digests(profile: Profile) -> dict[str, str]:
    """SHA-256 of each part as read: comments and layout of the files do not count, the order of entries does.

    `as_of` is left out of run: landing alone uses it, and what it changes there shows in the tables.
    """
    digests = {}
    for part in PROFILE_PARTS:
        content: Any = profile.run.model_copy(update={"as_of": None}) if part == "run" else _part(profile, part)
        text = content.model_dump_json() if isinstance(content, BaseModel) else json.dumps(content, ensure_ascii=False)
        digests[part] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return digests


def restricted(profile: Profile, parts: Iterable[str], *, notebook: str | None) -> Profile:
    """The profile with nothing in it but those parts (of `check_parts`); without `as_of`, which only landing may use.

    Using another part raises ProfileError: what a notebook does not declare would not make it run again when changed.
    """
    allowed = frozenset(parts)
    # No notebook has anything to do with who gets its report.
    kept: dict[str, Any] = {"run": profile.run.model_copy(update={"as_of": None}), "publishing": Publishing()}
    for field in fields(profile):
        groups = [f"{field.name}.{group}" for group in _GROUPS.get(field.name, ())] or [field.name]
        known = {*_ALWAYS, "folder", "publishing"}
        if field.name not in known and not allowed.issuperset(groups):
            kept[field.name] = _Declared(getattr(profile, field.name), field.name, allowed, notebook)
    return replace(profile, **kept)


class _Declared:
    """Stands in for a part of which not everything is declared."""

    def __init__(self, content: Any, part: str, allowed: frozenset[str], notebook: str | None) -> None:
        self._content = content
        self._part = part
        self._allowed = allowed
        self._notebook = notebook

    def __getattr__(self, name: str) -> Any:
        part = f"{self._part}.{name}" if self._part in _GROUPS else self._part
        if name.startswith("__") or part not in PROFILE_PARTS:
            raise AttributeError(name)
        if part in self._allowed:
            return getattr(self._content, name)
        raise ProfileError(
            "notebook does not declare to use this part of the profile",
            part=part,
            notebook=self._notebook,
            hint="add it to metadata.voc.uses of the notebook: a change of it would not make the notebook run again",
        )


def _part(profile: Profile, part: str) -> Any:
    whole, _, group = part.partition(".")
    content = getattr(profile, whole)
    return getattr(content, group) if group else content
