from __future__ import annotations

from voc_lib.workflow.outline import Heading, demoted, outline


def test_the_masthead_is_taken_out_and_names_the_page() -> None:
    page = outline('<div><header class="top masthead"><h1>甲 &amp; <em>乙</em></h1></header></div><h1>other</h1>')
    assert page.title == "甲 & 乙"
    assert page.masthead.startswith("<header")
    assert "masthead" not in page.body


def test_without_a_masthead_the_first_h1_names_the_page() -> None:
    page = outline("<h2>一</h2><h1> 02\n分类 </h1>")
    assert (page.title, page.masthead) == ("02 分类", "")
    assert outline("<p>x</p>").title == ""


def test_headings_get_ids_of_their_text_each_its_own() -> None:
    page = outline('<h2>一、总体情况</h2><h3 class="x">服务类</h3><h2>一、总体情况</h2><h4>深</h4>')
    assert page.headings == (
        Heading(2, "一、总体情况", "一-总体情况"),
        Heading(3, "服务类", "服务类"),
        Heading(2, "一、总体情况", "一-总体情况-2"),
    )
    assert '<h3 id="服务类" class="x">' in page.body
    assert '<h4 id="深">' in page.body


def test_an_id_that_is_there_is_kept() -> None:
    page = outline('<h2 id="how">如何生成</h2>')
    assert page.body == '<h2 id="how">如何生成</h2>'
    assert page.headings[0].anchor == "how"


def test_a_heading_of_signs_alone_still_gets_an_id() -> None:
    assert outline("<h2>&lt;!&gt;</h2>").headings[0] == Heading(2, "<!>", "s")


def test_escaped_headings_in_a_text_are_no_headings() -> None:
    assert outline("<p>&lt;h2&gt;x&lt;/h2&gt;</p>").headings == ()


def test_what_is_told_on_the_side_stays_out_of_the_contents() -> None:
    assert demoted('<h1 id="a">04 <em>x</em></h1><p>y</p>') == "<h4>04 <em>x</em></h4><p>y</p>"
