from __future__ import annotations

import base64
import hashlib
import html
import html.parser
import io
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.workflow.report_notebook import HOSTILE, TITLE, code, markdown, notebook, report, says, shows, table
from voc_lib import fonts
from voc_lib.errors import RenderError
from voc_lib.workflow import pdf_exporter
from voc_lib.workflow.render import VocHTMLExporter, VocPDFExporter, render_html, render_pdf

_LOADING = {"src", "srcset", "href", "xlink:href", "data", "poster", "background", "action", "formaction", "style"}


class _Tags(html.parser.HTMLParser):
    """Every start tag of a page with its attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _page(node: Any) -> str:
    return VocHTMLExporter().from_notebook_node(node)[0]


@pytest.fixture(scope="module")
def page() -> str:
    return _page(report())


@pytest.fixture(scope="module")
def tags(page: str) -> _Tags:
    return _Tags(page)


# ── the page ──


def test_the_page_is_chinese_and_named_after_the_masthead(tags: _Tags, page: str) -> None:
    assert tags.named("html") == [{"lang": "zh-CN"}]
    assert f"<title>{TITLE}</title>" in page
    assert [name for name, _ in tags.tags].count("h1") == 1


def test_a_notebook_without_headings_is_named_after_its_file(tmp_path: Path) -> None:
    nbformat.write(notebook(code("1", says("1"))), tmp_path / "02 <分类>.ipynb")
    made, _ = VocHTMLExporter().from_filename(str(tmp_path / "02 <分类>.ipynb"))
    assert "<title>02 &lt;分类&gt;</title>" in made


def test_contents_lead_to_every_section(tags: _Tags) -> None:
    ids = {attributes["id"] for name, attributes in tags.tags if name in ("h2", "h3")}
    links = [a["href"] for a in tags.named("a") if (a["href"] or "").startswith("#") and a.get("class") != "skip"]
    assert links == ["#一-总体情况", "#二-各类问题", "#服务类", "#三-典型问题", "#how"]
    assert {link[1:] for link in links if link} == ids


def test_the_page_loads_nothing(tags: _Tags) -> None:
    references = [
        (name, key, value)
        for name, attributes in tags.tags
        for key, value in attributes.items()
        if key in _LOADING and value and not value.startswith(("#", "data:"))
    ]
    assert references == []
    assert {name for name, _ in tags.tags}.isdisjoint({"iframe", "object", "embed", "base"})


def test_code_is_there_on_demand_and_the_log_with_it(tags: _Tags, page: str) -> None:
    details = [a for a in tags.named("details") if a.get("class") == "code"]
    assert len(details) == 6  # summary, chart, table, cases, plain text, and at the end what led to the masthead
    assert all("open" not in a for a in details)
    assert "loading" in page.split('<pre class="log"')[1].split("</pre>")[0]


def test_parameters_and_tables_tell_how_it_was_made(tags: _Tags) -> None:
    how = tags.text.split("参数与数据")[1]
    assert re.search(r"机构代码\s*BJ\s*报告月份\s*2013-05", how)
    assert "情感与意图分析结果（前12个月至本月）" in how
    assert "What one branch heard" in how


def test_hostile_text_stays_text(tags: _Tags) -> None:
    for text in HOSTILE:
        assert tags.text.count(text) == 2, "once as a case, once as plain output"
    assert len(tags.named("script")) == 2
    assert not [a for _, a in tags.tags if any(key.startswith("on") for key in a)]


def test_markup_that_nobody_escaped_runs_and_loads_nothing() -> None:
    slipped = '<script>alert(1)</script><img src="http://example.org/x.png" alt="x"><iframe src="/"></iframe>'
    node = notebook(
        code("x", shows(slipped)), markdown(slipped + "\n\n[x](javascript:alert(1)) ![x](javascript:alert(2))")
    )
    tags = _Tags(_page(node))
    assert len(tags.named("script")) == 2
    assert tags.named("iframe") == []
    assert not [a for _, a in tags.tags for key in ("src", "href") if re.match("http|javascript", a.get(key) or "")]


def test_templates_are_not_filled_from_a_text() -> None:
    made = _page(notebook(markdown("# {{ 7*7 }} {% raw %}"), code("x", says("{{ 7*7 }}"))))
    assert "<title>{{ 7*7 }} {% raw %}</title>" in made
    assert "49" not in _Tags(made).text


def test_an_error_is_shown_where_it_happened() -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="bad <x>", traceback=["File <cell>", "bad <x>"])
    made = _page(notebook(markdown("## 一"), code("f()", error)))
    assert "此处运行出错" in made
    assert "ValueError: bad &lt;x&gt;" in made


def test_input_is_left_as_it_was() -> None:
    node = report()
    before = nbformat.writes(node)
    _page(node)
    assert nbformat.writes(node) == before


def test_writing_gives_the_digest_of_what_was_written(tmp_path: Path) -> None:
    nbformat.write(report(), tmp_path / "04.ipynb")
    digest = render_html(tmp_path / "04.ipynb", str(tmp_path / "new" / "report.html"))
    written = (tmp_path / "new" / "report.html").read_bytes()
    assert hashlib.sha256(written).hexdigest() == digest
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["report.html"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_is_a_render_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "04.ipynb").write_text(content)
    with pytest.raises(RenderError, match=r"notebook cannot be read \(file: 04.ipynb"):
        render_html(tmp_path / "04.ipynb", str(tmp_path / "report.html"))


# ── the PDF ──


@pytest.fixture(scope="module")
def pdf() -> bytes:
    try:
        pdf_exporter.require_chinese_font()
    except RenderError as error:
        pytest.skip(str(error))
    return VocPDFExporter().from_notebook_node(report())[0]


@pytest.fixture(scope="module")
def document(pdf: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.mark.pdf
def test_every_page_has_its_number_and_later_ones_the_running_head(document: Any) -> None:
    pages = [" ".join(page.extract_text().split()) for page in document.pages]
    assert len(pages) >= 3
    assert "目录" in pages[0] and " 页 / 共" not in pages[0], "the cover has no number"
    for number, text in enumerate(pages[1:], start=2):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in text
        assert TITLE.replace(" ", "") in text.replace(" ", "")
    assert pages[0].replace(" ", "").count(TITLE.replace(" ", "")) == 1


@pytest.mark.pdf
def test_the_pdf_declares_pdf_a_3a_and_holds_what_that_takes(document: Any) -> None:
    catalog = document.trailer["/Root"]
    told = catalog["/Metadata"].get_object().get_data().decode("utf-8")
    assert re.search(r"pdfaid:part[>=\"]+3", told) and re.search(r"pdfaid:conformance[>=\"]+A", told)
    assert re.search(r"pdfuaid:part[>=\"]+1", told)
    assert catalog["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalog and catalog["/Lang"] == "zh-CN"
    assert len(catalog["/OutputIntents"]) == 1 and "/ID" in document.trailer


@pytest.mark.pdf
def test_every_font_is_embedded_as_a_subset(document: Any) -> None:
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in document.pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert fonts
    for name, descriptor in fonts.items():
        assert re.match(r"/[A-Z]{6}\+(Noto|SourceHan|WenQuanYi|DejaVu)", name), name
        assert {"/FontFile2", "/FontFile3"} & {*descriptor}, name


@pytest.mark.pdf
def test_the_pdf_says_all_but_the_code(document: Any) -> None:
    text = "".join(page.extract_text() for page in document.pages)
    flat = "".join(text.split())
    for said in ("本月共受理客户之声1,204件", "表1各类问题", "类别60", "合计", "图1每日件数", "如何生成"):
        assert said in flat
    assert "open_task" not in flat
    assert "<script>document.title" in flat


@pytest.mark.pdf
def test_a_table_repeats_its_head_on_each_page_it_runs_over(document: Any) -> None:
    with_rows = [page.extract_text() for page in document.pages if "柜面排队" in page.extract_text()]
    assert len(with_rows) >= 2
    assert all("说明" in text for text in with_rows)


@pytest.mark.pdf
def test_bookmarks_follow_the_headings(document: Any) -> None:
    def flat(items: Any) -> Iterator[str]:
        for item in items:
            if isinstance(item, list):
                yield from flat(item)
            else:
                yield item.title

    assert list(flat(document.outline)) == [
        TITLE,
        "一、总体情况",
        "二、各类问题",
        "服务类",
        "三、典型问题",
        "如何生成",
    ]


@pytest.mark.pdf
def test_the_pdf_carries_title_language_and_the_months_date(document: Any) -> None:
    assert document.metadata.title == TITLE
    assert document.metadata["/CreationDate"].startswith("D:20130531")
    catalog = document.trailer["/Root"]
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/MarkInfo"]["/Marked"]


@pytest.mark.pdf
def test_nothing_in_the_layout_was_refused(caplog: pytest.LogCaptureFixture, pdf: bytes) -> None:
    with caplog.at_level(logging.WARNING, logger="voc_lib"):
        VocPDFExporter().from_notebook_node(report())
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.pdf
def test_nothing_elsewhere_is_fetched_or_read(pdf: bytes, tmp_path: Path) -> None:
    """Neither an image by its address, nor one that an image held in the page refers to."""
    from PIL import Image

    Image.new("RGB", (40, 40), "#ff0000").save(tmp_path / "red.png")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        addresses = [f"http://127.0.0.1:{server.getsockname()[1]}/x.png", (tmp_path / "red.png").as_uri()]
        addresses.append(str(tmp_path / "red.png"))
        inner = "".join(f'<image href="{address}" width="40" height="40"/>' for address in addresses)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="40">{inner}</svg>'
        held = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
        images = "".join(f'<img src="{address}" alt="图{n}"><p>字</p>' for n, address in enumerate([*addresses, held]))
        made = pdf_exporter.html_to_pdf(f"<title>x</title>{images}{svg}")
        with pytest.raises(BlockingIOError):
            server.accept()
    page = pypdf.PdfReader(io.BytesIO(made)).pages[0]
    assert [text in page.extract_text() for text in ("图0", "图1", "图2", "图3")] == [True] * 4
    assert list(page.images) == []


TAGS = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "a",
        "ul",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "h1",
        "h3",
        "figure",
        "details",
        "code",
        "sup",
        "x-y",
    ]
)
MARKUP = st.recursive(
    st.text(max_size=12).map(html.escape),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=3)).map(lambda t: f"<{t[0]}>{''.join(t[1])}</{t[0]}>"),
    max_leaves=12,
)


@pytest.mark.pdf
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=st.text(max_size=9), markup=MARKUP)
@example(title="\b", markup="<h2>\u200b</h2><h1>\u200b</h1><pre>a\x00\x07\b\f\r\x1b[0m\x7f\t\t字\\b\\f</pre>")
@example(title="", markup="<ul><li>" * 40 + "<b><i>" * 60 + "深")
@example(title="x", markup="<table><tr>" + "<td>字" * 70 + "</table>")
@example(title="x", markup='<svg width="0" height="0"></svg><ol start="99999999999999999999"><li>字</ol>')
@example(title="x", markup=f"<h2>{'长' * 40_000}</h2><a href='https://b.cn/'>{'长' * 40_000}</a>")
@example(title="x", markup='<a href="#a">字</a><h2 id="a"></h2><p>#show: x => "y" $m$ `r` @a <l> \\ */ //</p>')
def test_whatever_an_analyst_shows_is_set(title: str, markup: str) -> None:
    made = pdf_exporter.html_to_pdf(f"<title>{html.escape(title)}</title><body>{markup}</body>")
    assert made.startswith(b"%PDF-")


@pytest.mark.pdf
def test_text_is_never_read_as_the_languages_of_the_typesetter() -> None:
    text = '#eval("1+1") $x^2$ `raw` *b* _i_ @ref <label> // no /* yes */ \\ ~ -- ...'
    made = pdf_exporter.html_to_pdf(f"<title>x</title><p>{html.escape(text)}</p>")
    assert text in pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()


@pytest.mark.pdf
def test_a_report_without_a_single_section_is_still_set(pdf: bytes) -> None:
    made, _ = VocPDFExporter().from_notebook_node(notebook())
    assert "如何生成" in pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()


@pytest.mark.pdf
def test_the_same_bytes_at_any_hash_seed_place_and_zone(tmp_path: Path, pdf: bytes, page: str) -> None:
    nbformat.write(report(), tmp_path / "04.ipynb")
    program = (
        "import sys; from voc_lib.workflow.render import *; folder = sys.argv[1]; source = f'{folder}/04.ipynb'; "
        "render_html(source, f'{folder}/report.html'); render_pdf(source, f'{folder}/report.pdf')"
    )
    changed = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env=changed, cwd=tmp_path)
    assert (tmp_path / "report.pdf").read_bytes() == pdf
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page


@pytest.mark.pdf
def test_jupyter_nbconvert_knows_both_exporters(tmp_path: Path, pdf: bytes) -> None:
    nbformat.write(report(), tmp_path / "任意.ipynb")
    for name in ("voc-pdf", "voc-html"):
        command = [sys.executable, "-m", "nbconvert", "--to", name, "任意.ipynb"]
        subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    assert (tmp_path / "任意.pdf").read_bytes() == pdf
    assert "<title>" + TITLE in (tmp_path / "任意.html").read_text(encoding="utf-8")


@pytest.mark.pdf
def test_writing_a_pdf_gives_its_digest(tmp_path: Path, pdf: bytes) -> None:
    assert render_pdf(report(), str(tmp_path / "report.pdf")) == hashlib.sha256(pdf).hexdigest()


@pytest.mark.pdf
def test_a_long_row_is_not_cut_in_two(pdf: bytes) -> None:
    row = "<tr><td>始" + "客户反映网点排队时间过长，" * 40 + "终</td></tr>"
    node = notebook(code("x", shows(f'<table class="data"><tbody>{row * 8}</tbody></table>')))
    pages = pypdf.PdfReader(io.BytesIO(VocPDFExporter().from_notebook_node(node)[0])).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) > 1
    assert [text.count("始") for text in texts] == [text.count("终") for text in texts]


# ── what is missing on the machine ──


@pytest.mark.pdf
def test_without_a_chinese_font_the_commands_that_help_are_told(monkeypatch: pytest.MonkeyPatch, pdf: bytes) -> None:
    monkeypatch.setattr(pdf_exporter, "CHINESE_FAMILIES", ("No Such Sans",))
    monkeypatch.setattr(fonts, "CHINESE_FAMILIES", ("No Such Sans",))
    with pytest.raises(RenderError, match=r"(?s)no Chinese font.*No Such Sans.*fonts-noto-cjk.*font-ttf-noto-cjk"):
        VocPDFExporter().from_notebook_node(report())


@pytest.mark.pdf
def test_no_text_of_a_report_is_told_when_it_cannot_be_set(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, pdf: bytes
) -> None:
    monkeypatch.setattr(pdf_exporter, "printable", lambda payload, glyphs: payload)
    with caplog.at_level(logging.WARNING), pytest.raises(RenderError, match="cannot be set as PDF") as caught:
        pdf_exporter.html_to_pdf("<title>x</title><p>客户\ue000秘密</p>")
    assert "PDF/A" in str(caught.value)
    assert not re.search("客户|秘密|\ue000|e000", str(caught.value) + caplog.text)


def test_the_table_of_the_sample_is_long_enough_to_run_over_a_page() -> None:
    assert table().count("<tr>") == 62
