"""The index as a reader meets it: opened from disk, with the network cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Browser
from tests.builders import rows
from tests.workflow.report_notebook import TITLE, report
from voc_lib.params import Profile
from voc_lib.workflow.render import render_html
from voc_lib.workflow.site import ReportState, build_index, write_index

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Path:
    output = tmp_path_factory.mktemp("输出 output")
    months = [f"2013-{number:02d}" for number in range(1, 7)]
    keys = [(branch, month) for month in months for branch in ("head_office", *profile.branches.codes)]
    summary = rows(
        "summary",
        [{"branch": b, "month": m, "daily_counts": list(range(30)), "topics": [f"事项{b}{m}"]} for b, m in keys],
    )
    ledger = rows("ledger", [{"origin_file": f"work_orders_{m}.csv", "n_rows": 7 - int(m[-1])} for m in months])
    states = {key: ReportState("done", ("report.html",)) for key in keys}
    write_index(build_index(summary, ledger, profile=profile, states=states), str(output))
    render_html(report(), str(output / "2013-06" / "BJ" / "report.html"))
    return output / "index.html"


def test_it_opens_without_the_network_and_without_complaint(browser: Browser, index: Path) -> None:
    browser.open(index)
    assert browser.requests() == [("request", index.as_uri())]
    assert browser.console() == []
    assert len(browser.texts("table.reports tbody tr")) == 7


def test_a_cell_leads_to_its_report(browser: Browser, index: Path) -> None:
    browser.open(index)
    browser.find("table.reports tbody tr:nth-child(2) td a").click()
    assert browser.driver.title == TITLE


def test_the_files_can_be_sorted(browser: Browser, index: Path) -> None:
    browser.open(index)
    browser.find("table.files thead th:nth-child(3) button").click()
    browser.find("table.files thead th:nth-child(3) button").click()
    assert browser.texts("table.files tbody td:nth-child(3)") == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("width", [1280, 390])
def test_no_screen_scrolls_sideways(browser: Browser, index: Path, width: int) -> None:
    browser.open(index, width=width)
    assert browser.ask("document.documentElement.scrollWidth") <= width


def test_search_finds_the_report_that_tells_of_it(browser: Browser, index: Path) -> None:
    browser.open(index)
    assert not browser.find("#topics").is_displayed()
    browser.find("#find").send_keys("事项BJ2013-06")
    shown = [text for text in browser.texts("#topics li") if text]
    assert len(shown) == 1 and "2013年6月" in shown[0]
    browser.find("#topics li:not([hidden]) a").click()
    assert browser.driver.title == TITLE
    browser.open(index)
    browser.find("#find").send_keys("没有这样的事")
    assert browser.find(".find [role=status]").text == "没有找到"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_way_of_anybody(browser: Browser, index: Path, dark: bool) -> None:
    browser.open(index, dark=dark)
    assert violations(browser.driver) == []
