"""Satisfaction: how many customers gave which score, not only the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.report.breakdown import by_score
from voc_lib.report.html import Html, note
from voc_lib.report.theme import GREY, SOURCE, chart, theme
from voc_lib.report.wording import month_name, number, percent

if TYPE_CHECKING:
    from voc_lib.report.view import BranchView

__all__ = ["satisfaction_chart"]


def satisfaction_chart(view: BranchView) -> Html:
    """Shares of the scores 5 to 1 this month, with last month's as a mark."""
    from matplotlib.figure import Figure

    table = by_score(view.current, view.previous)
    total = int(table["n"].sum())
    if total == 0:
        return note("本月没有满意度回访分值。")
    before = table["n_before"].fillna(0).astype("int64")
    caption = f"满意度分值分布（5分最满意，{month_name(view.month)}，n={number(total)}件）"
    with theme():
        figure = Figure(figsize=(8, 2.2), layout="constrained")
        axes = figure.add_subplot()
        names = [f"{score}分" for score in table["score"]]
        axes.barh(names, table["n"] / total, 0.66, color=SOURCE["work_order"])
        few = total < view.small
        told = [f"{n}件" if few else f"{percent(n / total, total)}（{n}件）" for n in table["n"]]
        reach = (table["n"] / total).max()
        if before.sum() >= view.small:
            shares = before / before.sum()
            axes.plot(shares, names, linestyle="none", marker="|", markersize=13, markeredgewidth=2.2, color=GREY)
            caption += f"；灰线为上月（n={number(before.sum())}件）"
            reach = max(reach, shares.max())
        for position, (text, n) in enumerate(zip(told, table["n"], strict=True)):
            mark = float(before[position] / before.sum()) if before.sum() >= view.small else 0.0
            axes.annotate(
                text, (max(n / total, mark), position), xytext=(6, 0), textcoords="offset points", va="center"
            )
        axes.set_xlim(0, reach * 1.24)
        axes.invert_yaxis()
        axes.xaxis.set_visible(False)
        axes.tick_params(length=0)
        axes.spines["bottom"].set_visible(False)
        label = f"{view.name}{caption}：" + "，".join(f"{a}{b}" for a, b in zip(names, told, strict=True))
        data = table.rename(columns={"score": "分值", "n": "本月件数", "n_before": "上月件数"})
        return chart(figure, label=label, caption=caption, data=data)
