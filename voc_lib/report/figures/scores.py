"""Satisfaction: how many customers gave which score, not only the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number, percent
from voc_lib.report.breakdown import by_score
from voc_lib.report.figures.blocks import lying_bars
from voc_lib.report.figures.frame import LEGEND, beside, framed, named_rows, room_at_ends
from voc_lib.report.html import Html, note
from voc_lib.report.theme import INK, PALE, SOFT, SOURCE, chart, theme
from voc_lib.schema import SCORES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["satisfaction_chart"]


def satisfaction_chart(view: BranchView) -> Html:
    """Shares of the scores, the best first, this month above last month; nothing where the centre asks for none."""
    if "survey" not in view.profile.own_sources:
        return Html("")
    table = by_score(view.current, view.previous)
    total, before = int(table["n"].sum()), int(table["n_before"].fillna(0).sum())
    if total == 0:
        return note(f"本月没有{view.profile.source_names['survey']}分值。")
    caption = f"满意度分值分布（{SCORES[-1]}分最满意；{month_name(view.month)}n={number(total)}件"
    with theme():
        scores = [f"{score}分" for score in table["score"]]
        figure, axes = framed(2.5, left=beside(scores), top=LEGEND)
        named_rows(axes, scores)
        told = _told(table["n"], total, view.small)
        shares = table["n"] / total
        earlier = table["n_before"].fillna(0).astype("int64")
        told_before = _told(earlier, before, view.small) if before else []
        highest = max(shares.max(), earlier.max() / before if before else 0)
        gap = room_at_ends(axes, highest, [*told, *told_before])
        _bars(axes, shares, told, -0.2, gap, colour=SOURCE["work_order"], name="本月")
        if before:
            _bars(axes, earlier / before, told_before, 0.2, gap, colour=PALE, name="上月")
            caption += f"，上月n={number(before)}件"
            axes.legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 1), borderaxespad=0.2)
        caption += "）"
        pairs = "，".join(f"{score}分{text}" for score, text in zip(table["score"], told, strict=True))
        data = table.rename(columns={"score": "分值", "n": "本月件数", "n_before": "上月件数"})
        return chart(figure, label=f"{view.name}{caption}：{pairs}", caption=caption, data=data)


def _told(counts: pd.Series, total: int, small: int) -> list[str]:
    return [f"{n}件" if total < small else f"{percent(n / total, total)}（{n}件）" for n in counts]


def _bars(axes: Any, shares: pd.Series, told: list[str], shift: float, gap: float, *, colour: str, name: str) -> None:
    """One month's bars with their shares and counts."""
    places = [position + shift for position in range(len(shares))]
    lying_bars(axes, places, shares, 0.38, colour=colour, label=name)
    ink, size = (INK, 9) if shift < 0 else (SOFT, 8)
    for place, share, text in zip(places, shares, told, strict=True):
        axes.text(share + gap, place, text, va="center", color=ink, fontsize=size)
