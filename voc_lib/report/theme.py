"""One look for all charts: Chinese type, colours for colour-blind readers and grey print, the same bytes each time.

Charts are drawn on bare Figure objects inside `theme()`, never through pyplot, so nothing of the process changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from voc_lib.errors import RenderError
from voc_lib.fonts import CHINESE_FAMILIES
from voc_lib.report.html import Html, render, table
from voc_lib.report.svg import svg_element

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "EDGE", "GREY", "INK", "MOOD", "PALE", "SOFT", "SOURCE", "chart", "find_font", "theme"]

# From the Okabe-Ito set, chosen and darkened so that their greys differ: colour-blind readers and grey print tell
# them apart (relative luminance from dark to light within each group).
INK = "#1f2933"
GREY = "#8a94a0"
SOFT = "#55626f"  # text that stands back: 6.2 : 1 on white
PALE = "#d5dbe1"
ACCENT = "#b3400e"
SOURCE = {"work_order": "#0b4f7d", "complaint_intent": "#c8610a", "survey": "#8fc3e6"}
MOOD = {"negative": "#a0390c", "neutral": "#cfd6dc", "positive": "#2a78ae"}
# A line around each bar: the pale ones alone hardly stand out from the paper (WCAG 2.2, 1.4.11: 3 : 1).
# None is cut at the axes, for none reaches beyond them: a clip for each would double what a page has to draw.
EDGE: dict[str, Any] = {"edgecolor": "#7d8893", "linewidth": 0.6, "clip_on": False}

_RC = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "regular",
    "axes.titley": 1.0,  # said, it is not looked for among the labels
    "axes.unicode_minus": False,
    "figure.facecolor": "white",
    "font.size": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "path.sketch": None,
    "svg.fonttype": "none",  # text stays text: it can be searched, and costs a tenth of its outlines
    "svg.hashsalt": "voc",  # without it every id is random
    "text.color": INK,
    "text.parse_math": False,  # a $ in a name is a $
    "xtick.color": INK,
    "xtick.labelsize": 9,
    "ytick.color": INK,
    "ytick.labelsize": 9,
}
_FIGURE = """\
<figure class="chart">{{ svg }}<figcaption>{{ caption }}</figcaption>
{%- if data %}<details class="chart-data"><summary>图表数据</summary>{{ data }}</details>{% endif %}</figure>"""


def find_font() -> str:
    """Family name of a Chinese font that charts can use, simplified glyph shapes first.

    A font collection (.ttc) holds a family for each region; matplotlib from 3.11 on lists each of them by its own
    name, so asking for the SC family gives the simplified shapes and not the Japanese ones of the first face.
    Raises: RenderError with the command that installs one.
    """
    from matplotlib import font_manager

    for attempt in (0, 1):
        known = {font.name for font in font_manager.fontManager.ttflist}
        for family in CHINESE_FAMILIES:
            if family in known:
                return family
        if attempt == 0:
            # Matplotlib's list is cached in the home folder, and a font installed since is not in it.
            cached = {str(font.fname) for font in font_manager.fontManager.ttflist}
            for path in sorted(set(font_manager.findSystemFonts()) - cached):
                if re.search(r"CJK-Regular|CJKsc-Regular|SourceHanSans|NotoSansSC|wqy-microhei", path):
                    font_manager.fontManager.addfont(path)
    raise RenderError(
        "no Chinese font found for the charts",
        expected=" or ".join(CHINESE_FAMILIES),
        hint="apt-get install fonts-noto-cjk   or   conda install -c conda-forge font-ttf-noto-cjk",
    )


@contextmanager
def theme() -> Iterator[None]:
    """The look of all charts, while the context lasts. Raises: RenderError when there is no Chinese font."""
    import matplotlib

    with matplotlib.rc_context({**_RC, "font.family": [find_font(), "DejaVu Sans"]}):
        yield


def chart(figure: Figure, *, label: str, caption: str, data: pd.DataFrame | None = None) -> Html:
    """A drawn figure as <figure> with inline SVG.

    Args:
        figure: drawn inside `theme()`, and handed over inside it.
        label: text alternative: what the chart shows, with its main figures.
        caption: printed below it, with unit and number of records.
        data: the figures of the chart as a table, on demand.
    """
    shown = None
    if data is not None and len(data):
        numeric = list(data.columns[1:])
        shown = table(data, caption=caption, numeric=numeric)
    return render(_FIGURE, svg=Html(svg_element(figure, label)), caption=caption, data=shown)
