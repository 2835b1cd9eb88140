"""Satisfaction: how many customers gave which score, not only the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number, percent
from voc_lib.report.breakdown import by_score
from voc_lib.report.figures.blocks import lying_bars
from voc_lib.report.html import Html, note
from voc_lib.report.theme import INK, PALE, SOFT, SOURCE, chart, theme
from voc_lib.schema import SCORES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["satisfaction_chart"]


def satisfaction_chart(view: BranchView) -> Html:
    """Shares of the scores, the best first, this month above last month; nothing where the centre asks for none."""
    from matplotlib.figure import Figure

    if "survey" not in view.profile.own_sources:
        return Html("")
    table = by_score(view.current, view.previous)
    total, before = int(table["n"].sum()), int(table["n_before"].fillna(0).sum())
    if total == 0:
        return note(f"本月没有{view.profile.source_names['survey']}分值。")
    caption = f"满意度分值分布（{SCORES[-1]}分最满意；{month_name(view.month)}n={number(total)}件"
    with theme():
        figure = Figure(figsize=(8, 2.5), layout="constrained")
        axes = figure.add_subplot()
        told = _bars(axes, table["n"], total, -0.2, SOURCE["work_order"], "本月", view.small)
        if before:
            _bars(axes, table["n_before"].astype("int64"), before, 0.2, PALE, "上月", view.small)
            caption += f"，上月n={number(before)}件"
            axes.legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 1), borderaxespad=0.2)
        axes.set_yticks(range(len(table)), [f"{score}分" for score in table["score"]])
        highest = max(table["n"].max() / total, table["n_before"].fillna(0).max() / before if before else 0)
        axes.set_xlim(0, highest * 1.2)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.xaxis.set_visible(False)
        axes.tick_params(length=0)
        axes.spines[["bottom", "top", "right"]].set_visible(False)
        caption += "）"
        pairs = "，".join(f"{score}分{text}" for score, text in zip(table["score"], told, strict=True))
        data = table.rename(columns={"score": "分值", "n": "本月件数", "n_before": "上月件数"})
        return chart(figure, label=f"{view.name}{caption}：{pairs}", caption=caption, data=data)


def _bars(axes: Any, counts: pd.Series, total: int, shift: float, colour: str, name: str, small: int) -> list[str]:
    """One month's bars with their shares and counts; gives what stands at their ends."""
    told = [f"{n}件" if total < small else f"{percent(n / total, total)}（{n}件）" for n in counts]
    places = [position + shift for position in range(len(counts))]
    lying_bars(axes, places, counts / total, 0.38, colour=colour, label=name)
    ink, size = (INK, 9) if shift < 0 else (SOFT, 8)
    for place, share, text in zip(places, counts / total, told, strict=True):
        end = (share, place)
        axes.annotate(text, end, xytext=(4, 0), textcoords="offset points", va="center", color=ink, fontsize=size)
    return told
