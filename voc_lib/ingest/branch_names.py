"""Branches by name: which branch a text speaks of, where an export has no column that says so."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from voc_lib.ingest.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from voc_lib.params.sources import BranchFrom

__all__ = ["named_branches"]


def named_branches(texts: Iterable[str], settings: BranchFrom, *, known: Collection[str]) -> list[str]:
    """The name of the branch that each text speaks of first.

    The patterns are tried in order, each over the whole text; the first thing found that is a name of a branch counts.

    Args:
        texts: what customers wrote, in any width.
        settings: the patterns (of one with a group, the group is the name) and the default.
        known: every name of every branch, plain (see plain_name).
    Returns: a name a text; the default, or an empty text, where none is named.
    """
    patterns = [re.compile(pattern) for pattern in settings.patterns]
    return [_named(text, patterns, known) or settings.default or "" for text in texts]


def _named(text: str, patterns: list[re.Pattern[str]], known: Collection[str]) -> str:
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = plain_name(match[pattern.groups])
            if name in known:
                return name
    return ""
