"""Sentences from figures. Every one is computed; where the figures do not carry a sentence, it is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import change_of, listed, month_name, number, share
from voc_lib.report.analyst import analyst_comment
from voc_lib.report.changes import clear_changes
from voc_lib.report.html import Html, join, render
from voc_lib.report.overview import Figures, figures_of, negative_change, satisfaction_change
from voc_lib.schema import SCORES, SOURCE_NAMES, STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = [
    "branch_masthead",
    "judged_change",
    "largest_sentences",
    "masthead",
    "mood_sentences",
    "render_summary",
    "summary_page",
]

_TYPES_TOLD = 4  # types of work order that a sentence can hold
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
        sentences = [f"{month_name(view.month)}，{view.name}没有登记{view.voice}，本期各项统计为空。"]
        parts = [("本月情况", sentences)]
        if len(actions):
            parts.append(("建议", action_sentences(view, actions)))
        return join(analyst_comment(view), render_summary(parts))
    changed = [*volume_sentences(view), *problem_sentences(view, problems), *mood_sentences(view)]
    parts = [("变化", changed), ("热点", issue_sentences(view)), ("建议", action_sentences(view, actions))]
    return join(analyst_comment(view), render_summary(parts))


def render_summary(parts: list[tuple[str, list[str]]]) -> Html:
    """Headings with their sentences, as the page at the top."""
    return render(_SUMMARY, parts=parts)


def volume_sentences(view: BranchView) -> list[str]:
    """How many voices, from where, and whether that is a change."""
    now = figures_of(view.current)
    month = f"{int(view.month[5:7])}月"
    sentence = f"{month}共登记{view.voice}{number(now.n_records, '件')}，涉及事项{number(now.n_matters, '项')}"
    return [f"{sentence}{judged_change(view)}。", _sources(now)]


def judged_change(view: BranchView | OfficeView) -> str:
    """The month's voices against last month's, as the end of a sentence."""
    if view.previous is None:
        return "；没有可比的上月数据，本期不作环比"
    return f"，{change_of(len(view.current), len(view.previous), small=view.small_change).judged}"


def problem_sentences(view: BranchView, problems: pd.DataFrame) -> list[str]:
    """The largest category, and the category whose share changed most, where one did beyond chance."""
    sentences = largest_sentences(view, without=view.praised)
    is_told = (problems["n_records"] > 0) & (problems["category"] != view.profile.taxonomy.nothing)
    is_clear = clear_changes(
        problems["n_records"], problems["n_previous"], false_discovery_rate=view.false_discovery_rate
    )
    changed = problems[is_told & is_clear].sort_values("change", key=abs, ascending=False, kind="stable").head(2)
    for row in changed.itertuples(index=False):
        verb = "上升" if row.change > 0 else "下降"
        n_before = number(row.n_previous, "件")
        sentences.append(
            f"“{row.category_name}”占比明显{verb}，由上月{n_before}变为本月{number(row.n_records, '件')}。"
        )
    return sentences


def largest_sentences(view: BranchView | OfficeView, *, without: frozenset[str] = frozenset()) -> list[str]:
    """The three largest categories of the month; none where no text names a matter.

    Args:
        view: of a branch, or of all.
        without: categories that are no problems, which are told in a sentence of their own.
    """
    texts = view.texts[view.texts["category"] != view.profile.taxonomy.nothing]
    counts = texts.groupby(["category", "category_name"]).size().rename("n").reset_index()
    counts = counts.sort_values(["n", "category"], ascending=[False, True], kind="stable")
    largest = counts[~counts["category"].isin(without)].head(3)
    total = len(view.texts)
    shares = listed([f"“{row.category_name}”{_n_share(row.n, total, view)}" for row in largest.itertuples(index=False)])
    sentences = [f"反映{'较多' if len(largest) > 1 else ''}的问题是{shares}。"] if len(largest) else []
    praised = counts[counts["category"].isin(without)].head(2)
    praised = praised[praised["n"] >= view.small]
    if len(praised):
        names = listed([f"“{row.category_name}”（{number(row.n, '件')}）" for row in praised.itertuples(index=False)])
        sentences.append(f"{names}以表扬为主。")
    return sentences


def mood_sentences(view: BranchView | OfficeView) -> list[str]:
    """Satisfaction and the share of negative texts, and whether they changed."""
    now = figures_of(view.current)
    before = None if view.previous is None else figures_of(view.previous)
    sentences = []
    if 0 < now.n_scores < view.small:
        sentences.append(f"满意度回访{number(now.n_scores, '件')}，件数太少，不计平均分。")
    elif now.satisfaction is not None:
        change = satisfaction_change(now, before, view.small)
        tail = f"，{change.text}" if before is not None and before.satisfaction is not None else ""
        mean = f"平均{now.satisfaction:.1f}分（{SCORES[-1]}分制）"
        sentences.append(f"满意度回访{number(now.n_scores, '件')}，{mean}{tail}。")
    if 0 < now.n_texts < view.small:
        sentences.append(f"有文字内容的{number(now.n_texts, '件')}中，负面{number(now.n_negative, '件')}。")
    elif now.n_texts:
        tail = f"，{negative_change(now, before, view.small).text}" if before is not None else ""
        told = share(now.n_negative, now.n_texts, small=view.small)
        sentences.append(f"有文字内容的{number(now.n_texts, '件')}中，负面情感占{told}{tail}。")
    return sentences


def issue_sentences(view: BranchView) -> list[str]:
    """The hot issues, or that there are none, or that nothing can be said yet."""
    issues = view.issues
    if issues.empty:
        return ["本月没有达到热点统计条件的问题。"]
    if not (issues["history_months"] > 0).any():
        names = listed(
            [f"“{row.label}”（{number(row.n_records, '件')}）" for row in issues.head(3).itertuples(index=False)]
        )
        return [f"没有往月数据，暂不判断升降；按热度排在前面的是{names}。"]
    hot = issues[issues["is_hot"]].head(view.profile.thresholds.report.top_issues)
    if hot.empty:
        return ["与往月相比，本月没有超出正常波动的热点问题。"]
    return [_hot_sentence(row) for row in hot.itertuples(index=False)]


def action_sentences(view: BranchView, actions: pd.DataFrame) -> list[str]:
    """How many suggestions, to whom, and what became of the earlier ones."""
    new = actions[actions["raised_month"] == view.month]
    old = actions[actions["raised_month"] != view.month]
    sentences = []
    if len(new):
        departments = listed([str(name) for name in dict.fromkeys(new["department"])])
        due = f"{new['due'].iloc[0].month}月{new['due'].iloc[0].day}日"
        sentences.append(f"本期新提建议{number(len(new), '项')}，由{departments}牵头，请于{due}前答复。")
    else:
        sentences.append("本期没有新提建议。")
    if len(old):
        told = [
            f"{STATUS_NAMES[status]}{number(n, '项')}"
            for status in ("done", "answered", "open", "overdue")
            if (n := int((old["status"] == status).sum()))
        ]
        if len(told) == 1:
            state = STATUS_NAMES[old["status"].iloc[0]]
            sentences.append(f"往期建议{number(len(old), '项')}，{'均' if len(old) > 1 else ''}{state}。")
        else:
            sentences.append(f"往期建议{number(len(old), '项')}：{'，'.join(told)}。")
        again = old[old["category"].isin(view.hot_by_category) & (old["status"] != "done")]
        if len(again):
            matters = "、".join(f"“{matter}”" for matter in again["matter"])
            sentences.append(f"其中{matters}本月显著上升，请优先处理。")
    return sentences


def _hot_sentence(row: Any) -> str:
    what = f"“{row.label}”{number(row.n_records, '件')}"
    if row.is_new:
        return f"{what}，为新出现的问题，往月很少听到。"
    if row.expected is not None and row.expected == row.expected and row.expected >= 1:
        return f"{what}，明显多于按往月推算的约{number(round(row.expected), '件')}。"
    return f"{what}，明显多于往月。"


def _sources(now: Figures) -> str:
    kinds = []
    for source, name in SOURCE_NAMES.items():
        if n := now.n_by_source[source]:
            types = [f"{kind}{number(of_kind, '件')}" for kind, of_kind in now.n_by_type.items()]
            tail = f"（{'、'.join(types)}）" if source == "work_order" and 0 < len(types) <= _TYPES_TOLD else ""
            kinds.append(f"{name}{number(n, '件')}{tail}")
    if len(kinds) > 1:
        return f"其中{'、'.join(kinds)}。"
    only = next(name for source, name in SOURCE_NAMES.items() if now.n_by_source[source])
    return f"{'全部' if now.n_records > 1 else ''}来自{only}。"


def _n_share(n: int, total: int, view: BranchView | OfficeView) -> str:
    if total < view.small:
        return f"（{number(n, '件')}）"
    return f"（{number(n, '件')}，占{share(n, total, small=view.small)}）"
