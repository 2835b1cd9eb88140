"""Every page of a real run as a reader meets it: opened from disk, with the network cut."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser.conftest import Browser
from tests.end_to_end.conftest import Run

pytestmark = [pytest.mark.browser, pytest.mark.kernel, pytest.mark.pdf]

SCREENS = {"desk": 1280, "phone": 390}


def pages(run: Run) -> list[Path]:
    """The index and the report of each branch-month and of the head office; the run must have made them all."""
    assert run.status == 0, run.said[-3000:]
    reports = sorted(run.output.glob("*/*/report.html"))
    assert len(reports) == len(run.expected["months"]) * (len(run.expected["branches"]) + 1)
    return [run.output / "index.html", *reports]


def test_every_page_opens_without_the_network_and_without_complaint(browser: Browser, demo_run: Run) -> None:
    for page in pages(demo_run):
        browser.open(page)
        told = (page.parent.name, browser.requests(), browser.console())
        assert told == (page.parent.name, [("request", page.as_uri())], [])
        assert browser.find("h1").text
        assert browser.texts("h2"), page.parent.name


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_scrolls_sideways(browser: Browser, demo_run: Run, screen: str) -> None:
    width = SCREENS[screen]
    wide = []
    for page in pages(demo_run):
        browser.open(page, width=width)
        if browser.ask("document.documentElement.scrollWidth") > width:
            wide.append(page.parent.name)
    assert wide == []


def test_every_link_of_the_index_leads_to_a_file(browser: Browser, demo_run: Run) -> None:
    browser.open(pages(demo_run)[0])
    links = [str(link) for link in browser.ask("[...document.querySelectorAll('a[href]')].map(link => link.href)")]
    targets = {Path(unquote(urlsplit(link).path)) for link in links}
    assert {page.resolve() for page in pages(demo_run)[1:]} <= {target.resolve() for target in targets}
    assert [str(target) for target in targets if not target.exists()] == []


def test_the_code_of_a_report_is_there_on_demand(browser: Browser, demo_run: Run) -> None:
    browser.open(pages(demo_run)[1])
    assert not browser.find("details.code pre").is_displayed()
    browser.find("#toggle-code").click()
    assert browser.find("details.code pre").is_displayed()
