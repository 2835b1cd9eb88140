"""Branches by categories: where a category takes more of a branch's voices than of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.report.html import Html, note
from voc_lib.report.theme import chart, theme
from voc_lib.report.wording import month_name, number

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
        return note(f"本月各分行均没有带文字内容的{view.voice}。")
    counts, totals = _counts(view)
    shares = counts / totals.where(totals > 0)
    told = counts.astype("str")
    with theme():
        figure = Figure(figsize=(8, 1.1 + 0.3 * len(counts)), layout="constrained")
        axes = figure.add_subplot()
        sns.heatmap(
            shares.fillna(0) * 100,
            annot=told,
            fmt="",
            cmap="Blues",
            vmin=0,
            linewidths=0.8,
            linecolor="white",
            cbar_kws={"label": "占本分行百分比", "shrink": 0.8},
            annot_kws={"fontsize": 8.5},
            ax=axes,
        )
        axes.set(xlabel="", ylabel="")
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelrotation=0)
        figure.axes[-1].spines[:].set_visible(False)
        total = int(totals.sum())
        caption = (
            f"各分行主要问题件数（颜色为占该分行比例，{month_name(view.month)}，列出前{len(counts)}类，"
            f"全部n={number(total)}件）"
        )
        largest = "，".join(
            f"{branch}最多的是{counts[branch].idxmax()}（{counts[branch].max()}件）"
            for branch in counts.columns
            if counts[branch].max() > 0
        )
        return chart(figure, label=f"{caption}：{largest}", caption=caption, data=counts.reset_index(names="类别"))


def _counts(view: OfficeView) -> tuple[pd.DataFrame, pd.Series]:
    """Category names down, branches' short names across, counts, largest categories first; and each branch's total."""
    import pandas as pd

    table = pd.crosstab(view.texts["category"], view.texts["branch"])
    table = table.reindex(columns=list(view.codes), fill_value=0).rename_axis(None, axis=1).rename_axis(None)
    table.columns = [view.profile.branch(code).short_name for code in table.columns]
    totals = table.sum()
    order = sorted(table.index, key=lambda code: (-int(table.loc[code].sum()), code))
    table = table.loc[order].head(view.profile.thresholds.report.top_categories + _MORE)
    table.index = [view.profile.taxonomy.category(code).name for code in table.index]
    return table, totals
