"""The run: the graph of notebooks, their execution, rendering to HTML and PDF, and the site."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voc_lib.workflow.plan import make_plan
    from voc_lib.workflow.render import render_html, render_pdf
    from voc_lib.workflow.run import run_plan
    from voc_lib.workflow.site import build_index
    from voc_lib.workflow.stages import discover_stages

__all__ = ["build_index", "discover_stages", "make_plan", "render_html", "render_pdf", "run_plan"]

# Looked up when first used: whoever renders a page should not load what runs a graph, nor the other way round.
_WHERE = {
    "build_index": "site",
    "discover_stages": "stages",
    "make_plan": "plan",
    "render_html": "render",
    "render_pdf": "render",
    "run_plan": "run",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
