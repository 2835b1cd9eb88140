"""Validation: what each mapped row says, and why it is refused where it says nothing usable.

A row is refused for the first reason that applies, in the order of the checks here. `detail` never holds a text, a name
or a number of a person: an odd value is shown only when it looks like what the column should hold.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from voc_lib.params import Profile, SourceSettings
from voc_lib.schema import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_rows", "parse_times", "usual_months"]

_SCORE = re.compile(r"[1-5](?:\.0+)?")
_LOOKS_LIKE_TIME = re.compile(r"[\d/\-:. T年月日时分秒]{4,20}")
_LOOKS_LIKE_SCORE = re.compile(r"[+\-]?\d{1,3}(?:\.\d{1,2})?|nan", re.IGNORECASE)
_LOOKS_LIKE_BRANCH = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,16}(?:分行|支行|银行|部|中心)")


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
    codes = {_plain(name): code for name, code in profile.branches.by_name().items()}
    out["branch"] = rows["branch"].map(lambda value: codes.get(_plain(value), UNKNOWN)).astype("str")
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
        ("unknown_branch", out["branch"] == UNKNOWN, rows["branch"].map(_shown(_LOOKS_LIKE_BRANCH, "a branch"))),
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
    return times


def usual_months(times: pd.Series, *, share: float = 0.05) -> list[str]:
    """The months that have a usual number of rows, sorted: those with at least this share of the median row's month.

    The median is taken over rows, not over months, so a handful of stray months (typing errors in a year) cannot
    shift it however many they are.
    """
    months = times.dropna().dt.strftime("%Y-%m")
    if months.empty:
        return []
    sizes = months.value_counts()
    typical = months.map(sizes).sort_values().iloc[len(months) // 2]
    return sorted(str(month) for month in sizes.index[sizes >= share * typical])


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _shown(pattern: re.Pattern[str], wanted: str) -> object:
    def show(value: str) -> str:
        if value == "":
            return "empty"
        return value if pattern.fullmatch(value) else f"not {wanted}, {len(value)} characters"

    return show
