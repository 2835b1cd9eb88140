"""Times: what a cell says of a moment, in any of the profile's formats or as a spreadsheet's serial number."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parse_times", "usual_among", "usual_months"]

_EARLIEST_YEAR = 1900  # before it nobody called a bank; 0213 is a typing error
_LONGEST_GAP = 24  # months
# A spreadsheet counts days from the last day of 1899; five digits reach from 1927 to 2173.
_SERIAL = r"[1-9]\d{4}(?:\.\d{1,15})?"
_SERIAL_EPOCH = "1899-12-30"
_FRACTION = r":\d{2}\.\d{1,9}$"  # of a second, as databases write it
# Year, month, day and time of day in that order leave no doubt, whatever signs stand between them.
_TOLD = re.compile(
    r"(?P<date>\d{4}(?P<sign>[-/.年])\d{1,2}(?:(?P=sign)|月)\d{1,2}日?)"
    r"(?:(?:\s*T|\s*)(?P<half>上午|下午|中午|凌晨|早上|晚上|[ap]m)?\s*"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?(?::?(?P<second>\d{1,2})(?:\.\d{1,9})?秒?)?"
    r"\s*(?P<late>[ap]m)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_AFTER_NOON = ("下午", "晚上", "pm")
_BEFORE_NOON = ("上午", "凌晨", "早上", "am")
_NOON = 12


def parse_times(values: pd.Series, formats: tuple[str, ...], *, tz: str) -> pd.Series:
    """Times in the first format that fits each; missing where none does, or no such day exists.

    Beside the formats three forms are always read: year, month, day and time of day in that order, with any usual signs
    between them and 上午, 下午, AM or PM beside the hour; the same with its distance from UTC, as ISO 8601 has it; a
    bare number of five digits before the point, which is what a spreadsheet keeps of a time (days since 1899-12-30).
    Digits and signs may be of full width; fractions of a second are cut off, those of a serial number rounded.

    Args:
        tz: IANA name of the zone in which the exports write their times; one of another zone is told in it.
    Returns: datetime64[us], naive local time.
    """
    import pandas as pd

    is_ascii = values.str.isascii()
    plain = values if is_ascii.all() else values.where(is_ascii, values[~is_ascii].map(_plain).reindex(values.index))
    is_fine = plain.str.contains(_FRACTION)
    if is_fine.any():
        plain = plain.where(~is_fine, plain.str.replace(r"\.\d+$", "", regex=True))
    times = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    todo = plain != ""
    for form in formats:
        if not todo.any():
            break
        some = plain if todo.all() else plain[todo]
        told = pd.to_datetime(some, format=form, errors="coerce").astype("datetime64[us]")
        times = told if todo.all() else times.where(~todo, told.reindex(times.index))
        todo &= times.isna()
    serial = todo & plain.where(todo, "").str.fullmatch(_SERIAL)
    if serial.any():
        days = plain[serial].astype("float64")
        times[serial] = pd.to_datetime(days, unit="D", origin=_SERIAL_EPOCH).dt.round("s").astype("datetime64[us]")
        todo &= ~serial
    if todo.any():
        known = {value: _told(value, tz) for value in plain[todo].unique()}
        times[todo] = plain[todo].map(known).astype("datetime64[us]")
    return times.where(times >= pd.Timestamp(_EARLIEST_YEAR, 1, 1))


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def _told(value: str, tz: str) -> datetime | None:
    """The moment that a text tells in that order; None where it tells none, or there is no such day."""
    found = _TOLD.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(number) for number in re.findall(r"\d+", found["date"]))
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    half = (found["half"] or found["late"] or "").lower()
    if (half in _AFTER_NOON and hour < _NOON) or (half == "中午" and hour < _NOON - 1):
        hour += _NOON
    elif half in _BEFORE_NOON and hour == _NOON:
        hour = 0
    try:
        moment = datetime(year, month, day, hour, minute, second)
        if found["zone"]:
            zone = found["zone"].upper().replace("Z", "+00:00")
            moment = datetime.fromisoformat(f"{moment.isoformat()}{zone}").astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment


def usual_months(times: pd.Series, *, share: float = 0.05) -> list[str]:
    """The months that have a usual number of rows (see `usual_among`), of rows with these times; missing ones apart."""
    return usual_among(times.dropna().dt.strftime("%Y-%m").value_counts().to_dict(), share=share)


def usual_among(sizes: dict[str, int], *, share: float = 0.05) -> list[str]:
    """The months that have a usual number of rows, sorted: those with at least this share of the median row's month.

    The median is taken over rows, not over months, so a handful of stray months (typing errors in a year) cannot
    shift it however many they are. A single row is no usual number where the median row's month has more than four, and
    months more than two years away from all others on the way to the largest are none of the centre's.

    Args:
        sizes: rows of each month (YYYY-MM).
    """
    sizes = {month: n_rows for month, n_rows in sizes.items() if n_rows}
    if not sizes:
        return []
    middle = sum(sizes.values()) // 2
    typical = reached = 0
    for n_rows in sorted(sizes.values()):
        reached += n_rows
        if reached > middle:
            typical = n_rows
            break
    usual = sorted(month for month, n_rows in sizes.items() if n_rows >= max(share * typical, min(2, typical / 4)))
    anchor = usual.index(max(usual, key=lambda month: (sizes[month], month)))
    first = last = anchor
    while first > 0 and _months_between(usual[first - 1], usual[first]) <= _LONGEST_GAP:
        first -= 1
    while last + 1 < len(usual) and _months_between(usual[last], usual[last + 1]) <= _LONGEST_GAP:
        last += 1
    return usual[first : last + 1]


def _months_between(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])
