"""The files of a package as a reader meets them: piece by piece, each with the place where it stands.

A piece is what stands together: a paragraph, a cell, a line of a PDF. So figures of neighbouring cells are never read
as one number, and a number that markup divides is whole.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Literal

from voc_lib.errors import PublishError

__all__ = ["Passage", "RecordRow", "passages_of"]

# fmt: off
# Elements that stand in a line and divide nothing.
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "tspan",
))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "figcaption", "caption", "title"))
_CODE = frozenset(("script", "style"))
# Attributes that hold coordinates, looks or names of parts, which no reader sees.
_UNREAD = frozenset((
    "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height",
    "viewbox", "transform", "offset", "style", "class", "id", "for", "headers", "font-size", "stroke-width",
    "stroke-dasharray", "fill-opacity", "opacity", "scope", "role", "rel", "type", "lang", "charset", "xmlns",
    "version", "preserveaspectratio", "clip-path", "xlink:href", "tabindex", "colspan", "rowspan",
))
# fmt: on


_PICTURES = ("data:image/png", "data:image/jpeg", "data:font/")

Kind = Literal["text", "cell", "quote", "code", "page"]


@dataclass(frozen=True)
class Passage:
    """A piece of text.

    Args:
        file: name of the file.
        place: where in it.
        text: what stands there.
        kind: text; cell, which is the whole of a table's cell; quote, a customer's words; code, which no reader reads;
            page, all pieces of a page.
    """

    file: str
    place: str
    text: str
    kind: Kind = "text"


@dataclass(frozen=True)
class RecordRow:
    """A record that a page lists, with what it says of itself."""

    file: str
    place: str
    source: str
    record_id: str
    text: str


def passages_of(name: str, payload: bytes) -> Iterator[Passage | RecordRow]:
    """All that can be read in a file.

    Raises: PublishError when it cannot be read, or is of a kind that no package holds: it cannot be said to be clean.
    """
    suffix = name.rpartition(".")[2].lower()
    if suffix not in _READERS:
        raise PublishError("file of a kind that cannot be searched", file=name, expected=", ".join(_READERS))
    try:
        yield from _READERS[suffix](name, payload)
    except PublishError:
        raise
    except Exception as error:  # whatever a reader of a foreign format throws
        raise PublishError(
            "file cannot be searched", file=name, found=type(error).__name__, hint="make it anew with `voc run`"
        ) from None


def _page(name: str, payload: bytes) -> Iterator[Passage | RecordRow]:
    parser = _Page(name)
    parser.feed(payload.decode("utf-8"))
    parser.close()
    parser.flush()
    yield from parser.found


class _Page(HTMLParser):
    """Cuts a page at the elements that begin a new line."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage | RecordRow] = []
        self._name = name
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._heading = ""
        self._line = 1
        self._is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.flush()
        for key, value in attrs:
            if value and key.lower() not in _UNREAD and not value.startswith(_PICTURES):
                self._add(value, place=f"line {self.getpos()[0]}, {key} of <{tag}>")
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "script":
            self._is_data = ("type", "application/json") in attrs

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not "".join(self._pieces).strip():
            self._line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
        self._pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self._add(data, place=f"line {self.getpos()[0]}, a comment")

    def flush(self) -> None:
        """End the piece that was being read."""
        text, tag = "".join(self._pieces), self._open[-1] if self._open else ""
        self._pieces.clear()
        if not text.strip():
            return
        if tag == "script" and self._is_data:
            self.found += _data(self._name, text)
        elif tag in _CODE:
            self._add(text, place=f"line {self._line}, <{tag}>", kind="code")
        else:
            around = {*self._open}
            is_quote = "blockquote" in around and "footer" not in around
            kind: Kind = "cell" if {"td", "th"} & around else "quote" if is_quote else "text"
            self._add(text, place=self._place(), kind=kind)
            if tag in _HEADINGS:
                self._heading = " ".join(text.split())[:40]

    def _place(self) -> str:
        return f"line {self._line}" + (f", under “{self._heading}”" if self._heading else "")

    def _add(self, text: str, *, place: str, kind: Kind = "text") -> None:
        self.found.append(Passage(self._name, place, text, kind))


def _data(name: str, text: str) -> Iterator[Passage | RecordRow]:
    """The records of a page that lists them, and every other text of its data."""
    data = json.loads(text)
    rows = data.get("rows", []) if isinstance(data, dict) and {"fields", "id", "words"} <= set(data) else []
    for number, row in enumerate(rows, start=1):
        cells, keys = [str(cell) for cell in row["cells"]], dict(zip(data["fields"], row["keys"], strict=True))
        place = f"row {number}"
        yield RecordRow(name, place, keys["source"], cells[data["id"]], cells[data["words"]])
        for position, cell in enumerate(cells):
            if position != data["words"]:
                yield Passage(name, place, cell, "cell")
        yield Passage(name, place, cells[data["words"]])
        yield from (Passage(name, place, str(key), "cell") for key in row["keys"])
    rest = {key: value for key, value in data.items() if key != "rows"} if rows else data
    yield from (Passage(name, "its data", told) for told in _texts(rest))


