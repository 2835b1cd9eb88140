"""The page beside a report that holds every record of the month, masked: what the report's numbers link to.

One file that works from disk: the records stand in it as data, and its script lists those that a link or a reader asks
for, a hundred at a time. Texts reach the page as text nodes and never as markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from voc_lib.numbers.wording import month_name, number
from voc_lib.report.html import Html, clean, render
from voc_lib.schema import SENTIMENT_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["RECORDS_FILE", "counted", "linked", "records_page"]

RECORDS_FILE = "records.html"
# What a link or a reader may ask for: the column, its name on the page, and how its values are called.
_FIELDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("source", "来源", {}),
    ("category", "类别", {}),
    ("sentiment_label", "情感", SENTIMENT_NAMES),
    ("outlet", "", {}),  # as the centre calls it
    ("channel", "受理渠道", {}),
    ("concerns_channel", "涉及渠道", {}),
    ("product", "产品", {}),
)
_COLUMNS = ("时间", "来源", "编号", "类别", "情感", "内容", "", "渠道", "满意度", "同一事项")
_WORDS = _COLUMNS.index("内容")
_LINK = '<a class="count" href="{{ file }}{% if asked %}#{{ asked }}{% endif %}">{{ told }}</a>'


def counted(n: int, **asked: str) -> Html | str:
    """A count that leads to its records; a plain one where there is none to show.

    Args:
        n: how many.
        asked: value of each column that its records share (see `_FIELDS`), or the issue_id as `issue`.
    """
    return linked(number(n), n, **asked)


def linked(told: str, n: int, **asked: str) -> Html | str:
    """A count as it is told, which leads to its records (see `counted`); all of the month's where nothing is asked."""
    if not n:
        return told
    return render(_LINK, file=RECORDS_FILE, asked=urlencode(asked), told=told)


def records_page(view: BranchView) -> bytes:
    """The page as UTF-8; the same records give the same bytes."""
    records = view.current.sort_values(["occurred_at", "source", "record_id"], kind="stable").reset_index(drop=True)
    keys = records["source"] + ":" + records["record_id"]
    place_of = {key: place for place, key in enumerate(keys)}
    categories = {code: view.profile.taxonomy.category(code).name for code in view.profile.taxonomy.codes}
    named = {"category": categories, "source": view.profile.source_names}
    fields = [
        {
            "key": column,
            "name": name or view.words.outlet,
            "choices": _choices(records[column], named.get(column, told)),
        }
        for column, name, told in _FIELDS
    ]
    data = {
        "fields": [column for column, _, _ in _FIELDS],
        "words": _WORDS,
        "id": _COLUMNS.index("编号"),  # by which the package's inspection knows each record
        "rows": [_row(row, view.profile.source_names) for row in records.itertuples(index=False)],
        "issues": {
            issue.issue_id: {
                "label": clean(issue.label),
                "rows": [place_of[key] for key in issue.record_ids if key in place_of],
            }
            for issue in view.issues.itertuples(index=False)
        },
    }
    # Inside a script element only "<" could end it or open a comment.
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    script = _part("records.js")
    page = render(
        _part("records.html.j2"),
        title=f"{view.name} {month_name(view.month)} {view.voice}明细",
        report=view.title,
        n=number(len(records)),
        fields=fields,
        columns=[name or view.words.outlet for name in _COLUMNS],
        style=Html(_part("records.css")),
        data=Html(told),
        script=Html(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
    )
    return (page.markup + "\n").encode("utf-8")


def _choices(values: pd.Series, names: dict[str, str]) -> list[tuple[str, str]]:
    """Value and name of what a column holds, most records first."""
    counts = values.dropna().value_counts()
    order = sorted(counts.index, key=lambda value: (-counts[value], value))
    return [(value, f"{names.get(value, value)}（{number(counts[value])}）") for value in order]


def _row(row: Any, source_names: dict[str, str]) -> dict[str, list[str]]:
    import pandas as pd

    cells = (
        f"{row.occurred_at:%m-%d %H:%M}",
        source_names[row.source] + (f"（{row.order_type}）" if isinstance(row.order_type, str) else ""),
        row.record_id,
        row.category_name,
        SENTIMENT_NAMES.get(row.sentiment_label) if isinstance(row.sentiment_label, str) else None,
        row.text,
        row.outlet,
        row.channel,
        None if pd.isna(row.score) else str(int(row.score)),
        _matter(row),
    )
    return {
        "keys": [_known(getattr(row, column)) for column, _, _ in _FIELDS],
        "cells": [clean(_known(cell)) for cell in cells],
    }


def _matter(row: Any) -> str | None:
    """The number of the voice that told the same matter first; nothing for that one itself."""
    first = str(row.matter_id)
    return None if first == f"{row.source}:{row.record_id}" else first.partition(":")[2]


def _known(value: Any) -> str:
    return value if isinstance(value, str) else ""


@cache
def _part(name: str) -> str:
    return resources.files("voc_lib.report").joinpath("pages", name).read_text(encoding="utf-8").strip()
