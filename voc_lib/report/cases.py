"""Typical cases (典型问题): the customers' own masked words behind the hot issues and the largest problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from voc_lib.hotspot import shortened
from voc_lib.numbers.wording import number
from voc_lib.report.editorial import EDITED
from voc_lib.report.html import Html, join, note, quote, render

if TYPE_CHECKING:
    from voc_lib.report.view import BranchView

__all__ = ["quotes_of", "typical_cases"]

_HEADING = """\
<h3>{{ rank }}. {{ label }}（{{ n }}）{% if edited %}<span class="edited">{{ edited }}</span>{% endif %}</h3>"""


def typical_cases(view: BranchView) -> Html:
    """The top issues, each with the texts that tell it best; no text is quoted twice."""
    settings = view.profile.thresholds.report
    told: set[str] = set()
    pieces = []
    for issue in view.issues.head(settings.top_issues).itertuples(index=False):
        heading = render(
            _HEADING,
            rank=issue.rank,
            label=issue.label,
            n=number(issue.n_records, "件"),
            edited=EDITED if issue.is_edited else "",
        )
        quotes = quotes_of(view, issue.typical_record_ids, told=told)
        pieces += [heading, quotes] if quotes.markup else []
    return join(*pieces) if pieces else note("本月没有可引用的典型问题。")


def quotes_of(view: BranchView, ids: Iterable[str], *, told: set[str] | None = None) -> Html:
    """The texts of these records, quoted with their source, long ones up to the end of a sentence.

    Args:
        view: the branch-month whose texts are quoted.
        ids: which, as source:record_id, in the order to quote them; unknown ones are left out.
        told: texts quoted before, which are left out; what is quoted now is added.
    """
    told = set() if told is None else told
    places = [place for identity in ids if (place := view.place_of_text.get(identity)) is not None]
    pieces = []
    for row in view.texts.iloc[places].itertuples(index=False):
        if row.text.strip() and row.text not in told:
            told.add(row.text)
            pieces.append(quote(shortened(row.text), source=_origin(row, view.profile.source_names)))
    return join(*pieces)


def _origin(row: Any, source_names: dict[str, str]) -> str:
    kind = source_names[row.source]
    if isinstance(row.order_type, str):
        kind += f"（{row.order_type}）"
    parts = [f"{row.occurred_at.month}月{row.occurred_at.day}日", kind]
    parts += [value for value in (row.channel, row.outlet) if isinstance(value, str)]
    if isinstance(row.category_name, str):
        parts.append(f"归类：{row.category_name}")  # beside a channel of the same name
    return " · ".join(parts)
