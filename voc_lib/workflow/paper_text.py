"""Running text for paper: what stands in a line of a page, as strings and the few kinds that a line knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import category

from lxml.html import HtmlElement

__all__ = [
    "INVISIBLE",
    "LONGEST_NOTE",
    "Inline",
    "Line",
    "Node",
    "may_break",
    "parts_of_element",
    "printable",
    "said",
    "without_drawings",
]

Node = dict[str, Any]
Inline = str | Node

_BLANK = re.compile(r"[ \t\r\n\f]+")
_ESCAPED = re.compile(r"\\\\|\\[bfr]|\\u00[01][0-9a-f]")  # in JSON: a backslash, and a control character
# Longer runs without a blank or a Chinese character may be broken anywhere, lest they leave their column.
_RUN = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]+")

_KINDS = {
    "strong": "strong", "b": "strong", "em": "emph", "i": "emph", "cite": "emph", "code": "code", "kbd": "code",
    "samp": "code", "tt": "code", "sub": "sub", "sup": "super", "s": "strike", "del": "strike", "small": "soft",
}  # fmt: skip
INVISIBLE = ("Cc", "Cf", "Cs")  # categories of characters that are left out
LONGEST_NOTE = 2000  # letters of what a reader is told beside the text; PDF/A takes 32,767 bytes
_DEEPEST = 8  # kinds one in another; what lies deeper is plain
_LINKS = ("http://", "https://", "mailto:")


class Line:
    """Gathers what stands in one paragraph, blanks drawn together as HTML has it.

    Args:
        picture: makes the node of an <img>.
    """

    def __init__(self, picture: Callable[[HtmlElement], Node]) -> None:
        self.parts: list[Inline] = []
        self._picture = picture
        self._ends_blank = True
        self._depth = 0

    def add(self, part: str | HtmlElement) -> None:
        """Add a text or an element with all that is in it."""
        self.parts += self._text(part) if isinstance(part, str) else self._element(part)

    def _text(self, text: str) -> list[Inline]:
        text = _BLANK.sub(" ", text)
        if self._ends_blank:
            text = text.lstrip(" ")
        if text:
            self._ends_blank = text.endswith(" ")
        return [text] if text else []

    def _element(self, element: HtmlElement) -> list[Inline]:
        if element.tag == "br":
            self._ends_blank = True
            return [{"kind": "break"}]
        if element.tag == "img":
            self._ends_blank = False
            return [self._picture(element)]
        if element.tag == "wbr":
            return [{"kind": "may-break"}]
        body: list[Inline] = []
        self._depth += 1
        for part in parts_of_element(element):
            body += self._text(part) if isinstance(part, str) else self._element(part)
        self._depth -= 1
        kind = self._kind(element) if self._depth < _DEEPEST else {}
        if "to" in kind and max(len(kind["to"]), len(said(body))) > LONGEST_NOTE:
            return body
        return [{**kind, "body": body}] if kind and body else body

    def _kind(self, element: HtmlElement) -> Node:
        if element.tag == "a":
            target = element.get("href", "")
            if target.startswith("#"):
                return {"kind": "inside", "to": target[1:]}
            return {"kind": "outside", "to": target} if target.lower().startswith(_LINKS) else {}
        if "edited" in element.get("class", "").split():
            return {"kind": "soft"}
        return {"kind": _KINDS[element.tag]} if element.tag in _KINDS else {}


def parts_of_element(element: HtmlElement) -> Iterator[str | HtmlElement]:
    """Texts and elements directly in an element, in order; comments and the like left out."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def said(parts: list[Inline]) -> str:
    """The text of a line."""
    return "".join(part if isinstance(part, str) else said(part.get("body", [])) for part in parts)


def may_break(parts: list[Inline], limit: int) -> list[Inline]:
    """The line with places to break it inside runs of more letters than the limit."""
    made: list[Inline] = []
    for part in parts:
        if isinstance(part, str):
            made += _broken(part, limit)
        else:
            made.append({**part, "body": may_break(part["body"], limit)} if "body" in part else part)
    return made


def _broken(text: str, limit: int) -> Iterator[Inline]:
    done = 0
    for run in _RUN.finditer(text):
        for at in range(run.start() + limit, run.end(), limit // 2) if run.end() - run.start() > limit else ():
            yield text[done:at]
            yield {"kind": "may-break"}
            done = at
    if done < len(text):
        yield text[done:]


def printable(payload: str, glyphs: frozenset[int]) -> str:
    """The data (JSON) with a box for each character that the font lacks or that has no agreed meaning.

    Invisible ones (controls, joiners, marks of direction) are left out: PDF/A wants a glyph with a meaning for each.
    """
    payload = _ESCAPED.sub(lambda found: found[0] if found[0] == r"\\" else "", payload)
    table: dict[int, str] = {}
    for letter in {letter for letter in set(payload) if letter > "~"}:
        kind = category(letter)
        if kind in INVISIBLE:
            table[ord(letter)] = ""
        elif kind in ("Zl", "Zp"):
            table[ord(letter)] = " "
        elif kind == "Co" or ord(letter) not in glyphs:
            table[ord(letter)] = "□"
    return payload.translate(table)


def without_drawings(node: Any, is_drawing: Callable[[str], bool]) -> Any:
    """The data with its alternative text in place of each SVG that fails the test."""
    if isinstance(node, list):
        return [without_drawings(part, is_drawing) for part in node]
    if not isinstance(node, dict):
        return node
    told = {key: without_drawings(value, is_drawing) for key, value in node.items()}
    return {**told, "svg": ""} if node.get("svg") and not is_drawing(node["svg"]) else told
