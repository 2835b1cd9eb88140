"""What a customer wrote stays text, whatever it is."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.report.html import Html, clean, join, quote, render, table

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}<img src=x onerror=alert(1)>"


def test_a_quoted_text_is_escaped_and_never_a_template() -> None:
    markup = quote(HOSTILE, source="5月1日 · <b>").markup
    assert "<script" not in markup and "<img" not in markup and "<b>" not in markup
    assert "{{ 7 * 7 }}" in markup


def test_a_long_text_is_cut_and_the_cut_is_marked() -> None:
    assert "好" * 20 + "……</p>" in quote("好" * 50, limit=20).markup
    assert "……" not in quote("好" * 20, limit=20).markup


def test_html_goes_into_html_once_escaped_text_does_not() -> None:
    inner = render("<b>{{ text }}</b>", text="a<b")
    assert render("{{ inner }}{{ text }}", inner=inner, text="<i>").markup == "<b>a&lt;b</b>&lt;i&gt;"
    assert join(inner, None, Html("")).markup == inner.markup


@given(st.text())
def test_cleaning_leaves_nothing_that_a_page_or_workbook_cannot_hold(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert not set(shown) & {"\x00", "\x0b", "\x1b", "\u202e", "\u2066", "\r"}
    shown.encode("utf-8")


def test_a_table_has_caption_heads_and_missing_values_as_a_dash() -> None:
    frame = pd.DataFrame({"类别": ["<i>", "乙"], "件数": pd.array([3, None], dtype="Int64"), "变化": ["+1", None]})
    markup = table(frame, caption="件数", numeric=["件数"], classes={"变化": ["up", "flat"]}, has_total=True).markup
    assert markup.startswith('<div class="table-wrap"><table class="data"><caption><span>件数</span></caption>')
    assert '<th scope="row">&lt;i&gt;</th><td class="num">3</td><td class="up">+1</td>' in markup
    assert '<tr class="total"><th scope="row">乙</th><td class="num">–</td><td class="flat">–</td></tr>' in markup


def test_an_empty_table_is_a_sentence() -> None:
    assert table(pd.DataFrame({"a": []}), caption="x", empty="本月没有。").markup == '<p class="note">本月没有。</p>'


def test_a_name_that_the_template_needs_must_be_given() -> None:
    with pytest.raises(Exception, match="missing"):
        render("{{ missing }}")
