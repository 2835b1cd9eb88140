"""Key figures and what is said of their change."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report.overview import (
    Figures,
    figures_of,
    key_figure_list,
    key_figure_table,
    key_figures,
    negative_change,
    satisfaction_change,
)


def _surveys(scores: list[int]) -> pd.DataFrame:
    return rows("scored", [{"source": "survey", "order_type": None, "score": score} for score in scores])


def test_figures_are_counted(profile: Profile) -> None:
    view = branch_view(profile, sizes=(200,))
    figures = figures_of(view.current)
    assert figures.n_records == 200 == sum(figures.n_by_source.values())
    assert set(figures.n_by_type) == {"疑难", "建议"}
    assert sum(figures.n_by_type.values()) == figures.n_by_source["work_order"]
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


def test_a_change_too_small_to_be_written_has_no_colour() -> None:
    now, before = (
        Figures(0, 0, 0, {}, {}, n_texts, n_negative, 0, 0, None, None)
        for n_negative, n_texts in ((3_000_400, 10_000_000), (3_000_000, 10_000_000))
    )
    far = Figures(0, 0, 0, {}, {}, 10_000_000, 3_003_000, 0, 0, None, None)
    assert negative_change(far, before, 10).text == "与上月相比无明显变化"
    assert negative_change(far, before, 10).tone == negative_change(now, before, 10).tone == "flat"


def test_another_centres_types_of_work_order_are_told(profile: Profile) -> None:
    view = branch_view(profile, sizes=(80, 90))
    names = {"疑难": "咨询工单", "建议": "投诉"}
    other = replace(view, scored=view.scored.assign(order_type=view.scored["order_type"].map(names)))
    labels = [figure.label for figure in key_figures(other)]
    assert "咨询工单" in labels and "投诉工单" in labels and not any("疑难" in label for label in labels)
    assert key_figure_table(other).markup.count("<tr>") == len(labels) + 1


def test_work_orders_without_a_type_and_rare_types_are_summed_up(profile: Profile) -> None:
    view = branch_view(profile, sizes=(200,))
    orders = view.current[view.current["source"] == "work_order"].index
    kinds = pd.Series([f"类{i % 7}" if i % 8 else None for i in range(len(orders))], index=orders)
    figures = key_figures(replace(view, scored=view.scored.assign(order_type=kinds)))
    told = {figure.label: int(figure.value.rstrip("件")) for figure in figures if figure.label.endswith("工单")}
    assert len(told) == 5 and "其他工单" in told and sum(told.values()) == len(orders)


def test_a_change_that_may_be_chance_says_so(profile: Profile) -> None:
    markup = key_figure_list(branch_view(profile, sizes=(300, 320))).markup
    assert "较上月增长7%（正常波动）" in markup


def test_a_change_of_few_is_a_number(profile: Profile) -> None:
    markup = key_figure_table(branch_view(profile, sizes=(30, 36))).markup
    assert "较上月增加6件（正常波动）" in markup and "%（" not in markup


def test_the_first_month_says_that_there_is_none_before(profile: Profile) -> None:
    view = branch_view(profile, sizes=(50,))
    assert {figure.change.text for figure in key_figures(view)} == {"无上月数据"}
    assert key_figure_list(view).markup.count("<li>") == 4
