from __future__ import annotations

import hashlib
import html.parser
import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.workflow.report_notebook import HOSTILE, TITLE, code, markdown, notebook, report, says, shows, table
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
        pdf_exporter.require_pdf_libraries()
    except RenderError as error:
        pytest.skip(str(error))
    return VocPDFExporter().from_notebook_node(report())[0]


@pytest.fixture(scope="module")
def document(pdf: bytes) -> Any:
    import pypdf

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
    assert 'pdfaid:part="3"' in told and 'pdfaid:conformance="A"' in told
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
        assert re.match(r"/[A-Z]{6}\+", name), name
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
def test_fonts_are_embedded_and_subset(document: Any) -> None:
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in document.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    for name, descriptor in fonts.items():
        assert re.match(r"/[A-Z]{6}\+Noto-Sans", name), name
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.pdf
def test_the_pdf_carries_title_language_and_the_months_date(document: Any) -> None:
    assert document.metadata.title == TITLE
    assert document.metadata["/CreationDate"] == "D:20130531"
    catalog = document.trailer["/Root"]
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/MarkInfo"]["/Marked"]


@pytest.mark.pdf
def test_nothing_in_the_layout_was_refused(caplog: pytest.LogCaptureFixture, pdf: bytes) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        VocPDFExporter().from_notebook_node(report())
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.pdf
def test_an_image_elsewhere_is_not_fetched(caplog: pytest.LogCaptureFixture, pdf: bytes) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        made = pdf_exporter.html_to_pdf('<title>x</title><img src="http://127.0.0.1:9/x.png" alt="图"><p>字</p>')
    assert made.startswith(b"%PDF-")
    assert "disallowed protocol" in caplog.text


@pytest.mark.pdf
def test_a_report_without_a_single_section_is_still_set(pdf: bytes) -> None:
    import pypdf

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
    import pypdf

    row = "<tr><td>始" + "客户反映网点排队时间过长，" * 40 + "终</td></tr>"
    node = notebook(code("x", shows(f'<table class="data"><tbody>{row * 8}</tbody></table>')))
    pages = pypdf.PdfReader(io.BytesIO(VocPDFExporter().from_notebook_node(node)[0])).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) > 1
    assert [text.count("始") for text in texts] == [text.count("终") for text in texts]


# ── what is missing on the machine ──


class _NoPango:
    """An import of weasyprint as it goes on a machine without Pango."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0': cannot open shared object file\nmore")


def test_without_pango_the_commands_that_help_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "weasyprint" or name.startswith("weasyprint.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_NoPango(), *sys.meta_path])
    with pytest.raises(
        RenderError, match=r"(?s)libpango-1\.0-0.*apt-get install .*fonts-noto-cjk.*conda install .*pango"
    ):
        pdf_exporter.require_pdf_libraries()


@pytest.mark.pdf
def test_without_a_chinese_font_the_commands_that_help_are_told(monkeypatch: pytest.MonkeyPatch, pdf: bytes) -> None:
    monkeypatch.setattr(pdf_exporter, "CHINESE_FAMILIES", ("No Such Sans",))
    with pytest.raises(RenderError, match=r"(?s)no Chinese font.*No Such Sans.*fonts-noto-cjk.*font-ttf-noto-cjk"):
        VocPDFExporter().from_notebook_node(report())


@pytest.mark.pdf
def test_without_harfbuzz_subset_the_commands_that_help_are_told(monkeypatch: pytest.MonkeyPatch, pdf: bytes) -> None:
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    with pytest.raises(RenderError, match=r"(?s)libharfbuzz-subset.*libharfbuzz-subset0"):
        pdf_exporter.require_pdf_libraries()


def test_the_table_of_the_sample_is_long_enough_to_run_over_a_page() -> None:
    assert table().count("<tr>") == 62
