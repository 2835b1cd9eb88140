"""How the branches and departments answer: answering and closing rates, time to answer, what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.numbers.wording import month_name, number, share
from voc_lib.report.actions import due_day
from voc_lib.report.effect import EFFECT_NAMES
from voc_lib.report.followup import state_in_words
from voc_lib.report.html import Html, join, note, table
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = ["answering_tables", "returned_matters"]


def answering_tables(view: OfficeView) -> Html:
    """Of earlier months' suggestions: how many were answered and closed, how soon, and what the figures say since.

    Those that the month's own reports raise are left out: nobody can have answered them.
    """
    old = view.actions[view.actions["raised_month"] < view.month]
    if old.empty:
        return note("没有往期建议，尚无答复可统计。")
    names = {code: view.profile.branch(code).name for code in view.codes}
    by_branch = old.assign(of=old["branch"].map(names))
    by_department = old.assign(of=old["department"])
    branches = [names[code] for code in view.codes if (old["branch"] == code).any()]
    departments = sorted(by_department["of"].unique(), key=lambda d: (-int((by_department["of"] == d).sum()), d))
    told = (
        "答复率、办结率为往期建议（本月新提的除外）中已答复、已办结的占比；用时自提出月份次月1日起算，到首次答复之日，"
        "只计注明答复日期的；按期指首次答复不迟于答复期限。以已录入的反馈表为准。"
    )
    return join(
        _rates(view, by_department, "责任部门", departments),
        _rates(view, by_branch, view.words.branch, branches),
        note(told),
    )


def returned_matters(view: OfficeView) -> Html:
    """Matters that were closed and came back, those of this month first."""
    import pandas as pd

    back = view.actions[view.actions["n_reopened"] > 0]
    back = back.sort_values(["reopened_month", "action_id"], ascending=[False, True], kind="stable")
    frame = pd.DataFrame(
        {
            "事项": back["matter"],
            view.words.branch: [view.profile.branch(code).name for code in back["branch"]],
            "编号": back["action_id"],
            "责任部门": back["department"],
            "再度突出月份": [month_name(month) for month in back["reopened_month"]],
            "次数": [number(n) for n in back["n_reopened"]],
            "目前情况": [
                state_in_words(row, view.month, head_office=view.name) for row in back.itertuples(index=False)
            ],
        }
    )
    return table(frame, caption="办结后再度突出的事项", numeric=["次数"], empty="没有办结后再度突出的事项。")


def _rates(view: OfficeView, actions: pd.DataFrame, heading: str, order: list[str]) -> Html:
    import pandas as pd

    rows = []
    for name in [*order, "合计"]:
        mine = actions if name == "合计" else actions[actions["of"] == name]
        n, answered = len(mine), mine["n_answers"] > 0
        days = days_to_answer(mine)
        effects = mine.loc[answered, "effect"].value_counts()
        rows.append(
            {
                heading: name,
                "往期建议": number(n),
                "已答复": number(answered.sum()),
                "答复率": share(int(answered.sum()), n, small=view.small, unit="项"),
                "已办结": number((mine["status"] == "done").sum()),
                "办结率": share(int((mine["status"] == "done").sum()), n, small=view.small, unit="项"),
                "逾期": number((mine["status"] == "overdue").sum()),
                "用时中位数": f"{days.median():.0f}天（{number(len(days), '项')}）" if len(days) else None,
                "按期答复": share(int(_in_time(view, mine).sum()), len(days), small=view.small, unit="项"),
                "答复后变化": "，".join(
                    f"{told}{number(effects[effect])}" for effect, told in EFFECT_NAMES.items() if effect in effects
                )
                or None,
            }
        )
    frame = pd.DataFrame(rows)
    if not (actions["n_answers"] > 0).any():
        frame = frame.drop(columns=["用时中位数", "按期答复", "答复后变化"])
    columns = list(frame)
    return table(
        frame,
        caption=f"往期建议的答复与办结（按{heading}，单位：项）",
        numeric=[c for c in columns if c not in (heading, "答复后变化")],
        has_total=True,
    )


def days_to_answer(actions: pd.DataFrame) -> pd.Series:
    """Days from the end of the month that raised each action to its first answer, where a day is told."""
    import pandas as pd

    told = actions[actions["first_replied_at"].notna()]
    start = pd.to_datetime([f"{shift_month(month, 1)}-01" for month in told["raised_month"]])
    return (told["first_replied_at"].dt.tz_localize(None) - pd.Series(start, index=told.index)).dt.days


def _in_time(view: OfficeView, actions: pd.DataFrame) -> pd.Series:
    """Whether the first answer came by the day it was first due; False where no day is told."""
    import pandas as pd

    first = actions["first_replied_at"].dt.tz_localize(None)
    due = [
        due_day(month, view.profile.run.days_of(department))
        for month, department in zip(actions["raised_month"], actions["department"], strict=True)
    ]
    return first.notna() & (first <= pd.Series(due, index=actions.index, dtype=first.dtype))
