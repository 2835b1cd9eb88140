"""The daily course of the month's hottest issues, one small chart each, all on one scale."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number
from voc_lib.report.figures.blocks import columns
from voc_lib.report.figures.frame import above, below, beside, gridded
from voc_lib.report.html import Html, clean
from voc_lib.report.theme import ACCENT, PALE, SOFT, SOURCE, chart, theme

if TYPE_CHECKING:
    from voc_lib.report.view import BranchView

__all__ = ["issue_chart"]

_COLUMNS = 3
_BETWEEN = 12.0  # points from one small chart to the next
_TITLE, _TICK = 9.0, 8.0  # points
_LONGEST = 11  # characters that stand above a small chart beside rank and count


def issue_chart(view: BranchView) -> Html:
    """Records a day of the top issues; those beyond chance in the accent colour."""
    import pandas as pd

    issues = view.issues.head(view.profile.thresholds.report.top_issues)
    if issues.empty:
        return Html("")  # as the table above it says
    rows = ceil(len(issues) / _COLUMNS)
    highest = max(max(counts, default=0) for counts in issues["daily_counts"])
    is_long = any(len(clean(label)) > _LONGEST for label in issues["label"])
    with theme():
        figure, grid = gridded(
            0.1 + (1.75 if is_long else 1.55) * rows,
            rows,
            _COLUMNS,
            left=beside([str(highest)], size=_TICK),
            top=above(2 if is_long else 1, size=_TITLE),
            bottom=below(size=_TICK),
            between=_BETWEEN,
        )
        for place, issue in enumerate(issues.itertuples(index=False)):
            panel: Any = figure.add_subplot(grid[divmod(place, _COLUMNS)])
            days = range(1, len(issue.daily_counts) + 1)
            colour = ACCENT if issue.is_hot else SOURCE["work_order"]
            columns(panel, days, issue.daily_counts, 0.8, colour=colour, edge={"linewidth": 0, "clip_on": False})
            panel.set_title(_title(issue, is_long), loc="left", fontsize=_TITLE, linespacing=1.35)
            panel.set_ylim(0, highest * 1.1)
            panel.set_xlim(0.2, len(issue.daily_counts) + 0.8)
            panel.set_xticks([1, 10, 20, len(issue.daily_counts)])
            panel.yaxis.get_major_locator().set_params(integer=True, nbins=3)
            panel.grid(axis="y", color=PALE, linewidth=0.6)
            panel.set_axisbelow(True)
            panel.tick_params(length=0, labelsize=_TICK, labelcolor=SOFT, labelleft=place % _COLUMNS == 0)
        told = "，".join(f"{issue.label}{issue.n_records}件" for issue in issues.itertuples(index=False))
        marked = "橙色为显著上升的热点；" if issues["is_hot"].any() else ""
        n = len({identity for ids in issues["record_ids"] for identity in ids}) or int(issues["n_records"].sum())
        caption = (
            f"热度靠前的{len(issues)}个问题的每日件数（{marked}横轴为日，纵轴为件，各图同一刻度，n={number(n)}件）"
        )
        label = f"{view.name}{month_name(view.month)}问题每日件数：{clean(told)}，单日最多{number(highest, '件')}"
        data = pd.DataFrame(
            {f"{issue.rank}. {issue.label}": issue.daily_counts for issue in issues.itertuples(index=False)}
        )
        data.insert(0, "日", range(1, len(data) + 1))
        return chart(figure, label=label, caption=caption, data=data)


def _title(issue: Any, is_long: bool) -> str:
    """Rank, name and count; where a name is long, all take two lines: the category, and what tells it from others."""
    label = clean(issue.label)
    count = f"（{issue.n_records}件）"
    if not is_long:
        return f"{issue.rank}. {label}{count}"
    first, _, rest = label.partition("：")
    return f"{issue.rank}. {_short(first)}{count}\n{_short(rest, _LONGEST + 4)}"


def _short(text: str, limit: int = _LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
