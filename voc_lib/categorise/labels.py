"""What experts decided: pairs of text and category, which always win for that text and its equals."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError, nearest
from voc_lib.store import read_bytes
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy

__all__ = ["clean_labels", "expert_file", "read_expert_labels"]


def expert_file(data_root: str | Path) -> str:
    """Where experts' labels lie under a data folder or URL."""
    return f"{str(data_root).rstrip('/')}/labels/category.csv"


def read_expert_labels(data_root: str | Path, *, taxonomy: Taxonomy) -> dict[str, str]:
    """Category of each normalised text that experts decided; empty where there is no file.

    Raises: SourceError when the file is no CSV with the columns text and category, or a code is not in the taxonomy.
    """
    import pandas as pd

    file = expert_file(data_root)
    name = file.rsplit("/", 1)[-1]
    try:
        payload = read_bytes(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SourceError("labels cannot be read", file=name, found=type(error).__name__) from None
    try:
        frame = pd.read_csv(io.BytesIO(payload), dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except ValueError as error:
        raise SourceError("labels cannot be read", file=name, found=type(error).__name__) from None
    return clean_labels(frame, taxonomy=taxonomy, file=name)


def clean_labels(frame: pd.DataFrame, *, taxonomy: Taxonomy, file: str | None = None) -> dict[str, str]:
    """Normalised text → code. Rows without text or category are left out; of two words on one text the later counts.

    Args:
        frame: columns text and category (code; a number such as 11 or 11.0 will do).
        taxonomy: its codes are allowed.
        file: named in errors.
    Raises: SourceError when a column is missing or a code is not in the taxonomy.
    """
    for column in ("text", "category"):
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns))
            raise SourceError("required column missing", file=file, column=column, found=found)
    known = set(taxonomy.codes)
    labels: dict[str, str] = {}
    for row, (text, value) in enumerate(zip(frame["text"], frame["category"], strict=True), start=2):
        code, clean = _code(value), normalise(text) if isinstance(text, str) else ""
        if not code or not clean:
            continue
        if code not in known:
            near = nearest(code, taxonomy.codes)
            hint = f"did you mean {near}?" if near else "use a level-2 code of params/taxonomy.yaml"
            raise SourceError(
                "not a code of the taxonomy", file=file, row=row, column="category", found=code, hint=hint
            )
        labels[clean] = code
    return labels


def _code(value: object) -> str:
    """The code as text: spreadsheets turn 11 into 11.0 and nothing into not-a-number."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip().removesuffix(".0")
