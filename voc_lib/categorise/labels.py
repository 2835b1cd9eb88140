"""What experts decided: pairs of text and category, which always win for that text and its equals.

They lie in data/labels/category.csv: text and category, and, where they came back by `voc teach`, the code that rules
and model had decided, by whom and for which month, and the version of the taxonomy.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.categorise.versions import successor
from voc_lib.errors import SourceError, nearest
from voc_lib.store import read_bytes, write_bytes
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy

__all__ = ["add_expert_labels", "clean_labels", "expert_file", "read_expert_labels", "read_label_table"]

_COLUMNS = ("text", "category", "decided", "by", "month", "version")


def expert_file(data_root: str | Path) -> str:
    """Where experts' labels lie under a data folder or URL."""
    return f"{str(data_root).rstrip('/')}/labels/category.csv"


def read_expert_labels(data_root: str | Path, *, taxonomy: Taxonomy) -> dict[str, str]:
    """Category of each normalised text that experts decided; empty where there is no file.

    Labels of an earlier version of the taxonomy are carried over; those whose category has no one successor are left
    out, since experts have to decide anew.

    Raises: SourceError when the file is no CSV with the columns text and category, or a code is not in the taxonomy.
    """
    frame = read_label_table(data_root)
    return clean_labels(frame, taxonomy=taxonomy, file=expert_file(data_root).rsplit("/", 1)[-1]) if len(frame) else {}


def read_label_table(data_root: str | Path) -> pd.DataFrame:
    """The file of experts' labels, every cell a text, columns that it lacks empty; without rows where there is no file.

    Raises: SourceError when it cannot be read.
    """
    import pandas as pd

    file = expert_file(data_root)
    name = file.rsplit("/", 1)[-1]
    try:
        payload = read_bytes(file)
    except FileNotFoundError:
        return pd.DataFrame(columns=list(_COLUMNS), dtype="str")
    except OSError as error:
        raise SourceError("labels cannot be read", file=name, found=type(error).__name__) from None
    try:
        table = pd.read_csv(io.BytesIO(payload), dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except ValueError as error:
        raise SourceError("labels cannot be read", file=name, found=type(error).__name__) from None
    return table.assign(**{name: "" for name in _COLUMNS[2:] if name not in table.columns})


def add_expert_labels(data_root: str | Path, labels: pd.DataFrame, *, by: str, month: str) -> tuple[int, int]:
    """Add what came back from experts to the file; a text that they had decided before gets the new word.

    Args:
        labels: text, category, decided, version, as `read_expert_form` gives them.
        by: who decided.
        month: the month of the queue, YYYY-MM.
    Returns: how many texts are new, and how many were decided otherwise before.
    """
    import pandas as pd

    table = read_label_table(data_root)
    before = {normalise(text): code for text, code in zip(table["text"], table["category"], strict=True)}
    new = labels.assign(by=by, month=month)
    n_new = sum(text not in before for text in new["text"])
    changed = sum(before.get(text, code) != code for text, code in zip(new["text"], new["category"], strict=True))
    kept = table[~table["text"].map(normalise).isin(set(new["text"]))] if len(table) else table
    whole = pd.concat([kept, new.astype("str")]).reindex(columns=list(dict.fromkeys([*_COLUMNS, *table.columns])))
    whole = whole.fillna("").sort_values(["text", "category"], kind="stable")
    write_bytes(expert_file(data_root), whole.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return n_new, changed


def clean_labels(frame: pd.DataFrame, *, taxonomy: Taxonomy, file: str | None = None) -> dict[str, str]:
    """Normalised text → code. Rows without text or category are left out; of two words on one text the later counts.

    Args:
        frame: columns text and category (code; a number such as 11 or 11.0 will do), and perhaps version.
        taxonomy: its codes are allowed, and those of earlier versions in rows that say so.
        file: named in errors.
    Raises: SourceError when a column is missing or a code is not in the taxonomy.
    """
    for column in ("text", "category"):
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns))
            raise SourceError("required column missing", file=file, column=column, found=found)
    known = set(taxonomy.codes)
    versions = list(frame["version"]) if "version" in frame.columns else [""] * len(frame)
    labels: dict[str, str] = {}
    for row, (text, value, version) in enumerate(zip(frame["text"], frame["category"], versions, strict=True), start=2):
        code, clean = _code(value), normalise(text) if isinstance(text, str) else ""
        if not code or not clean:
            continue
        if (since := _code(version)).isdigit() and int(since) < taxonomy.version:
            later = successor(code, int(since), taxonomy)
            if later is None:
                continue
            code = later
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
