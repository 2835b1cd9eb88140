"""An executed notebook as a reader sees it: what is shown, with the code that made it kept beside.

Code that shows nothing (imports, reading, writing) joins the code of the next output, so that code on demand stays one
click away without filling the report. What precedes the masthead tells how the report is made, and moves to its end.
"""

from __future__ import annotations

import ast
import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

__all__ = ["Block", "Code", "Item", "Parts", "parts_of"]

_MASTHEAD = re.compile(r"""<header\b[^>]*class=["'][^"']*\bmasthead\b""", re.IGNORECASE)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
_PARAMETER_TAGS = ("parameters", "injected-parameters")

Kind = Literal["html", "markdown", "image", "text", "error"]


@dataclass(frozen=True)
class Item:
    """One thing shown: markup, Markdown, an image (a data: URL), plain text, or an error (its traceback)."""

    kind: Kind
    content: str
    alt: str = ""


@dataclass(frozen=True)
class Code:
    """The source of one code cell, and what it wrote to its log."""

    source: str
    log: str = ""


@dataclass(frozen=True)
class Block:
    """What one cell shows, with all code since the block before."""

    items: tuple[Item, ...]
    code: tuple[Code, ...] = ()
    attachments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """The notebook in the order of the report.

    Attributes:
        lead: what precedes the masthead (why and from what the report is made); empty where there is no masthead.
        body: what is shown.
        code: code up to the masthead, and after the last output.
        parameters: name and value of each parameter, as run.
        reads, writes: the tables that the notebook declares.
    """

    lead: tuple[Block, ...]
    body: tuple[Block, ...]
    code: tuple[Code, ...]
    parameters: tuple[tuple[str, str], ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def parts_of(notebook: Mapping[str, Any]) -> Parts:
    """Sort a notebook's cells into the parts of a report. Raw cells are left out."""
    blocks: list[Block] = []
    pending: list[Code] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and str(cell["source"]).strip():
            blocks.append(Block((Item("markdown", cell["source"]),), attachments=cell.get("attachments", {})))
        elif cell["cell_type"] == "code":
            items, log = _shown(cell.get("outputs", ()))
            if str(cell["source"]).strip() or log:
                pending.append(Code(str(cell["source"]), log))
            if items:
                blocks.append(Block(items, tuple(pending)))
                pending.clear()
    lead, opening, body = _split_at_masthead(blocks)
    declared = notebook.get("metadata", {}).get("voc", {})
    return Parts(
        lead=lead,
        body=body,
        code=opening + tuple(pending),
        parameters=_parameters(notebook["cells"]),
        reads=tuple(str(name) for name in declared.get("reads", ())),
        writes=tuple(str(name) for name in declared.get("writes", ())),
    )


def _split_at_masthead(
    blocks: Sequence[Block],
) -> tuple[tuple[Block, ...], tuple[Code, ...], tuple[Block, ...]]:
    """What precedes the masthead, the code up to it, and the rest from it on."""
    for number, block in enumerate(blocks):
        if any(item.kind == "html" and _MASTHEAD.search(item.content) for item in block.items):
            code = tuple(code for earlier in blocks[:number] for code in earlier.code)
            lead = tuple(replace(earlier, code=()) for earlier in blocks[:number])
            return lead, code + block.code, (replace(block, code=()), *blocks[number + 1 :])
    return (), (), tuple(blocks)


def _shown(outputs: Iterable[Mapping[str, Any]]) -> tuple[tuple[Item, ...], str]:
    items: list[Item] = []
    log: list[str] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            text = _plain(output["text"])
            if output.get("name") == "stderr":
                log.append(text)
            elif text.strip():
                items.append(Item("text", text))
        elif kind == "error":
            items.append(Item("error", _plain("\n".join(output.get("traceback", ()))), _plain(_error_line(output))))
        else:
            item = _displayed(output.get("data", {}), output.get("metadata", {}))
            if item is not None:
                items.append(item)
    return tuple(items), "".join(log)


def _displayed(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Item | None:
    """The richest form that a page without libraries can show; widgets and scripts are left out."""
    if "text/html" in data:
        return Item("html", _joined(data["text/html"]))
    if "text/markdown" in data:
        return Item("markdown", _joined(data["text/markdown"]))
    for mime in _IMAGES:
        if mime in data:
            own = metadata.get(mime, {})
            alt = metadata.get("alt") or (own.get("alt") if isinstance(own, Mapping) else None) or "图"
            return Item("image", _data_url(mime, _joined(data[mime])), str(alt))
    text = _plain(_joined(data.get("text/plain", "")))
    return Item("text", text) if text.strip() else None


def _data_url(mime: str, content: str) -> str:
    if mime == "image/svg+xml":
        content = base64.b64encode(content.encode("utf-8")).decode("ascii")
    return f"data:{mime};base64,{''.join(content.split())}"


def _error_line(output: Mapping[str, Any]) -> str:
    return ": ".join(part for part in (str(output.get("ename", "")), str(output.get("evalue", ""))) if part)


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, (list, tuple)) else str(value)


def _plain(text: Any) -> str:
    return _ANSI.sub("", _joined(text))


def _parameters(cells: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Names and values of the cells tagged as parameters; what the runner injected wins."""
    found: dict[str, str] = {}
    for cell in cells:
        if cell["cell_type"] == "code" and set(cell.get("metadata", {}).get("tags", ())) & set(_PARAMETER_TAGS):
            found.update(_literals(str(cell["source"])))
    return tuple(found.items())


def _literals(source: str) -> dict[str, str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    values: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        text = node.value.value if isinstance(node.value, ast.Constant) else None
        shown = text if isinstance(text, str) else ast.unparse(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        values.update({target.id: shown for target in targets if isinstance(target, ast.Name)})
    return values
