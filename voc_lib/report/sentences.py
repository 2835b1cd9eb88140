"""Sentences from the profile's templates: what was computed goes in, lines of the centre's own wording come out."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from voc_lib.errors import ProfileError
from voc_lib.numbers.wording import listed, number
from voc_lib.params.sentences import sandbox
from voc_lib.report.html import clean
from voc_lib.report.records_page import linked

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = ["sentences"]


def sentences(view: BranchView | OfficeView, group: str, **values: object) -> list[Markup]:
    """The sentences of one group (see `params.sentences.TEMPLATES`), escaped, in the words of the centre.

    Args:
        view: of a branch, whose counts lead to the records behind them, or of all.
        group: which.
        **values: what its template may name, as computed.
    Raises: ProfileError naming the template and its line where it fails over these values.
    """
    import jinja2
    from markupsafe import Markup

    template = _compiled(view.profile.narrative.templates[group], group, is_linked=view.has_records_page)
    try:
        text = template.render(voice=view.voice, words=view.words, **values)
    except (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ProfileError(
            "a sentence cannot be made",
            file=f"narrative/{group}.j2",
            line=_line_of(template.filename),
            found=f"{type(error).__name__}: {error}",
        ) from None
    return [Markup(line.strip()) for line in text.splitlines() if line.strip()]


@cache
def _compiled(source: str, group: str, *, is_linked: bool) -> jinja2.Template:
    environment = sandbox().overlay(
        finalize=lambda value: clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
    )
    environment.filters = {**environment.filters, "count": _linked_count if is_linked else _count, "listed": listed}
    template = environment.from_string(source)
    template.filename = f"<narrative/{group}.j2>"
    return template


def _count(n: int, unit: str = "", **asked: str) -> str:
    return number(n, unit)


def _linked_count(n: int, unit: str = "", **asked: str) -> str | Markup:
    """A number with its measure word; the number leads to its records where they can be asked for."""
    from markupsafe import Markup

    return Markup(linked(number(n, unit), n, **asked)) if asked else number(n, unit)


def _line_of(filename: str | None) -> int | None:
    """The line of the template at which the error that is being handled was raised."""
    found, trace = None, sys.exc_info()[2]
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
