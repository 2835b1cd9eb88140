"""Margins that are reckoned, not measured: what stands in them stays inside the figure and off the bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voc_lib.report import theme
from voc_lib.report.figures.frame import LEGEND, above, below, beside, framed, gridded, named_rows, room_at_ends, widest

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox


def test_the_widest_line_counts_and_chinese_is_as_wide_as_high() -> None:
    assert widest(["中文", "ab\n中文字"], 10) == 30
    assert widest([]) == 0
    assert widest(["ab"], 12) == pytest.approx(14)


@pytest.mark.parametrize("longest", [1, 98_765])
def test_names_and_figures_of_lying_bars_stay_inside(longest: int) -> None:
    names = ["短", "一个相当长的类别名称（含说明）", "Mixed 名称 WWW"]
    told = ["12%（3,456件）", "不足1%（1件）", "100%（98765件）"]
    with theme.theme():
        figure, axes = framed(1.5, left=beside(names), top=above(size=10.5))
        named_rows(axes, names)
        gap = room_at_ends(axes, longest, told)
        for row, text in enumerate(told):
            axes.text(longest + gap, row, text, va="center")
        axes.set_title("标题", loc="left")
        _all_inside(figure)


def test_ticks_titles_and_legends_stay_inside_and_apart() -> None:
    with theme.theme():
        figure, axes = framed(2.7, left=beside(["12345"], title=True), top=LEGEND, bottom=below(2, title=True))
        axes.bar([0, 1], [1, 12345], label="来源")
        axes.set_xticks([0, 1], ["1月\n2013年", "2月"])
        axes.set_xlabel("月")
        axes.set_ylabel("件")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)
        boxes = _all_inside(figure)
        assert boxes["月"].y1 <= boxes["1月\n2013年"].y0 + 1
        assert boxes["件"].x1 <= min(label.get_window_extent().x0 for label in axes.get_yticklabels()) + 1


def test_small_charts_do_not_run_into_each_other() -> None:
    with theme.theme():
        figure, grid = gridded(3.5, 2, 3, left=beside(["10"]), top=above(2, size=9), bottom=below(), between=12)
        for row in range(2):
            for column in range(3):
                panel = figure.add_subplot(grid[row, column])
                panel.set_title(f"{row}{column}一行\n两行", loc="left", fontsize=9)
                panel.set_xticks([0, 1])
        boxes = _all_inside(figure)
        lowest_above = min(label.get_window_extent().y0 for label in figure.axes[0].get_xticklabels())
        assert boxes["10一行\n两行"].y1 <= lowest_above


def _all_inside(figure: Figure) -> dict[str, Bbox]:
    """Draw; every text lies within the figure. Gives their boxes by text."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    figure.set_dpi(144)  # no rounding to whole pixels: nine points are eighteen
    FigureCanvasAgg(figure).draw()
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    boxes = {text.get_text(): text.get_window_extent() for text in shown}
    for text, box in boxes.items():
        assert figure.bbox.x0 - 1 <= box.x0 and box.x1 <= figure.bbox.x1 + 1, text
        assert figure.bbox.y0 - 1 <= box.y0 and box.y1 <= figure.bbox.y1 + 1, text
    return boxes


def test_names_without_end_leave_room_for_bars() -> None:
    with theme.theme():
        _, axes = framed(1, left=beside(["名" * 200]))
        assert axes.get_position().width > 0.4
        assert 0 < room_at_ends(axes, 10, ["字" * 200]) < 1
        assert axes.get_xlim() == (0, 20)
