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
from voc_lib.ingest.branch_spelling import BranchNames
from voc_lib.ingest.mapping import by_value
from voc_lib.params import SourceSettings
from voc_lib.params.branches import Branches
from voc_lib.schema import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_rows"]

_SCORE = re.compile(r"[1-5](?:\.0+)?")
# A whole date with its signs, and a time of day: digits alone could be somebody's number.
_LOOKS_LIKE_TIME = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]{0,2}\d{1,2}[:时点]\d{1,2}(?:[:分]\d{0,2}(?:\.\d{1,6})?秒?)?)?"
)
_LOOKS_LIKE_SCORE = re.compile(r"[+\-]?\d{1,3}(?:\.\d{1,2})?|nan", re.IGNORECASE)
_LOOKS_LIKE_BRANCH = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,8}(?:分行|支行|银行|部|中心)")


def check_rows(rows: pd.DataFrame, settings: SourceSettings, branches: Branches) -> pd.DataFrame:
    """Decide branch, month and score of mapped rows, and the reason of refusal where there is one.

    Whether a time lies in the future is not asked here: that takes the times of all files (see `settle`).

    Args:
        rows: mapped rows of one source, with occurred_at already parsed (naive local time, missing where impossible)
            and the text of it in occurred_text.
    Returns: the rows with branch (code, or unknown), month (YYYY-MM, or unknown), score (Int64), reason and detail
        (both missing where the row is good).
    """
    import pandas as pd

    out = rows.copy()
    names = BranchNames(branches)
    out["branch"] = by_value(rows["branch"], lambda value: names.code_of(value) or UNKNOWN)
    out["month"] = _months(rows["occurred_at"])
    scores = by_value(rows["score"], lambda value: unicodedata.normalize("NFKC", value))
    good = by_value(scores, lambda value: value[0] if _SCORE.fullmatch(value) else None)
    out["score"] = pd.to_numeric(good).astype("Int64")
    out["reason"] = pd.Series(None, index=out.index, dtype="str")
    out["detail"] = pd.Series(None, index=out.index, dtype="str")
    bad_score = good.isna() & ((scores != "") | settings.score_required)
    is_unknown = out["branch"] == UNKNOWN
    todo = pd.Series(True, index=out.index)
    for reason, bad, detail in (
        ("unreadable_row", rows["record_id"] == "", lambda _: "no number of its own"),
        ("impossible_time", rows["occurred_at"].isna(), _details("occurred_text", _LOOKS_LIKE_TIME, "a time")),
        ("unknown_branch", is_unknown, lambda bad: _shown_branches(bad["branch"], branches)),
        ("empty_text", (rows["text"] == "") & settings.text_required, lambda _: "no text"),
        ("bad_score", bad_score, _details("score", _LOOKS_LIKE_SCORE, "a number")),
    ):
        hit = bad & todo
        if hit.any():
            out.loc[hit, "reason"] = reason
            out.loc[hit, "detail"] = detail(rows[hit])
            todo &= ~hit
    return out


def _months(times: pd.Series) -> pd.Series:
    """YYYY-MM of each time, or unknown."""
    import pandas as pd

    # A month is told once, not once a row.
    codes, known = pd.factorize(times.dt.year * 12 + times.dt.month - 1)
    told = pd.Series([f"{int(month) // 12:04d}-{int(month) % 12 + 1:02d}" for month in known] + [UNKNOWN], dtype="str")
    return pd.Series(told.take(codes).array, index=times.index)


def _details(column: str, pattern: re.Pattern[str], wanted: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda bad: by_value(bad[column], _shown(pattern, wanted))


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
    return by_value(values, show)


_LONGEST_SPELLING = 16
