"""Suggestions by department with the evidence behind each, and what became of the earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import day_name, month_name, number
from voc_lib.report.cases import quotes_of
from voc_lib.report.editorial import EDITED
from voc_lib.report.effect import EFFECT_NAMES
from voc_lib.report.followup import state_in_words
from voc_lib.report.html import Html, join, note, render, table
from voc_lib.schema import STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["follow_up_table", "suggestions_by_department"]

_SUGGESTION = """\
<div class="suggestion"><p><strong>{{ matter }}</strong>（{{ n }}；编号{{ id }}；{{ due }}）：{{ suggestion }}
{%- if edited %}<span class="edited">{{ edited }}</span>{% endif %}
{%- if hot %}<strong>{{ hot }}</strong>{% endif %}</p>{{ quotes }}</div>"""


def suggestions_by_department(view: BranchView, actions: pd.DataFrame) -> Html:
    """The suggestions that await an answer, by department, each with a quoted text; most records first."""
    open_ones = actions[actions["status"].isin(["open", "overdue"]) & (actions["n_records"] > 0)]
    open_ones = open_ones[~open_ones["category"].isin(view.praised)]
    if open_ones.empty:
        return note("本期没有需要答复的建议。")
    ranked = open_ones.sort_values(["n_records", "action_id"], ascending=[False, True], kind="stable")
    pieces: list[Html] = []
    told: set[str] = set()
    for department in dict.fromkeys(ranked["department"]):
        pieces.append(render("<h3>{{ name }}</h3>", name=department))
        for row in ranked[ranked["department"] == department].itertuples(index=False):
            pieces.append(_suggestion(view, row, quotes_of(view, row.evidence_record_ids[:1], told=told)))
    return join(*pieces)


def follow_up_table(view: BranchView, actions: pd.DataFrame) -> Html:
    """Earlier suggestions: where they stand, what was answered, and what the figures say since."""
    import pandas as pd

    old = actions[actions["raised_month"] != view.month]
    office = view.profile.run.head_office
    frame = pd.DataFrame(
        {
            "事项": old["matter"],
            "编号": old["action_id"],
            "提出月份": [month_name(month) for month in old["raised_month"]],
            "责任部门": old["department"],
            "状态": [state_in_words(row, view.month, head_office=office) for row in old.itertuples(index=False)],
            "本月件数": [number(n) for n in old["n_records"]],
            "与提出前之比（95%区间）": [_effect(row) for row in old.itertuples(index=False)],
            "答复": [_reply(row) for row in old.itertuples(index=False)],
        }
    )
    followed = table(
        frame,
        caption="各项建议的状态与变化",
        numeric=["本月件数"],
        classes=dict.fromkeys(("编号", "提出月份"), ["nowrap"] * len(frame)),
        empty="没有往期建议。",
    )
    if frame.empty:
        return followed
    told = (
        "“与提出前之比”：该类别占有文字内容件数的比率，本月与提出前各月之比，1为不变；提出当月骤升或提出前没有数据的，"
        "改为与提出当月之比，注明“比当月”，当月骤升的已扣除自然回落。区间包含1的记为“看不出变化”，不等于没有效果。"
    )
    if not old["n_answers"].any():
        told += "各项均未收到答复，比率的变化不能视为措施的效果。"
    return join(followed, note(told))


def _suggestion(view: BranchView, row: Any, quotes: Html) -> Html:
    hot = view.hot_by_category.get(row.category)
    return render(
        _SUGGESTION,
        matter=row.matter,
        n=f"本月{number(row.n_records, '件')}",
        id=row.action_id,
        due=_due(view, row),
        suggestion=row.suggestion,
        edited=EDITED if row.category in set(view.edits.loc[view.edits["kind"] == "suggestion", "target"]) else "",
        hot=f"本月热点“{hot.label}”{number(hot.n_records, '件')}。" if hot is not None else "",
        quotes=quotes,
    )


def _effect(row: Any) -> str:
    if not isinstance(row.effect, str):
        return "–"
    told = _effect_name(row)
    if row.rate_ratio != row.rate_ratio or row.rate_ratio is None:
        return told
    high = "∞" if row.rate_ratio_high != row.rate_ratio_high else f"{row.rate_ratio_high:.1f}"
    base = "比当月" if row.effect_base == "raised" else ""
    return f"{told}：{base}{row.rate_ratio:.1f}（{row.rate_ratio_low:.1f}–{high}）"


def _effect_name(row: Any) -> str:
    """The effect in words; where no change is told though the interval leaves out 1, why (see `effect_of`)."""
    if row.effect == "no_change" and row.rate_ratio_high < 1:
        return "低于提出当月，但无更早数据，不判为下降"
    if row.effect == "no_change" and row.rate_ratio_low > 1:
        return "高于提出前，但较提出当月未见上升"
    return EFFECT_NAMES[row.effect]


def _reply(row: Any) -> str | None:
    """The latest answer in the branch's words, with its day."""
    if not isinstance(row.reply, str):
        return None
    return row.reply if row.replied_at != row.replied_at else f"{row.reply}（{day_name(row.replied_at)}）"


def _due(view: BranchView, row: Any) -> str:
    """By when an answer is asked for, or since which month."""
    day = day_name(row.due, since=view.month)
    if row.status == "overdue":
        return f"应于{day}前答复，已逾期"
    raised = "" if row.raised_month == view.month else f"{month_name(row.raised_month)}提出，"
    return f"{raised}请于{day}前答复" if f"{row.due:%Y-%m}" > view.month else f"{raised}{STATUS_NAMES[row.status]}"
