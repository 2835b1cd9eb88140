"""The key figures of a branch-month against last month: what the first page, the summary table and the site show."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from voc_lib.numbers.intervals import Z, shares_differ
from voc_lib.numbers.wording import Change, change_of, number, points, share
from voc_lib.report.html import Html, render
from voc_lib.report.html import table as html_table
from voc_lib.report.month_view import with_text
from voc_lib.report.records_page import linked
from voc_lib.schema import SCORES, SOURCES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = ["Figures", "KeyFigure", "figures_of", "key_figure_list", "key_figure_table", "key_figures"]

_TYPES = 4  # types of work order that are told one by one
_LIST = """\
<ul class="key-figures">
{%- for figure, told in figures %}
<li><span class="value">{{ told }}</span><span class="label">{{ figure.label }}</span>
{%- if is_compared and figure.change.text %}
<span class="change {{ figure.change.tone }}">{{ figure.change.short }}</span>
{%- endif %}</li>
{%- endfor %}
</ul>"""


@dataclass(frozen=True)
class Figures:
    """Counts and means of one month's records.

    Args:
        n_records, n_matters, n_customers: voices, matters and known customers.
        n_by_source: voices by source.
        n_by_type: work orders of each type that one has, as the source calls it, in order of name.
        n_texts: voices that say something; n_negative, n_review of them.
        n_scores: survey scores; their mean and standard deviation (None without scores, or with one).
    """

    n_records: int
    n_matters: int
    n_customers: int
    n_by_source: dict[str, int]
    n_by_type: dict[str, int]
    n_texts: int
    n_negative: int
    n_review: int
    n_scores: int
    satisfaction: float | None
    spread: float | None


@dataclass(frozen=True)
class KeyFigure:
    """One figure as it is shown: what it is, how much, last month's, the change in words; and what its records share,
    by which they can be asked for (None where there are none).
    """

    label: str
    value: str
    before: str
    change: Change
    asked: dict[str, str] | None = None


def figures_of(records: pd.DataFrame) -> Figures:
    """The figures of these records, which may be none."""
    texts = with_text(records)
    scores = records["score"].dropna().astype("float64")
    sources = records["source"].value_counts()
    types = records["order_type"].value_counts()
    return Figures(
        n_records=len(records),
        n_matters=int(records["matter_id"].nunique()),
        n_customers=int(records["customer_key"].nunique()),
        n_by_source={source: int(sources.get(source, 0)) for source in SOURCES},
        n_by_type={str(name): int(types[name]) for name in sorted(types.index)},
        n_texts=len(texts),
        n_negative=int((texts["sentiment_label"] == "negative").sum()),
        n_review=int(texts["needs_review"].sum()),
        n_scores=len(scores),
        satisfaction=float(scores.mean()) if len(scores) else None,
        spread=float(scores.std()) if len(scores) > 1 else None,
    )


def key_figures(view: BranchView | OfficeView) -> list[KeyFigure]:
    """The figures of the month with their changes, in the order in which the report shows them."""
    now, before = _both(view)
    figures = [
        _voices(view, now, before),
        _matters(view, now, before),
        *(_count(_of_type(name, view), n, n_before, view) for name, n, n_before in _types(now, before)),
        *(_of_source(source, view, now, before) for source in view.profile.own_sources if source != "work_order"),
    ]
    if "survey" in view.profile.own_sources:
        figures.append(_satisfaction(now, before, view.small))
    return _told([*figures, _negative(now, before, view.small)])


def key_figure_list(view: BranchView | OfficeView) -> Html:
    """The first page's figures."""
    now, before = _both(view)
    own = view.profile.own_sources
    figures = [_voices(view, now, before)]
    if len(own) == 1:
        figures.append(_matters(view, now, before))
    if "complaint_intent" in own:
        figures.append(_of_source("complaint_intent", view, now, before))
    if "survey" in own:
        figures.append(_satisfaction(now, before, view.small))
    figures.append(_negative(now, before, view.small))
    told = [(figure, _leading_to_records(view, figure)) for figure in _told(figures)]
    return render(_LIST, figures=told, is_compared=before is not None)


def _leading_to_records(view: BranchView | OfficeView, figure: KeyFigure) -> Html | str:
    if figure.asked is None or not view.has_records_page:
        return figure.value
    return linked(figure.value, len(view.current), **figure.asked)


def key_figure_table(view: BranchView | OfficeView) -> Html:
    """All key figures, this month, last month, change; this month's alone where last month is not known."""
    import pandas as pd

    figures = key_figures(view)
    is_compared = view.previous is not None
    frame = pd.DataFrame(
        {
            "指标": [figure.label for figure in figures],
            "本月": [figure.value for figure in figures],
            "上月": [figure.before for figure in figures],
            "变化": [figure.change.short if is_compared else None for figure in figures],
        }
    )
    classes = {"变化": [figure.change.tone for figure in figures]}
    return html_table(
        frame,
        caption="主要指标及环比" if is_compared else "主要指标",
        numeric=["本月", "上月", "变化"],
        classes=classes,
    )


