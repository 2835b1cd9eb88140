"""The recognisers that ship: one table of what counts as personal data.

Where two findings overlap the longer wins, then the one that stands first here.
"""

from __future__ import annotations

from voc_lib.privacy.addresses import ADDRESSES
from voc_lib.privacy.documents import DOCUMENTS
from voc_lib.privacy.numbers import NUMBERS
from voc_lib.privacy.persons import NAMES
from voc_lib.privacy.recogniser import Recogniser

__all__ = ["RECOGNISERS", "Recogniser"]

RECOGNISERS: tuple[Recogniser, ...] = (*NUMBERS, *DOCUMENTS, *NAMES, *ADDRESSES)
