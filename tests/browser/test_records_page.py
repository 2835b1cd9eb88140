"""The records behind the numbers, as a reader meets them: from disk, with the network cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Browser
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report import BranchView, records_page
from voc_lib.report.tables import category_table

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=document.title='run'> <!-- =1+1"


@pytest.fixture(scope="module")
def view(profile: Profile) -> BranchView:
    plain = branch_view(profile)
    scored = plain.scored.copy()
    scored.loc[scored.index[-1], ["text", "outlet"]] = [HOSTILE, HOSTILE]
    return replace(plain, scored=scored)


@pytest.fixture(scope="module")
def page(view: BranchView, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("报告 明细")
    (folder / "records.html").write_bytes(records_page(view))
    links = category_table(view).markup
    (folder / "report.html").write_text(f"<!DOCTYPE html><title>r</title>{links}", encoding="utf-8")
    return folder / "records.html"


def test_it_opens_without_the_network_and_lists_a_hundred_at_a_time(
    browser: Browser, page: Path, view: BranchView
) -> None:
    browser.open(page)
    assert browser.requests() == [("request", page.as_uri())]
    assert browser.console() == []
    assert browser.find("#told").text == f"{len(view.current)}件"
    assert len(browser.texts("#rows tr")) == 100
    browser.find("#after").click()
    assert browser.find("#page").text.startswith("第 2 页")


def test_a_number_of_the_report_leads_to_just_its_records(browser: Browser, page: Path) -> None:
    browser.open(page.with_name("report.html"))
    links = browser.driver.find_elements("css selector", "a.count")
    counts = [(link.get_attribute("href"), link.text) for link in links]
    assert len(counts) > 10
    for address, n in counts:
        browser.driver.get("about:blank")
        browser.driver.get(address)
        assert browser.find("#told").text == f"{n}件"


def test_words_and_lists_narrow_it_down_and_a_button_widens_it_again(
    browser: Browser, page: Path, view: BranchView
) -> None:
    browser.open(page)
    browser.find("#words").send_keys("登录不上")
    n = int(view.current["text"].str.contains("登录不上").sum())
    assert browser.find("#told").text == f"{n}件"
    browser.find("#all").click()
    assert browser.find("#told").text == f"{len(view.current)}件"


def test_hostile_text_is_read_not_run(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.find("#words").send_keys("document.title")
    assert browser.texts("#rows td.words") == [HOSTILE]
    assert "明细" in browser.driver.title and browser.console() == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_way_and_nothing_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    assert violations(browser.driver) == []
    assert browser.ask("document.documentElement.scrollWidth") <= width
