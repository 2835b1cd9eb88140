"""Where a suggestion stands at the end of a month, by what the branch has answered until then.

The answer of the latest form counts, and of one form the latest given; a form that came late changes nothing about the
months before it was answered. What came back after being done is answered by the forms since then only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOTHING_YET", "known_answers", "standing"]

NOTHING_YET: dict[str, Any] = {
    "status": "open",
    "reply": None,
    "replied_at": None,
    "answer": None,
    "n_answers": 0,
    "first_replied_at": None,
    "done_on": None,
    "reopened_month": None,
    "n_reopened": 0,
}


def known_answers(answers: pd.DataFrame, month: str) -> pd.DataFrame:
    """The rows of table `answers` that were known at the end of the month, the latest last.

    One without a day is known from the month after its form's.
    """
    is_told = answers["replied_on"].notna()
    known = (answers["replied_on"] <= _last_day(month)) | (~is_told & (answers["month"] < month))
    return answers[known].sort_values(["month", "action_id", "position"], kind="stable").reset_index(drop=True)


def standing(row: dict[str, Any], answers: pd.DataFrame, month: str, *, tz: str) -> dict[str, Any]:
    """The row of an action (table `actions`) with what its answers say of it.

    Args:
        row: as it was at the end of the month before, or as it is raised; what answers it had stay where none is given.
        answers: of `known_answers`; those of other actions are left alone.
        month: at whose end.
        tz: in which days begin.
    """
    mine = answers[answers["action_id"] == row["action_id"]]
    reopened = row["reopened_month"] if isinstance(row["reopened_month"], str) else ""
    counting = mine[mine["month"] >= reopened]
    told = dict(row)
    if len(mine):
        days = mine["replied_on"].dropna()
        told["n_answers"] = max(len(mine), int(row["n_answers"]))
        if len(days) and _is_missing(row["first_replied_at"]):
            told["first_replied_at"] = days.min().tz_localize(tz)
    if len(counting):
        last = counting.iloc[-1]
        replied_at = None if _is_missing(last["replied_on"]) else last["replied_on"].tz_localize(tz)
        is_done = last["answer"] == "done" and (_is_missing(last["done_on"]) or last["done_on"] <= _last_day(month))
        told |= {
            "answer": last["answer"],
            "reply": None if _is_missing(last["reply"]) else last["reply"],
            "replied_at": replied_at,
            "done_on": last["done_on"],
            "status": "done" if is_done else "answered",
        }
    elif told["status"] in ("open", "overdue"):
        told["status"] = "overdue" if told["due"] <= _last_day(month) else "open"
    return told


def _last_day(month: str) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(f"{shift_month(month, 1)}-01") - pd.Timedelta(days=1)


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))
