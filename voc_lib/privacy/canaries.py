"""Canaries: whether any of a list of values can be found anywhere in the files that the project wrote."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import RenderError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find_canaries"]

_TAG = re.compile(r"<[^>]*>")


def find_canaries(root: str | Path, values: Collection[str]) -> pd.DataFrame:
    """Search every file below a folder, in the form in which a reader would see it, and its name.

    Args:
        root: a folder, or one file.
        values: what must not be there, as written. Blank ones are skipped.
    Returns: a row per file and value found, sorted by both: file (relative to root), value.
    Raises: RenderError when a PDF is there and pypdf is not installed: then it cannot be said to be clean.
    """
    import ahocorasick
    import pandas as pd

    wanted = sorted({v for v in values if v.strip()})
    automaton = ahocorasick.Automaton()
    for value in wanted:
        automaton.add_word(value, value)
    found: set[tuple[str, str]] = set()
    if wanted:
        automaton.make_automaton()
        root = Path(root)
        for path in [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file()):
            name = path.name if root.is_file() else path.relative_to(root).as_posix()
            for text in (name, *_texts(path.suffix.lower(), path.read_bytes())):
                found |= {(name, value) for _, value in automaton.iter(text)}
    return pd.DataFrame(sorted(found), columns=["file", "value"], dtype="str")


def _texts(suffix: str, payload: bytes) -> Iterator[str]:
    """What can be read in a file: its bytes as text, and what its format makes of them."""
    yield payload.decode("utf-8", errors="ignore")
    yield from _FORMATS.get(suffix, _nothing_more)(payload)


def _nothing_more(payload: bytes) -> Iterator[str]:
    yield from ()


def _markup(payload: bytes) -> Iterator[str]:
    text = payload.decode("utf-8", errors="ignore")
    yield html.unescape(text)
    yield html.unescape(_TAG.sub("", text))


def _json(payload: bytes) -> Iterator[str]:
    waiting = [json.loads(payload)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield from (item, html.unescape(_TAG.sub("", item)))
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            # A notebook stores a text as a list of lines; a value may run over two of them.
            if item and all(isinstance(part, str) for part in item):
                waiting.append("".join(item))
            waiting += item


def _parquet(payload: bytes) -> Iterator[str]:
    import pyarrow.parquet as pq

    for row in pq.read_table(io.BytesIO(payload)).to_pylist():
        yield json.dumps(row, ensure_ascii=False, default=str)


def _zip(payload: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for name in archive.namelist():
            yield name
            suffix = Path(name).suffix.lower()
            yield from _texts(".html" if suffix in (".xml", ".rels", ".vml") else suffix, archive.read(name))


def _pdf(payload: bytes) -> Iterator[str]:
    try:
        import pypdf
    except ImportError:
        raise RenderError("a PDF cannot be searched without pypdf", hint="pip install 'voc-report[dev]'") from None
    reader = pypdf.PdfReader(io.BytesIO(payload))
    for page in reader.pages:
        text = page.extract_text()
        yield from (text, re.sub(r"\s+", "", text))
    yield json.dumps({str(k): str(v) for k, v in (reader.metadata or {}).items()}, ensure_ascii=False)


_FORMATS: dict[str, Callable[[bytes], Iterator[str]]] = {
    ".html": _markup,
    ".htm": _markup,
    ".svg": _markup,
    ".xml": _markup,
    ".json": _json,
    ".ipynb": _json,
    ".parquet": _parquet,
    ".xlsx": _zip,
    ".zip": _zip,
    ".pdf": _pdf,
}
