"""The analysts' last word: issues merged, renamed or left out, typical cases chosen, suggestions reworded, comments.

Each decision shows in the report as what it is: an analyst's, with a name. One whose issue the month does not have is
named as without effect; it is neither lost nor guessed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.report.html import Html, list_of, note, render

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["EDITED", "analyst_comment", "edit_notes", "edited_issues", "edited_suggestions"]

EDITED = "（分析师修改）"
_COMMENT = """\
<div class="comment"><p><strong>分析师意见</strong></p>
{%- for line in lines %}<p>{{ line }}</p>{% endfor %}<footer>{{ by }}</footer></div>"""
_UNKNOWN = ("expected", "growth", "growth_low", "growth_high", "p_value", "q_value")


def edited_issues(hotspots: pd.DataFrame, edits: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The issues of one month as the analysts left them.

    Args:
        hotspots: table `hotspots`, of one branch or of several.
        edits: table `edits` of the same month.
        records: rows of `scored` of the month, from which merged issues are counted anew.
    Returns: the same columns and is_edited, by branch and rank; ranks count from 1 without gaps. A merged issue has no
        expectation, growth or test of its own: what was computed for its parts does not add up.
    """
    import pandas as pd

    issues = hotspots.assign(is_edited=False)
    parts = []
    for branch, mine in issues.groupby("branch", sort=False):
        decided = edits[edits["branch"] == branch]
        own = mine.sort_values("rank", kind="stable").to_dict("records")
        parts.append(pd.DataFrame(_edited(own, decided, records), columns=issues.columns))
    edited = pd.concat(parts, ignore_index=True) if parts else issues
    # A column of nothing but missing values would lose its kind on the way through dictionaries.
    return edited.astype(issues.dtypes.to_dict()).reset_index(drop=True)


def edited_suggestions(actions: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """Table `actions` with the analysts' words for the suggestions of the categories they reworded."""
    decided = _of_kind(edits, "suggestion")
    words = dict(zip(decided["target"], decided["told"], strict=True))
    pairs = zip(actions["category"], actions["suggestion"], strict=True)
    return actions.assign(suggestion=[words.get(category, told) for category, told in pairs])


def analyst_comment(view: BranchView) -> Html:
    """What the analyst has to say, signed; nothing where nobody has."""
    comments = _of_kind(view.edits, "comment")
    if comments.empty:
        return Html("")
    row = comments.iloc[0]
    return render(_COMMENT, lines=[line for line in row["told"].splitlines() if line.strip()], by=row["by"])


def edit_notes(view: BranchView) -> Html:
    """Every decision with who made it, and those that found nothing to decide about."""
    told = [_in_words(view, row) for row in view.edits.itertuples(index=False)]
    return list_of(told) if told else note("本期各项均由程序计算生成，未经人工修改。")


def _edited(issues: list[dict[str, Any]], edits: pd.DataFrame, records: pd.DataFrame) -> list[dict[str, Any]]:
    found = [(row, _named(issues, row.target)) for row in edits.itertuples(index=False)]
    gone: list[dict[str, Any]] = []
    for row, issue in found:
        other = _named(issues, row.told) if row.kind == "merge" else None
        if issue is None or (row.kind == "merge" and other is None):
            continue
        if other is not None:
            _merge(issue, other, records)
        if row.kind in ("merge", "suppress"):
            gone.append(issue)
    for row, issue in found:
        if issue is None:
            continue
        if row.kind == "rename":
            issue |= {"label": row.told, "is_edited": True}
        elif row.kind == "typical":
            issue |= {"typical_record_ids": list(row.record_ids), "is_edited": True}
    kept = [issue for issue in issues if not any(issue is other for other in gone)]
    return [{**issue, "rank": rank} for rank, issue in enumerate(kept, start=1)]


def _named(issues: list[dict[str, Any]], name: Any) -> dict[str, Any] | None:
    """The issue of that issue_id or label; None where there is none, or two of one label."""
    mine = [issue for issue in issues if name in (issue["issue_id"], issue["label"])]
    return mine[0] if len(mine) == 1 else None


def _merge(issue: dict[str, Any], into: dict[str, Any], records: pd.DataFrame) -> None:
    """Add the records of one issue to another and count them anew."""
    ids = list(dict.fromkeys([*into["record_ids"], *issue["record_ids"]]))
    mine = records[(records["source"] + ":" + records["record_id"]).isin(ids)]
    days = mine["occurred_at"].dt.day.value_counts()
    into |= {
        "record_ids": ids,
        "typical_record_ids": list(dict.fromkeys([*into["typical_record_ids"], *issue["typical_record_ids"]])),
        "n_records": len(mine),
        "n_matters": int(mine["matter_id"].nunique()),
        "n_customers": int(mine["customer_key"].nunique()),
        "negative_share": float((mine["sentiment_label"] == "negative").mean()) if len(mine) else 0.0,
        "daily_counts": [int(days.get(day, 0)) for day in range(1, len(into["daily_counts"]) + 1)],
        "first_seen": min(into["first_seen"], issue["first_seen"]),
        "last_seen": max(into["last_seen"], issue["last_seen"]),
        "heat": max(into["heat"], issue["heat"]),
        "is_hot": into["is_hot"] or issue["is_hot"],
        "is_new": into["is_new"] and issue["is_new"],
        "is_edited": True,
        **dict.fromkeys(_UNKNOWN, float("nan")),
    }


def _of_kind(edits: pd.DataFrame, kind: str) -> pd.DataFrame:
    return edits[edits["kind"] == kind]


def _in_words(view: BranchView, row: Any) -> str:
    if row.kind == "comment":
        return f"{row.by}：添加了分析师意见。"
    if row.kind == "suggestion":
        name = view.profile.taxonomy.category(row.target).name
        return f"{row.by}：修改了“{name}”的建议文字。"
    issues = view.hotspots[view.hotspots["month"] == view.month].to_dict("records")
    issue = _named(issues, row.target)
    if issue is None or (row.kind == "merge" and _named(issues, row.told) is None):
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
