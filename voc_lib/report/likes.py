"""What customers like and dislike: the aspects that they judge, and in which words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voc_lib.report.figures import mood_chart
from voc_lib.report.html import Html, join
from voc_lib.report.html import table as html_table

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["likes", "likes_table", "mood_and_likes"]

_WORDS = 4  # told of each aspect and side


def likes(records: pd.DataFrame) -> pd.DataFrame:
    """How many records judge each aspect well and badly.

    Args:
        records: scored; their aspects are written noun:±word. A record counts once for an aspect and a side, however
            often it says so, and on both sides where it says both.
    Returns: aspect, n_good, n_bad, good_words, bad_words (in how many records each stands, most first, then by word);
        the most judged first, then by aspect.
    """
    import pandas as pd

    counts: dict[tuple[str, str], Counter[str]] = {}
    n: Counter[tuple[str, str]] = Counter()
    for told in records["aspects"]:
        sides = set()
        for judgement in sorted(set(told)):
            aspect, _, said = judgement.partition(":")
            side = (aspect, said[:1])
            sides.add(side)
            counts.setdefault(side, Counter())[said[1:]] += 1
        n.update(sides)
    names = sorted({aspect for aspect, _ in n}, key=lambda aspect: (-n[aspect, "+"] - n[aspect, "-"], aspect))
    return pd.DataFrame(
        {
            "aspect": pd.Series(names, dtype="str"),
            "n_good": pd.Series([n[aspect, "+"] for aspect in names], dtype="int64"),
            "n_bad": pd.Series([n[aspect, "-"] for aspect in names], dtype="int64"),
            "good_words": pd.Series([_words(counts.get((aspect, "+"))) for aspect in names], dtype="str"),
            "bad_words": pd.Series([_words(counts.get((aspect, "-"))) for aspect in names], dtype="str"),
        }
    )


def likes_table(view: BranchView) -> Html:
    """The aspects that most records of the month judge."""
    import pandas as pd

    found = likes(view.current).head(view.profile.thresholds.report.top_categories)
    frame = pd.DataFrame(
        {
            "方面": found["aspect"],
            "肯定（件）": found["n_good"],
            "不满（件）": found["n_bad"],
            "肯定的说法": found["good_words"],
            "不满的说法": found["bad_words"],
        }
    )
    return html_table(
        frame,
        caption=f"{view.words.customer}肯定与不满的方面（件，同一件可计入多个方面）",
        numeric=["肯定（件）", "不满（件）"],
        empty=f"本月没有{view.words.customer}评价具体方面。",
    )


def mood_and_likes(view: BranchView) -> Html:
    """How the categories feel, and below it what customers like and dislike."""
    return join(mood_chart(view), likes_table(view))


def _words(counts: Counter[str] | None) -> str:
    ranked = sorted((counts or {}).items(), key=lambda pair: (-pair[1], pair[0]))
    return "、".join(f"{word}{n}" for word, n in ranked[:_WORDS])
