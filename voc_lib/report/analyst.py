"""What analysts decided about a report, as it tells it: the signed comment, and every decision with its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.report.editorial import issue_named, of_kind
from voc_lib.report.html import Html, list_of, note, render

if TYPE_CHECKING:
    from voc_lib.report.view import BranchView

__all__ = ["analyst_comment", "edit_notes"]

_COMMENT = """\
<div class="comment"><p><strong>分析师意见</strong></p>
{%- for line in lines %}<p>{{ line }}</p>{% endfor %}<footer>{{ by }}</footer></div>"""


def analyst_comment(view: BranchView) -> Html:
    """What the analyst has to say, signed; nothing where nobody has."""
    comments = of_kind(view.edits, "comment")
    if comments.empty:
        return Html("")
    row = comments.iloc[0]
    return render(_COMMENT, lines=[line for line in row["told"].splitlines() if line.strip()], by=row["by"])


def edit_notes(view: BranchView) -> Html:
    """Every decision with who made it, and those that found nothing to decide about."""
    told = [_in_words(view, row) for row in view.edits.itertuples(index=False)]
    return list_of(told) if told else note("本期各项均由程序计算生成，未经人工修改。")


def _in_words(view: BranchView, row: Any) -> str:
    if row.kind == "comment":
        return f"{row.by}：添加了分析师意见。"
    if row.kind == "suggestion":
        name = view.profile.taxonomy.category(row.target).name
        return f"{row.by}：修改了“{name}”的建议文字。"
    issues = view.hotspots[view.hotspots["month"] == view.month].to_dict("records")
    issue = issue_named(issues, row.target)
    if issue is None or (row.kind == "merge" and issue_named(issues, row.told) is None):
        return f"{row.by}：对“{row.target}”的修改没有生效，因为本月没有（或不止一个）所指的问题。"
    label = issue["label"]
    if row.kind == "rename":
        return f"{row.by}：将问题“{label}”改称“{row.told}”。"
    if row.kind == "merge":
        return f"{row.by}：将问题“{label}”并入“{row.told}”，合并后的件数已重新统计，不再推算倍数。"
    if row.kind == "suppress":
        return f"{row.by}：不列示问题“{label}”，理由：{row.told}"
    known = set(view.texts["source"] + ":" + view.texts["record_id"])
    missing = [identity for identity in row.record_ids if identity not in known]
    tail = f"（{len(missing)}件不在本月有文字内容的记录中，未引用）" if missing else ""
    return f"{row.by}：为问题“{label}”选定了典型案例{tail}。"
