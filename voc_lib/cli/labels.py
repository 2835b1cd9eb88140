"""Tables that people hand to the models' verbs: labelled texts, texts to be labelled, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import ProfileError, SourceError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["check_target", "read_labels", "read_table", "texts_of", "write_table"]

_ENCODINGS = ("utf-8-sig", "gb18030")
_WRITTEN = (".csv", ".xlsx")


def read_labels(files: Sequence[str], what: str, profile: Profile) -> pd.DataFrame:
    """Labelled texts of all files, one below the other.

    Args:
        files: CSV or .xlsx, with the columns that params/sources.yaml names under labels.
        what: category, sentiment or intent.
    Returns: text, and a column of that name; rows without either are left out.
    Raises: SourceError when a file cannot be read, or lacks a column.
    """
    import pandas as pd

    settings = profile.sources.labels
    parts = []
    for file in files:
        table = read_table(file)
        (column, *_) = settings.headings(what)  # type: ignore[arg-type]
        _require(table, column, file)
        renamed = settings.values.get(what, {})  # type: ignore[call-overload]
        labels = table[column].map(lambda value, renamed=renamed: renamed.get(value, value))
        parts.append(pd.DataFrame({"text": texts_of(table, profile, file=file), what: labels}))
    labelled = pd.concat(parts, ignore_index=True)
    kept = (labelled["text"].str.strip() != "") & (labelled[what].str.strip() != "")
    if not kept.any():
        raise SourceError("no labelled text found", files=", ".join(Path(file).name for file in files))
    return labelled[kept].reset_index(drop=True)


def read_table(file: str) -> pd.DataFrame:
    """A CSV (UTF-8 or GB18030) or the first sheet of a workbook, every cell as text, an empty one as "".

    Raises: SourceError when it cannot be read.
    """
    import pandas as pd

    path = Path(file)
    if not path.is_file():
        raise SourceError("file not found", file=file)
    try:
        if path.suffix.lower() in (".xlsx", ".xls"):
            return pd.read_excel(path, dtype="str", keep_default_na=False, engine="calamine")
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding=_encoding(path))
    except SourceError:
        raise
    except Exception:  # each reader has errors of its own, and some quote the file
        raise SourceError(
            "file cannot be read",
            file=file,
            found="an empty file" if not path.stat().st_size else "nothing that reads as a table",
            expected="CSV (UTF-8 or GB18030) or .xlsx",
        ) from None


def texts_of(table: pd.DataFrame, profile: Profile, *, file: str) -> pd.Series:
    """The texts of a table: its column of texts, else that of tokens, whose spaces keep the words apart.

    Raises: SourceError when it has neither.
    """
    from voc_lib.text import joined

    settings = profile.sources.labels
    for names in (settings.headings("text"), settings.headings("tokens")):
        if all(name in table.columns for name in names):
            return joined([table[name] for name in names])
    for name in settings.headings("text"):
        _require(table, name, file)
    raise AssertionError("unreachable")


def check_target(file: str, source: str) -> None:
    """Whether a result can be written there. Raises: ProfileError, or StorageError where writing is not allowed.

    Args:
        file: where it is to go.
        source: what it is made from, which it must not replace.
    """
    from voc_lib.store import require_writable

    path = Path(file)
    if path.suffix.lower() not in _WRITTEN:
        raise ProfileError("cannot write that kind of file", file=file, expected=" or ".join(_WRITTEN))
    if path.resolve() == Path(source).resolve():
        raise ProfileError("the result would replace what it is made from", file=file, hint="give it another name")
    if path.is_dir() or not path.parent.is_dir():
        raise ProfileError("no folder to write into" if not path.is_dir() else "that is a folder", file=file)
    require_writable(str(path.parent.absolute()))


def write_table(table: pd.DataFrame, file: str) -> None:
    """Write a workbook, in which no text is a formula, for .xlsx; else a CSV in UTF-8 with a byte-order mark, by which
    spreadsheets know it, with its cells as they are. The same table gives the same bytes.

    Raises: StorageError when it cannot be written.
    """
    import io

    from voc_lib.store import write_bytes

    if Path(file).suffix.lower() == ".xlsx":
        payload = _workbook(table)
    else:
        sink = io.BytesIO()
        table.to_csv(sink, index=False, encoding="utf-8-sig", lineterminator="\n")
        payload = sink.getvalue()
    write_bytes(str(Path(file).absolute()), payload)


def _workbook(table: pd.DataFrame) -> bytes:
    import pandas as pd
    from openpyxl import Workbook

    from voc_lib.workbook import put_text, workbook_bytes

    book = Workbook()
    sheet = book.active
    rows = [list(table.columns), *table.itertuples(index=False, name=None)]
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(place, column)
            if isinstance(value, str):
                put_text(cell, value)
            elif not pd.isna(value):
                cell.value = value
    return workbook_bytes(book)


def _encoding(path: Path) -> str:
    payload = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SourceError("file is in no known encoding", file=str(path), expected=" or ".join(_ENCODINGS))


def _require(table: pd.DataFrame, column: str, file: str) -> None:
    if column not in table.columns:
        near = nearest(column, table.columns)
        raise SourceError(
            "column missing",
            file=file,
            column=column,
            found=", ".join(map(str, table.columns)),
            hint=f"did you mean {near}? " * bool(near) + "name it under labels.columns in params/sources.yaml",
        )
