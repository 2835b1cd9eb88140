"""Rendering an executed notebook: our self-contained HTML and our PDF against the HTML that nbconvert ships."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

from benchmarks.ratio import Ratio, seconds

_SECTIONS = 30
_TRIES = 3


def _notebook(seed: int) -> Any:
    """An executed notebook with sections of Chinese text and a table each."""
    import nbformat.v4 as v4

    from voc_lib.demo.texts import load_texts

    rng = random.Random(seed)
    texts = load_texts()
    codes = texts.codes_of("complaint")
    cells = []
    for section in range(_SECTIONS):
        spoken = [texts.speak(rng.choice(codes), "complaint", rng, outlet="和平支行") for _ in range(6)]
        rows = "".join(f"<tr><td>{i}</td><td>{html.escape(text)}</td></tr>" for i, text in enumerate(spoken))
        markup = f'<div class="table-wrap"><table class="data"><tbody>{rows}</tbody></table></div>'
        output = v4.new_output("display_data", {"text/html": markup, "text/plain": ""})
        cells.append(v4.new_markdown_cell(f"## 第{section + 1}节", id=f"m{section}"))
        cells.append(v4.new_code_cell("show(table)", execution_count=section + 1, outputs=[output], id=f"c{section}"))
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def _render_next(exporter: Any, notebooks: Iterator[Any]) -> None:
    exporter.from_notebook_node(next(notebooks))


def measure() -> list[Ratio]:
    """Ratios of our HTML and of our PDF to nbconvert's own HTML, in a process that has rendered before."""
    from nbconvert.exporters import HTMLExporter

    from voc_lib.workflow.render import VocHTMLExporter, VocPDFExporter

    notebooks = [_notebook(95533 + number) for number in range(1 + _TRIES)]
    times = {}
    for name, exporter in (("stock", HTMLExporter()), ("html", VocHTMLExporter()), ("pdf", VocPDFExporter())):
        # Another notebook each time: the typesetter remembers what it has set.
        others = iter(notebooks)
        _render_next(exporter, others)
        times[name] = seconds(partial(_render_next, exporter, others), tries=_TRIES)
    on = f"notebooks of {_SECTIONS} sections in Chinese, in a process that has rendered before"
    return [
        Ratio("rendering HTML that needs no network", "nbconvert's own HTML", times["html"] / times["stock"], on),
        Ratio("rendering PDF", "nbconvert's own HTML", times["pdf"] / times["stock"], on),
    ]
