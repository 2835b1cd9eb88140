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
_PIECE = 10  # characters of a text that say whose it is wherever they stand
_SHORTEST = 4  # characters of one that does so where nothing else stands beside it; a shorter one may be anybody's
_BLANK = re.compile("[\\s\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]+")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


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
        answers: what they answered to them: branch, action_id, reply.
        edits: what analysts wrote about their reports: branch, month, told.
    """

    profile: Profile
    landed: pd.DataFrame
    actions: pd.DataFrame
    answers: pd.DataFrame
    edits: pd.DataFrame

    @staticmethod
    def read(profile: Profile, data: str, month: str) -> Holdings:
        """From their tables of the month and the twelve before it."""
        store, codes, months = Store(data, profile.tz), profile.branches.codes, window(month, -12, 0)

        def read(table: str, *columns: str) -> pd.DataFrame:
            return store.read_many(table, codes, months)[["branch", *columns]]

        return Holdings(
            profile,
            landed=read("landed", "source", "record_id", "text", "reply", "outlet", "customer_key"),
            actions=read("actions", "action_id"),
            answers=read("answers", "action_id", "reply"),
            edits=read("edits", "month", "told"),
        )

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
    def told(self) -> dict[str, dict[str, str]]:
        """For each branch: what its customers said or were answered, it answered itself, or analysts wrote about it.

        Each text squeezed, to what it is: record SOURCE:NUMBER, the answer to …, an analyst's words of ….
        """
        found: dict[str, dict[str, str]] = {code: {} for code in self.profile.branches.codes}
        records = "record " + self.landed["source"] + ":" + self.landed["record_id"]
        for branch, what, texts in (
            (self.landed["branch"], records, self.landed["text"]),
            (self.landed["branch"], records, self.landed["reply"]),
            (self.answers["branch"], "the answer to " + self.answers["action_id"], self.answers["reply"]),
            (self.edits["branch"], "an analyst about " + self.edits["month"], self.edits["told"]),
        ):
            for code, name, text in zip(branch, what, texts, strict=True):
                if isinstance(text, str) and text.strip():
                    found[code].setdefault(squeezed(text), name)
        return found

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """For each branch: a piece of what was told, to what it is of.

        Beginning, middle and end of each text, GRAM characters each; one of 10 to 23 characters whole.
        """
        found: dict[str, dict[str, str]] = {code: {} for code in self.told}
        for code, told in self.told.items():
            for plain, what in told.items():
                if len(plain) >= _PIECE:
                    middle = max(0, (len(plain) - GRAM) // 2)
                    for piece in (plain[:GRAM], plain[middle : middle + GRAM], plain[-GRAM:]):
                        found[code].setdefault(piece, what)
        return found

    @cached_property
    def short_words(self) -> dict[str, tuple[str, str]]:
        """What a single branch has told in so few words that they say whose they are only where they stand alone.

        Each text squeezed, to its branch and what it is. Left out: what the profile itself says, such as the name of a
        category, and what has fewer than four letters.
        """
        house = squeezed(self.profile.taxonomy.model_dump_json() + self.profile.run.model_dump_json())
        found: dict[str, list[tuple[str, str]]] = {}
        for code, told in self.told.items():
            for plain, what in told.items():
                if len(plain) < _PIECE and len(_LETTER.findall(plain)) >= _SHORTEST and plain not in house:
                    found.setdefault(plain, []).append((code, what))
        return {plain: owners[0] for plain, owners in found.items() if len(owners) == 1}

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
