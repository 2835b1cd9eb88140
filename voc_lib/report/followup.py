"""What the branches answered: how each suggestion stands in words, and every answer there was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import day_name, month_name
from voc_lib.report.form import answer_names
from voc_lib.report.html import Html, note, table
from voc_lib.report.standing import known_answers
from voc_lib.schema import STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["answer_history", "state_in_words"]


def state_in_words(row: Any, month: str, *, head_office: str) -> str:
    """Where an action stands at the end of the month: 已办结（6月20日）, 已答复：暂不采纳, 逾期未答复（应于6月15日前）.

    Args:
        row: of table `actions`.
        month: of the report; what came back after being done in it, or before, is told with its month.
        head_office: as reports write it.
    """
    told = STATUS_NAMES[row.status]
    if row.status == "overdue":
        told += f"（应于{day_name(row.due, since=month)}前）"
    elif row.status == "answered":
        told += f"：{answer_names(head_office)[row.answer]}" if isinstance(row.answer, str) else ""
        if row.answer == "done":
            told += f"（预计{day_name(row.done_on, since=month)}）"
    elif row.status == "done" and row.done_on == row.done_on:
        told += f"（{day_name(row.done_on, since=month)}）"
    if isinstance(row.reopened_month, str) and row.status != "done":
        again = "本月" if row.reopened_month == month else f"{month_name(row.reopened_month)}"
        told += f"；办结后于{again}再度突出"
    return told


def answer_history(view: BranchView, actions: pd.DataFrame) -> Html:
    """Every answer that was known at the end of the month, the latest first within a suggestion."""
    import pandas as pd

    answers = known_answers(view.answers, view.month)
    answers = answers[answers["action_id"].isin(actions["action_id"])].iloc[::-1]
    answers = answers.sort_values("action_id", kind="stable")
    if (actions["raised_month"] == view.month).all():
        return Html("")  # nobody was asked yet
    if answers.empty:
        return note("尚未收到反馈表；收到并录入后，计入下一次生成的报告。")
    matters = dict(zip(actions["action_id"], actions["matter"], strict=True))
    names = answer_names(view.profile.run.head_office)
    frame = pd.DataFrame(
        {
            "事项": [matters[action] for action in answers["action_id"]],
            "编号": answers["action_id"],
            "反馈表月份": [month_name(month) for month in answers["month"]],
            "答复日期": [_day(day) for day in answers["replied_on"]],
            "处理状态": [names[answer] for answer in answers["answer"]],
            "处理措施及答复": answers["reply"],
            "完成日期": [_day(day) for day in answers["done_on"]],
        }
    )
    nowrap = dict.fromkeys(("编号", "反馈表月份", "答复日期", "完成日期"), ["nowrap"] * len(frame))
    return table(frame, caption=f"{view.words.branch}历次答复（同一建议以最近一期反馈表的答复为准）", classes=nowrap)


def _day(day: pd.Timestamp) -> str | None:
    return None if day != day else f"{day:%Y-%m-%d}"
