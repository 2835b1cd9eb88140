from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import rows
from voc_lib.params import Profile
from voc_lib.schema import QUARANTINE_REASONS
from voc_lib.workflow.site import (
    ReportState,
    build_index,
    change_in_words,
    intake_by_file,
    spark_points,
    write_index,
)

DONE = ReportState("done")


def _summary(*keys: tuple[str, str], **values: object) -> pd.DataFrame:
    plain = {"n_records": 1204, "change": 1.073, "satisfaction": 4.21, "n_hot": 3, "daily_counts": [0, 5, 10]}
    return rows("summary", [{"branch": branch, "month": month, **plain, **values} for branch, month in keys])


def _ledger() -> pd.DataFrame:
    def of(branch: str, outcome: str, n: int, file: str = "work_orders_2013-05.csv") -> dict[str, object]:
        source = "survey" if file.startswith("survey") else "work_order"
        return {"origin_file": file, "source": source, "branch": branch, "outcome": outcome, "n_rows": n}

    return rows(
        "ledger",
        [
            of("BJ", "record", 900),
            of("TJ", "record", 100),
            of("BJ", "duplicate", 7),
            of("BJ", "empty_text", 3),
            of("unknown", "unknown_branch", 11),
            of("BJ", "record", 50, "survey_<x>.csv"),
        ],
    )


def _text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_head_office_comes_first_then_the_profiles_order(profile: Profile) -> None:
    keys = [("TJ", "2013-05"), ("BJ", "2013-05"), ("head_office", "2013-05")]
    page = build_index(_summary(*keys), _ledger(), profile=profile, states=dict.fromkeys(keys, DONE))
    assert re.findall(r'<th scope="row">([^<]*)</th>', page) == ["总行", "北京", "天津"]


def test_months_come_latest_first_and_what_was_not_run_says_so(profile: Profile) -> None:
    states = {("BJ", "2013-04"): DONE, ("TJ", "2013-05"): DONE}
    page = build_index(_summary(*states), _ledger(), profile=profile, states=states)
    assert page.index("2013年5月</th>") < page.index("2013年4月</th>")
    assert page.count("未运行") == 2


def test_links_are_relative_and_lead_to_files_that_are_said_to_be_there(profile: Profile) -> None:
    states = {("BJ", "2013-05"): DONE, ("TJ", "2013-05"): ReportState("done", ("report.html",))}
    page = build_index(_summary(*states), _ledger(), profile=profile, states=states)
    links = {unquote(link) for link in re.findall(r'<a [^>]*href="([^"#]+)"', page)}
    assert links == {"2013-05/BJ/report.html", "2013-05/BJ/report.pdf", "2013-05/TJ/report.html"}


def test_a_cell_tells_figures_change_and_course(profile: Profile) -> None:
    key = ("BJ", "2013-05")
    page = build_index(_summary(key), _ledger(), profile=profile, states={key: DONE})
    cell = page.split("<td>")[1].split("</td>")[0]
    assert _text(cell) == "1,204 +7% 满意度 4.21 · 热点 3 网页 PDF 已完成"
    assert 'points="1.0,21.0 48.0,11.0 95.0,1.0"' in cell


def test_a_failed_report_is_told_and_leads_to_the_error(profile: Profile) -> None:
    states = {("BJ", "2013-05"): ReportState("failed", (), "03.ipynb"), ("TJ", "2013-05"): DONE}
    page = build_index(_summary(("TJ", "2013-05")), _ledger(), profile=profile, states=states)
    assert "有 1 份报告未能生成" in page
    assert 'href="2013-05/BJ/03.ipynb"' in page
    assert _text(page.split("<td>")[1].split("</td>")[0]) == "失败 出错的笔记本"


def test_what_is_unknown_is_left_out_not_shown_as_nan(profile: Profile) -> None:
    key = ("BJ", "2013-05")
    page = build_index(
        _summary(key, change=None, satisfaction=None, daily_counts=[]), _ledger(), profile=profile, states={key: DONE}
    )
    assert "nan" not in page.split("<main")[1].lower()
    assert "<svg" not in page


