"""Branches side by side, compared fairly: intervals beside every share and mean, no ranking of what chance moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.numbers.intervals import mean_interval, share_interval
from voc_lib.numbers.spark import spark_lines
from voc_lib.numbers.wording import number, share, short_change
from voc_lib.report.changes import VERDICTS, Verdict, means_apart, shares_apart
from voc_lib.report.html import Html, render, table
from voc_lib.report.overview import Figures, figures_of
from voc_lib.schema import SCORES

if TYPE_CHECKING:
    from voc_lib.report.office_view import OfficeView

__all__ = ["Mood", "branch_moods", "branch_table", "mood_table"]

_WIDTH, _HEIGHT = 84, 20
_SPARK = """\
<svg class="spark" role="img" aria-label="{{ label }}" viewBox="0 0 84 20" width="84" height="20">
{%- for points in lines %}<polyline points="{{ points }}" fill="none" stroke="#0b4f7d" stroke-width="1.6"/>{% endfor -%}
{% for x, y in dots %}<circle cx="{{ x }}" cy="{{ y }}" r="2" fill="{{ '#b3400e' if loop.last else '#0b4f7d' }}"/>
{%- endfor %}</svg>"""


def branch_table(view: OfficeView) -> Html:
    """Counts of each branch with their change, and the course of the past year."""
    import pandas as pd

    figures = {code: figures_of(view.current[view.current["branch"] == code]) for code in view.reporting}
    befores = {code: view.previous_of(code) for code in view.reporting}
    changes = [
        short_change(figures[code].n_records, None if (b := befores[code]) is None else len(b), small=view.small_change)
        for code in view.reporting
    ]
    in_hand = view.actions[view.actions["status"] != "done"]["branch"].value_counts()
    hot = view.hotspots[view.hotspots["is_hot"]]["branch"].value_counts()
    told = list(figures.values())
    frame = pd.DataFrame(
        {
            view.words.branch: [view.profile.branch(code).name for code in view.reporting],
            "件数": [number(f.n_records) for f in told],
            "环比": [text for text, _ in changes],
            "事项": [number(f.n_matters) for f in told],
            **{
                view.profile.source_names[source]: [number(f.n_by_source[source]) for f in told]
                for source in view.profile.own_sources
            },
            "热点": [number(hot.get(code, 0)) for code in view.reporting],
            "未办结建议": [number(in_hand.get(code, 0)) for code in view.reporting],
            "各月走势": [_spark(view.history_of(code)) for code in view.reporting],
        }
    )
    rates = _rates(view, figures)
    if rates is not None:
        frame.insert(3, f"每万{view.words.customer}件数", rates)
    numeric = [column for column in frame.columns if column not in (view.words.branch, "各月走势")]
    return table(
        frame,
        caption=f"各{view.words.branch}主要指标（按{view.words.branch}顺序，n={number(len(view.current))}件）",
        numeric=numeric,
        classes={"环比": [direction for _, direction in changes]},
        empty=f"本月没有{view.words.branch}报告。",
    )


def mood_table(view: OfficeView) -> Html:
    """Satisfaction and negative share of each branch with intervals, marked where they differ beyond chance."""
    import pandas as pd

    moods = branch_moods(view)
    small = view.small
    satisfied = {
        "回访件数": [number(len(mood.scores)) for mood in moods],
        "平均满意度": [_mean(mood.scores, small) for mood in moods],
        "满意度比较": [VERDICTS[mood.satisfaction] for mood in moods],
    }
    what = "满意度与负面占比" if "survey" in view.profile.own_sources else "负面占比"
    frame = pd.DataFrame(
        {
            view.words.branch: [view.profile.branch(mood.code).short_name for mood in moods],
            **(satisfied if "survey" in view.profile.own_sources else {}),
            "有文字件数": [number(mood.n_texts) for mood in moods],
            "负面占比": [_negative(mood, small) for mood in moods],
            "负面比较": [VERDICTS[mood.negative] for mood in moods],
        }
    )
    return table(
        frame,
        caption=f"各{view.words.branch}{what}（括号内为95%区间；与其余{view.words.branch}合计相比，差别超出偶然才标注偏高或偏低，"
        f"各{view.words.branch}一并判断，误报率不超过{view.false_discovery_rate * 100:.0f}%）",
        numeric=[name for name in ("回访件数", "平均满意度", "有文字件数", "负面占比") if name in frame],
        empty=f"本月没有{view.words.branch}报告。",
    )


@dataclass(frozen=True)
class Mood:
    """How content the customers of a branch are, and how that compares with the other branches.

    Args:
        code: the branch.
        scores: the survey scores.
        n_texts, n_negative: voices that say something, and the negative ones of them.
        satisfaction, negative: mean score and negative share against those of all the other branches together.
    """

    code: str
    scores: list[float]
    n_texts: int
    n_negative: int
    satisfaction: Verdict
    negative: Verdict


def branch_moods(view: OfficeView) -> list[Mood]:
    """The branches that report, in order, each against all the others."""
    parts = [view.current[view.current["branch"] == code] for code in view.reporting]
    figures = [figures_of(part) for part in parts]
    scores = [part["score"].dropna().astype("float64").tolist() for part in parts]
    rate = view.false_discovery_rate
    satisfied = means_apart(scores, at_least=view.small, false_discovery_rate=rate)
    negative = shares_apart(
        [f.n_negative for f in figures], [f.n_texts for f in figures], at_least=view.small, false_discovery_rate=rate
    )
    return [
        Mood(code, mine, f.n_texts, f.n_negative, *verdicts)
        for code, mine, f, *verdicts in zip(view.reporting, scores, figures, satisfied, negative, strict=True)
    ]


def _mean(scores: list[float], small: int) -> str:
    """A mean with its interval; of few scores there is none to tell."""
    interval = mean_interval(scores)
    if interval is None or len(scores) < small:
        return "件数太少" if scores else "–"
    low, high = max(interval[0], SCORES[0]), min(interval[1], SCORES[-1])
    return f"{sum(scores) / len(scores):.1f}（{low:.1f}–{high:.1f}）"


def _negative(mood: Mood, small: int) -> str:
    told = share(mood.n_negative, mood.n_texts, small=small)
    if mood.n_texts < small:
        return told
    low, high = share_interval(mood.n_negative, mood.n_texts)
    return f"{told}（{low * 100:.0f}–{high * 100:.0f}%）"


def _rates(view: OfficeView, figures: dict[str, Figures]) -> list[str] | None:
    """Voices per ten thousand customers, where the profile knows the customers of any branch."""
    customers = {code: view.profile.branch(code).customers for code in view.reporting}
    if not any(customers.values()):
        return None
    return [f"{figures[code].n_records / n * 10_000:.1f}" if (n := customers[code]) else "–" for code in view.reporting]


def _spark(counts: list[int | None]) -> Html | str:
    """A line as high as the text, its last point marked; a month that is not known breaks it.

    Its foot is at half of the largest month, or lower where a month is: what is nearly level looks so.
    """
    known = [n for n in counts if n is not None]
    if len(known) < 2:
        return "–"
    pieces = spark_lines(counts, width=_WIDTH, height=_HEIGHT, foot=min(min(known), max(known) / 2))
    lines = [" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1]
    dots = [piece[0] for piece in pieces[:-1] if len(piece) == 1] + [pieces[-1][-1]]
    label = "各月件数：" + "，".join("未知" if n is None else number(n) for n in counts)
    return render(_SPARK, label=label, lines=lines, dots=dots)
