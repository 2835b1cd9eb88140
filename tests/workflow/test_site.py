from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pandas as pd
import pytest

from tests.builders import rows
from voc_lib.params import Profile, load_profile
from voc_lib.workflow.site import ReportState, ReviewState, build_index, write_index

DONE = ReportState("done")


def _summary(*keys: tuple[str, str], **values: object) -> pd.DataFrame:
    plain = {"n_records": 1204, "n_before": 1122, "satisfaction": 4.21, "n_hot": 3, "daily_counts": [0, 5, 10]}
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
    reports = page.split('id="intake"')[0]
    assert re.findall(r'<th scope="row">([^<]*)</th>', reports) == ["总行", "北京", "天津"]


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
    assert _text(cell) == "1,204 +7% 满意度 4.2 · 热点 3 网页 PDF 草稿"
    assert 'points="1.0,21.0 48.0,11.0 95.0,1.0"' in cell and 'aria-label="每日件数，最少0件，最多10件"' in cell


def test_a_failed_report_is_told_and_leads_to_the_error(profile: Profile) -> None:
    states = {("BJ", "2013-05"): ReportState("failed", (), "03.ipynb"), ("TJ", "2013-05"): DONE}
    page = build_index(_summary(("TJ", "2013-05")), _ledger(), profile=profile, states=states)
    assert "有1份报告未能生成" in page
    assert 'href="2013-05/BJ/03.ipynb"' in page
    assert _text(page.split("<td>")[1].split("</td>")[0]) == "失败 出错的笔记本"


@pytest.mark.parametrize(("state", "name"), [("draft", "草稿"), ("approved", "已审定"), ("published", "已发布")])
def test_a_report_says_where_it_stands_and_why(
    profile: Profile, state: Literal["draft", "approved", "published"], name: str
) -> None:
    key = ("BJ", "2013-05")
    stands = ReportState("done", review=ReviewState(state, "<b>李审核</b>"))
    page = build_index(_summary(key), _ledger(), profile=profile, states={key: stands})
    assert _text(page.split("<td>")[1].split("</td>")[0]).endswith(f"{name} &lt;b&gt;李审核&lt;/b&gt;")


def test_what_is_unknown_is_left_out_not_shown_as_nan(profile: Profile) -> None:
    key = ("BJ", "2013-05")
    page = build_index(
        _summary(key, n_before=None, satisfaction=None, daily_counts=[]), _ledger(), profile=profile, states={key: DONE}
    )
    assert "nan" not in page.split("<main")[1].lower()
    assert "<svg" not in page


def test_every_raw_row_is_accounted_for_by_file(profile: Profile) -> None:
    page = build_index(_summary(), _ledger(), profile=profile, states={})
    table = page.split('<table class="data files">')[1]
    assert re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    lines = [_text(line) for line in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
    assert lines == [
        "文件 来源 原始行数 入库 重复 拒收 机构无法识别 内容为空",
        "survey_&lt;x&gt;.csv 满意度回访 50 50 0 0 0 0",
        "work_orders_2013-05.csv 工单 1,021 1,000 7 14 11 3",
        "合计 1,071 1,050 7 14 11 3",
    ]


def test_the_form_is_linked_where_it_is_there(profile: Profile) -> None:
    key = ("BJ", "2013-05")
    for files in (("report.html",), ("report.html", "feedback_form.xlsx")):
        page = build_index(_summary(key), _ledger(), profile=profile, states={key: ReportState("done", files)})
        assert ('href="2013-05/BJ/feedback_form.xlsx"' in page) is (len(files) == 2)


def test_the_profile_says_what_a_voice_is_called(profile: Profile) -> None:
    other = replace(profile, run=profile.run.model_copy(update={"customer_voice": "来电"}))
    key = ("BJ", "2013-05")
    page = build_index(_summary(key), _ledger(), profile=other, states={key: DONE})
    assert "数字为当月来电件数" in page and "客户之声件数" not in page


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
    ("n", "before", "told"),
    [
        (1204, 1000, ("up", "+20%")),
        (1204, 1122, ("flat", "+7%")),  # within what months differ by themselves
        (600, 1200, ("down", "−50%")),
        (1001, 1000, ("flat", "持平")),
        (35, 31, ("flat", "+4件")),
        (300, 60, ("up", "+240件")),
        (0, 40, ("down", "−40件")),
        (0, 0, ("flat", "持平")),
        (5, None, None),
    ],
)
def test_a_change_is_told_and_coloured_as_in_the_report(
    profile: Profile, n: int, before: int | None, told: tuple[str, str] | None
) -> None:
    key = ("BJ", "2013-05")
    page = build_index(_summary(key, n_records=n, n_before=before), _ledger(), profile=profile, states={key: DONE})
    found = re.findall(r'<span class="change (\w+)">([^<]*)</span>', page)
    assert found == ([told] if told else [])


def test_writing_leaves_the_page_and_nothing_else(tmp_path: Path) -> None:
    write_index("<p>目录</p>", str(tmp_path / "output"))
    assert {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "output").iterdir()} == {
        "index.html": "<p>目录</p>"
    }


def test_the_index_of_another_centre_speaks_its_own_words(project: Path) -> None:
    city = load_profile(project / "params" / "examples" / "city-government")
    key = ("A3", "2019-01")
    summary = rows("summary", [{"branch": "A3", "month": "2019-01", "n_records": 12, "satisfaction": None}])
    ledger = rows("ledger", [{"origin_file": "a.xlsx", "source": "work_order", "branch": "A3", "n_rows": 12}])
    told = _text(build_index(summary, ledger, profile=city, states={key: DONE}).split("</head>")[1])
    assert "留言" in told and "区县" in told
    assert re.findall("分行|总行|客户|网点|工单|满意度", told) == []
