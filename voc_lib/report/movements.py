"""What changed most since last month, over all branches: the categories that rose and fell, and how branches feel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import number, percent, points
from voc_lib.report.changes import cells_apart
from voc_lib.report.figures import branch_heat_map
from voc_lib.report.html import Html, join, list_of, note, table
from voc_lib.report.month_view import with_text
from voc_lib.report.overview import figures_of, negative_change, satisfaction_change

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = ["categories_compared", "movement_table", "movements"]


def categories_compared(view: OfficeView) -> Html:
    """The categories of all branches side by side, and what changed most in them since last month."""
    return join(branch_heat_map(view), movement_table(view))


def movements(view: OfficeView) -> pd.DataFrame:
    """Every category of every branch whose share of the branch's texts changed beyond chance since last month.

    Branches with fewer than `report.small_number` texts in either month are left out; all cells are judged together at
    the profile's false-discovery rate.
    Returns: branch, category, n, total, n_before, total_before, change (of the shares); the largest rise first.
    """
    import pandas as pd

    cells: list[dict[str, Any]] = []
    for code in view.reporting:
        before = view.previous_of(code)
        now = view.texts[view.texts["branch"] == code]
        earlier = None if before is None else with_text(before)
        if earlier is None or min(len(now), len(earlier)) < view.small:
            continue
        counts, counts_before = now["category"].value_counts(), earlier["category"].value_counts()
        for category in sorted({*counts.index, *counts_before.index} - {view.profile.taxonomy.nothing}):
            n, n_before = int(counts.get(category, 0)), int(counts_before.get(category, 0))
            cells.append(
                {
                    "branch": code,
                    "category": category,
                    "n": n,
                    "total": len(now),
                    "n_before": n_before,
                    "total_before": len(earlier),
                    "change": n / len(now) - n_before / len(earlier),
                }
            )
    told = cells_apart(
        [(cell["n"], cell["total"], cell["n_before"], cell["total_before"]) for cell in cells],
        false_discovery_rate=view.false_discovery_rate,
    )
    names = ["branch", "category", "n", "total", "n_before", "total_before", "change"]
    frame = pd.DataFrame([cell for cell, is_told in zip(cells, told, strict=True) if is_told], columns=names)
    order = ["change", "branch", "category"]
    return frame.sort_values(order, ascending=[False, True, True], kind="stable").reset_index(drop=True)


def movement_table(view: OfficeView) -> Html:
    """The largest rises and falls, and the branches whose satisfaction or negative share changed."""
    import pandas as pd

    moved = movements(view)
    top = view.profile.thresholds.report.top_issues
    rises, falls = moved[moved["change"] > 0].head(top), moved[moved["change"] < 0].iloc[::-1].head(top)
    shown = pd.concat([rises, falls])
    frame = pd.DataFrame(
        {
            "类别": [view.profile.taxonomy.category(code).name for code in shown["category"]],
            view.words.branch: [view.profile.branch(code).name for code in shown["branch"]],
            "上月占比": [_share(n, total) for n, total in zip(shown["n_before"], shown["total_before"], strict=True)],
            "本月占比": [_share(n, total) for n, total in zip(shown["n"], shown["total"], strict=True)],
            "变化": [
                points(row.n / row.total, row.n_before / row.total_before, total=min(row.total, row.total_before))
                for row in shown.itertuples(index=False)
            ],
        }
    )
    if all(view.previous_of(code) is None for code in view.reporting):
        return note("没有可比的上月数据，不比较各类别占比和情感的变化。")
    feelings = _feelings(view)
    what = "负面占比和满意度" if "survey" in view.profile.own_sources else "负面占比"
    return join(
        table(
            frame,
            caption=f"占比变化最大的类别（各{view.words.branch}与其上月相比，先列上升后列下降，只列超出正常波动的；"
            f"各格一并检验，误报率不超过{view.false_discovery_rate * 100:.0f}%）",
            numeric=["上月占比", "本月占比", "变化"],
            classes={"变化": ["up"] * len(rises) + ["down"] * len(falls)},
            empty=f"各{view.words.branch}各类别的占比与上月相比均在正常波动范围内；单个问题的升降见热点。",
        ),
        list_of(feelings) if feelings else note(f"各{view.words.branch}的{what}与上月相比均无明显变化。"),
    )


def _feelings(view: OfficeView) -> list[str]:
    """A sentence on each branch whose mean score or negative share changed beyond chance."""
    told = []
    for code in view.reporting:
        before = view.previous_of(code)
        now = figures_of(view.current[view.current["branch"] == code])
        earlier = None if before is None else figures_of(before)
        changes = {
            "平均满意度": satisfaction_change(now, earlier, view.small),
            "负面占比": negative_change(now, earlier, view.small),
        }
        moved = [f"{what}{change.text}" for what, change in changes.items() if change.is_clear]
        if moved:
            told.append(f"{view.profile.branch(code).name}{'，'.join(moved)}。")
    return told


def _share(n: int, total: int) -> str:
    return f"{percent(n / total, total)}（{number(n, '件')}）"
