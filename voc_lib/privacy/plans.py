"""Number plans of other countries, by Google's libphonenumber.

China's own numbers are decided in `checks.py` by their first digits and their length: the library's plan lags behind
new ranges of mobile numbers and refuses fixed lines of seven digits where a town now has eight, and a masker errs
towards masking.
"""

from __future__ import annotations

import re

__all__ = ["is_foreign_number"]


def is_foreign_number(number: str) -> bool:
    """Whether a number that begins with + or 00 is a telephone number of the country whose code follows."""
    # Imported when the first candidate is met: most landings meet none, and the import takes a tenth of a second.
    import phonenumbers

    digits = re.sub(r"\D", "", number, flags=re.ASCII)
    try:
        parsed = phonenumbers.parse("+" + (digits if number.startswith("+") else digits.removeprefix("00")), None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(parsed))
