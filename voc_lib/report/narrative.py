"""What the summary tells. Every figure is computed here; where the figures do not carry a sentence, none is asked for.

How it is worded stands in the templates of the profile (`params.sentences`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import Change, change_of, month_name, number, share
from voc_lib.report.analyst import analyst_comment
from voc_lib.report.changes import clear_changes
from voc_lib.report.html import Html, join, render
from voc_lib.report.overview import Figures, figures_of, negative_change, satisfaction_change
from voc_lib.report.sentences import sentences
from voc_lib.schema import SCORES, STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = [
    "branch_masthead",
    "issue_state_of",
    "largest_sentences",
    "masthead",
    "mood_sentences",
    "render_summary",
    "summary_page",
    "volume_change",
]

_TYPES_TOLD = 4  # types of work order that a sentence can hold
_LARGEST = 3  # categories told as the largest
_MASTHEAD = """\
<header class="masthead"><p class="kicker">{{ kicker }}</p><h1>{{ title }}</h1>
<p class="meta">{{ meta }}</p></header>"""
_SUMMARY = """\
<div class="summary">
{%- for heading, sentences in parts %}
<p><strong>{{ heading }}</strong></p>
<ul>{% for sentence in sentences %}<li>{{ sentence }}</li>{% endfor %}</ul>
{%- endfor %}
</div>"""


def masthead(title: str, *, kicker: str, meta: str) -> Html:
    """The head of a report, from which the page and the PDF take their title."""
    return render(_MASTHEAD, title=title, kicker=kicker, meta=meta)


def branch_masthead(view: BranchView) -> Html:
    """The head of a branch's report."""
    days = view.current["occurred_at"]
    span = f"{view.voice}{number(len(view.current), '件')}" if len(days) else f"本月没有{view.voice}"
    return masthead(view.title, kicker=view.profile.run.centre, meta=f"统计月份：{month_name(view.month)} · {span}")


def summary_page(view: BranchView, problems: pd.DataFrame, actions: pd.DataFrame) -> Html:
    """The page that says it all: what changed, what is hot, what to do."""
    if view.current.empty:
        told = sentences(view, "empty", month=month_name(view.month), name=view.name)
        parts = [("本月情况", told)]
        if len(actions):
            parts.append(("建议", action_sentences(view, actions)))
        return join(analyst_comment(view), render_summary(parts))
    changed = [*volume_sentences(view), *problem_sentences(view, problems), *mood_sentences(view)]
    parts = [("变化", changed), ("热点", issue_sentences(view)), ("建议", action_sentences(view, actions))]
    return join(analyst_comment(view), render_summary(parts))


def render_summary(parts: Sequence[tuple[str, Sequence[str]]]) -> Html:
    """Headings with their sentences, as the page at the top; what has no sentence is left out."""
    return render(_SUMMARY, parts=[(heading, told) for heading, told in parts if told])


def volume_sentences(view: BranchView) -> list[Markup]:
    """How many voices, from where, and whether that is a change."""
    now = figures_of(view.current)
    return sentences(
        view,
        "volume",
        month=f"{int(view.month[5:7])}月",
        n_records=now.n_records,
        n_matters=now.n_matters,
        change=volume_change(view),
        sources=_sources(view, now),
    )


def volume_change(view: BranchView | OfficeView) -> Change | None:
    """The month's voices against last month's; None where that is not known."""
    if view.previous is None:
        return None
    return change_of(len(view.current), len(view.previous), small=view.small_change)


def problem_sentences(view: BranchView, problems: pd.DataFrame) -> list[Markup]:
    """The largest categories, and the categories whose share changed most, where it did beyond chance."""
    is_told = (problems["n_records"] > 0) & (problems["category"] != view.profile.taxonomy.nothing)
    is_clear = clear_changes(
        problems["n_records"], problems["n_previous"], false_discovery_rate=view.false_discovery_rate
    )
    changed = problems[is_told & is_clear].sort_values("change", key=abs, ascending=False, kind="stable").head(2)
    total, total_before = int(problems["n_records"].sum()), int(problems["n_previous"].fillna(0).sum())
    is_told_share = min(total, total_before) >= view.small
    rows = [
        {
            "name": row.category_name,
            "category": row.category,
            "n": int(row.n_records),
            "n_before": int(row.n_previous),
            "share": share(row.n_records, total, small=view.small) if is_told_share else "",
            "share_before": share(row.n_previous, total_before, small=view.small) if is_told_share else "",
            "rises": bool(row.change > 0),
        }
        for row in changed.itertuples(index=False)
    ]
    return [*largest_sentences(view), *sentences(view, "shares", changed=rows)]


