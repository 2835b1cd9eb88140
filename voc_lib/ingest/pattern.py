"""The month's pattern: days on which fewer or more voices came than on the other days of their kind.

A day is held against the other days of its weekday and of its half of the week (working days, weekend), without the
highest and lowest of them, so that odd days do not hide each other. What it may deviate follows from how few voices
there are and how much the days of this month vary anyway: an empty day is nothing odd where one or two come a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["odd_days"]

_FALSE = 0.05  # of the days named, the share that may be chance
_LEAST = 1.5  # times more or less than expected, or it is not worth naming, however sure
_OTHERS = 2.0  # days that all days of the half of the week count for, beside those of the same weekday
_CUT = 0.2  # share of days left out at either end of a mean
_FEWEST_DAYS = 14


def odd_days(counts: pd.DataFrame, *, until: pd.Timestamp | None = None) -> pd.DataFrame:
    """The days on which a source is missing or out of line.

    Args:
        counts: a row per day: day (datetime64, midnight), one column of counts per source, total; as daily_counts
            gives it.
        until: days after it are not looked at (naive local time); all are by default.
    Returns: a row per day and source, sorted by day, then source: day, source, n_records, expected (voices), kind
        (missing: none at all; low; high). No row where the month has fewer than 14 days to look at.
    Sources of the method: two-sided tail of a negative binomial (Poisson with the spread of the month's days, and
        that of the expectation itself); false-discovery rate after Benjamini and Hochberg (1995), over all days and
        sources.
    """
    import numpy as np
    import pandas as pd
    from scipy import stats

    if until is not None:
        counts = counts[counts["day"] <= until]
    weekdays = counts["day"].dt.day_of_week.to_numpy()
    found = []
    for source in (name for name in counts.columns if name not in ("day", "total")):
        numbers = counts[source].to_numpy().astype(float)
        if len(numbers) < _FEWEST_DAYS or not numbers.any():
            continue
        is_lost = _lost(numbers, weekdays)
        expected, weight = _expected(numbers, weekdays, is_lost)
        residuals = ((numbers - expected) / np.sqrt(expected))[~is_lost]
        spread = max(1.0, (1.4826 * float(np.median(np.abs(residuals - np.median(residuals))))) ** 2)
        variance = expected * (spread + 1 / weight)
        size = expected**2 / (variance - expected)
        chance = stats.nbinom(size, size / (size + expected))
        p_value = np.minimum(1.0, 2 * np.minimum(chance.cdf(numbers), chance.sf(numbers - 1)))
        found.append(
            pd.DataFrame(
                {
                    "day": counts["day"].to_numpy(),
                    "source": source,
                    "n_records": numbers.astype("int64"),
                    "expected": expected,
                    "p_value": p_value,
                }
            )
        )
    if not found:
        return _in_form(pd.DataFrame({name: [] for name in ("day", "source", "n_records", "expected", "kind")}))
    days = pd.concat(found, ignore_index=True)
    ratio = (days["n_records"] + 0.5) / (days["expected"] + 0.5)
    is_far = (ratio >= _LEAST) | (ratio <= 1 / _LEAST)
    odd = days[is_far & (stats.false_discovery_control(days["p_value"]) <= _FALSE)].copy()
    odd["kind"] = np.select([odd["n_records"] == 0, odd["n_records"] < odd["expected"]], ["missing", "low"], "high")
    return _in_form(odd)


def _lost(numbers: np.ndarray, weekdays: np.ndarray) -> np.ndarray:
    """The empty days that chance cannot have emptied, and which are therefore no measure for the others: fewer than
    half of their half of the week, the rest of which has ten voices a day or more."""
    import numpy as np

    is_lost = np.zeros(len(numbers), dtype=bool)
    for half in (weekdays < 5, weekdays >= 5):
        full = numbers[half & (numbers > 0)]
        if 2 * len(full) > half.sum() and np.median(full) >= _PLENTY:
            is_lost |= half & (numbers == 0)
    return is_lost


_PLENTY = 10


def _expected(numbers: np.ndarray, weekdays: np.ndarray, is_lost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the other days lead one to expect of each, and how many days that rests on."""
    import numpy as np

    expected, weight = np.empty(len(numbers)), np.empty(len(numbers))
    for place, weekday in enumerate(weekdays):
        is_other = (np.arange(len(numbers)) != place) & ~is_lost
        half = numbers[is_other & ((weekdays >= 5) == (weekday >= 5))]
        same = numbers[is_other & (weekdays == weekday)]
        n_same = len(same)
        expected[place] = (n_same * _middle(same) + _OTHERS * _middle(half)) / (n_same + _OTHERS)
        weight[place] = n_same + _OTHERS
    # Where all others are empty something may come all the same: half a voice in so many days.
    return np.maximum(expected, 0.5 / weight), weight


def _middle(numbers: Sequence[float] | np.ndarray) -> float:
    """The mean without the highest and the lowest, at least one of each where there are three or more."""
    import numpy as np

    ordered = np.sort(np.asarray(numbers, dtype=float))
    n_cut = max(int(_CUT * len(ordered)), 1) if len(ordered) >= 3 else 0
    kept = ordered[n_cut : len(ordered) - n_cut] if n_cut else ordered
    return float(kept.mean()) if len(kept) else 0.0


def _in_form(days: pd.DataFrame) -> pd.DataFrame:
    days = days.astype(
        {"day": "datetime64[us]", "source": "str", "n_records": "int64", "expected": "float64", "kind": "str"}
    )
    columns = ["day", "source", "n_records", "expected", "kind"]
    return days[columns].sort_values(["day", "source"], ignore_index=True)
