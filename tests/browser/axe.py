"""axe-core in a page: what stands in the way of readers who see, hear or move otherwise (WCAG 2.1 A and AA)."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import axe_core_python

_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]})
   .then((found) => done(JSON.stringify(found.violations.map((rule) =>
      [rule.id, rule.nodes.length, rule.nodes.slice(0, 3).map((node) => node.html + " " + node.failureSummary)]))),
         (error) => done(JSON.stringify([["axe failed", String(error), []]])));
"""


def violations(driver: Any) -> list[tuple[str, int, list[str]]]:
    """Rules that the open page breaks, how often and where. The script comes by the driver, past the policy."""
    source = resources.files(axe_core_python).joinpath("axe.min.js").read_text(encoding="utf-8")
    driver.execute_script(source)
    return [(rule, n, where) for rule, n, where in json.loads(driver.execute_async_script(_RUN))]
