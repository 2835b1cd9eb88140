"""A page as the data that is set on paper."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.workflow.paper import for_paper
from voc_lib.workflow.paper_text import may_break, printable, said

CHART = (
    '<svg role="img" aria-label="每日&quot;件数&quot;" class="spark" viewBox="0 0 9 3" width="9" height="3">'
    '<linearGradient id="g"/><path d="M0 0"/></svg>'
)


def body(markup: str) -> list[dict[str, Any]]:
    return list(for_paper(f"<title>报告</title><body>{markup}</body>")["body"])


def table(markup: str, kind: str = "data") -> dict[str, Any]:
    (made,) = body(f'<table class="{kind}">{markup}</table>')
    return made


def words(node: Any) -> str:
    """All text of a node."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "".join(map(words, node))
    return "".join(words(value) for key, value in node.items() if isinstance(value, (list, dict)))


def test_title_date_and_cover_are_told_apart_from_the_body() -> None:
    made = for_paper(
        '<title>甲 报告</title><meta name="dcterms.created" content="2013-05-31"><body><header class="masthead">'
        '<p class="kicker">中心</p><h1>甲 报告</h1></header><main><h2 id="a">一</h2><p>字</p></main></body>'
    )
    assert (made["title"], made["dated"], made["contents"]) == ("甲 报告", "2013-05-31", False)
    assert [node["kind"] for node in made["cover"]] == ["text", "heading"]
    assert [node["kind"] for node in made["body"]] == ["heading", "text"]


def test_contents_stand_where_there_are_more_than_two_sections() -> None:
    assert for_paper("<title>x</title><h2>一</h2><h2>二</h2><h2>三</h2>")["contents"]
    assert not for_paper("<title>x</title><h2>一</h2><h3>二</h3><h3>三</h3>")["contents"]


