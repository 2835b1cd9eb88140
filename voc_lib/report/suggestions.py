"""Suggestions by department with the evidence behind each, and what became of the earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.report.cases import quotes_of
from voc_lib.report.effect import EFFECT_NAMES
from voc_lib.report.html import Html, join, note, render, table
from voc_lib.report.wording import STATUS_NAMES, month_name, number

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["follow_up_table", "suggestions_by_department"]

_SUGGESTION = """\
<p><strong>{{ matter }}</strong>（{{ n }}；编号{{ id }}；{{ due }}）：{{ suggestion }}</p>"""


def suggestions_by_department(view: BranchView, actions: pd.DataFrame) -> Html:
    """The suggestions that await an answer, by department, each with a quoted text; most records first."""
    open_ones = actions[actions["status"].isin(["open", "overdue"]) & (actions["n_records"] > 0)]
    if open_ones.empty:
        return note("本期没有需要答复的建议。")
    ranked = open_ones.sort_values(["n_records", "action_id"], ascending=[False, True], kind="stable")
    pieces: list[Html] = []
    told: set[str] = set()
    for department in dict.fromkeys(ranked["department"]):
        pieces.append(render("<h3>{{ name }}</h3>", name=department))
        for row in ranked[ranked["department"] == department].itertuples(index=False):
            pieces.append(_suggestion(row))
            pieces.append(quotes_of(view.texts, row.evidence_record_ids[:1], told=told))
    return join(*pieces)


def follow_up_table(view: BranchView, actions: pd.DataFrame) -> Html:
    """Earlier suggestions: where they stand, what was answered, and what the figures say since."""
    import pandas as pd

    old = actions[actions["raised_month"] != view.month]
    frame = pd.DataFrame(
        {
            "事项": old["matter"],
            "编号": old["action_id"],
            "提出月份": [month_name(month) for month in old["raised_month"]],
            "责任部门": old["department"],
            "状态": [STATUS_NAMES[status] for status in old["status"]],
            "本月件数": [number(n) for n in old["n_records"]],
            "与提出前之比（95%区间）": [_effect(row) for row in old.itertuples(index=False)],
            "答复": old["reply"],
        }
    )
    if frame["答复"].isna().all():
        frame = frame.drop(columns="答复")
    return join(
        table(frame, caption="往期建议跟踪", numeric=["本月件数"], empty="没有往期建议。"),
        note(
            "“与提出前之比”为该事项占全部有文字内容的反映的比率与提出前各月之比，1为不变；区间包含1时记为看不出变化，"
            "并不等于没有效果。"
        )
        if len(frame)
        else None,
    )


def _suggestion(row: Any) -> Html:
    return render(
        _SUGGESTION,
        matter=row.matter,
        n=f"本月{number(row.n_records, '件')}",
        id=row.action_id,
        due=_due(row),
        suggestion=row.suggestion,
    )


def _effect(row: Any) -> str:
    if not isinstance(row.effect, str):
        return "–"
    told = EFFECT_NAMES[row.effect]
    if row.rate_ratio != row.rate_ratio or row.rate_ratio is None:
        return told
    high = "∞" if row.rate_ratio_high != row.rate_ratio_high else f"{row.rate_ratio_high:.1f}"
    return f"{told} {row.rate_ratio:.1f}（{row.rate_ratio_low:.1f}–{high}）"


def _due(row: Any) -> str:
    day = f"{row.due.month}月{row.due.day}日"
    return f"应于{day}前答复，已逾期" if row.status == "overdue" else f"请于{day}前答复"