def largest_sentences(view: BranchView | OfficeView) -> list[Markup]:
    """The largest categories of the month, up to three; those that are praised, which are no problems, in a sentence of
    their own; none where no text names a matter.
    """
    texts = view.texts[view.texts["category"] != view.profile.taxonomy.nothing]
    counts = texts.groupby(["category", "category_name"]).size().rename("n").reset_index()
    counts = counts.sort_values(["n", "category"], ascending=[False, True], kind="stable")
    is_praised = counts["category"].isin(view.praised)
    total = len(view.texts)

    def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
        return [
            {
                "name": row.category_name,
                "category": row.category,
                "n": int(row.n),
                "share": share(row.n, total, small=view.small) if total >= view.small else "",
            }
            for row in frame.itertuples(index=False)
        ]

    praised = counts[is_praised & (counts["n"] >= view.small)].head(2)
    problems = counts[~is_praised]
    n_told, spread = _leading(problems["n"].tolist())
    return sentences(
        view,
        "largest",
        problems=rows(problems.head(n_told)),
        praised=rows(praised),
        spread=spread,
        n_problems=len(problems),
        n_texts=total,
    )


def _leading(counts: list[int]) -> tuple[int, str]:
    """How many of these counts, the largest first, may be told as the largest: none that is equal to one left out.

    Returns: how many to tell, and whether they are the whole, leading, or the first of too many equal ones (even).
    """
    if len(counts) <= _LARGEST and len(set(counts)) <= 1:
        return len(counts), "whole"
    for n in range(_LARGEST, 0, -1):
        if n < len(counts) and counts[n - 1] > counts[n]:
            return n, "leading"
    return (len(counts), "whole") if len(counts) <= _LARGEST else (_LARGEST, "even")


def mood_sentences(view: BranchView | OfficeView) -> list[Markup]:
    """Satisfaction and the share of negative texts, and whether they changed."""
    now = figures_of(view.current)
    before = None if view.previous is None else figures_of(view.previous)
    was_scored = before is not None and before.satisfaction is not None
    return sentences(
        view,
        "mood",
        n_scores=now.n_scores,
        is_few_scores=now.n_scores < view.small,
        satisfaction="" if now.satisfaction is None else f"{now.satisfaction:.1f}",
        best_score=SCORES[-1],
        satisfaction_change=satisfaction_change(now, before, view.small).text if was_scored else "",
        n_texts=now.n_texts,
        n_negative=now.n_negative,
        is_few_texts=now.n_texts < view.small,
        negative_share=share(now.n_negative, now.n_texts, small=view.small),
        negative_change="" if before is None else negative_change(now, before, view.small).text,
    )


def issue_sentences(view: BranchView) -> list[Markup]:
    """The hot issues, or that there are none, or that nothing can be said yet."""
    settings = view.profile.thresholds.report
    state = issue_state_of(view.issues)
    hot = view.issues[view.issues["is_hot"]]
    shown = view.issues.head(3) if state == "first" else hot.head(settings.top_issues)
    rows = [
        {
            "label": row.label,
            "n": int(row.n_records),
            "issue": row.issue_id,
            "is_new": bool(row.is_new),
            "is_praised": bool(row.is_praised),
            # Below one there is no number of records to tell.
            "expected": round(row.expected) if row.expected == row.expected and row.expected >= 1 else None,
        }
        for row in shown.itertuples(index=False)
    ]
    return sentences(view, "hot", state=state, issues=rows, n_more=max(len(hot) - len(rows), 0))


def issue_state_of(issues: pd.DataFrame) -> str:
    """What can be said of the issues: none, first (no earlier month to compare with), calm, or hot."""
    if issues.empty:
        return "none"
    if not (issues["history_months"] > 0).any():
        return "first"
    return "hot" if issues["is_hot"].any() else "calm"


def action_sentences(view: BranchView, actions: pd.DataFrame) -> list[Markup]:
    """How many suggestions, to whom, and what became of the earlier ones."""
    new = actions[actions["raised_month"] == view.month]
    old = actions[actions["raised_month"] != view.month]
    counts = old["status"].value_counts()
    departments = [
        {
            "name": str(name),
            "matters": mine["matter"].tolist(),
            "month": mine["due"].iloc[0].month,
            "day": mine["due"].iloc[0].day,
        }
        for name, mine in new.groupby("department", sort=False)
    ]
    due = new["due"].iloc[0] if new["due"].nunique() == 1 else None
    again = old[old["category"].isin(view.hot_by_category) & (old["status"] != "done")]
    return sentences(
        view,
        "actions",
        n_new=len(new),
        departments=departments,
        due={"month": due.month, "day": due.day} if due is not None else {},
        n_old=len(old),
        states=[
            {"name": STATUS_NAMES[status], "n": int(counts[status])}
            for status in ("done", "answered", "open", "overdue")
            if status in counts.index
        ],
        again=again["matter"].tolist(),
    )


def _sources(view: BranchView, now: Figures) -> list[dict[str, Any]]:
    """The sources that have voices, with the types of work order where they are few; none of a centre with one."""
    if len(view.profile.own_sources) == 1:
        return []
    types = [{"name": kind, "n": n} for kind, n in now.n_by_type.items()]
    return [
        {
            "name": name,
            "source": source,
            "n": n,
            "types": types if source == "work_order" and len(types) <= _TYPES_TOLD else [],
        }
        for source, name in view.profile.source_names.items()
        if (n := now.n_by_source[source])
    ]
