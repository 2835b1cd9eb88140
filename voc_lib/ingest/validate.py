"""Validation: what each mapped row says, and why it is refused where it says nothing usable.

A row is refused for the first reason that applies, in the order of the checks here. `detail` never holds a text, a name
or a number of a person: an odd value is shown only when it has the shape of what the column should hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from voc_lib.errors import nearest
from voc_lib.ingest.spelling import plain_name
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.branches import Branches
from voc_lib.schema import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_rows", "parse_times", "usual_months"]

_SCORE = re.compile(r"[1-5](?:\.0+)?")
# A whole date with its signs, and a time of day: digits alone could be somebody's number.
_LOOKS_LIKE_TIME = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]{0,2}\d{1,2}[:时点]\d{1,2}(?:[:分]\d{0,2}(?:\.\d{1,6})?秒?)?)?"
)
_LOOKS_LIKE_SCORE = re.compile(r"[+\-]?\d{1,3}(?:\.\d{1,2})?|nan", re.IGNORECASE)
_LOOKS_LIKE_BRANCH = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,8}(?:分行|支行|银行|部|中心)")


def check_rows(rows: pd.DataFrame, settings: SourceSettings, profile: Profile, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Decide branch, month and score of mapped rows, and the reason of refusal where there is one.

    Args:
        rows: mapped rows of one source, with occurred_at already parsed (naive local time, missing where impossible)
            and the text of it in occurred_text.
        as_of: a later time is a future time (naive local time).
    Returns: the rows with branch (code, or unknown), month (YYYY-MM, or unknown), score (Int64), reason and detail
        (both missing where the row is good).
    """
    import pandas as pd

    out = rows.copy()
    codes = {plain_name(name): code for name, code in profile.branches.by_name().items()}
    out["branch"] = rows["branch"].map(lambda value: codes.get(plain_name(value), UNKNOWN)).astype("str")
    out["month"] = rows["occurred_at"].dt.strftime("%Y-%m").fillna(UNKNOWN).astype("str")
    scores = rows["score"].map(lambda value: unicodedata.normalize("NFKC", value))
    good = scores.str.fullmatch(_SCORE)
    out["score"] = pd.to_numeric(scores.where(good).str[:1]).astype("Int64")
    out["reason"] = pd.Series(None, index=out.index, dtype="str")
    out["detail"] = pd.Series(None, index=out.index, dtype="str")
    bad_score = ~good & ((scores != "") | settings.score_required)
    for reason, bad, detail in (
        ("unreadable_row", rows["record_id"] == "", "no number of its own"),
        ("impossible_time", rows["occurred_at"].isna(), rows["occurred_text"].map(_shown(_LOOKS_LIKE_TIME, "a time"))),
        ("future_time", rows["occurred_at"] > as_of, "after " + as_of.strftime("%Y-%m-%d %H:%M:%S")),
        (
            "unknown_branch",
            out["branch"] == UNKNOWN,
            _shown_branches(rows["branch"].where(out["branch"] == UNKNOWN), profile.branches),
        ),
        ("empty_text", (rows["text"] == "") & settings.text_required, "no text"),
        ("bad_score", bad_score, rows["score"].map(_shown(_LOOKS_LIKE_SCORE, "a number"))),
    ):
        hit = bad & out["reason"].isna()
        out.loc[hit, "reason"] = reason
        out.loc[hit, "detail"] = detail if isinstance(detail, str) else detail[hit]
    return out


def parse_times(values: pd.Series, formats: tuple[str, ...]) -> pd.Series:
    """Times in the first format that fits each; missing where none does, or no such day exists.

    Returns: datetime64[us], naive local time.
    """
    import pandas as pd

    plain = values.map(lambda value: unicodedata.normalize("NFKC", value).strip())
    times = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    for form in formats:
        todo = times.isna() & (plain != "")
        if not todo.any():
            break
        times[todo] = pd.to_datetime(plain[todo], format=form, errors="coerce").astype("datetime64[us]")
    return times.where(times >= pd.Timestamp(_EARLIEST_YEAR, 1, 1))


_EARLIEST_YEAR = 1900  # before it nobody called a bank; 0213 is a typing error
_LONGEST_GAP = 24  # months


def usual_months(times: pd.Series, *, share: float = 0.05) -> list[str]:
    """The months that have a usual number of rows, sorted: those with at least this share of the median row's month.

    The median is taken over rows, not over months, so a handful of stray months (typing errors in a year) cannot
    shift it however many they are. A single row is no usual number where the median row's month has more than four, and
    months more than two years away from all others on the way to the largest are none of the centre's.
    """
    months = times.dropna().dt.strftime("%Y-%m")
    if months.empty:
        return []
    sizes = months.value_counts()
    typical = months.map(sizes).sort_values().iloc[len(months) // 2]
    usual = sorted(str(month) for month in sizes.index[sizes >= max(share * typical, min(2, typical / 4))])
    anchor = usual.index(max(usual, key=lambda month: (sizes[month], month)))
    first = last = anchor
    while first > 0 and _months_between(usual[first - 1], usual[first]) <= _LONGEST_GAP:
        first -= 1
    while last + 1 < len(usual) and _months_between(usual[last], usual[last + 1]) <= _LONGEST_GAP:
        last += 1
    return usual[first : last + 1]


def _months_between(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


def _shown(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    def show(value: str) -> str:
        if value == "":
            return "empty"
        return value if pattern.fullmatch(value) else f"not {wanted}, {len(value)} characters"

    return show


def _shown_branches(values: pd.Series, branches: Branches) -> pd.Series:
    """What is shown of each unknown spelling, with the branch it resembles most; of anything else its length."""
    codes = branches.by_name()

    def show(value: str) -> str:
        near = nearest(value, codes) if 0 < len(value) <= _LONGEST_SPELLING else None
        if near is None:
            return _shown(_LOOKS_LIKE_BRANCH, "a branch")(value)
        return f"{value}, nearest: {codes[near]} {branches.get(codes[near]).name}"

    # Each spelling once: to look for the nearest is slow, and one spelling comes in many rows.
    return values.map({value: show(value) for value in values.dropna().unique()})


_LONGEST_SPELLING = 16
