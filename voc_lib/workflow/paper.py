"""A page as the data that report.typ sets: its blocks by kind, so that no text of it is ever read as markup.

What a report shows is known by its classes; of anything else an analyst's cell may hold, the text is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from unicodedata import category

import lxml.html
from lxml.html import HtmlElement

from voc_lib.workflow.columns import measured
from voc_lib.workflow.drawings import drawing_node, picture_node, set_aside
from voc_lib.workflow.paper_table import table_node
from voc_lib.workflow.paper_text import INVISIBLE, Inline, Line, Node, may_break, parts_of_element, said

__all__ = ["for_paper"]

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote caption center dd details dialog div dl dt fieldset figcaption figure footer "
        "form header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul",
    )
) | set(_HEADINGS)
_LEFT_OUT = frozenset(["head", "link", "meta", "noscript", "script", "style", "template", "title"])
_LOOKS = frozenset(["p", "footer", "figcaption", "dt", "summary", "legend"])
_FRAMES = ("summary", "comment", "error", "suggestion")
_DEEPEST = 6  # boxes, lists and tables one in another; what lies deeper is set as it comes
_LONGEST = 400  # letters of a title or a heading; what is longer is none
_SMALL = 7.2  # points of a table's type in what tells how the report was made
_RUN = 40  # letters without a place to break, in running text
_LINE = 50.0  # em that a line of running text is wide
_MOST_TOGETHER = 26.0  # lines that may be kept on one page; it holds 46


def for_paper(markup: str) -> Node:
    """The page as report.typ sets it: title, cover, whether there are contents, and the blocks of the body.

    Figures on demand stay off the paper, links to pages beside the report are plain text; each heading has an id of its
    own and is at most one level below the one before.
    """
    markup, drawings = set_aside(markup)
    root = lxml.html.document_fromstring(markup)
    dated = root.find(".//meta[@name='dcterms.created']")
    title = _flat(root.findtext(".//title") or "")[:_LONGEST] or "报告"
    for element in [element for element in root.iter() if element.tag in _LEFT_OUT or _is_on_demand(element)]:
        element.drop_tree()
    page = _Page(drawings)
    cover: list[Node] = []
    for masthead in root.find_class("masthead")[:1]:
        cover = page.blocks(masthead)
        masthead.drop_tree()
    if not any(node["kind"] == "heading" for node in cover):
        cover.append({"kind": "heading", "level": 1, "body": [title], "anchor": page.anchor("cover")})
    body = page.blocks(root.body)
    if body and body[0]["kind"] == "heading" and _flat(said(body[0]["body"])) == title:
        del body[0]  # it stands on the cover
    _level([*cover, *body])
    _keep_together(body)
    n_sections = sum(node["kind"] == "heading" and node["level"] == 2 for node in _all(body))
    return {
        "title": title,
        "dated": dated.get("content", "") if dated is not None else "",
        "cover": cover,
        "contents": n_sections > 2,
        "body": body,
        "anchors": sorted(page.anchors),
    }


class _Page:
    """Makes blocks of elements; it knows the page's drawings, and the ids that its headings have got so far."""

    def __init__(self, drawings: list[str]) -> None:
        self.anchors: set[str] = set()
        self._drawings = drawings
        self._depth = 0

    def blocks(self, element: HtmlElement, run: int = _RUN) -> list[Node]:
        """What is in an element: its blocks, and as a paragraph each what stands between them."""
        made: list[Node] = []
        line = self._line()
        for part in parts_of_element(element):
            if isinstance(part, str) or not _is_block(part):
                line.add(part)
            else:
                made += _paragraph(line, run)
                line = self._line()
                made += self._block(part, run)
        return made + _paragraph(line, run)

    def _block(self, element: HtmlElement, run: int) -> list[Node]:
        if self._depth >= _DEEPEST:
            return self.blocks(element, run)
        self._depth += 1
        try:
            return self._by_kind(element, run)
        finally:
            self._depth -= 1

    def _by_kind(self, element: HtmlElement, run: int) -> list[Node]:
        classes = element.get("class", "").split()
        if element.tag in _HEADINGS:
            return self._heading(element)
        if element.tag == "table":
            table = table_node(element, blocks_of_cell=self.blocks)
            table["caption"] = [part for caption in element.iterchildren("caption") for part in self._said(caption)]
            return [table] if table["widths"] else []
        if element.tag in ("ul", "ol", "menu"):
            return self._items(element, run)
        if element.tag == "pre":
            lines = element.text_content().rstrip().split("\n")
            return [{"kind": "lines", "lines": [may_break([line.expandtabs(4)], _RUN) for line in lines]}]
        if element.tag == "hr":
            return [{"kind": "rule"}]
        body = self.blocks(element, run)
        if element.tag == "figure":
            return self._figure(element, body)
        if element.tag in _LOOKS:
            return [{**node, "look": _look(element)} if node["kind"] == "text" else node for node in body]
        if "how" in classes:
            small = [{**node, "size": _SMALL} if node["kind"] == "table" else node for node in body]
            return [{"kind": "small", "body": small}]
        if frame := "case" if element.tag == "blockquote" else next((c for c in classes if c in _FRAMES), None):
            together = sum(map(_lines, body)) < _MOST_TOGETHER
            return [{"kind": "box", "look": frame, "body": body, "together": together}] if body else []
        return body

    def _heading(self, element: HtmlElement) -> list[Node]:
        body = self._said(element)
        text = _flat(said(body))
        if not text:
            return []
        if len(text) > _LONGEST:
            return [{"kind": "text", "look": "term", "body": body, "sticky": False}]
        anchor = self.anchor(element.get("id") or "heading")
        return [{"kind": "heading", "level": _HEADINGS[element.tag], "body": body, "anchor": anchor}]

    def anchor(self, wanted: str) -> str:
        """An id that no heading has yet, the one wanted if it can be."""
        anchor, number = wanted, 1
        while anchor in self.anchors:
            number += 1
            anchor = f"{wanted}-{number}"
        self.anchors.add(anchor)
        return anchor

    def _items(self, element: HtmlElement, run: int) -> list[Node]:
        if "key-figures" in element.get("class", "").split():
            figures = [self._key_figure(item) for item in element.iterchildren("li")]
            return [{"kind": "key-figures", "items": figures}] if figures else []
        items = [body for item in element if isinstance(item.tag, str) and (body := self.blocks(item, run))]
        start = element.get("start", "")
        number = int(start) if start.isdecimal() and len(start) < 6 else 1
        return [{"kind": "items", "ordered": element.tag == "ol", "items": items, "start": number}] if items else []

    def _key_figure(self, item: HtmlElement) -> Node:
        figure: Node = {"value": [], "label": [], "change": [], "look": "flat"}
        for name in ("value", "label", "change"):
            for span in item.find_class(name):
                figure[name] = self._said(span)
                figure["look"] = next((c for c in span.get("class").split() if c in ("up", "down")), "flat")
        return figure if figure["value"] else {**figure, "value": self._said(item)}

    def _figure(self, element: HtmlElement, body: list[Node]) -> list[Node]:
        """A chart with its caption; a figure of other things as they stand."""
        drawings = [node for node in body if node["kind"] == "drawing"]
        others = [node for node in body if node["kind"] != "drawing"]
        if len(drawings) != 1 or any(node["kind"] != "text" for node in others):
            return body
        caption = [part for found in element.iter("figcaption") for part in self._said(found)]
        return [{**drawings[0], "kind": "chart", "caption": caption}]

    def _said(self, element: HtmlElement) -> list[Inline]:
        line = self._line()
        for part in parts_of_element(element):
            line.add(part)
        return may_break(line.parts, _RUN)

    def _line(self) -> Line:
        return Line(self._picture)

    def _picture(self, element: HtmlElement) -> Node:
        number = element.get("data-drawing", "")
        if number.isdecimal() and int(number) < len(self._drawings):
            return drawing_node(self._drawings[int(number)])
        return picture_node(element.get("src", ""), element.get("alt", ""))


