"""Check digits and dates of numbers: what tells somebody's number from any other number of that length.

The algorithms are python-stdnum's. A masker errs towards masking: resident IDs are not checked against its table of
places, which lags behind reality; one with a possible date of birth is one even if its check character was misheard.
"""

from __future__ import annotations

import calendar
import re

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

__all__ = [
    "digits_of",
    "is_account",
    "is_bank_card",
    "is_landline",
    "is_local_number",
    "is_mobile",
    "is_resident_id",
]

# How many digits stand together in a resident ID, the check character aside, where signs other than blank and hyphen
# divide it: place, date of birth, order.
_ID_GROUPS = frozenset(
    groups + last
    for groups in ((6, 8), (6, 4, 4), (6, 4, 2, 2), (14,), (3, 3, 8), (3, 3, 4, 4))
    for last in ((3,), (4,), (3, 1))
) | {(18,), (17,), (17, 1), (6, 12), (6, 11), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (9, 9), (3,) * 6, (2,) * 9}
# First two digits of a resident ID: province-level units (GB/T 2260), for the 15-digit form, which has no check digit.
_PROVINCES = frozenset(
    str(n)
    for block in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for n in range(block[0], block[1] + 1)
)


def digits_of(text: str) -> str:
    """The digits (and a closing X) of a number, without what stands between them."""
    return re.sub(r"[^0-9Xx]", "", text).upper()


def is_mobile(number: str) -> bool:
    """Whether it is a mobile number of mainland China, with or without the country's code."""
    return re.fullmatch(r"(?:(?:00)?86)?0?1[3-9]\d{9}", digits_of(number)) is not None


def is_resident_id(number: str) -> bool:
    """Whether it may be a resident ID: 18 characters with a right check character or a possible date; 15 with a date.

    Source of the check: GB 11643, ISO 7064 MOD 11-2.
    """
    plain = digits_of(number)
    if len(plain) == 17 and number.endswith("*"):
        plain += "X"  # an X that somebody wrote as a sign of multiplication
    if re.fullmatch(r"[1-9]\d{16}[\dX]", plain):
        if re.search(r"[^0-9Xx\s\-]", number[:-1]) and not _is_grouped(number, _ID_GROUPS):
            return False
        return mod_11_2.is_valid(plain) or _is_birth_date(plain[6:14])
    if re.fullmatch(r"[1-9]\d{14}", plain):
        return plain[:2] in _PROVINCES and _is_birth_date("19" + plain[6:12])
    return False


def is_bank_card(number: str) -> bool:
    """Whether it may be a card number: 13 to 19 digits whose Luhn sum is right (ISO/IEC 7812-1), no time or years."""
    plain = digits_of(number)
    if not re.fullmatch(r"\d{13,19}", plain) or _is_date(plain[:8]):
        return False
    if plain != number and all(re.fullmatch(r"(?:19|20)\d\d", group) for group in re.findall(r"\d+", number)):
        return False
    return luhn.is_valid(plain) and len(set(plain)) > 1


def is_account(number: str) -> bool:
    """Whether it may be an account's number, given that somebody calls it one: no time of 12 or 14 digits, no phone."""
    plain = digits_of(number)
    if len(plain) in (12, 14) and _is_date(plain[:8]) and int(plain[8:10]) < 24 and int(plain[10:12]) < 60:
        return False
    return not is_mobile(plain) and not is_landline(plain)


def is_landline(number: str) -> bool:
    """Whether it is a fixed line of mainland China with its area code."""
    return re.fullmatch(r"0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}", digits_of(number)) is not None


def is_local_number(number: str) -> bool:
    """Whether it may be a fixed line without its area code: 7 or 8 digits that are no date."""
    return not _is_date(digits_of(number)[:8])


def _is_grouped(number: str, usual: frozenset[tuple[int, ...]]) -> bool:
    """Whether the digits stand in groups of usual sizes, or each by itself."""
    sizes = tuple(len(group) for group in re.findall(r"\d+", number))
    return sizes in usual or set(sizes) == {1}


def _is_date(text: str) -> bool:
    return len(text) == 8 and 1950 <= int(text[:4]) <= 2049 and _is_birth_date(text)


def _is_birth_date(text: str) -> bool:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return 1880 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
