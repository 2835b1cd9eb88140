"""Personal data: masked in texts, customers under a keyed hash, artefacts searched for what slipped through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.privacy.audit import read_trail, record_event, verify_trail
from voc_lib.privacy.erasure import Erasures
from voc_lib.privacy.pseudonym import Pseudonymiser, load_or_make_key

if TYPE_CHECKING:
    from voc_lib.privacy.canaries import find_canaries
    from voc_lib.privacy.mask import Masker
    from voc_lib.privacy.recognisers import RECOGNISERS, Recogniser

__all__ = [
    "RECOGNISERS",
    "Erasures",
    "Masker",
    "Pseudonymiser",
    "Recogniser",
    "find_canaries",
    "load_or_make_key",
    "read_trail",
    "record_event",
    "verify_trail",
]


def __getattr__(name: str) -> Any:
    """What takes a third of a second to load (numpy, and hundreds of patterns to compile), when it is first used."""
    if name == "Masker":
        from voc_lib.privacy.mask import Masker

        return Masker
    if name == "find_canaries":
        from voc_lib.privacy.canaries import find_canaries

        return find_canaries
    if name in ("RECOGNISERS", "Recogniser"):
        from voc_lib.privacy import recognisers

        return getattr(recognisers, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
