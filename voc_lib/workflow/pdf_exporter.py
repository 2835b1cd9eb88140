"""nbconvert exporter `voc-pdf`: the same report set for paper by Typst; no browser, no LaTeX, no network."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from traitlets import List, Unicode, default

from voc_lib.errors import RenderError
from voc_lib.fonts import CHINESE_FAMILIES, MONOSPACED_FAMILIES, chinese_face, known_families, known_fonts
from voc_lib.workflow.assets import template_folder
from voc_lib.workflow.html_exporter import VocHTMLExporter
from voc_lib.workflow.paper import for_paper
from voc_lib.workflow.paper_text import Node, printable, without_drawings

if TYPE_CHECKING:
    import typst
    from typst import PDFStandard

__all__ = ["STANDARDS", "VocPDFExporter", "html_to_pdf", "require_chinese_font"]

STANDARDS: tuple[PDFStandard, ...] = ("a-3a", "ua-1")  # as Typst names them: to be kept for long, and to be read aloud

_HINT = "Debian, Ubuntu: apt-get install fonts-noto-cjk\n  → conda: conda install -c conda-forge font-ttf-noto-cjk"
_LOG = logging.getLogger(__name__)


class VocPDFExporter(VocHTMLExporter):
    """An executed notebook as a report on A4, without code: page numbers, running head, bookmarks, tagged."""

    export_from_notebook = "VoC report (PDF)"
    output_mimetype = "application/pdf"

    pdf_standards = List(
        Unicode(), STANDARDS, help="Standards that the PDF declares and keeps, as Typst names them; [] for plain PDF."
    ).tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "print.html.j2"

    @default("exclude_code")
    def _exclude_code_default(self) -> bool:
        return True

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """The PDF's bytes and nbconvert's resources. Raises: RenderError when there is no Chinese font."""
        markup, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = ".pdf"
        return html_to_pdf(markup, standards=self.pdf_standards), resources


def html_to_pdf(markup: str, *, standards: Sequence[PDFStandard] = STANDARDS) -> bytes:
    """A page's markup as PDF, dated as its meta element `dcterms.created` says.

    The same markup, libraries and font give the same bytes. Nothing is fetched: an image that is not held in the page
    shows its alternative text.

    Raises: RenderError when there is no Chinese font, or when a page cannot be set.
    """
    import typst

    face = require_chinese_font()
    sheet = for_paper(markup)
    try:
        return _compiled(sheet, face, standards)
    except typst.TypstError:
        _LOG.warning("the PDF is set without the drawings that are none")
    try:
        return _compiled(without_drawings(sheet, lambda svg: _is_drawing(svg, face, standards)), face, standards)
    except typst.TypstError as error:
        raise RenderError("the report cannot be set as PDF", found=_told(error), hint="tell its maintainers") from None


def require_chinese_font() -> typst.FontInfo:
    """The font that PDFs are set in. Raises: RenderError with the commands that help where there is none."""
    face = chinese_face()
    if face is None:
        raise RenderError("no Chinese font for the PDF", expected=" or ".join(CHINESE_FAMILIES), hint=_HINT)
    return face


def _compiled(sheet: Node, face: typst.FontInfo, standards: Sequence[PDFStandard]) -> bytes:
    import typst

    data = {
        **sheet,
        "families": [face.family],
        "mono": [*(name for name in MONOSPACED_FAMILIES if name in known_families()), face.family],
    }
    made, warnings = typst.compile_with_warnings(
        str(template_folder() / "voc" / "report.typ"),
        root=str(template_folder()),  # it reads no file outside
        font_paths=known_fonts(),
        format="pdf",
        sys_inputs={"report": printable(json.dumps(data, ensure_ascii=False), _glyphs(str(face.path), face.index))},
        pdf_standards=list(standards),
        timestamp=_moment(sheet["dated"]),
    )
    for warning in warnings:
        _LOG.warning("Typst: %s", _told(warning))
    return made


def _told(message: typst.TypstError | typst.TypstWarning) -> str:
    """What Typst says, without what it quotes of the text."""
    return message.message.split("`")[0].strip()


def _is_drawing(svg: str, face: typst.FontInfo, standards: Sequence[PDFStandard]) -> bool:
    """Whether Typst can set an SVG that is well-formed."""
    import typst

    drawing = {"kind": "drawing", "svg": svg, "alt": "图"}
    try:
        _compiled(
            {"title": "图", "dated": "", "cover": [], "contents": False, "anchors": [], "body": [drawing]},
            face,
            standards,
        )
    except typst.TypstError:
        return False
    return True


def _moment(day: str) -> datetime:
    """The beginning of the day that a document is of; what is of no day is of the first that computers know."""
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


@cache
def _glyphs(path: str, index: int) -> frozenset[int]:
    """The characters that a font can show."""
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())
