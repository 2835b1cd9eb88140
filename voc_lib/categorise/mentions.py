"""Which of some named things (products, channels) a text is about: the one it names first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params.taxonomy import Named

__all__ = ["Mentions"]


class Mentions:
    """Finds named things in normalised texts.

    Args:
        named: the things and their words; of two words that begin at one place the longer wins.
    """

    def __init__(self, named: Sequence[Named]) -> None:
        import ahocorasick

        self._any = False
        self._automaton = ahocorasick.Automaton()
        for thing in reversed(named):  # where two things share a word, the first listed has it
            for word in thing.words:
                if clean := normalise(word):
                    self._automaton.add_word(clean, thing.name)
                    self._any = True
        if self._any:
            self._automaton.make_automaton()

    def first(self, text: str) -> str | None:
        """The name of what the text mentions first; None where it mentions nothing."""
        if not self._any:
            return None
        return next((name for _, name in self._automaton.iter_long(text)), None)
