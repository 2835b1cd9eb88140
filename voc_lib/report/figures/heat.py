"""Branches by categories: where a category takes more of a branch's voices than of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number
from voc_lib.report.html import Html, note
from voc_lib.report.theme import INK, chart, theme

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = ["branch_heat_map"]

_MORE = 2  # rows beyond the categories of a branch's own chart: branches differ in their largest


def branch_heat_map(view: OfficeView) -> Html:
    """Share of each large category in the voices of each branch, as a heat map with counts."""
    import seaborn as sns
    from matplotlib.figure import Figure

    if view.texts.empty:
        return note(f"本月各{view.words.branch}均没有带文字内容的{view.voice}。")
    counts, totals = _counts(view)
    shares = _shares(counts, totals, small=view.small)
    with theme():
        figure = Figure(figsize=(8, 1.2 + 0.3 * len(counts)), layout="constrained")
        axes = figure.add_subplot()
        sns.heatmap(
            shares * 100,
            cmap="Blues",
            vmin=0,
            vmax=max(shares.max().max() * 100, 1) if shares.notna().any(axis=None) else 1,
            linewidths=0.8,
            linecolor="white",
            cbar_kws={"label": f"占本{view.words.branch}百分比", "shrink": 0.8},
            ax=axes,
        )
        _write_counts(axes, counts, shares)
        axes.set_xticks(
            [place + 0.5 for place in range(len(totals))],
            [f"{name}\nn={number(n)}" for name, n in totals.items()],
            linespacing=1.35,
        )
        axes.set(xlabel="", ylabel="")
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelrotation=0)
        figure.axes[-1].spines[:].set_visible(False)
        total = int(totals.sum())
        few = f"；不足{view.small}件的{view.words.branch}只列件数，不着色" if (totals < view.small).any() else ""
        caption = (
            f"各{view.words.branch}主要问题件数（颜色为占该{view.words.branch}比例{few}；{month_name(view.month)}，列出前{len(counts)}类，"
            f"全部n={number(total)}件）"
        )
        largest = "，".join(
            f"{branch}最多的是{counts[branch].idxmax()}（{counts[branch].max()}件）"
            for branch in counts.columns
            if counts[branch].max() > 0
        )
        data = counts.reset_index(names="类别")
        data.loc[len(data)] = ["全部类别", *totals]
        return chart(figure, label=f"{caption}：{largest}", caption=caption, data=data)


def _shares(counts: pd.DataFrame, totals: pd.Series, *, small: int) -> pd.DataFrame:
    """Share of each category in its branch; of few texts none: one would be 100 % and bleach the scale."""
    return counts / totals.where(totals >= small)


def _write_counts(axes: Any, counts: pd.DataFrame, shares: pd.DataFrame) -> None:
    """Each cell's count, light on the dark cells."""
    highest = shares.max().max()
    for row in range(len(counts)):
        for column in range(counts.shape[1]):
            is_dark = shares.iat[row, column] > highest * 0.55
            axes.text(
                column + 0.5,
                row + 0.5,
                number(counts.iat[row, column]),
                ha="center",
                va="center",
                fontsize=8.5,
                color="white" if is_dark else INK,
            )


def _counts(view: OfficeView) -> tuple[pd.DataFrame, pd.Series]:
    """Category names down, branches' short names across, counts, largest categories first; and each branch's total."""
    import pandas as pd

    table = pd.crosstab(view.texts["category"], view.texts["branch"])
    table = table.reindex(columns=list(view.reporting), fill_value=0).rename_axis(None, axis=1).rename_axis(None)
    table.columns = [view.profile.branch(code).short_name for code in table.columns]
    totals = table.sum()
    order = sorted(table.index, key=lambda code: (-int(table.loc[code].sum()), code))
    table = table.loc[order].head(view.profile.thresholds.report.top_categories + _MORE)
    table.index = [view.profile.taxonomy.category(code).name for code in table.index]
    return table, totals
