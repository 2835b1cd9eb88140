"""Personal data: masked in texts, customers under a keyed hash, artefacts searched for what slipped through."""

from voc_lib.privacy.audit import read_trail, record_event, verify_trail
from voc_lib.privacy.canaries import find_canaries
from voc_lib.privacy.erasure import Erasures
from voc_lib.privacy.mask import Masker
from voc_lib.privacy.pseudonym import Pseudonymiser, load_or_make_key
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
