"""Branches side by side, compared fairly: intervals beside every share and mean, no ranking of what chance moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.report.html import Html, render, table
from voc_lib.report.intervals import mean_interval, share_interval
from voc_lib.report.overview import Figures, figures_of
from voc_lib.report.wording import number, share, short_change

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = ["branch_table", "mood_table"]

_SPARK = """\
<svg class="spark" role="img" aria-label="{{ label }}" viewBox="0 0 84 20" width="84" height="20">
{%- if points %}<polyline points="{{ points }}" fill="none" stroke="#0b4f7d" stroke-width="1.6"/>{% endif -%}
<circle cx="{{ x }}" cy="{{ y }}" r="2.2" fill="#b3400e"/></svg>"""


def branch_table(view: OfficeView) -> Html:
    """Counts of each branch with their change, and the course of the past year."""
    import pandas as pd

    figures = {code: figures_of(view.current[view.current["branch"] == code]) for code in view.reporting}
    befores = {code: view.previous_of(code) for code in view.reporting}
    changes = [
        short_change(figures[code].n_records, None if (b := befores[code]) is None else len(b), small=view.small)
        for code in view.reporting
    ]
    open_actions = view.actions[view.actions["status"].isin(["open", "overdue"])]["branch"].value_counts()
    hot = view.hotspots[view.hotspots["is_hot"]]["branch"].value_counts()
    told = list(figures.values())
    frame = pd.DataFrame(
        {
            "分行": [view.profile.branch(code).name for code in view.reporting],
            "件数": [number(f.n_records) for f in told],
            "环比": [text for text, _ in changes],
            "事项": [number(f.n_matters) for f in told],
            "工单": [number(f.n_by_source["work_order"]) for f in told],
            "投诉意向": [number(f.n_by_source["complaint_intent"]) for f in told],
            "满意度回访": [number(f.n_by_source["survey"]) for f in told],
            "热点": [number(hot.get(code, 0)) for code in view.reporting],
            "待答复建议": [number(open_actions.get(code, 0)) for code in view.reporting],
            "各月走势": [_spark(view.history_of(code)) for code in view.reporting],
        }
    )
    rates = _rates(view, figures)
    if rates is not None:
        frame.insert(3, "每万客户件数", rates)
    numeric = [column for column in frame.columns if column not in ("分行", "各月走势")]
    return table(
        frame,
        caption=f"各分行主要指标（按分行顺序，n={number(len(view.current))}件）",
        numeric=numeric,
        classes={"环比": [direction for _, direction in changes]},
        empty="本月没有分行报告。",
    )


def mood_table(view: OfficeView) -> Html:
    """Satisfaction and negative share of each branch with intervals, marked where these leave out the others."""
    import pandas as pd

    rows = []
    for code in view.reporting:
        mine = view.current[view.current["branch"] == code]
        others = view.current[view.current["branch"] != code]
        rows.append(_mood(view, code, mine, figures_of(others)))
    frame = pd.DataFrame(rows)
    return table(
        frame,
        caption="各分行满意度与负面占比（括号内为95%区间；区间与其他分行整体水平不重合才标注偏高或偏低）",
        numeric=["回访件数", "平均满意度", "有文字件数", "负面占比"],
        empty="本月没有分行报告。",
    )


def _mood(view: OfficeView, code: str, mine: pd.DataFrame, others: Figures) -> dict[str, Any]:
    figures = figures_of(mine)
    interval = mean_interval(mine["score"].dropna().astype("float64").tolist())
    low, high = share_interval(figures.n_negative, figures.n_texts)
    told = share(figures.n_negative, figures.n_texts, small=view.small)
    overall = others.n_negative / others.n_texts if others.n_texts else None
    enough = figures.n_texts >= view.small
    return {
        "分行": view.profile.branch(code).name,
        "回访件数": number(figures.n_scores),
        "平均满意度": _mean(figures.satisfaction, interval),
        "满意度与其他分行相比": _against(interval if figures.n_scores >= view.small else None, others.satisfaction),
        "有文字件数": number(figures.n_texts),
        "负面占比": f"{told}（{low * 100:.0f}–{high * 100:.0f}%）" if enough else told,
        "负面占比与其他分行相比": _against((low, high) if enough else None, overall),
    }


def _mean(mean: float | None, interval: tuple[float, float] | None) -> str:
    if mean is None:
        return "–"
    return f"{mean:.2f}" if interval is None else f"{mean:.2f}（{max(interval[0], 1):.2f}–{min(interval[1], 5):.2f}）"


def _against(interval: tuple[float, float] | None, level: float | None) -> str:
    if interval is None or level is None:
        return "–"
    return "偏高" if interval[0] > level else "偏低" if interval[1] < level else "无明显差别"


def _rates(view: OfficeView, figures: dict[str, Figures]) -> list[str] | None:
    """Voices per ten thousand customers, where the profile knows the customers of any branch."""
    customers = {code: view.profile.branch(code).customers for code in view.reporting}
    if not any(customers.values()):
        return None
    return [f"{figures[code].n_records / n * 10_000:.1f}" if (n := customers[code]) else "–" for code in view.reporting]


def _spark(counts: list[int]) -> Html:
    """A line as high as the text, its last point marked."""
    highest = max([*counts, 1])
    step = 76 / max(len(counts) - 1, 1)
    points = [(round(4 + i * step, 1), round(17 - 14 * n / highest, 1)) for i, n in enumerate(counts)]
    x, y = points[-1] if points else (4, 17)
    line = " ".join(f"{px},{py}" for px, py in points) if len(points) > 1 else ""
    label = "各月件数：" + "，".join(number(n) for n in counts)
    return render(_SPARK, label=label, points=line, x=x, y=y)