def satisfaction_change(now: Figures, before: Figures | None, small: int) -> Change:
    """The mean score against last month's: told as a change only beyond chance (Welch's interval)."""
    if now.satisfaction is None or before is None or before.satisfaction is None:
        return Change("无上月数据" if before is None else "无法比较", "flat", False)
    if now.spread is None or before.spread is None or min(now.n_scores, before.n_scores) < small:
        return Change("件数太少，不作比较", "flat", False)
    difference = now.satisfaction - before.satisfaction
    error = sqrt(now.spread**2 / now.n_scores + before.spread**2 / before.n_scores)
    if abs(difference) <= Z * error or round(abs(difference), 1) == 0:
        return Change("与上月相比无明显变化", "flat", False)
    rising = difference > 0
    text = f"较上月{'提高' if rising else '下降'}{abs(difference):.1f}分"
    return Change(text, "up" if rising else "down", True)


def negative_change(now: Figures, before: Figures | None, small: int) -> Change:
    """The negative share against last month's: told as a change only beyond chance."""
    if before is None:
        return Change("无上月数据", "flat", False)
    if not now.n_texts or not before.n_texts:
        return Change("无法比较", "flat", False)
    if now.n_texts < small or before.n_texts < small:
        return Change("件数太少，不作比较", "flat", False)
    share_now, share_before = now.n_negative / now.n_texts, before.n_negative / before.n_texts
    told = points(share_now, share_before, total=min(now.n_texts, before.n_texts))
    is_clear = shares_differ(now.n_negative, now.n_texts, before.n_negative, before.n_texts)
    if not is_clear or told == "基本持平":
        return Change("与上月相比无明显变化", "flat", False)
    return Change(f"较上月{told}", "up" if share_now > share_before else "down", True)


def _told(figures: list[KeyFigure]) -> list[KeyFigure]:
    """Those that either month has anything to tell of."""
    return [figure for figure in figures if {figure.value, figure.before} != {"–"}]


def _satisfaction(now: Figures, before: Figures | None, small: int) -> KeyFigure:
    def told(figures: Figures | None) -> str:
        known = figures is not None and figures.satisfaction is not None and figures.n_scores >= small
        return f"{figures.satisfaction:.1f}分" if figures is not None and known else "–"

    return KeyFigure(
        f"平均满意度（{SCORES[-1]}分制）",
        told(now),
        told(before),
        satisfaction_change(now, before, small),
        {"source": "survey"} if now.n_scores else None,
    )


def _negative(now: Figures, before: Figures | None, small: int) -> KeyFigure:
    def told(figures: Figures | None) -> str:
        return "–" if figures is None else share(figures.n_negative, figures.n_texts, small=small)

    asked = {"sentiment_label": "negative"} if now.n_negative else None
    label = "负面占比" if now.n_texts >= small else "负面反映"  # of few there is a count and no share
    return KeyFigure(label, told(now), told(before), negative_change(now, before, small), asked)


def _both(view: BranchView | OfficeView) -> tuple[Figures, Figures | None]:
    return figures_of(view.current), None if view.previous is None else figures_of(view.previous)


def _voices(view: BranchView | OfficeView, now: Figures, before: Figures | None) -> KeyFigure:
    return _count(view.voice, now.n_records, before.n_records if before else None, view, asked={})


def _matters(view: BranchView | OfficeView, now: Figures, before: Figures | None) -> KeyFigure:
    return _count("涉及事项", now.n_matters, before.n_matters if before else None, view, unit="项")


def _of_source(source: str, view: BranchView | OfficeView, now: Figures, before: Figures | None) -> KeyFigure:
    n_before = before.n_by_source[source] if before else None
    name = view.profile.source_names[source]
    return _count(name, now.n_by_source[source], n_before, view, asked={"source": source})


def _count(
    label: str,
    n: int,
    n_before: int | None,
    view: BranchView | OfficeView,
    *,
    unit: str = "件",
    asked: dict[str, str] | None = None,
) -> KeyFigure:
    change = change_of(n, n_before, small=view.small_change, unit=unit)
    return KeyFigure(
        label, number(n, unit), "–" if n_before is None else number(n_before, unit), change, asked if n else None
    )


def _types(now: Figures, before: Figures | None) -> list[tuple[str, int, int | None]]:
    """The types of work order that either month has, with counts: the most frequent by name, then the rest."""
    earlier = before.n_by_type if before else {}
    names = sorted(
        {*now.n_by_type, *earlier}, key=lambda name: (-now.n_by_type.get(name, 0) - earlier.get(name, 0), name)
    )
    shown = sorted(names[:_TYPES])
    rows = [(name, now.n_by_type.get(name, 0), earlier.get(name, 0) if before else None) for name in shown]
    told, told_before = sum(n for _, n, _ in rows), sum(n or 0 for _, _, n in rows)
    rest = now.n_by_source["work_order"] - told
    rest_before = before.n_by_source["work_order"] - told_before if before else None
    if rest or rest_before:
        rows.append(("其他" if rows else "", rest, rest_before))
    return rows


def _of_type(name: str, view: BranchView | OfficeView) -> str:
    order = view.profile.source_names["work_order"]
    return name if name.endswith(order) else f"{name}{order}"
