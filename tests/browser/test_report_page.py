"""A report as a reader meets it: opened from disk, with the network cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Browser
from tests.workflow.report_notebook import HOSTILE, TITLE, code, notebook, report, shows
from voc_lib.workflow.render import render_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("报告 输出") / "report.html"
    render_html(report(), str(path))
    return path


def test_it_opens_without_the_network_and_without_complaint(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.driver.title == TITLE
    assert browser.requests() == [("request", page.as_uri())]
    assert browser.console() == []


def test_hostile_text_is_read_not_run(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.texts("blockquote.case") == list(HOSTILE)
    assert browser.driver.title == TITLE


def test_what_slipped_through_every_guard_is_stopped_by_the_policy(browser: Browser, tmp_path: Path) -> None:
    slipped = '<svg onload="document.title=1"></svg><p id="p" style="color:red" onclick="document.title=2">x</p>'
    render_html(notebook(code("x", shows(slipped))), str(tmp_path / "report.html"))
    browser.open(tmp_path / "report.html")
    browser.find("#p").click()
    assert browser.driver.title == "报告"
    assert any("Content Security Policy" in line for line in browser.console())


def test_code_shows_on_demand_and_goes_again(browser: Browser, page: Path) -> None:
    browser.open(page)
    button = browser.find("#toggle-code")
    assert not browser.find("details.code pre").is_displayed()
    button.click()
    assert browser.find("details.code pre").is_displayed()
    assert (button.get_attribute("aria-pressed"), button.text) == ("true", "隐藏全部代码")
    button.click()
    assert not browser.find("details.code pre").is_displayed()
    browser.find("details.code > summary").click()
    assert browser.find("details.code pre").is_displayed()


def test_a_click_on_a_head_sorts_and_a_third_restores(browser: Browser, page: Path) -> None:
    browser.open(page)
    column = "table.data tbody tr td:nth-child(2)"
    before = browser.texts(column)[:60]
    head = browser.find("table.data th:nth-child(2)")
    head.find_element("tag name", "button").click()
    numbers = [int(text) for text in browser.texts(column)[:60]]
    assert numbers == sorted(numbers, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.find_element("tag name", "button").click()
    assert [int(text) for text in browser.texts(column)[:60]] == sorted(numbers)
    assert head.get_attribute("aria-sort") == "ascending"
    head.find_element("tag name", "button").click()
    assert browser.texts(column)[:60] == before
    assert head.get_attribute("aria-sort") is None
    assert browser.texts("table.data tfoot td") == ["9,999", ""]


def test_keys_reach_sorting_as_well(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(page)
    button = browser.find("table.data th button")
    button.send_keys(Keys.ENTER)
    assert browser.find("table.data th").get_attribute("aria-sort") == "ascending"
    assert browser.texts("table.data tbody td:first-child")[:3] == ["类别1", "类别2", "类别3"]


def test_a_link_of_the_contents_leads_to_its_section(browser: Browser, page: Path) -> None:
    browser.open(page)
    link = browser.find('.toc a[href="#三-典型问题"]')
    link.click()
    target = "document.getElementById('三-典型问题').getBoundingClientRect().top"
    assert 0 <= browser.ask(target) < browser.ask("innerHeight")


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_no_screen_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    assert browser.ask("document.documentElement.scrollWidth") <= width


def test_a_phone_folds_the_contents_away(browser: Browser, page: Path) -> None:
    browser.open(page, width=390)
    assert not browser.find(".toc ol").is_displayed()
    browser.find(".toc summary").click()
    assert browser.find(".toc ol").is_displayed()


def test_dark_follows_the_system_until_the_reader_chooses(browser: Browser, page: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    browser.open(page)
    light = browser.ask(colour)
    browser.open(page, dark=True)
    dark = browser.ask(colour)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(20, 25, 31)")
    browser.find("#toggle-theme").click()
    assert browser.ask(colour) == light
    browser.driver.refresh()
    assert browser.ask(colour) == light, "the choice is remembered"
    browser.ask("localStorage.clear()")
    assert browser.console() == []


def test_filtering_leaves_the_rows_that_hold_every_word(browser: Browser, page: Path) -> None:
    browser.open(page)
    shown = "[...document.querySelectorAll('table.data')[0].tBodies[0].rows].filter((row) => !row.hidden).length"
    every = browser.ask(shown)
    box = browser.find('.find input[aria-label^="筛选"]')
    box.send_keys("类别7")
    some = browser.ask(shown)
    assert 0 < some < every
    assert browser.find('.find input[aria-label^="筛选"] ~ *, main .find [role="status"]').text.startswith(f"{some}行")
    box.clear()
    box.send_keys(" ")
    assert browser.ask(shown) == every


def test_search_counts_the_places_and_enter_goes_to_the_next(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(page)
    box = browser.find("#find")
    box.send_keys("类别1")
    n = browser.ask("document.querySelectorAll('.found').length")
    assert n > 1 and browser.find(".side .find [role=status]").text == f"共{n}处"
    box.send_keys(Keys.ENTER, Keys.ENTER)
    assert browser.find(".side .find [role=status]").text == f"第2处，共{n}处"
    top = browser.ask("document.querySelector('.found.current').getBoundingClientRect().top")
    assert 0 <= top < browser.ask("innerHeight")
    box.send_keys(Keys.ESCAPE)
    assert browser.ask("document.querySelectorAll('.found').length") == 0


def test_the_head_of_a_long_table_stays_in_sight(browser: Browser, page: Path) -> None:
    browser.open(page)
    table = "document.querySelectorAll('table.data')[0]"
    browser.ask(f"{table}.tBodies[0].rows[40].scrollIntoView()")
    assert abs(browser.ask(f"{table}.tHead.rows[0].cells[0].getBoundingClientRect().top")) <= 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_way_of_anybody(browser: Browser, page: Path, width: int, dark: bool) -> None:
    browser.open(page, width=width, dark=dark)
    assert violations(browser.driver) == []


def test_axe_would_find_what_is_in_the_way(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<title>x</title><img src='data:,'><p style='color:#ccc'>x", encoding="utf-8")
    browser.open(tmp_path / "bad.html")
    assert {"image-alt", "html-has-lang"} <= {rule for rule, _, _ in violations(browser.driver)}
