"""Where problems concentrate: over time, by source, channel and outlet, and over the branches of a month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from voc_lib.hotspot import compared_problems, gathering_places, issues_of_span, outlet_funnel
from voc_lib.numbers.wording import month_name, number, percent
from voc_lib.report.html import Html, join, note, table
from voc_lib.store import shift_month

if TYPE_CHECKING:
    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = ["change_table", "outlet_limits", "place_table", "shared_matters"]

_PLACES = {
    "above": "高于99.8%界限",
    "raised": "高于95%界限",
    "within": "在界限之内",
    "lowered": "低于95%界限",
    "below": "低于99.8%界限",
    "few": "件数太少",
}


def change_table(view: BranchView) -> Html:
    """The concentrated problems beside last month and the same month of last year, with intervals of the change."""
    import pandas as pd

    compared = compared_problems(
        view.scored, month=view.month, known_months=view.known_months, false_discovery_rate=view.false_discovery_rate
    )
    total = int(compared["n"].sum())
    if total < view.small:
        return Html("")  # as the table of concentrated problems says
    months = {"last": shift_month(view.month, -1), "year": shift_month(view.month, -12)}
    known = {name: bool(compared[f"n_{name}"].notna().any()) for name in months}
    missing = [month_name(months[name]) for name in months if not known[name]]
    asked = {"last": "环比", "year": "同比"}
    told = (
        note(f"没有{'和'.join(missing)}的数据，不作{'和'.join(asked[name] for name in months if not known[name])}。")
        if missing
        else None
    )
    if told is not None and len(missing) == len(months):
        return told
    shown = compared[compared["category"] != view.profile.taxonomy.nothing]
    shown = shown.head(view.profile.thresholds.report.top_categories)
    columns: dict[str, Any] = {
        "类别": shown["category_name"],
        "占比": [percent(row.share, total) for row in shown.itertuples(index=False)],
    }
    for name, heading in (("last", "上月"), ("year", "去年同月")):
        if known[name]:
            of = int(compared[f"n_{name}"].sum())
            columns[heading] = [percent(value, of) for value in shown[f"share_{name}"]]
            columns[f"比{heading}（百分点，95%区间）"] = [
                _points(change, low, high, clear)
                for change, low, high, clear in zip(
                    shown[f"change_{name}"],
                    shown[f"change_{name}_low"],
                    shown[f"change_{name}_high"],
                    shown[f"is_clear_{name}"],
                    strict=True,
                )
            ]
    caption = f"占比及其变化（n={number(total)}件；标*的变化超出正常波动，误报率不超过{view.false_discovery_rate:.0%}）"
    return join(table(pd.DataFrame(columns), caption=caption, numeric=list(columns)[1:]), told)


def place_table(view: BranchView) -> Html:
    """Which sources, channels and outlets bring much more of a category than the others do."""
    import pandas as pd

    if len(view.texts) < view.small:
        return Html("")  # as the table of concentrated problems says
    found = gathering_places(
        view.texts,
        min_records=view.profile.thresholds.hotspot.min_records,
        false_discovery_rate=view.false_discovery_rate,
    )
    names = view.profile.source_names
    kinds = {"source": "来源", "channel": "渠道", "outlet": view.words.outlet}
    found = found[found["category"] != view.profile.taxonomy.nothing]
    shown = found.head(view.profile.thresholds.report.top_categories)
    frame = pd.DataFrame(
        {
            "类别": shown["category_name"],
            "集中在": [f"{kinds[row.dimension]}：{_place_name(row, names)}" for row in shown.itertuples(index=False)],
            "事项": [number(n) for n in shown["n"]],
            "按别处推算": [f"{value:.1f}" for value in shown["expected"]],
            "倍数（95%区间）": [_ratio(row) for row in shown.itertuples(index=False)],
        }
    )
    return table(
        frame,
        caption=f"问题集中的来源、渠道和{view.words.outlet}（与其余合计相比，占比明显偏高的）",
        numeric=["事项", "按别处推算", "倍数（95%区间）"],
        empty=f"没有哪类问题明显集中于某一来源、渠道或{view.words.outlet}。",
    )


def outlet_limits(view: BranchView) -> Html:
    """Outlets held against funnel limits; those within them differ from the average no more than chance makes them."""
    import pandas as pd

    outlet = view.words.outlet
    funnel = outlet_funnel(view.texts, at_least=view.small)
    judged = funnel[funnel["place"] != "few"]
    if judged.empty:
        return Html("")  # as the table of outlets says
    if len(judged) < 2:
        return note(f"有文字内容的{view.voice}满{view.small}件的{outlet}不足两个，不作{outlet}间比较。")
    beyond = judged[judged["place"] != "within"]
    average = percent(float(funnel["average"].iloc[0]), int(funnel["n"].sum()))
    told = f"{len(judged)}个{outlet}的负面占比与平均水平（{average}）相比，"
    if beyond.empty:
        return note(f"{told}均在95%波动界限之内，差别属正常波动。")
    frame = pd.DataFrame(
        {
            outlet: beyond["outlet"],
            "件数": [number(n) for n in beyond["n"]],
            "负面占比": [percent(row.share, row.n) for row in beyond.itertuples(index=False)],
            "95%界限": [f"{row.low * 100:.0f}–{row.high * 100:.0f}%" for row in beyond.itertuples(index=False)],
            "折算占比": [percent(row.shrunk, row.n) for row in beyond.itertuples(index=False)],
            "判断": [_PLACES[row.place] for row in beyond.itertuples(index=False)],
        }
    )
    return join(
        note(f"{told}{len(beyond)}个超出95%波动界限{'' if len(beyond) == len(judged) else '，其余均在界限之内'}。"),
        table(
            frame,
            caption=f"负面占比在界限之外的{outlet}（按件数排列，件数越少界限越宽；折算占比按件数多少向平均水平靠拢）",
            numeric=["件数", "负面占比", "95%界限", "折算占比"],
        ),
    )


def shared_matters(view: OfficeView) -> Html:
    """Matters that customers of two or more branches told in the month, whatever their categories."""
    import pandas as pd

    branch = view.words.branch
    found = issues_of_span(view.texts, profile=view.profile, at_least_branches=2)
    # As of the issues of a branch: what two or three told may be alike by chance.
    found = found[found["n_records"] >= view.profile.thresholds.hotspot.min_records]
    found = found.head(view.profile.thresholds.report.top_categories)
    frame = pd.DataFrame(
        {
            "问题": found["label"],
            "类别": found["category_name"],
            branch: ["、".join(view.profile.branch(code).short_name for code in codes) for codes in found["branches"]],
            "件数": [number(n) for n in found["n_records"]],
            view.words.customer: [number(n) for n in found["n_customers"]],
            "热度": [f"{value:.0f}" for value in found["heat"]],
        }
    )
    return table(
        frame,
        caption=f"两{view.words.branch_measure}及以上{branch}的{view.words.customer}反映的同一问题（按内容相近聚合，按热度排列）",
        numeric=["件数", view.words.customer, "热度"],
        empty=f"本月没有两{view.words.branch_measure}及以上{branch}的{view.words.customer}反映同一问题。",
    )


def _points(change: float, low: float, high: float, is_clear: bool) -> str:
    told = [re.sub(r"^[+-](0\.0)$", r"\1", f"{value * 100:+.1f}") for value in (change, low, high)]
    return f"{told[0]}（{told[1]}至{told[2]}）{'*' if is_clear else ''}".replace("-", "−")


def _place_name(row: Any, source_names: dict[str, str]) -> str:
    return source_names.get(row.value, row.value) if row.dimension == "source" else str(row.value)


def _ratio(row: Any) -> str:
    if row.ratio == float("inf"):
        return f"别处没有（{row.ratio_low:.1f}–）"
    return f"{row.ratio:.1f}（{row.ratio_low:.1f}–{row.ratio_high:.1f}）"
