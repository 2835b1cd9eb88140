"""What a profile adds to the recognisers: patterns of its own, and numbers that are nobody's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voc_lib.privacy.fold import fold_digits, fold_width
from voc_lib.privacy.recogniser import Recogniser

if TYPE_CHECKING:
    from voc_lib.params import Masking

__all__ = ["bare", "own_recognisers"]


def own_recognisers(profile: Masking) -> tuple[Recogniser, ...]:
    """The recognisers of the profile's own patterns: every text is searched, with Chinese digits also read as ASCII."""
    return tuple(
        Recogniser("own", pattern.name, pattern.compiled(), frozenset(), in_digits=True, over_dates=True)
        for pattern in profile.own
    )


def bare(number: str) -> str:
    """Its digits and Latin letters as ASCII, without the signs between them."""
    return re.sub(r"[^0-9a-z]", "", fold_digits(fold_width(number)))
