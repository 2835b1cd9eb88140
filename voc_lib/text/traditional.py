"""Traditional characters: a text in them is read in simplified ones, by OpenCC; it is shown as it was written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = ["simplified"]

# Where han characters stand that OpenCC's tables could know: the unified block and its first extension.
_FIRST, _LAST = 0x3400, 0x9FFF


def simplified(text: str) -> str:
    """The text in simplified characters where it is written in traditional ones, else as it is.

    A text counts as traditional when it holds a character that has a simplified form and is not itself one of the
    simplified standard (GB 2312): 著 in 著名 and 乾 in 乾隆 alone change nothing.
    """
    if text.isascii() or _traditional_only().search(text) is None:
        return text
    try:
        return str(_converter().convert(text))
    except UnicodeEncodeError:  # a lone half of a surrogate pair: no text of anybody
        return text


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _traditional_only() -> re.Pattern[str]:
    """Matches a character that only texts in traditional characters hold."""
    signs = [chr(code) for code in range(_FIRST, _LAST + 1)]
    told = _converter().convert("\n".join(signs)).split("\n")
    changed = [sign for sign, other in zip(signs, told, strict=True) if sign != other and not _is_simplified(sign)]
    return re.compile(f"[{''.join(changed)}]")


def _is_simplified(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
