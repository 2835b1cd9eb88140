"""One form for every spelling of a text, so that equal things compare equal."""

from __future__ import annotations

import re
import unicodedata

from voc_lib.text.traditional import simplified

__all__ = ["normalise"]

# Zero-width characters and byte-order marks sit inside words where people paste from chat windows.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def normalise(text: str) -> str:
    """The text in NFKC, Latin letters in lower case, runs of white space as one blank, none at the ends.

    Full-width letters, digits and punctuation become half-width; invisible characters go; a text in traditional
    characters is read in simplified ones. Twice is the same as once.
    """
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    # Composing again after lower-casing: some letters have a composed form in lower case only.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return " ".join(_INVISIBLE.sub("", simplified(text)).split())
