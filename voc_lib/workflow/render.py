"""Executed notebooks as HTML and PDF: the two nbconvert exporters, and functions that write their files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from voc_lib.errors import RenderError
from voc_lib.store import read_bytes, write_bytes
from voc_lib.workflow.html_exporter import VocHTMLExporter
from voc_lib.workflow.pdf_exporter import VocPDFExporter, require_chinese_font

__all__ = ["VocHTMLExporter", "VocPDFExporter", "render_html", "render_pdf", "require_chinese_font"]


def render_html(notebook: Any, out: str) -> str:
    """Write an executed notebook as one self-contained page, atomically.

    Args:
        notebook: a notebook node (nbformat 4), or the path or fsspec URL of an .ipynb file.
        out: path or fsspec URL of the page.
    Returns: SHA-256 of the bytes written.
    Raises: RenderError when the notebook cannot be read or rendered.
    """
    return _write(VocHTMLExporter(), notebook, out)


def render_pdf(notebook: Any, out: str) -> str:
    """Write an executed notebook as PDF, atomically; arguments and result as in `render_html`.

    Raises: RenderError when the notebook cannot be read, or a library or a Chinese font is missing.
    """
    return _write(VocPDFExporter(), notebook, out)


def _write(exporter: VocHTMLExporter, notebook: Any, out: str) -> str:
    node = _read(str(notebook)) if isinstance(notebook, (str, Path)) else notebook
    output, _ = exporter.from_notebook_node(node)
    payload = output if isinstance(output, bytes) else output.encode("utf-8")
    write_bytes(out, payload)
    return hashlib.sha256(payload).hexdigest()


def _read(url: str) -> Any:
    import nbformat

    try:
        return nbformat.reads(read_bytes(url).decode("utf-8"), as_version=4)
    # nbformat converts before it validates, so a file that is no notebook fails in many ways.
    except (OSError, ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise RenderError(
            "notebook cannot be read", file=Path(url).name, found=type(error).__name__, hint="run its stage again"
        ) from None
