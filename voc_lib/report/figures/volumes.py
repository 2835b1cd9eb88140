"""How many voices came in, by source: the days of the month, and the months of the past year."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number
from voc_lib.report.breakdown import by_day, by_month
from voc_lib.report.figures.blocks import columns, shades
from voc_lib.report.figures.frame import LEGEND, below, beside, framed
from voc_lib.report.html import Html, note
from voc_lib.report.theme import GREY, INK, PALE, SOFT, SOURCE, chart, theme
from voc_lib.schema import SOURCES
from voc_lib.store import window

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["daily_chart", "monthly_chart"]


def daily_chart(view: BranchView) -> Html:
    """Voices of each day, a bar stacked by source; weekends shaded."""
    if view.current.empty:
        return note(f"本月没有{view.voice}记录，无每日统计。")
    days = by_day(view.current, view.month)
    totals = days[list(SOURCES)].sum(axis=1)
    busiest = int(totals.idxmax())
    with theme():
        counted = [f"{totals.max()}"]
        figure, axes = framed(2.9, left=beside(counted, title=True), top=LEGEND, bottom=below(title=True))
        _shade_weekends(axes, view.month, len(days))
        _stack(view, axes, days, days["day"].tolist(), width=0.78)
        # In the middle of the first or last days' bars it would run into the axis.
        side = "left" if busiest < 2 else "right" if busiest > len(days) - 3 else "center"
        shift = {"left": -0.39, "right": 0.39, "center": 0.0}[side]
        axes.annotate(
            f"{days['day'][busiest]}日 {totals[busiest]}件",
            (days["day"][busiest] + shift, totals[busiest]),
            xytext=(0, 3),
            textcoords="offset points",
            ha=side,
            color=INK,
        )
        axes.set_xlim(0.4, len(days) + 0.6)
        axes.set_ylim(0, totals.max() * 1.16)
        axes.set_xticks([1, *range(5, len(days) + 1, 5)])
        axes.set_xlabel("日（灰底为周末）")
        axes.set_ylabel("件")
        label = (
            f"{view.name}{month_name(view.month)}每日{view.voice}件数：全月{number(len(view.current), '件')}，"
            f"{_a_day(len(view.current), len(days))}最多的是{days['day'][busiest]}日，{totals[busiest]}件"
        )
        caption = f"每日{view.voice}件数（按来源，n={number(len(view.current))}件）"
        return chart(figure, label=label, caption=caption, data=_named(view, days, "日"))


def monthly_chart(view: BranchView) -> Html:
    """Voices of each month since the first known one, a bar stacked by source; one not known is marked so."""
    if len(view.months) < 2 or view.scored.empty:
        return note("没有往月数据，不画各月走势。")
    known = set(view.months)
    every = [month for month in window(view.month, -12, 0) if month >= view.months[0]]
    months = by_month(view.scored, every)
    totals = months[list(SOURCES)].sum(axis=1)
    with theme():
        counted = [f"{totals.max()}"]
        figure, axes = framed(2.7, left=beside(counted, title=True), top=LEGEND, bottom=below(2))
        positions = list(range(len(months)))
        _stack(view, axes, months, positions, width=0.62)
        for position, month, total in zip(positions, every, totals, strict=True):
            told, colour = (number(total), INK) if month in known else ("无数据", SOFT)
            axes.annotate(told, (position, total), xytext=(0, 3), textcoords="offset points", ha="center", color=colour)
        axes.set_xticks(positions, [_month_tick(month, first=i == 0) for i, month in enumerate(months["month"])])
        axes.set_xlim(-0.6, max(len(months), 4) - 0.4)
        axes.set_ylim(0, max(totals.max(), 1) * 1.16)
        axes.set_ylabel("件")
        label = f"{view.name}各月{view.voice}件数：" + "，".join(
            f"{month_name(month)}{f'{total}件' if month in known else '无数据'}"
            for month, total in zip(every, totals, strict=True)
        )
        caption = f"各月{view.voice}件数（按来源，n={number(int(totals.sum()))}件）"
        return chart(
            figure, label=label, caption=caption, data=_named(view, months[months["month"].isin(known)], "月份")
        )


def _a_day(n: int, days: int) -> str:
    """The daily mean in words; of less than one a day there is none to tell."""
    return f"日均{n / days:.1f}件，" if n >= days else ""


def _stack(view: BranchView, axes: Any, table: pd.DataFrame, positions: list[int], *, width: float) -> None:
    base = table[SOURCES[0]] * 0
    for source in (own := _sources(view, table)):
        name = view.profile.source_names[source]
        columns(axes, positions, table[source], width, bottoms=base, colour=SOURCE[source], label=name)
        base = base + table[source]
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(own), borderaxespad=0.2)
    axes.grid(axis="y", color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)


def _shade_weekends(axes: Any, month: str, days: int) -> None:
    year, number_of_month = int(month[:4]), int(month[5:7])
    weekend = [day for day in range(1, days + 1) if date(year, number_of_month, day).weekday() >= 5]
    shades(axes, weekend, colour=GREY, alpha=0.13)


def _month_tick(month: str, *, first: bool) -> str:
    number_of_month = int(month[5:7])
    return f"{number_of_month}月\n{month[:4]}年" if first or number_of_month == 1 else f"{number_of_month}月"


def _named(view: BranchView, table: pd.DataFrame, first: str) -> pd.DataFrame:
    own = _sources(view, table)
    named = table[[table.columns[0], *own]].rename(columns={table.columns[0]: first, **view.profile.source_names})
    return named.assign(合计=table[own].sum(axis=1))


def _sources(view: BranchView, table: pd.DataFrame) -> list[str]:
    """The sources that the centre has, or had once."""
    return [source for source in SOURCES if source in view.profile.own_sources or table[source].any()]
