"""HTML that a notebook shows: built with autoescape, so that what a customer wrote stays text.

`Html` is what every function of this room that shows something gives back. JupyterLab, nbconvert and the PDF all read
its `_repr_html_`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2
    import pandas as pd

__all__ = ["Html", "clean", "join", "list_of", "note", "quote", "render", "table"]

# Control characters but tab and line feed, halves of surrogate pairs, and the marks that turn the direction of what
# follows: in a quoted text they could disorder the page around it.
_UNWANTED = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]"
)

_TABLE = """\
<div class="table-wrap"><table class="data">
{%- if caption %}<caption><span>{{ caption }}</span></caption>{% endif %}
<thead><tr>{% for name, kind in heads %}<th scope="col"{% if kind %} class="{{ kind }}"{% endif %}>{{ name }}</th>
{%- endfor %}</tr></thead>
<tbody>
{%- for row in rows %}
<tr{% if has_total and loop.last %} class="total"{% endif %}>{% for value, kind in row -%}
{%- if loop.first %}<th scope="row">{{ value }}</th>
{%- else %}<td{% if kind %} class="{{ kind }}"{% endif %}>{{ value }}</td>{% endif %}
{%- endfor %}</tr>
{%- endfor %}
</tbody></table></div>"""

_BLANK = "–"  # a cell that has nothing to tell
_QUOTE = """\
<blockquote class="case"><p>{{ text }}</p>{% if source %}<footer>{{ source }}</footer>{% endif %}</blockquote>"""


@dataclass(frozen=True)
class Html:
    """A piece of a report: markup that is already safe."""

    markup: str

    def __html__(self) -> str:
        # Jinja and markupsafe take it as it is, without escaping it a second time.
        return self.markup

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return "Html"


def clean(text: str) -> str:
    """The text without control characters and direction marks, which no page and no workbook can hold."""
    return _UNWANTED.sub("", text)


def render(template: str, **values: object) -> Html:
    """Fill a Jinja template; every value is escaped unless it is Html.

    Args:
        template: the project's own template text, never a customer's.
        **values: what it names. Raises: jinja2.UndefinedError for a name that is not given.
    """
    return Html(_compiled(template).render(**values))


def join(*pieces: Html | None) -> Html:
    """Pieces one below the other; None is left out."""
    return Html("\n".join(piece.markup for piece in pieces if piece is not None and piece.markup))


def note(text: str) -> Html:
    """Small print."""
    return render('<p class="note">{{ text }}</p>', text=text)


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    numeric: Sequence[str] = (),
    classes: Mapping[str, Sequence[str]] | None = None,
    has_total: bool = False,
    empty: str = "本月无此类记录。",
) -> Html:
    """A frame as a table with a caption; the first column heads its row. A column that tells nothing in any row is
    left out.

    Args:
        frame: what is shown, already as text, numbers or Html; column names are the headings. Missing shows as –.
        caption: what the table shows, with its unit.
        numeric: columns of figures, set to the right.
        classes: column → a class for each row, beside "num" (up, down, flat for changes).
        has_total: the last row sums the others up.
        empty: sentence instead of a table without rows.
    """
    if frame.empty:
        return note(empty)
    telling = [place for place in range(frame.shape[1]) if not place or not all(map(_is_blank, frame.iloc[:, place]))]
    frame = frame.iloc[:, telling]
    kinds = {column: "num" if column in numeric else "" for column in frame.columns}
    extra = classes or {}
    rows = [
        [
            (_shown(value), f"{kinds[column]} {extra[column][position]}".strip() if column in extra else kinds[column])
            for column, value in zip(frame.columns, row, strict=True)
        ]
        for position, row in enumerate(frame.itertuples(index=False, name=None))
    ]
    return render(_TABLE, caption=caption, heads=list(kinds.items()), rows=rows, has_total=has_total)


def quote(text: str, *, source: str = "", limit: int = 220) -> Html:
    """A customer's words, masked, cut at a readable length.

    Args:
        text: the masked text.
        source: where and when it was heard.
        limit: longest text in characters; the cut is marked.
    """
    words = " ".join(clean(text).split())
    shown = words if len(words) <= limit else words[:limit].rstrip() + "……"
    return render(_QUOTE, text=shown, source=source)


def list_of(items: Iterable[str | Html]) -> Html:
    """Sentences as a list."""
    return render("<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>", items=list(items))


def _shown(value: Any) -> Any:
    return _BLANK if _is_blank(value) else value


def _is_blank(value: Any) -> bool:
    import pandas as pd

    return not isinstance(value, Html) and bool(pd.isna(value) or value in ("", _BLANK))


@cache
def _compiled(template: str) -> jinja2.Template:
    return _environment().from_string(template)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    # What is put in is cleaned before it is escaped, wherever it comes from.
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