def test_every_raw_row_is_accounted_for_by_file(profile: Profile) -> None:
    page = build_index(_summary(), _ledger(), profile=profile, states={})
    table = page.split('<table class="data files">')[1]
    assert re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    lines = [_text(line) for line in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
    assert lines == [
        "文件 来源 原始行数 有效记录 重复 拒收 分行无法识别 内容为空",
        "survey_&lt;x&gt;.csv 满意度回访 50 50 0 0 0 0",
        "work_orders_2013-05.csv 工单 1,021 1,000 7 14 11 3",
        "合计 1,071 1,050 7 14 11 3",
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["record", "duplicate", *QUARANTINE_REASONS]))))
def test_raw_rows_are_the_sum_of_what_became_of_them(given: list[tuple[str, str]]) -> None:
    ledger = rows(
        "ledger",
        [
            {"origin_file": file, "source": "survey", "outcome": outcome, "n_rows": n}
            for n, (file, outcome) in enumerate(sorted(set(given)), start=1)
        ],
    )
    before = ledger.copy(deep=True)
    made = intake_by_file(ledger)
    assert made["raw"].sum() == ledger["n_rows"].sum()
    assert (made["raw"] == made["records"] + made["duplicates"] + made["refused"]).all()
    assert (made["refused"] == made[list(QUARANTINE_REASONS)].sum(axis=1)).all()
    pd.testing.assert_frame_equal(ledger, before)


def test_an_empty_house_still_has_an_index(profile: Profile) -> None:
    page = build_index(_summary(), rows("ledger", []), profile=profile, states={})
    assert "还没有任何报告" in page
    assert "还没有读入任何文件" in page


def test_the_index_loads_nothing_and_says_so_to_the_browser(profile: Profile) -> None:
    page = build_index(_summary(("BJ", "2013-05")), _ledger(), profile=profile, states={("BJ", "2013-05"): DONE})
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:|/)""", page)


def test_the_order_of_rows_and_states_does_not_matter(profile: Profile) -> None:
    keys = [("BJ", "2013-05"), ("TJ", "2013-04"), ("head_office", "2013-05")]
    summary, ledger = _summary(*keys), _ledger()
    page = build_index(summary, ledger, profile=profile, states=dict.fromkeys(keys, DONE))
    turned = build_index(
        summary.iloc[::-1], ledger.iloc[::-1], profile=profile, states=dict.fromkeys(reversed(keys), DONE)
    )
    assert turned == page


@pytest.mark.parametrize(
    ("n", "change", "words"),
    [
        (1204, 1.073, ("up", "+7%")),
        (1204, 0.5, ("down", "−50%")),
        (1000, 1.001, ("flat", "持平")),
        (6, 2.0, ("up", "+3")),
        (30, 6.0, ("up", "+25")),
        (4, 1.0, ("flat", "持平")),
        (0, 0.0, None),
        (5, float("nan"), None),
        (5, None, None),
    ],
)
def test_a_change_is_told_in_per_cent_only_where_there_are_enough(
    n: int, change: float | None, words: tuple[str, str] | None
) -> None:
    assert change_in_words({"n_records": n, "change": change}, 10) == words


@given(st.lists(st.integers(0, 10**6), max_size=31))
def test_a_spark_line_stays_in_its_box(counts: list[int]) -> None:
    points = [tuple(map(float, point.split(","))) for point in spark_points(counts, width=96, height=22).split()]
    assert len(points) == (len(counts) if len(counts) > 1 else 0)
    assert all(0 <= x <= 96 and 0 <= y <= 22 for x, y in points)


def test_writing_leaves_the_page_and_nothing_else(tmp_path: Path) -> None:
    write_index("<p>目录</p>", str(tmp_path / "output"))
    assert {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "output").iterdir()} == {
        "index.html": "<p>目录</p>"
    }
