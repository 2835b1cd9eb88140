"""One text from the columns that hold its parts: a subject and a message, say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["joined"]


def joined(columns: Sequence[pd.Series]) -> pd.Series:
    """The texts of several columns put together row by row, a line each.

    Empty parts are left out, and so is one that a later part holds word for word: many people repeat the subject.

    Args:
        columns: one or more columns of texts (str, none missing) on one index. Of a single one nothing is changed.
    Returns: str, on the same index.
    """
    import pandas as pd

    if len(columns) == 1:
        return columns[0]
    texts = [_together(parts) for parts in zip(*columns, strict=True)]
    return pd.Series(texts, index=columns[0].index, dtype="str")


def _together(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in reversed([part.strip() for part in parts]):
        if part and not any(part in other for other in kept):
            kept.append(part)
    return "\n".join(reversed(kept))
