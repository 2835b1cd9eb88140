"""Charts carry Chinese type, a text alternative, and the same bytes each time."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from voc_lib.errors import RenderError
from voc_lib.report import theme
from voc_lib.report.html import Html

# The character for "bone" is drawn differently in the simplified and in the Japanese face.
TELLING = "骨"


def _chart(text: str = "客户之声") -> Html:
    with theme.theme():
        figure = Figure(figsize=(3, 2))
        axes = figure.add_subplot()
        axes.bar([1, 2], [3, 4])
        axes.set_title(text)
        return theme.chart(figure, label='件数 "<1>"', caption="每日件数")


def test_the_same_chart_gives_the_same_bytes_and_no_date() -> None:
    markup = _chart().markup
    assert markup == _chart().markup
    assert not re.search(r"\d{4}-\d\d-\d\dT|<dc:|matplotlib.org|<style", markup)


def test_text_is_text_and_what_it_holds_is_neither_markup_nor_changed() -> None:
    hostile = '<b id="x"> url(#y) transform="rotate(0 1)" 1.23456 & <!-- z -->'
    texts = [html.unescape(text) for text in re.findall(r"<text [^>]*>([^<]*)</text>", _chart(hostile).markup)]
    assert hostile in texts


def test_the_alternative_is_escaped_and_nothing_is_loaded() -> None:
    markup = _chart().markup
    assert 'role="img" aria-label="件数 &#34;&lt;1&gt;&#34;"' in markup
    assert "<figcaption>每日件数</figcaption>" in markup
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", markup)


def test_a_chart_is_well_formed_with_bars_and_without() -> None:
    from xml.etree import ElementTree

    with theme.theme():
        figure = Figure(figsize=(3, 2), layout="constrained")
        axes = figure.subplots(1, 2)
        axes[0].bar([1], [2])
        axes[0].tick_params(length=0, labelleft=False)
        axes[1].set_axis_off()
        markup = theme.chart(figure, label="x", caption="y").markup
    drawing = markup[markup.index("<svg") : markup.index("</svg>") + 6]
    assert len(list(ElementTree.fromstring(drawing))) > 0


def test_two_charts_in_one_page_share_no_id() -> None:
    ids = [set(re.findall(r'\sid="([^"]+)"', _chart(text).markup)) for text in ("甲", "乙")]
    assert ids[0] and not ids[0] & ids[1]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', _chart("甲").markup))
    assert used and used <= ids[0]


def test_the_simplified_shapes_are_used_and_not_the_japanese() -> None:
    assert theme.find_font().endswith(("SC", "CN", "Micro Hei"))
    found = font_manager.findfont(font_manager.FontProperties(family=theme.find_font()), fallback_to_default=False)
    name = font_manager.get_font(found).family_name
    assert name == theme.find_font()


def test_every_character_has_a_glyph() -> None:
    # Matplotlib warns of a missing glyph, and warnings are errors here.
    _chart(TELLING + "ＡＢＣ￥％·–—…“”（）【】①②≥")


def test_without_a_chinese_font_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "CHINESE_FAMILIES", ("No Such Font",))
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [])
    with pytest.raises(RenderError, match=r"no Chinese font(.|\n)*apt-get install fonts-noto-cjk(.|\n)*conda install"):
        theme.find_font()


def test_the_theme_leaves_the_process_as_it_was() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    _chart()
    assert dict(matplotlib.rcParams) == before


def test_colours_of_a_group_differ_in_grey() -> None:
    for group in (theme.SOURCE, theme.MOOD):
        greys = sorted(_grey(colour) for colour in group.values())
        assert min(b - a for a, b in pairwise(greys)) > 0.06


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_text_and_bars_stand_out_from_the_paper() -> None:
    def contrast(colour: str, other: str = "#ffffff") -> float:
        light, dark = sorted((_luminance(colour), _luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    for text in (theme.INK, theme.SOFT, theme.MOOD["positive"], theme.MOOD["negative"]):
        assert contrast(text) >= 4.5, "text on white, or white on the bar"
    assert contrast(theme.INK, theme.MOOD["neutral"]) >= 4.5
    assert contrast(theme.EDGE["edgecolor"]) >= 3


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
