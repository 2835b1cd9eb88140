"""Spelling: how names in raw files compare, and how a file name is written where it is stored or shown."""

from __future__ import annotations

import os
import unicodedata

from voc_lib.text import simplified

__all__ = ["plain_heading", "plain_name", "shown_name"]


def plain_name(name: str) -> str:
    """A name without regard to width, blanks, and traditional characters."""
    return simplified("".join(unicodedata.normalize("NFKC", name).split()))


def plain_heading(heading: str) -> str:
    """A heading without regard to width, blanks, traditional characters and case."""
    return plain_name(heading).lower()


def shown_name(name: str) -> str:
    """A file name that any table or terminal can hold: one in bytes of another system is read as GB 18030."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name
