"""Numbers told: the amounts and dates in a text, equal however they are written (1.5万, 15000, 一万五)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

__all__ = ["dates_and_amounts", "numbers_in"]

_DIGITS = {sign: place for signs in ("零一二三四五六七八九", "〇") for place, sign in enumerate(signs)} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
# One numeral alone is a number before a unit only: 一直, 一个 and 十分 tell none.
_NUMBER = re.compile(
    r"[0-9]+(?:\.[0-9]+)?[百千万亿]?"
    r"|[〇零一二两三四五六七八九十][〇零一二两三四五六七八九十百千万亿]+"
    r"|[一二两三四五六七八九十](?=[元块月日号期折])"
)
_DATE = re.compile("[年月日号]")


def numbers_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each number of a text (see `plain`) begins and ends, and what it says: 15000, 3日, and 5月3日 as one."""
    found = list(_NUMBER.finditer(text))
    month = None
    for number in found:
        start, end, said = number.start(), number.end(), f"{_value(number.group()).normalize():f}"
        unit = text[end : end + 1]
        if unit == "月":
            month = number
            yield start, end, said + "月"
        elif unit in ("日", "号"):
            if month and month.end() + 1 == start:
                said = f"{_value(month.group()):f}月{said}"
            yield start, end, said + "日"
        else:
            yield start, end, said + ("年" if unit == "年" else "")


def dates_and_amounts(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The dates of a text, of a month also its day alone, and all other numbers."""
    said = {what for _, _, what in numbers_in(text)}
    dates = {what for what in said if _DATE.search(what)}
    return frozenset(dates | {date.split("月")[-1] for date in dates if date[-1] == "日"}), frozenset(said - dates)


def _value(number: str) -> Decimal:
    if number[0] in "0123456789":
        return Decimal(number) if number[-1].isdigit() else Decimal(number[:-1]) * _UNITS[number[-1]]
    if not any(sign in _UNITS for sign in number):
        return Decimal("".join(str(_DIGITS[sign]) for sign in number))
    total = section = digit = 0
    unit, is_after_unit = 1, False
    for sign in number:
        if sign in _DIGITS:
            digit = digit * 10 + _DIGITS[sign]
            is_after_unit = is_after_unit and sign not in "零〇"
            continue
        unit = _UNITS[sign]
        if unit >= 10_000:
            total, section = (total + section + digit) * unit, 0
        else:
            section += (digit or 1) * unit
        digit, is_after_unit = 0, True
    # 一万二 is 12000, 一万零二 is 10002.
    return Decimal(total + section + digit * (unit // 10 if is_after_unit and unit >= 100 else 1))
