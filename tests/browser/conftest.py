"""A real browser with the network cut."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Browser:
    """Chromium as the tests use it."""

    driver: Any

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Load a page from disk as on a screen of that size; what was logged before is forgotten."""
        self._command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        # Clicks meet a page at rest, not one that glides.
        motion = {"name": "prefers-reduced-motion", "value": "reduce"}
        self._command("Emulation.setEmulatedMedia", features=[scheme, motion])
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.as_uri())

    def find(self, selector: str) -> Any:
        """The first element that the selector names."""
        return self.driver.find_element("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        """Text of each element that the selector names, as it is shown."""
        return [element.text for element in self.driver.find_elements("css selector", selector)]

    def ask(self, expression: str) -> Any:
        """Value of a JavaScript expression in the page."""
        return self.driver.execute_script(f"return {expression}")

    def console(self) -> list[str]:
        """What the console says since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[tuple[str, str]]:
        """Event and address of each request and failure since the page was opened; data: URLs left out."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        found = []
        for event in events:
            if event["method"] == "Network.requestWillBeSent":
                found.append(("request", str(event["params"]["request"]["url"])))
            elif event["method"] == "Network.loadingFailed":
                found.append(("failed", str(event["params"]["errorText"])))
        return [(kind, address) for kind, address in found if not address.startswith("data:")]

    def _command(self, name: str, **options: Any) -> None:
        self.driver.execute_cdp_cmd(name, options)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Headless Chromium that can reach nothing; skips visibly where it is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    chromedriver = shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("no Chromium or no driver (Debian: apt-get install chromium chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