def _is_block(element: HtmlElement) -> bool:
    return element.tag in _BLOCKS or any(inner.tag in _BLOCKS for inner in element.iterdescendants())


def _is_on_demand(element: HtmlElement) -> bool:
    """Whether one has to ask for it, as nobody can of paper."""
    if element.tag != "details":
        return False
    classes = element.get("class", "").split()
    return "chart-data" in classes or any("error" in e.get("class", "").split() for e in element.iterancestors("div"))


def _look(element: HtmlElement) -> str:
    classes = element.get("class", "").split()
    if element.tag == "footer":
        is_signed = any("comment" in around.get("class", "").split() for around in element.iterancestors("div"))
        return "signed" if is_signed else "note"
    if element.tag == "figcaption":
        return "note"
    if element.tag in ("dt", "summary", "legend"):
        return "term"
    return next((name for name in ("note", "kicker", "meta") if name in classes), "")


def _paragraph(line: Line, run: int) -> list[Node]:
    """What was gathered as a paragraph; a picture alone as a block; blanks as nothing."""
    parts = line.parts
    if len(parts) == 1 and not isinstance(parts[0], str) and parts[0]["kind"] == "drawing":
        return [parts[0]]
    if not any(part.strip() if isinstance(part, str) else part["kind"] != "break" for part in parts):
        return []
    return [{"kind": "text", "look": "", "body": may_break(parts, run), "sticky": False}]


def _all(nodes: list[Node]) -> Iterator[Node]:
    """All blocks, those inside others after them."""
    for node in nodes:
        yield node
        if node["kind"] in ("box", "small"):
            yield from _all(node["body"])
        elif node["kind"] == "items":
            yield from (inner for item in node["items"] for inner in _all(item))
        elif node["kind"] == "table":
            cells = (cell for row in [*node["head"], *node["rows"]] for cell in row["cells"])
            yield from (inner for cell in cells for inner in _all(cell["body"]))


def _level(nodes: list[Node]) -> None:
    """Let no heading stand more than one level below the one before, as PDF/UA wants it; the first is of level 1."""
    last = 0
    for node in _all(nodes):
        if node["kind"] == "heading":
            last = node["level"] = min(node["level"], last + 1)


def _keep_together(body: list[Node]) -> None:
    """Keep a sentence that follows a heading with what it leads to, and a short table with its note."""
    for before, node, after in zip([{"kind": ""}, *body], body, [*body[1:], {"kind": ""}], strict=False):
        if node["kind"] == "text":
            node["sticky"] = before["kind"] == "heading" and bool(after["kind"])
        elif node["kind"] == "table":
            node["sticky"] = after["kind"] == "text" and after["look"] == "note"
        elif node["kind"] == "small":
            _keep_together(node["body"])


def _lines(node: Node) -> float:
    """About how many lines of running text a block takes."""
    kind = node["kind"]
    if kind == "text":
        return math.ceil(measured(said(node["body"])) / _LINE) + 0.7
    if kind == "items":
        return sum(_lines(inner) for item in node["items"] for inner in item)
    if kind in ("box", "small"):
        return 1.5 + sum(map(_lines, node["body"]))
    return {"heading": 2.5, "rule": 1.0, "key-figures": 5.0}.get(kind, _MOST_TOGETHER / 2)


def _flat(text: str) -> str:
    """What one sees of a text, on one line."""
    return " ".join("".join(c for c in text if c.isspace() or category(c) not in INVISIBLE).split())
