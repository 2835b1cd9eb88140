"""Agents' words: what many customers' texts begin or end with (客户来电反映…) tells nothing of any of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

__all__ = ["NO_AGENTS", "AgentsWords"]

_FEWEST = 5  # customers whose texts begin alike
_SHARE = 33  # or one in so many, where there are more
_LONGEST = 80  # characters
_BEGUN = re.compile("[0-9年月日号]+$")  # many tell on one day: that is the customer's word
_DIGIT = str.maketrans("123456789", "0" * 9)  # a clerk's number, a date: another each time


class AgentsWords:
    """The heads and tails that a window's texts share.

    Args:
        heads: every beginning that enough customers' texts have.
        tails: every ending, read backwards.
    """

    def __init__(self, heads: frozenset[str], tails: frozenset[str]) -> None:
        self._heads = heads
        self._tails = tails

    @classmethod
    def of(cls, customers: Sequence[Iterable[str]]) -> AgentsWords:
        """Learned from the plain texts of each customer; what one customer repeats counts once."""
        told = [(customer, text.translate(_DIGIT)) for customer, texts in enumerate(customers) for text in texts]
        enough = max(_FEWEST, len(customers) // _SHARE)
        return cls(_beginnings(told, enough), _beginnings([(who, text[::-1]) for who, text in told], enough))

    def own(self, text: str) -> slice:
        """Between head and tail of a text; empty where many tell the same from beginning to end."""
        folded = text.translate(_DIGIT)
        head = len(_BEGUN.sub("", text[: _shared(folded, self._heads)]))
        return slice(head, max(head, len(text) - _shared(folded[::-1], self._tails)))


NO_AGENTS = AgentsWords(frozenset(), frozenset())


def _beginnings(told: list[tuple[int, str]], enough: int) -> frozenset[str]:
    """All beginnings that texts of so many customers have, letter by letter, as long as there are any."""
    found: list[set[str]] = []
    for length in range(1, _LONGEST + 1):
        held = {(text[:length], customer) for customer, text in told if len(text) >= length}
        holders = Counter(beginning for beginning, _ in held)
        shared = {beginning for beginning, n in holders.items() if n >= enough}
        told = [(customer, text) for customer, text in told if text[:length] in shared]
        if not told:
            break
        found.append(shared)
    return frozenset(chain.from_iterable(found))


def _shared(text: str, beginnings: frozenset[str]) -> int:
    length = 0
    while length < len(text) and text[: length + 1] in beginnings:
        length += 1
    return length
