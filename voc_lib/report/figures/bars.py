"""Shares as lying bars, sorted, each with its number at its end: categories, service matters, sentiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.numbers.wording import month_name, number, percent
from voc_lib.report.breakdown import by_category, mood_by_category
from voc_lib.report.figures.blocks import lying_bars
from voc_lib.report.figures.frame import GAP, LEGEND, above, beside, framed, named_rows, room_at_ends, widest
from voc_lib.report.html import Html, note
from voc_lib.report.theme import INK, MOOD, PALE, SOURCE, chart, theme
from voc_lib.schema import CONCERN_NAMES, SENTIMENT_NAMES, SENTIMENTS

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["category_chart", "concern_chart", "mood_chart"]

_BAR = 0.3  # inches a bar
_TITLE = 10.5  # points


def concern_chart(view: BranchView, concern: str = "service") -> Html:
    """Shares of the categories among the matters of one concern: 某分行服务类客户之声各类问题占比."""
    now = view.texts[view.texts["concerns"] == concern]
    title = f"{view.name}{CONCERN_NAMES[concern]}类{view.voice}各类问题占比"
    if now.empty:
        return note(f"本月没有{CONCERN_NAMES[concern]}类{view.voice}。")
    return _shares(view, by_category(now, None, view.profile), title)


def category_chart(view: BranchView) -> Html:
    """Shares of the largest categories of all matters; the rest summed up."""
    import pandas as pd

    if view.texts.empty:
        return Html("")  # as the table below it says
    table = by_category(view.texts, None, view.profile)
    top = view.profile.thresholds.report.top_categories
    rest = table.iloc[top:]
    shown = table.head(top)
    if len(rest):
        other = pd.DataFrame({"name": [f"其余{len(rest)}类"], "n": [int(rest["n"].sum())]})
        shown = pd.concat([shown[["name", "n"]], other], ignore_index=True)
    return _shares(view, shown, f"{view.name}{view.voice}各类问题占比", n_rest=1 if len(rest) else 0)


def mood_chart(view: BranchView) -> Html:
    """Negative, neutral and positive shares of the categories with enough records, most negative first."""
    settings = view.profile.thresholds.report
    told = view.texts[view.texts["category"] != view.profile.taxonomy.nothing]
    table = mood_by_category(told, view.profile, at_least=view.small, top=settings.top_categories)
    if table.empty:
        return note(f"没有满{view.small}件的类别，不作分类情感对比。")
    caption = f"各类问题情感构成（仅列满{view.small}件的类别，按负面占比排序，n={number(table['n'].sum())}件）"
    with theme():
        counted = [f"{n}件" for n in table["n"]]
        right = widest(counted) + 2 * GAP
        figure, axes = framed(0.5 + _BAR * len(table), left=beside(table["name"]), right=right, top=LEGEND)
        left = table["n"] * 0.0
        rows = range(len(table))
        for mood in SENTIMENTS:
            widths = table[mood] / table["n"]
            lying_bars(axes, rows, widths, 0.68, lefts=left, colour=MOOD[mood], label=SENTIMENT_NAMES[mood])
            ink = INK if mood == "neutral" else "white"
            for row, start, width in zip(rows, left, widths, strict=True):
                if width >= 0.06:
                    axes.text(start + width / 2, row, f"{width:.0%}", ha="center", va="center", color=ink)
            left = left + widths
        for row, text in zip(rows, counted, strict=True):
            axes.text(1.01, row, text, va="center")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.2)
        axes.set_xlim(0, 1)
        named_rows(axes, table["name"])
        label = f"{view.name}{month_name(view.month)}{caption}：" + "，".join(
            f"{row.name}负面{row.negative}件（共{row.n}件）" for row in table.itertuples(index=False)
        )
        data = table.drop(columns="category").rename(columns={"name": "类别", "n": "合计", **SENTIMENT_NAMES})
        return chart(figure, label=label, caption=caption, data=data)


def _shares(view: BranchView, table: pd.DataFrame, title: str, *, n_rest: int = 0) -> Html:
    """Lying bars of counts; the last n_rest rows are sums and stand apart in colour."""
    total = int(table["n"].sum())
    if len(table) == 1:
        return note(f"{title}：{month_name(view.month)}{number(total, '件')}，均属“{table['name'].iloc[0]}”。")
    told = [f"{n}件" if total < view.small else f"{percent(n / total, total)}（{n}件）" for n in table["n"]]
    with theme():
        figure, axes = framed(0.4 + _BAR * len(table), left=beside(table["name"]), top=above(size=_TITLE))
        gap = room_at_ends(axes, table["n"].max(), told)
        rows = range(len(table))
        n_named = len(table) - n_rest
        lying_bars(axes, rows[:n_named], table["n"].iloc[:n_named], 0.68, colour=SOURCE["work_order"])
        lying_bars(axes, rows[n_named:], table["n"].iloc[n_named:], 0.68, colour=PALE)
        for row, n, text in zip(rows, table["n"], told, strict=True):
            axes.text(n + gap, row, text, va="center")
        axes.set_title(title, loc="left")
        named_rows(axes, table["name"])
        pairs = "，".join(f"{name}{text}" for name, text in zip(table["name"], told, strict=True))
        caption = f"{month_name(view.month)}，n={number(total)}件"
        if total < len(view.texts):
            caption += f"（有文字内容的{view.voice}共{number(len(view.texts))}件）"
        data = table[["name", "n"]].rename(columns={"name": "类别", "n": "件数"})
        return chart(figure, label=f"{title}，{caption}：{pairs}", caption=caption, data=data)
