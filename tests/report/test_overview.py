"""Key figures and what is said of their change."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report.overview import figures_of, key_figure_list, key_figures, negative_change, satisfaction_change


def _surveys(scores: list[int]) -> pd.DataFrame:
    return rows("scored", [{"source": "survey", "order_type": None, "score": score} for score in scores])


def test_figures_are_counted(profile: Profile) -> None:
    view = branch_view(profile, sizes=(200,))
    figures = figures_of(view.current)
    assert figures.n_records == 200 == sum(figures.n_by_source.values())
    assert figures.n_hard + figures.n_suggestions == figures.n_by_source["work_order"]
    assert figures.satisfaction == pytest.approx(view.current["score"].dropna().astype(float).mean())


def test_no_records_have_no_mean() -> None:
    figures = figures_of(rows("scored", []))
    assert (figures.n_records, figures.satisfaction, figures.spread) == (0, None, None)


def test_a_mean_is_said_to_change_only_beyond_chance() -> None:
    low, high = figures_of(_surveys([2, 3] * 40)), figures_of(_surveys([4, 5] * 40))
    assert satisfaction_change(high, low, 10).text == "较上月提高2.0分"
    assert satisfaction_change(low, high, 10).direction == "down"
    assert satisfaction_change(low, low, 10).text == "与上月相比无明显变化"
    assert satisfaction_change(high, figures_of(_surveys([1, 2])), 10).text == "件数太少，不作比较"
    assert satisfaction_change(high, None, 10).text == "无上月数据"


def test_a_negative_share_is_said_to_change_only_beyond_chance() -> None:
    def texts(n: int, total: int) -> pd.DataFrame:
        moods = ["negative"] * n + ["neutral"] * (total - n)
        return rows("scored", [{"sentiment_label": mood} for mood in moods])

    many, few = figures_of(texts(60, 100)), figures_of(texts(20, 100))
    assert negative_change(many, few, 10).text == "较上月上升40个百分点"
    assert negative_change(few, figures_of(texts(22, 100)), 10).text == "与上月相比无明显变化"
    assert negative_change(few, figures_of(texts(1, 3)), 10).text == "件数太少，不作比较"


def test_the_first_month_says_that_there_is_none_before(profile: Profile) -> None:
    view = branch_view(profile, sizes=(50,))
    assert {figure.change.text for figure in key_figures(view)} == {"无上月数据"}
    assert key_figure_list(view).markup.count("<li>") == 4
