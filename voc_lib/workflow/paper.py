"""What a page's markup needs before it goes on paper: charts as images, and nothing that only a screen can show."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

from voc_lib.workflow.columns import with_columns

__all__ = ["for_paper"]

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_VARIABLE = re.compile(r"(--[\w-]+):\s*([^;}]+);")
_USE = re.compile(r"var\((--[\w-]+)\)")
_CHART = re.compile(r"<svg\b(?P<attributes>[^>]*)>.*?</svg>", re.DOTALL)
_LABEL = re.compile(r"""\saria-label=("[^"]*"|'[^']*')""")
# WeasyPrint (70.0) reads the style of an SVG as SVG attributes, so that "height: auto" hides its height and the chart
# becomes a square. The style sheet says the same of the image without that fault.
_HEIGHT = re.compile(r"""(<svg\b[^>]*\sstyle=["'][^"'>]*?)\bheight:\s*auto;?""")
# A chart's figures on demand: nobody can demand them of paper.
_ON_DEMAND = re.compile(r"""<details class=["']chart-data["']>.*?</details>""", re.DOTALL)
# A link to a page beside the report leads nowhere from paper.
_BESIDE = re.compile(r"""<a\b[^>]*\shref=["'](?!#|[a-z]+:)[^"']*["'][^>]*>(.*?)</a>""", re.DOTALL)
_TABLE = re.compile(r"""(<table\b[^>]*\bclass=["']data)(?=["' ])(.*?</table>)""", re.DOTALL)
_SHORT = 14  # rows, the head included, that a table may have to stay on one page


def for_paper(markup: str) -> str:
    """The markup with each inline SVG as an image held in the page, its label the alternative text.

    Tables of few rows get the class `short`, so that they are not cut over two pages, and those whose columns could be
    reckoned the class `set` (see `with_columns`).

    As an image, a chart is laid out without matching the style sheet against each of its thousand elements, and carries
    its text into the tagged PDF. What is no well-formed XML stays inline.
    """
    markup = _STYLE.sub(_resolved, markup, count=1)
    markup = _BESIDE.sub(r"\1", markup)
    markup = _TABLE.sub(_laid_out, _ON_DEMAND.sub("", markup))
    return _CHART.sub(_as_image, _HEIGHT.sub(r"\1", markup))


def _resolved(style: re.Match[str]) -> str:
    """The style sheet with its variables put in: paper has one set of colours, and each use is looked up anew."""
    values = dict(_VARIABLE.findall(style[0]))
    return _USE.sub(lambda use: values.get(use[1], use[0]), style[0])


def _laid_out(table: re.Match[str]) -> str:
    """A table with the widths of its columns told, and marked where it is short."""
    told = with_columns(table[0])
    classes = (" set" if told != table[0] else "") + (" short" if table[0].count("<tr") <= _SHORT else "")
    return f"{table[1]}{classes}{told[len(table[1]) :]}"


def _as_image(chart: re.Match[str]) -> str:
    drawing = chart[0]
    if "xmlns=" not in chart["attributes"]:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    try:
        ElementTree.fromstring(drawing)
    except ElementTree.ParseError:
        return chart[0]
    label = _LABEL.search(chart["attributes"])
    style = re.search(r"""\sclass=("[^"]*"|'[^']*')""", chart["attributes"])
    encoded = base64.b64encode(drawing.encode("utf-8")).decode("ascii")
    return (
        f'<img src="data:image/svg+xml;base64,{encoded}" alt={label[1] if label else chr(34) * 2}'
        f"{f' class={style[1]}' if style else ''}>"
    )