def _texts(item: Any) -> Iterator[str]:
    waiting = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


def _pdf(name: str, payload: bytes) -> Iterator[Passage | RecordRow]:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(payload))
    for number, page in enumerate(reader.pages, start=1):
        place = f"page {number}"
        pieces: list[str] = []
        whole = page.extract_text(visitor_text=lambda text, *_, kept=pieces: kept.append(text))
        for piece in pieces:
            yield from (Passage(name, place, line) for line in piece.splitlines() if line.strip())
        yield Passage(name, place, whole, "page")
        for note in page.get("/Annots") or ():
            action = note.get_object().get("/A")
            if action is not None and "/URI" in action.get_object():
                yield Passage(name, f"{place}, a link", str(action.get_object()["/URI"]))
    yield from (Passage(name, place, text) for place, text in _beside_the_pages(reader.trailer))
    for attached, versions in reader.attachments.items():
        for content in versions:
            for found in passages_of(attached, content):
                yield Passage(name, f"attached {attached}", found.text)


_CLOCK = re.compile(r"D:\d{8}")
_UNREAD_KEYS = frozenset(("/ID", "/Headers", "/URI"))  # names of parts; links are read with their page


def _beside_the_pages(trailer: Any) -> Iterator[tuple[str, str]]:
    """Every text of a PDF that is no page's content: properties, outline, notes, fields, what stands for a picture."""
    from pypdf.generic import IndirectObject, StreamObject, TextStringObject

    waiting: list[tuple[str, Any]] = [("", trailer)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        key, one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = one.get_object()
        if isinstance(one, StreamObject) and one.get("/Type") == "/Metadata":
            yield from (("its metadata", told) for _, told in _xml(one.get_data()))
        if isinstance(one, Mapping):
            waiting += [(str(name), value) for name, value in one.items() if name not in _UNREAD_KEYS]
        elif isinstance(one, list):
            waiting += [(key, value) for value in one]
        elif isinstance(one, TextStringObject) and one.strip() and not _CLOCK.match(one):
            yield f"{key.lstrip('/')} of the document", str(one)


# Elements whose parts make one text.
_TOGETHER = frozenset(("p", "si", "is", "text"))
_NO_TEXT = re.compile(r"[\w$:.,% -]{0,8}|\{[0-9A-Fa-f-]{36}\}|https?://(?:schemas|purl|www\.w3)\.\S*", re.ASCII)


def _xml(content: bytes) -> Iterator[tuple[str, str]]:
    """The texts of an XML document, and its attributes where they may be some; each with the name of its element."""
    from xml.etree import ElementTree

    for element in ElementTree.fromstring(content).iter():
        tag = str(element.tag).rpartition("}")[2]
        pieces = ["".join(element.itertext())] if tag in _TOGETHER else [element.text or ""]
        pieces += [element.tail or "", *element.attrib.values()]
        yield from ((tag, piece) for piece in pieces if piece.strip() and not _NO_TEXT.fullmatch(piece))


def _workbook(name: str, payload: bytes) -> Iterator[Passage | RecordRow]:
    import openpyxl

    seen: set[str] = set()
    for sheet in openpyxl.load_workbook(io.BytesIO(payload)).worksheets:
        yield Passage(name, "name of a sheet", sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                place = f"{sheet.title}!{cell.coordinate}"
                if cell.value is not None:
                    seen.add(str(cell.value))
                    yield Passage(name, place, str(cell.value), "cell")
                if cell.comment is not None:
                    seen.add(cell.comment.text)
                    yield Passage(name, f"{place}, a comment", cell.comment.text)
    # What no cell shows: properties, headers, lists, addresses, authors, texts that nothing refers to any more.
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for member in archive.namelist():
            if not member.endswith((".xml", ".rels", ".vml", "/")):
                raise PublishError(
                    "part of a workbook that cannot be searched",
                    file=name,
                    part=member,
                    hint="macros, pictures and embedded files do not go out",
                )
            is_sheet = member.startswith("xl/worksheets/")
            for tag, text in _xml(archive.read(member)) if not member.endswith("/") else ():
                if text not in seen and not (is_sheet and tag == "v"):
                    yield Passage(name, member, text)


_READERS: dict[str, Callable[[str, bytes], Iterator[Passage | RecordRow]]] = {
    "html": _page,
    "pdf": _pdf,
    "xlsx": _workbook,
}
