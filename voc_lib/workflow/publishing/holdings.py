"""What each branch has in its own tables: by that, and not by names in texts, a package is told to hold another's.

A customer of one branch may well speak of another, so a branch's name inside a text says nothing. What says something:
a record's number or words, an action's number, a customer's key, a title, or a cell that is nothing but the name of
another branch or of one of its outlets. Whatever the branch has in its own tables as well is its own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from voc_lib.store import Store, window

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["Holdings", "grams", "squeezed"]

GRAM = 24  # characters that two texts share by chance only where both repeat a third one
_SHORTEST = 10  # a shorter text may be anybody's
_BLANK = re.compile("[\\s\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]+")
_DIGIT = re.compile(r"\d")


def squeezed(text: str) -> str:
    """The text without blanks and invisible characters, of one width and case: what a PDF gives back of it."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).casefold()


def grams(text: str) -> set[str]:
    """All pieces of a squeezed text that are GRAM characters long; a shorter text whole."""
    return {text[i : i + GRAM] for i in range(max(1, len(text) - GRAM + 1))}


@dataclass(frozen=True)
class Holdings:
    """What the branches hold in a month and the year before it.

    Args:
        profile: names of the branches.
        landed: their records: branch, source, record_id, text, reply, outlet, customer_key.
        actions: their suggestions: branch, action_id.
    """

    profile: Profile
    landed: pd.DataFrame
    actions: pd.DataFrame

    @staticmethod
    def read(profile: Profile, data: str, month: str) -> Holdings:
        """From the tables `landed` and `actions` of the month and the twelve before it."""
        store, codes, months = Store(data, profile.tz), profile.branches.codes, window(month, -12, 0)
        landed = store.read_many("landed", codes, months)
        columns = ["branch", "source", "record_id", "text", "reply", "outlet", "customer_key"]
        return Holdings(profile, landed[columns], store.read_many("actions", codes, months)[["branch", "action_id"]])

    def own(self, branch: str) -> pd.DataFrame:
        """The branch's own records."""
        return self.landed[self.landed["branch"] == branch]

    @cached_property
    def numbers(self) -> dict[str, frozenset[str]]:
        """Number of a record or an action (bare, and with its source), to the branches that have it.

        A bare one only where it can be told from other figures: eight characters with a digit, or more.
        """
        found: dict[str, set[str]] = {}
        columns = (self.landed[name] for name in ("branch", "source", "record_id"))
        for branch, source, number in zip(*columns, strict=True):
            found.setdefault(f"{source}:{number}", set()).add(branch)
            if len(number) >= 8 and _DIGIT.search(number):
                found.setdefault(number, set()).add(branch)
        for branch, number in zip(self.actions["branch"], self.actions["action_id"], strict=True):
            found.setdefault(number, set()).add(branch)
        return {number: frozenset(branches) for number, branches in found.items()}

    @cached_property
    def number_search(self) -> Any:
        """An automaton that finds the numbers in a text."""
        import ahocorasick

        automaton = ahocorasick.Automaton()
        for number in self.numbers:
            automaton.add_word(number, number)
        automaton.make_automaton()
        return automaton

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """For each branch: a piece of what its customers said or were answered, to the record's source and number.

        Beginning, middle and end of each text, GRAM characters each; a shorter text whole.
        """
        found: dict[str, dict[str, str]] = {code: {} for code in self.profile.branches.codes}
        columns = (self.landed[name] for name in ("branch", "source", "record_id", "text", "reply"))
        for branch, source, number, *told in zip(*columns, strict=True):
            for text in told:
                plain = squeezed(text) if isinstance(text, str) else ""
                if len(plain) >= _SHORTEST:
                    middle = max(0, (len(plain) - GRAM) // 2)
                    for piece in (plain[:GRAM], plain[middle : middle + GRAM], plain[-GRAM:]):
                        found[branch].setdefault(piece, f"{source}:{number}")
        return found

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Name of a branch or of an outlet, squeezed, to the branches that bear or have it."""
        found: dict[str, set[str]] = {}
        for name, code in self.profile.branches.by_name().items():
            found.setdefault(squeezed(name), set()).add(code)
        outlets = self.landed[["branch", "outlet"]].dropna().drop_duplicates()
        for code, outlet in zip(outlets["branch"], outlets["outlet"], strict=True):
            if len(squeezed(outlet)) > 1:
                found.setdefault(squeezed(outlet), set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The customers' keys of all branches: none leaves the data folder."""
        return frozenset(self.landed["customer_key"].dropna())