def test_a_chart_is_a_drawing_with_its_label_letter_for_letter() -> None:
    (made,) = body(f"<figure class='chart'>{CHART}<figcaption>图1</figcaption></figure>")
    assert made["kind"] == "chart" and made["alt"] == '每日"件数"' and said(made["caption"]) == "图1"
    assert "linearGradient" in made["svg"] and "viewBox" in made["svg"], "as SVG wants it, not as HTML would"
    assert made["svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg"')


def test_what_is_no_drawing_leaves_its_label() -> None:
    (made,) = body('<svg aria-label="每日"><path></svg>')
    assert (made["svg"], made["alt"]) == ("", "每日")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
def test_a_picture_of_points_is_wrapped(kind: str) -> None:
    from PIL import Image

    sink = io.BytesIO()
    Image.new("CMYK" if kind in ("JPEG", "TIFF") else "RGB", (30, 20)).save(sink, kind)
    source = f"data:image/{kind.lower()};base64,{base64.b64encode(sink.getvalue()).decode()}"
    (made,) = body(f'<p><img src="{source}" alt="截图"></p>')
    assert 'width="30" height="20"' in made["svg"] and made["alt"] == "截图"
    assert "data:image/png" in made["svg"], "colours of a press and odd forms are not what PDF/A holds"


@pytest.mark.parametrize("source", ["http://a/b.png", "data:image/png;base64,AAAA", "data:image/svg+xml,x", "", "x"])
def test_a_picture_that_is_not_held_or_is_broken_leaves_its_text(source: str) -> None:
    (made,) = body(f'<img src="{source}" alt="截图">')
    assert (made["svg"], made["alt"]) == ("", "截图")


def test_figures_on_demand_stay_off_the_paper_and_other_details_do_not() -> None:
    data = '<details class="chart-data"><summary>图表数据</summary><table><tr><td>1</td></tr></table></details>'
    assert words(body(f"<p>a</p>{data}<p>b</p>{data}")) == "ab"
    assert words(body("<details><summary>题</summary>字</details>")) == "题字"
    assert words(body('<div class="error"><p>错</p><details><pre>长</pre></details></div>')) == "错"


def test_links_lead_into_the_document_or_out_of_it_and_not_beside_it() -> None:
    (made,) = body('<p><a href="#a">甲</a><a href="https://b.cn/">乙</a><a href="records.html#c">丙</a></p>')
    assert [part if isinstance(part, str) else (part["kind"], part["to"]) for part in made["body"]] == [
        ("inside", "a"),
        ("outside", "https://b.cn/"),
        "丙",
    ]


def test_headings_have_an_id_each_and_leave_out_no_level() -> None:
    made = body('<h3 id="a">一</h3><h6 id="a">二</h6><h2>三</h2><h2>四</h2>')
    assert [node["level"] for node in made] == [2, 3, 2, 2], "the title on the cover is of level 1"
    assert len({node["anchor"] for node in made}) == 4


def test_a_sentence_after_a_heading_goes_with_what_follows() -> None:
    assert [node.get("sticky") for node in body("<h2>一</h2><p>字</p><p>字</p>")] == [None, True, False]
    assert [node.get("sticky") for node in body("<h2>一</h2><p>字</p>")] == [None, False]


def test_blanks_are_drawn_together_and_lines_of_code_are_kept() -> None:
    assert words(body("<p>\n a <b> b</b>\n<i> c</i> </p>")) == "a b c "
    (made,) = body("<pre>  a\n\n   b  c\n</pre>")
    assert [said(line) for line in made["lines"]] == ["  a", "", "   b  c"]


def test_unknown_elements_leave_their_text_and_scripts_nothing() -> None:
    assert words(body("<x-y>甲<marquee>乙</marquee></x-y><script>丙</script><style>丁</style>")) == "甲乙"


def test_key_figures_are_told_by_their_parts() -> None:
    item = '<li><span class="value">1</span><span class="label">件</span><span class="change up">+1</span></li>'
    (made,) = body(f'<ul class="key-figures">{item}<li>别的</li></ul>')
    assert made["items"][0] == {"value": ["1"], "label": ["件"], "change": ["+1"], "look": "up"}
    assert made["items"][1]["value"] == ["别的"]
    assert body('<ul class="key-figures"></ul>') == []


# ── tables ──


def test_a_short_table_stays_whole_and_a_long_one_does_not() -> None:
    assert table("<tr><td>1</td></tr>" * 14)["together"]
    assert not table("<tr><td>1</td></tr>" * 15)["together"]
    assert not table(f"<tr><td>{'长' * 300}</td></tr>" * 10)["together"], "ten rows of six lines fill a page"


def test_only_a_row_longer_than_a_page_may_be_cut() -> None:
    rows = table(f"<tr><td>{'长' * 3000}</td></tr><tr><td>短</td></tr>")["rows"]
    assert [row["cells"][0]["long"] for row in rows] == [True, False]


def test_the_head_is_told_apart_with_and_without_thead() -> None:
    cells = "<tr><th>类别</th></tr><tr><td>1</td></tr>"
    assert [len(table(markup)["head"]) for markup in (cells, f"<thead>{cells}</thead><tr><td>2</td></tr>")] == [1, 2]
    assert [len(table("<tr><th>只有头</th></tr>")[part]) for part in ("head", "rows")] == [0, 1]


def test_totals_are_strong_and_a_frames_cells_are_numbers() -> None:
    made = table('<tr><td>1</td></tr><tr class="total"><td>2</td></tr><tfoot><tr><td>3</td></tr></tfoot>', "dataframe")
    assert [row["strong"] for row in made["rows"]] == [False, True, True]
    assert made["rows"][0]["cells"][0]["number"] and not made["wide"]


def test_a_table_inside_a_cell_keeps_its_rows() -> None:
    made = table("<tr><td><table><tr><td>内</td></tr><tr><td>里</td></tr></table></td></tr>")
    assert len(made["rows"]) == 1
    assert made["rows"][0]["cells"][0]["body"][0]["kind"] == "table"


SPAN = st.sampled_from(["", "0", "1", "2", "3", "x", "-1", "99"])
ROWS = st.lists(st.lists(st.tuples(SPAN, SPAN), max_size=5), min_size=1, max_size=6)


@given(ROWS, ROWS)
def test_the_cells_fill_the_grid_without_a_gap_or_an_overlap(head: list[Any], rows: list[Any]) -> None:
    def made(lines: list[Any]) -> str:
        cells = [[f'<td colspan="{across}" rowspan="{down}">字</td>' for across, down in line] for line in lines]
        return "".join(f"<tr>{''.join(line)}</tr>" for line in cells)

    node = table(f"<thead>{made(head)}</thead><tbody>{made(rows)}</tbody>")
    for section in (node["head"], node["rows"]):
        areas = sum(cell["across"] * cell["down"] for row in section for cell in row["cells"])
        assert areas == len(section) * len(node["widths"])


# ── letters ──


def test_long_runs_may_be_broken_and_say_the_same() -> None:
    made = may_break(["甲 ", {"kind": "strong", "body": ["x" * 50]}, "短 abc"], 20)
    assert said(made) == "甲 " + "x" * 50 + "短 abc"
    strong = made[1]
    assert isinstance(strong, dict)
    assert [part for part in strong["body"] if isinstance(part, dict)] == [{"kind": "may-break"}] * 3


def test_letters_without_a_shape_are_boxes_and_invisible_ones_nothing() -> None:
    glyphs = frozenset(map(ord, "甲é"))
    assert printable("甲é乙\U0001f600\ue000", glyphs) == "甲é□□□"
    assert printable("甲\u202e\ufeff\u200d\ud800\x85甲", glyphs) == "甲甲"
    assert printable(r'"\u0007a\b\f\\u0007\\b\n"', glyphs) == r'"a\\u0007\\b\n"'
