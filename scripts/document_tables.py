"""Writes the chapter on tables of docs/architecture.md from voc_lib.schema, where the tables are declared.

python scripts/document_tables.py          writes it
python scripts/document_tables.py --check  exits with 1 where the document is not current
"""

from __future__ import annotations

import sys
from pathlib import Path

from voc_lib.schema import TABLES, Column, Table

BEGIN, END = "<!-- tables: begin, written by scripts/document_tables.py -->", "<!-- tables: end -->"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
_KINDS = {"time": "time with zone", "list_str": "list of texts", "list_int": "list of whole numbers", "str": "text"}
_KINDS |= {"int": "whole number", "float": "number", "bool": "yes or no", "date": "day"}


def tables_markdown() -> str:
    """The chapter: a section for each table, in the order in which they are declared."""
    return "\n\n".join(_section(table) for table in TABLES.values())


def renewed(document: str) -> str:
    """The document with its chapter on tables written anew. Raises: ValueError where its marks are missing."""
    head, _, rest = document.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        raise ValueError(f"no marks for the tables: {BEGIN} … {END}")
    return f"{head}{BEGIN}\n\n{tables_markdown()}\n\n{END}{tail}"


def _section(table: Table) -> str:
    lines = [
        f"### {table.name}",
        "",
        f"One row: {table.row}. Unique by {', '.join(table.key)}; stored by {', '.join(table.order)}.",
        "",
    ]
    before = _extends(table)
    if before is not None:
        lines += [f"The columns of `{before.name}`, and:", ""]
    known = set(before.names) if before else set()
    lines += ["| column | kind | meaning |", "| --- | --- | --- |"]
    lines += [_line(column) for column in table.columns if column.name not in known]
    return "\n".join(lines)


def _extends(table: Table) -> Table | None:
    """The largest table declared before it whose columns it begins with."""
    found = None
    for other in TABLES.values():
        if other.name == table.name:
            break
        if table.columns[: len(other.columns)] == other.columns:
            found = other
    return found


def _line(column: Column) -> str:
    kind = _KINDS[column.kind] + (", may be missing" if column.nullable else "")
    meaning = column.meaning.replace("|", "\\|")
    if column.isin is not None:
        meaning += f" ({', '.join(str(value) for value in column.isin)})"
    return f"| {column.name} | {kind} | {meaning} |"


if __name__ == "__main__":
    written = DOCUMENT.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        sys.exit(0 if renewed(written) == written else "docs/architecture.md: call scripts/document_tables.py")
    DOCUMENT.write_text(renewed(written), encoding="utf-8")
