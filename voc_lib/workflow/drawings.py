"""Every picture of a page as SVG text: charts as they stand, photographs and screenshots wrapped.

One form for all is what a document of data can carry, and what keeps the type of a chart type on paper.
"""

from __future__ import annotations

import base64
import html
import io
import re
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

from voc_lib.workflow.paper_text import LONGEST_NOTE, Node

__all__ = ["drawing_node", "picture_node", "set_aside"]

_DRAWING = re.compile(r"<svg\b[^>]*>.*?</svg>", re.DOTALL)
_LABEL = re.compile(r"""\saria-label=(?:"([^"]*)"|'([^']*)')""")
_DATA = re.compile(r"data:image/(?P<kind>[\w+.-]+)(?P<options>[^,]*),(?P<payload>.*)", re.DOTALL | re.IGNORECASE)
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
_KEPT = {"PNG": "png", "JPEG": "jpeg"}
_MODES = ("RGB", "RGBA", "L", "LA", "P", "1")


def set_aside(markup: str) -> tuple[str, list[str]]:
    """The markup with a mark in place of each inline SVG, which a reader of HTML would spoil, and the SVGs."""
    drawings: list[str] = []

    def marked(found: re.Match[str]) -> str:
        drawings.append(found[0])
        return f'<img data-drawing="{len(drawings) - 1}">'

    return _DRAWING.sub(marked, markup), drawings


def drawing_node(drawing: str, alt: str = "") -> Node:
    """An SVG with its label as alternative text; what is no well-formed XML shows that text only."""
    label = _LABEL.search(drawing.split(">", 1)[0])
    alt = alt or html.unescape((label[1] or label[2] or "") if label else "") or "图"
    alt = alt[:LONGEST_NOTE]
    if "xmlns=" not in drawing.split(">", 1)[0]:
        drawing = drawing.replace("<svg", f"<svg {_NAMESPACE}", 1)
    try:
        ElementTree.fromstring(drawing)
    except (ElementTree.ParseError, ValueError):
        return {"kind": "drawing", "svg": "", "alt": alt}
    return {"kind": "drawing", "svg": drawing, "alt": alt}


def picture_node(source: str, alt: str) -> Node:
    """An image held in the page (a data: URL) as SVG; any other, or a broken one, as its alternative text."""
    found = _DATA.fullmatch(source.strip())
    if not found:
        return {"kind": "drawing", "svg": "", "alt": alt}
    try:
        payload = unquote_to_bytes(found["payload"])
        if "base64" in found["options"].lower():
            payload = base64.b64decode(payload)
        if found["kind"].lower().startswith("svg"):
            drawings = set_aside(payload.decode("utf-8"))[1]
            return drawing_node(drawings[0], alt)
        return {"kind": "drawing", "svg": _wrapped(payload), "alt": alt[:LONGEST_NOTE] or "图"}
    except (ValueError, OSError, IndexError, SyntaxError):  # all that a decoder of images says of a broken file
        return {"kind": "drawing", "svg": "", "alt": alt}


def _wrapped(payload: bytes) -> str:
    """A picture of points in an SVG of its size, in a form and with colours that PDF/A may hold."""
    from PIL import Image

    with Image.open(io.BytesIO(payload)) as picture:
        picture.load()
        width, height = picture.size
        if picture.format in _KEPT and picture.mode in _MODES:
            kind = _KEPT[picture.format]
        else:
            sink = io.BytesIO()
            picture.convert("RGBA").save(sink, "PNG")
            kind, payload = "png", sink.getvalue()
    return (
        f'<svg {_NAMESPACE} width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/{kind};base64,{base64.b64encode(payload).decode("ascii")}"/></svg>'
    )
