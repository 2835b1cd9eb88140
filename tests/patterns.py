"""What makes a regular expression slow on a hostile text, told from its structure instead of a clock."""

from __future__ import annotations

from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["unbounded_inside"]


def unbounded_inside(pattern: str) -> list[str]:
    """The repetitions without an upper bound after which something more must match: what makes a search quadratic.

    One that ends the pattern is no fault, nor is one in a pattern that begins at the text's beginning.
    """
    return [] if pattern.startswith("^") else _walk(_parser.parse(pattern), is_last=True)


def _walk(parts: Any, *, is_last: bool) -> list[str]:
    found: list[str] = []
    for place, (kind, detail) in enumerate(parts):
        ends = is_last and place == len(parts) - 1
        if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            _, most, inner = detail
            if most is _constants.MAXREPEAT and not ends:
                found.append(f"part {place}")
            found += _walk(inner, is_last=False)
        elif kind is _constants.SUBPATTERN:
            found += _walk(detail[3], is_last=ends)
        elif kind is _constants.BRANCH:
            for branch in detail[1]:
                found += _walk(branch, is_last=ends)
        elif kind in (_constants.ASSERT, _constants.ASSERT_NOT):
            found += _walk(detail[1], is_last=False)
    return found
