"""Whether the categoriser still fits: undecided records, drift and the experts' verdict, for the head office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.categorise.monitoring import category_drift, expert_agreement, undecided_by_month
from voc_lib.categorise.versions import broken_series
from voc_lib.numbers.wording import month_name, number, percent, points
from voc_lib.report.html import Html, join, note, table

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = ["agreement_table", "drift_table", "undecided_table"]


def undecided_table(view: OfficeView) -> Html:
    """This month and last: how many records rules and model left to experts."""
    frame = undecided_by_month(view.scored).reset_index()
    shown = frame.assign(
        月份=[month_name(month) for month in frame["月份"]],
        件数=[number(n) for n in frame["件数"]],
        待复核=[number(n) for n in frame["待复核"]],
        待复核占比=_shares(frame["待复核占比"], frame["件数"], small=view.small),
        平均置信度=[f"{sure:.2f}" for sure in frame["平均置信度"]],
        专家判定=[number(n) if n else None for n in frame["专家判定"]],
    )
    caption = f"各月归类情况（全部{view.words.branch}；单位：件）"
    return table(shown, caption=caption, numeric=list(shown.columns[1:]), empty="没有可统计的记录。")


def drift_table(view: OfficeView) -> Html:
    """The categories whose share moved most surely against last month; and the codes whose series break."""
    import pandas as pd

    found = category_drift(view.scored, month=view.month, taxonomy=view.profile.taxonomy).reset_index()
    n = len(view.texts)
    n_before = int((view.scored["category"].notna() & (view.scored["month"] < view.month)).sum())
    least = min(n, n_before)
    frame = found if least >= view.small else found.head(0)
    shown = pd.DataFrame(
        {
            "类别": frame["类别"],
            "本月件数": [number(count) for count in frame["本月件数"]],
            "本月占比": [percent(share, n) for share in frame["本月占比"]],
            "上月占比": [percent(share, n_before) for share in frame["历史占比"]],
            "变化": [
                points(now, before, total=least)
                for now, before in zip(frame["本月占比"], frame["历史占比"], strict=True)
            ],
            "判断": ["变化明显" if sure else "正常波动" for sure in frame["显著"]],
        }
    )
    told = table(
        shown,
        caption="类别占比与上月相比（按变化的把握大小排列；逐类判断，误报率约1%）",
        numeric=["本月件数", "本月占比", "上月占比", "变化"],
        empty="没有上月数据，或件数太少，不比较类别占比。",
    )
    broken = broken_series(view.profile.taxonomy)
    if broken.empty:
        return told
    lines = "；".join(
        f"第{row.版本}版：{row.原编码}→{row.现编码}（{row.变化}）" for row in broken.itertuples(index=False)
    )
    return join(told, note(f"类别目录有过变更，下列类别的数字不能与变更前直接比较：{lines}。"))


def agreement_table(labels: pd.DataFrame, *, small: int) -> Html:
    """How often experts confirmed what had been decided, by the month of their queue.

    Args:
        labels: the experts' labels, as `voc_lib.categorise.read_label_table` gives them.
        small: of fewer labels than this no share is told.
    """
    frame = expert_agreement(labels).reset_index()
    shown = frame.assign(
        月份=[month_name(month) for month in frame["月份"]],
        一致率=_shares(frame["一致率"], frame["专家判定"], small=small),
    )
    caption = "专家复核与现判一致的情况（复核的是最拿不准的记录，因此不是总体准确率）"
    return table(shown, caption=caption, numeric=list(shown.columns[1:]), empty="还没有收回的专家复核。")


def _shares(shares: pd.Series, totals: pd.Series, *, small: int) -> list[str | None]:
    return [percent(value, n) if n >= small else None for value, n in zip(shares, totals, strict=True)]
