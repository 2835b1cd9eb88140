"""Small hand-made tables in their declared form: every column has a plain default, a test says what matters to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from voc_lib import schema

TZ = "Asia/Shanghai"

_PLAIN: Mapping[str, Any] = {
    "str": "x",
    "int": 1,
    "float": 0.5,
    "bool": False,
    "time": "2013-05-02 10:00:00",
    "date": "2013-05-02",
    "list_str": [],
    "list_int": [],
}
_SPECIAL: Mapping[str, Any] = {
    "month": "2013-05",
    "raised_month": "2013-05",
    "branch": "BJ",
    "n_unplaced": 0,
    "reply": None,
    "replied_at": None,
    "answer": None,
    "n_answers": 0,
    "first_replied_at": None,
    "done_on": None,
    "reopened_month": None,
    "n_reopened": 0,
    "satisfaction": 4.0,
}


def rows(table: str, given: Iterable[Mapping[str, Any]] = ({},)) -> pd.DataFrame:
    """A table with one row for each mapping; what a mapping leaves out is filled plainly. Keys are numbered.

    `occurred_at` may be text in local time; `month` follows from it unless given.
    """
    spec = schema.table(table)
    made = []
    for number, values in enumerate(given, start=1):
        row = {column.name: _default(column, number) for column in spec.columns}
        row.update(values)
        if "occurred_at" in values and "month" not in values:
            row["month"] = str(values["occurred_at"])[:7]
        if "record_id" in row and "matter_id" in row and "matter_id" not in values:
            row["matter_id"] = f"{row['source']}:{row['record_id']}"
        made.append(row)
    if not made:
        return schema.empty(table, tz=TZ)
    return schema.conform(pd.DataFrame(made, columns=list(spec.names)), table, tz=TZ)


def _default(column: schema.Column, number: int) -> Any:
    if column.name in ("record_id", "action_id", "issue_id"):
        return f"R{number:05d}"
    if column.name in ("rank", "origin_row"):
        return number
    if column.name in _SPECIAL and (column.nullable or _SPECIAL[column.name] is not None):
        return _SPECIAL[column.name]
    if column.isin is not None:
        return column.isin[0]
    return _PLAIN[column.kind]
