"""Canaries: whether any of a list of values can be found anywhere in the files that the project wrote."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import RenderError
from voc_lib.privacy.fold import fold_width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find_canaries"]

# Of what a centre may have: the bytes of Chinese spreadsheets' CSV files, and of their "Unicode text".
ENCODINGS = ("gb18030", "utf-16")
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\s+")
_BETWEEN = re.compile(r"(?<=[0-9])[\s\-._/·()]{1,4}(?=[0-9X])")
_LETTER = re.compile(r"[^\W\d_]")


def find_canaries(root: str | Path, values: Collection[str], *, encodings: Sequence[str] = ENCODINGS) -> pd.DataFrame:
    """Search every file below a folder, in the forms in which a reader would see it, and its name.

    Both sides are compared as written, again without width and invisible characters, and words also without blanks,
    numbers (ten digits or more) without the signs between digits.
    Args:
        root: a folder, or one file.
        values: what must not be there, as written. Blank ones are skipped.
        encodings: in which the bytes of a file are read, besides what its format says.
    Returns: a row per file and value found, sorted by both: file (relative to root), value.
    Raises: RenderError when a file cannot be searched (a PDF without pypdf, one that is broken): then it cannot be said
        to be clean.
    """
    import pandas as pd

    wanted = sorted({v for v in values if v.strip()})
    root = Path(root)
    found: set[tuple[str, str]] = set()
    if wanted:
        search = _Search(wanted)
        for path in [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file()):
            name = path.name if root.is_file() else path.relative_to(root).as_posix()
            texts = _texts(name, path.read_bytes(), encodings)
            try:
                for text in (name, *texts):
                    found |= {(name, value) for value in search.values_in(text)}
            except RenderError:
                raise
            except Exception as error:  # whatever a reader of a foreign format throws
                raise RenderError(
                    "file cannot be searched for personal data",
                    file=name,
                    found=type(error).__name__,
                    hint="remove it or make it anew",
                ) from None
    return pd.DataFrame(sorted(found), columns=["file", "value"], dtype="str")


class _Search:
    """All forms of all values, one automaton a form."""

    def __init__(self, values: Sequence[str]) -> None:
        numbers = [value for value in values if _is_number(value)]
        words = [value for value in values if not _is_number(value)]
        self._searches = [
            (form, _automaton(form, own))
            for form, own in ((str, values), (_seen, values), (_compact, words), (_bare, numbers))
            if own
        ]

    def values_in(self, text: str) -> set[str]:
        return {value for form, automaton in self._searches for _, own in automaton.iter(form(text)) for value in own}


def _automaton(form: Callable[[str], str], values: Sequence[str]) -> Any:
    import ahocorasick

    known: dict[str, list[str]] = {}
    for value in values:
        known.setdefault(form(value), []).append(value)
    known.pop("", None)
    automaton = ahocorasick.Automaton()
    for written, own in known.items():
        automaton.add_word(written, own)
    # An automaton of nothing cannot be searched; no text holds this one.
    if not known:
        automaton.add_word("\x00" * 9, [])
    automaton.make_automaton()
    return automaton


def _is_number(value: str) -> bool:
    """Ten digits or more and perhaps a closing X: as long as that, no row of other figures gives it by accident."""
    return re.fullmatch(r"[0-9]{10,}X?", _bare(value)) is not None


def _seen(text: str) -> str:
    """Without width and invisible characters, letters in upper case."""
    return fold_width(text).upper()


def _compact(text: str) -> str:
    return _BLANK.sub("", _seen(text))


def _bare(text: str) -> str:
    """Without the signs that people put between digits; and without tags, whose coordinates make any number."""
    return _BETWEEN.sub("", _seen(_TAG.sub("", text)))


def _texts(name: str, payload: bytes, encodings: Sequence[str]) -> Iterator[str]:
    """What can be read in a file: its bytes as text, and what its format makes of them."""
    suffix = Path(name).suffix.lower()
    if suffix == ".gz" or payload[:2] == b"\x1f\x8b":
        yield from _texts(name[:-3] if suffix == ".gz" else name, gzip.decompress(payload), encodings)
        return
    read = _FORMATS.get(suffix, _nothing_more)
    yield payload.decode("utf-8", errors="ignore")
    # A compressed format says nothing in any other encoding.
    if read not in (_parquet, _zip, _pdf) and not _is_utf8(payload):
        for encoding in encodings:
            yield payload.decode(encoding, errors="ignore")
    if read is _zip:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            for inside in archive.namelist():
                yield inside
                kind = Path(inside).suffix.lower()
                shown = f"{inside}.html" if kind in (".xml", ".rels", ".vml") else inside
                yield from _texts(shown, archive.read(inside), encodings)
    else:
        yield from read(payload)


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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
    yield from ()  # its members are read like files, each by its own name


def _pdf(payload: bytes) -> Iterator[str]:
    import pypdf

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
