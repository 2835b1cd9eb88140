"""Figures as a Chinese reader writes them: measure words, shares, changes; small numbers as numbers.

Nothing here is more precise than what it rests on: whole per cent up to a thousand records, one decimal above, and no
percentage at all below the profile's `report.small_number`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from voc_lib.numbers.intervals import ratio_of_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Change",
    "change_of",
    "day_name",
    "listed",
    "month_name",
    "number",
    "percent",
    "points",
    "share",
    "short_change",
]

_PRECISE_FROM = 1000  # records from which a share is told with one decimal
Direction = Literal["up", "down", "flat"]


@dataclass(frozen=True)
class Change:
    """A change in words, its direction, and whether chance alone would hardly bring it about."""

    text: str
    direction: Direction
    is_clear: bool

    @property
    def tone(self) -> Direction:
        """The direction as a colour may show it: flat where it may be chance."""
        return self.direction if self.is_clear else "flat"

    @property
    def judged(self) -> str:
        """The change as a sentence tells it: with whether it is more than months differ by themselves."""
        if self.direction == "flat":
            return self.text
        return f"{self.text}，{'超出正常波动范围' if self.is_clear else '属正常波动'}"

    @property
    def short(self) -> str:
        """The change as a table or a box tells it: a rise or fall that may be chance says so."""
        return self.text if self.tone == self.direction else f"{self.text}（正常波动）"


def month_name(month: str) -> str:
    """2013-05 → 2013年5月."""
    return f"{int(month[:4])}年{int(month[5:7])}月"


def day_name(day: pd.Timestamp, *, since: str | None = None) -> str:
    """5月7日; where it is in another year than the month `since` (YYYY-MM), 2014年1月15日."""
    year = f"{day.year}年" if since is not None and day.year != int(since[:4]) else ""
    return f"{year}{day.month}月{day.day}日"


def number(n: int, unit: str = "") -> str:
    """A count with thousands set apart and its measure word: 1,204件."""
    return f"{int(n):,}{unit}"


def share(n: int, total: int, *, small: int, unit: str = "件") -> str:
    """A share as per cent, or as plain counts where there are few: 23%, 不足1%, 7件中的3件.

    Args:
        n, total: the part and the whole.
        small: below this total no percentage is given.
        unit: measure word of the counts.
    """
    if not total:
        return "–"
    if total < small:
        return f"{number(total, unit)}中的{number(n, unit)}"
    return percent(n / total, total)


def percent(value: float, total: int) -> str:
    """A share of 0 to 1 with as many decimals as its total carries: 23%, 23.4%, 不足1%."""
    decimals = _decimals(total)
    step = 10.0**-decimals
    if 0 < value * 100 < step:
        return f"不足{step:.{decimals}f}%"
    if 100 - step < value * 100 < 100:
        return f"超过{100 - step:.{decimals}f}%"
    return f"{value * 100:.{decimals}f}%"


def points(now: float, before: float, *, total: int) -> str:
    """A difference of two shares in percentage points, with as many decimals as the shares carry: 上升3个百分点.

    Args:
        now, before: the shares, 0 to 1.
        total: what they are shares of; the smaller one of the two.
    """
    decimals = _decimals(total)
    difference = round((now - before) * 100, decimals)
    if difference == 0:
        return "基本持平"
    return f"{'上升' if difference > 0 else '下降'}{abs(difference):.{decimals}f}个百分点"


def change_of(now: int, before: int | None, *, small: int, unit: str = "件") -> Change:
    """A count against last month's, in words.

    Args:
        now: this month's count.
        before: last month's; None where last month is not known.
        small: where either count is below it, the change is told as a number and not as per cent.
        unit: measure word.
    """
    if before is None:
        return Change("无上月数据", "flat", False)
    if now == before:
        return Change("与上月持平", "flat", False)
    rising = now > before
    direction: Direction = "up" if rising else "down"
    is_clear = _is_clear(now, before)
    if before < small or now < small:
        return Change(f"较上月{'增加' if rising else '减少'}{number(abs(now - before), unit)}", direction, is_clear)
    per_cent = round(abs(now / before - 1) * 100)
    if per_cent == 0:
        return Change("与上月基本持平", "flat", False)
    if now >= 2 * before:
        return Change(f"由上月{number(before, unit)}增至{number(now, unit)}", direction, is_clear)
    return Change(f"较上月{'增长' if rising else '下降'}{per_cent}%", direction, is_clear)


def short_change(now: int, before: int | None, *, small: int, unit: str = "件") -> tuple[str, Direction]:
    """A change as a table cell: +12%, −3件, 持平, –; with its direction, which is flat where it may be chance.

    Per cent stand where `change_of` has them: neither where a month is small nor from a doubling on.
    """
    if before is None:
        return "–", "flat"
    if now == before:
        return "持平", "flat"
    direction: Direction = "flat" if not _is_clear(now, before) else "up" if now > before else "down"
    sign = "+" if now > before else "−"
    if before < small or now < small or now >= 2 * before:
        return f"{sign}{number(abs(now - before), unit)}", direction
    per_cent = round(abs(now / before - 1) * 100)
    return (f"{sign}{per_cent}%", direction) if per_cent else ("持平", "flat")


def listed(names: list[str]) -> str:
    """甲、乙和丙."""
    if len(names) < 2:
        return "".join(names)
    return f"{'、'.join(names[:-1])}和{names[-1]}"


def _decimals(total: int) -> int:
    return 1 if total >= _PRECISE_FROM else 0


def _is_clear(now: int, before: int) -> bool:
    """Whether the 95 % interval of the ratio of the two counts leaves out 1."""
    _, low, high = ratio_of_counts(now, before)
    return low > 1 or high < 1
