"""Encodings: in which one a file of text is written, told by its own heading and by whether every byte makes sense."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError
from voc_lib.ingest.readers.heading import heading_place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voc_lib.ingest.raw import RawFile

__all__ = ["DAMAGE", "check_damage", "decoded_blocks", "find_encoding"]

DAMAGE = re.compile("[\udc80-\udcff]")
_BLOCK = 4 << 20  # bytes
_SAMPLE = 1 << 16  # bytes
_MOST_DAMAGED = 0.01
_EURO = "\udc80"  # in the Windows code page 936, which exports call GBK, the byte 80 is the euro sign
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The rows of a code that hold its common characters: level 1 of GB 2312, and of Big5.
_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "gbk": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}
_CLEARLY = 0.2


def find_encoding(file: RawFile, encodings: Sequence[str], *, headings_in: Callable[[str], int]) -> str:
    """The encoding of a file: that of its byte-order mark, else the first of the candidates in which all makes sense.

    GB 18030 gives some meaning to nearly every file in Big5, so candidates that both fit are told apart by how many
    known headings the first line then holds, and by how common its characters then are. Where none fits whole, the one
    with the fewest damaged lines counts, if these are few.

    Args:
        encodings: the candidates, in order.
        headings_in: how many of the columns that the profile names a first line holds.
    Raises: SourceError when there is none; it names the first damaged line.
    """
    with file.open() as stream:
        sample = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            if encoding == "utf-8-sig" or _is_whole(file, encoding):
                return "utf-8-sig" if encoding == "utf-8-sig" else encoding
            raise _none_fits(file, encodings, [], encoding)
    for encoding, is_sure in _likeliest_first(sample, encodings, headings_in):
        # A heading in Chinese that is known is written so in no other encoding: what makes no sense later is damage.
        if is_sure or _is_whole(file, encoding):
            return encoding
    of_bytes = [name for name in encodings if not name.lower().replace("_", "-").startswith(("utf-16", "utf-32"))]
    if not of_bytes:
        raise _none_fits(file, encodings, [], None)
    damaged, n_lines, best = min((_damaged_lines(file, name) for name in of_bytes), key=lambda told: len(told[0]))
    check_damage(file, encodings, best, damaged, n_lines)
    return best


def check_damage(file: RawFile, encodings: Sequence[str], encoding: str, damaged: list[int], n_lines: int) -> None:
    """A byte or two in a long file is damage; more of them, or one in the heading, is another encoding.

    Args:
        damaged: the numbers of the lines with a byte that makes no sense.
        n_lines: how many lines there are.
    Raises: SourceError for the latter.
    """
    if len(damaged) > max(1, _MOST_DAMAGED * n_lines) or damaged[:1] == [1]:
        raise _none_fits(file, encodings, damaged, encoding)


def decoded_blocks(file: RawFile, encoding: str) -> Iterator[tuple[str, bool]]:
    """The text of a file, some megabytes at a time, and whether that is the last; all ends of line are one line feed.

    A byte that makes no sense becomes a lone surrogate (as PEP 383 has it).
    """
    import io

    decoder = io.IncrementalNewlineDecoder(_decoder(encoding, "surrogateescape"), translate=True)
    is_windows = codecs.lookup(encoding).name in ("gbk", "gb18030")
    is_first = True
    with file.open() as stream:
        while True:
            payload = stream.read(_BLOCK)
            text = decoder.decode(payload, final=not payload)
            if is_windows and _EURO in text:
                text = text.replace(_EURO, "€")
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            yield text, not payload
            if not payload:
                return


def _decoder(encoding: str, errors: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(errors)


def _is_whole(file: RawFile, encoding: str) -> bool:
    decoder = _decoder(encoding, "strict")
    with file.open() as stream:
        try:
            while payload := stream.read(_BLOCK):
                decoder.decode(payload)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _likeliest_first(
    sample: bytes, encodings: Sequence[str], headings_in: Callable[[str], int]
) -> list[tuple[str, bool]]:
    """The candidates, the likeliest first, and of each whether its heading leaves no doubt."""
    told = []
    for place, encoding in enumerate(encodings):
        text = _decoder(encoding, "replace").decode(sample)
        lines = text.splitlines()
        top = heading_place(lines, headings_in)
        first = "" if top is None else lines[top]
        n_known = headings_in(first)
        is_sure = n_known > 0 and not first.isascii() and "\ufffd" not in first
        told.append((-n_known, -_common_share(text, encoding), place, encoding, is_sure))
    told.sort(key=lambda one: (one[0], one[2]))
    best = [one for one in told if one[0] == told[0][0]]
    # Of the equally good the given order counts, unless one is much the better Chinese.
    best.sort(key=lambda one: (round(one[1] / _CLEARLY), one[2]))
    return [(one[3], one[4] and place == 0) for place, one in enumerate((*best, *told[len(best) :]))]


def _common_share(text: str, encoding: str) -> float:
    """The share of characters beyond ASCII that are common ones of the code; 1 where the code says nothing of that."""
    known = _COMMON.get("big5" if encoding.startswith(("big5", "cp950")) else codecs.lookup(encoding).name)
    beyond = [char for char in text if char > "\u2e7f" or char == "\ufffd"]
    if known is None or not beyond:
        return 1.0
    code, first, last = known
    n_common = 0
    for char in beyond:
        told = char.encode(code, "ignore")
        n_common += char > "\uff00" or (len(told) == 2 and (first <= told[0] <= last or told[0] < 0xA4))
    return n_common / len(beyond)


def _damaged_lines(file: RawFile, encoding: str) -> tuple[list[int], int, str]:
    """The numbers of the lines with a byte that makes no sense, how many lines there are, the encoding."""
    damaged: list[int] = []
    n_lines = 0
    rest = ""
    for text, _ in decoded_blocks(file, encoding):
        *lines, rest = (rest + text).split("\n")
        damaged += [n_lines + place for place, line in enumerate(lines, start=1) if DAMAGE.search(line)]
        n_lines += len(lines)
    if DAMAGE.search(rest):
        damaged.append(n_lines + 1)
    return damaged, n_lines, encoding


def _none_fits(file: RawFile, encodings: Sequence[str], damaged: list[int], best: str | None) -> SourceError:
    return SourceError(
        "file is in none of the encodings",
        file=file.name,
        expected=", ".join(encodings),
        found=best if not damaged else None,
        line=damaged[0] if damaged else None,
        damaged_lines=f"{len(damaged)} as {best}" if damaged else None,
        hint="export it again, or add its encoding to `encodings` in params/sources.yaml",
    )
