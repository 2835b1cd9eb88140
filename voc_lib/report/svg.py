"""A drawn figure as one small SVG element that can stand inside a page beside others."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING

from voc_lib.fonts import CHINESE_FAMILIES
from voc_lib.report.html import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["svg_element"]

# The faces of the page: a reader's machine has one of them.
_FAMILIES = ", ".join((*CHINESE_FAMILIES, "PingFang SC", "Microsoft YaHei", "sans-serif"))
_SPAN = re.compile(r"<[^>]*>|[^<]+")
_GROUP_ID = re.compile(r'^<g id="[^"]*"')
_NO_TURN = re.compile(r' transform="rotate\(-?0 [^)"]*\)"')
_FAMILY = re.compile(r" font-family: [^;\"]*;")
_DECIMALS = re.compile(r"(\d\.\d\d)\d+")
_ID = re.compile(r'(\sid="|href="#|url\(#)')


def svg_element(figure: Figure, label: str) -> str:
    """The figure as an <svg> with its text as text, so that it can be searched and needs no outlines.

    Args:
        figure: drawn inside `theme()`, and handed over inside it.
        label: text alternative.
    Returns: markup; the same figure gives the same bytes, and no two figures share an id.
    """
    import markupsafe

    sink = io.StringIO()
    figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = sink.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    # The style sheet of a figure would apply to the page around it.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", text, flags=re.DOTALL)
    view = re.search(r'viewBox="([^"]+)"', text)
    assert view is not None, "matplotlib writes a viewBox"
    width, height = (round(float(size) * 96) for size in figure.get_size_inches())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-label="{markupsafe.escape(clean(label))}" viewBox="{view[1]}" width="{width}" height="{height}" '
        f'font-family="{_FAMILIES}" '
        f'style="max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt">'
        f"{_slim(text[text.index('>') + 1 :])}"
    )


def _slim(body: str) -> str:
    """The inside of a figure without groups that only name something; tags change, texts lose what no page can hold."""
    prefix = "c" + hashlib.sha256(body.encode()).hexdigest()[:8]
    groups: list[bool] = []  # whether each open group is kept
    pieces = []
    for span in _SPAN.findall(body):
        if not span.startswith("<"):
            pieces.append(clean(span.strip("\n")) if not span.isspace() else "")
        elif span == "</g>":
            pieces.append("</g>" if groups.pop() else "")
        else:
            tag = _slim_tag(span, prefix)
            if tag.startswith(("<g ", "<g>")) and not tag.endswith("/>"):
                groups.append(tag != "<g>")
            pieces.append("" if tag in ("<g>", "<g/>") else tag)
    return "".join(pieces)


def _slim_tag(tag: str, prefix: str) -> str:
    tag = _FAMILY.sub("", _NO_TURN.sub("", _GROUP_ID.sub("<g", tag)))
    # A hundredth of a point is more than any screen or printer shows; ids are unique in a page, not only in a figure.
    return _ID.sub(rf"\g<1>{prefix}-", _DECIMALS.sub(r"\1", tag)).replace("\n", " ")
