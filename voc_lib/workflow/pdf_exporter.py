"""nbconvert exporter `voc-pdf`: the same report set for paper by WeasyPrint; no browser, no LaTeX, no network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from traitlets import Unicode, default

from voc_lib.errors import RenderError
from voc_lib.fonts import CHINESE_FAMILIES
from voc_lib.workflow.html_exporter import VocHTMLExporter
from voc_lib.workflow.paper import for_paper

if TYPE_CHECKING:
    import weasyprint

__all__ = ["VocPDFExporter", "html_to_pdf", "require_pdf_libraries"]

_APT = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
_CONDA = "conda install -c conda-forge pango harfbuzz font-ttf-noto-cjk"
_HINT = f"Debian, Ubuntu: {_APT}\n  → conda: {_CONDA}"


class VocPDFExporter(VocHTMLExporter):
    """An executed notebook as a report on A4, without code: page numbers, running head, bookmarks, tagged."""

    export_from_notebook = "VoC report (PDF)"
    output_mimetype = "application/pdf"

    pdf_variant = Unicode("pdf/a-3a", help="PDF variant, as WeasyPrint names it; empty for plain PDF.").tag(config=True)

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
        """The PDF's bytes and nbconvert's resources. Raises: RenderError when a library or a font is missing."""
        markup, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = ".pdf"
        return html_to_pdf(for_paper(markup), variant=self.pdf_variant or None), resources


def html_to_pdf(markup: str, *, variant: str | None = "pdf/a-3a") -> bytes:
    """A page's markup as PDF. The same markup, libraries and fonts give the same bytes.

    Nothing is fetched: an image that is not held in the page shows its alternative text.

    Raises: RenderError when a library or a Chinese font is missing.
    """
    package = require_pdf_libraries()
    from weasyprint.urls import URLFetcher

    document = package.HTML(string=markup, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    with _no_collection(), warnings.catch_warnings():
        # WeasyPrint 70.0 leaves the colour profile that PDF/A holds to be closed with its reader.
        warnings.filterwarnings("ignore", message="unclosed file .*sRGB", category=ResourceWarning)
        return bytes(document.write_pdf(pdf_variant=variant, pdf_identifier=None))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic garbage collector: the layout keeps all it makes, so each pass over it finds nothing."""
    import gc

    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def require_pdf_libraries() -> weasyprint:
    """WeasyPrint, once it and a Chinese font are known to work. Raises: RenderError with the commands that help."""
    package = _weasyprint()
    if not any(_has_family(family) for family in CHINESE_FAMILIES):
        raise RenderError("no Chinese font for the PDF", expected=" or ".join(CHINESE_FAMILIES), hint=_HINT)
    return package


def _weasyprint() -> weasyprint:
    try:
        with warnings.catch_warnings():
            # Without libharfbuzz-subset, WeasyPrint warns and goes on, slowly; its absence is an error below.
            warnings.filterwarnings("ignore", message="HarfBuzz-Subset will be required", category=DeprecationWarning)
            import weasyprint
            from weasyprint.text import ffi
    except OSError as error:
        raise RenderError("a library for PDF is missing", found=str(error).splitlines()[0], hint=_HINT) from None
    if ffi.harfbuzz_subset is None:
        raise RenderError("a library for PDF is missing", expected="libharfbuzz-subset", hint=_HINT)
    return weasyprint


@cache
def _has_family(family: str) -> bool:
    """Whether fontconfig, which Pango asks, knows a font of that family."""
    from weasyprint.text.ffi import ffi, fontconfig

    config = fontconfig.FcInitLoadConfigAndFonts()
    pattern = fontconfig.FcPatternCreate()
    wanted = ffi.new("char[]", family.encode())
    fontconfig.FcPatternAddString(pattern, b"family", ffi.cast("FcChar8*", wanted))
    fontconfig.FcConfigSubstitute(config, pattern, fontconfig.FcMatchPattern)
    fontconfig.FcDefaultSubstitute(pattern)
    match = fontconfig.FcFontMatch(config, pattern, ffi.new("FcResult*"))
    found = False
    if match != ffi.NULL:
        value, number = ffi.new("FcChar8**"), 0
        while not found and fontconfig.FcPatternGetString(match, b"family", number, value) == fontconfig.FcResultMatch:
            found = ffi.string(ffi.cast("char*", value[0])).decode("utf-8", "replace") == family
            number += 1
        fontconfig.FcPatternDestroy(match)
    fontconfig.FcPatternDestroy(pattern)
    fontconfig.FcConfigDestroy(config)
    return found
