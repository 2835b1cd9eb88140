"""Suggestions and their life: raised from hot issues and concentrated problems, and carried on month by month.

There is one action a category at a time: department and text come from the category, so a second one would say the same
to the same people. It counts the category's records, as the other chapters do; what is hot in it is told beside.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from voc_lib import schema
from voc_lib.hotspot.growth import extra_variance
from voc_lib.report.editorial import edited_suggestions
from voc_lib.report.effect import effect_of
from voc_lib.report.month_view import with_text
from voc_lib.report.standing import NOTHING_YET, known_answers, standing
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["action_id", "actions_of", "due_day"]

_MONTHS_KEPT = 12  # an action that was raised before and is done and quiet leaves the table
# Shares of questions and of negative texts that tell what is asked about from what is complained of.
_MOSTLY, _BLAMED = 0.5, 0.2
_READABLE = 60  # characters of a text that is quickly read and still tells a story


def action_id(branch: str, category: str, raised_month: str) -> str:
    """Stable identity of a suggestion, to be read over the telephone: BJ-12-201305."""
    return f"{branch}-{category}-{raised_month.replace('-', '')}"


def due_day(month: str, days: int) -> pd.Timestamp:
    """The day by which an answer is due: so many days after the end of the month."""
    import pandas as pd

    return pd.Timestamp(f"{shift_month(month, 1)}-01") + timedelta(days=days - 1)


def actions_of(view: BranchView, problems: pd.DataFrame) -> pd.DataFrame:
    """The actions as known at the end of the month: earlier ones carried on, new ones raised.

    Args:
        view: the branch-month.
        problems: what `hotspot.concentrated_problems` gives: category, n_records, is_concentrated; largest first.
    Returns: the table `actions`, by raised month, then action_id.
    """
    import pandas as pd

    raised = {row["category"]: row for row in _raised(view, problems)}
    answers = known_answers(view.answers, view.month)
    counts = _counts(view)
    rows = []
    for old in view.earlier_actions.to_dict("records"):
        again = raised.get(old["category"])
        if _is_kept(old, view.month, is_raised=again is not None):
            raised.pop(old["category"], None)
            row = _carry_on(view, old, again, counts)
            rows.append(standing(row, answers, view.month, tz=view.profile.tz))
    rows += raised.values()
    if not rows:
        return schema.empty("actions", tz=view.profile.tz)
    actions = pd.DataFrame(rows, columns=schema.table("actions").names)
    return schema.conform(edited_suggestions(actions, view.edits), "actions", tz=view.profile.tz)


def _raised(view: BranchView, problems: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each category that this month calls for: those of hot issues first, then concentrated problems.

    A category that is mostly praised calls for nothing, nor does a problem that hardly anybody complains or asks about.
    """
    settings = view.profile.thresholds.report
    left_out = {view.profile.taxonomy.nothing, *view.praised}
    hot = view.issues[view.issues["is_hot"] & view.issues["category"].notna()]
    codes = [code for code in dict.fromkeys(hot.head(settings.top_issues)["category"]) if code not in left_out]
    pressing = problems[problems["is_concentrated"] & ~problems["category"].isin([*left_out, *codes])]
    for code in pressing.head(settings.top_issues)["category"]:
        if _calls(view.of_category(code)).sum() >= view.small:
            codes.append(code)
    return [_new(view, code) for code in codes]


def _new(view: BranchView, code: str) -> dict[str, Any]:
    category = view.profile.taxonomy.category(code)
    texts = view.of_category(code)
    return {
        "action_id": action_id(view.branch, code, view.month),
        "branch": view.branch,
        "month": view.month,
        "raised_month": view.month,
        "category": code,
        "category_name": category.name,
        "matter": category.name,
        "suggestion": _suggestion(view, texts, category.name, category.suggestion),
        "department": category.department,
        "n_records": len(texts),
        "evidence_record_ids": _evidence(view, code),
        **NOTHING_YET,
        "due": due_day(view.month, view.profile.run.days_of(category.department)),
        "effect": None,
        "effect_base": None,
        "rate_ratio": None,
        "rate_ratio_low": None,
        "rate_ratio_high": None,
    }


def _suggestion(view: BranchView, texts: pd.DataFrame, name: str, told: str) -> str:
    """What the taxonomy suggests; where customers ask how something is done and do not complain, guidance for them."""
    is_asked = (texts["intent"] == "question").mean() >= _MOSTLY
    is_blamed = (texts["sentiment_label"] == "negative").mean() >= _BLAMED
    if is_asked and not is_blamed:
        return f"此类反映以咨询为主，建议就{view.words.customer}常问的“{name}”事项完善自助指引、知识库和对外解答口径。"
    return told


def _carry_on(
    view: BranchView, old: dict[str, Any], again: dict[str, Any] | None, counts: pd.DataFrame
) -> dict[str, Any]:
    """The action a month later: its count, whether it helped; open and due anew where it is back after being done."""
    code = old["category"]
    effect = effect_of(
        _monthly(counts, code),
        raised_month=old["raised_month"],
        month=view.month,
        at_least=view.small,
        extra=_unrest(counts, old["raised_month"]),
    )
    row = {
        **old,
        "month": view.month,
        "n_records": len(view.of_category(code)),
        "evidence_record_ids": _evidence(view, code),
        "effect": effect.verdict,
        "effect_base": effect.base,
        "rate_ratio": effect.ratio,
        "rate_ratio_low": effect.low,
        "rate_ratio_high": effect.high,
    }
    if again and old["status"] == "done":
        row |= {
            "status": "open",
            "due": again["due"],
            "done_on": None,
            "reopened_month": view.month,
            "n_reopened": old["n_reopened"] + 1,
        }
    return row


def _counts(view: BranchView) -> pd.DataFrame:
    """Records with text: known months × categories."""
    import pandas as pd

    texts = with_text(view.scored)
    return pd.crosstab(texts["month"], texts["category"]).reindex(list(view.months), fill_value=0)


def _unrest(counts: pd.DataFrame, raised_month: str) -> float:
    """How much more than Poisson the rates of the branch's categories wander, by the months before it was raised."""
    earlier = counts[counts.index < raised_month]
    return extra_variance(earlier.to_numpy(), earlier.sum(axis=1).to_numpy())


def _calls(texts: pd.DataFrame) -> pd.Series:
    """Whether each text calls for something: it complains, suggests or asks, or is negative."""
    return texts["intent"].isin(["complaint", "suggestion", "question"]) | (texts["sentiment_label"] == "negative")


def _monthly(counts: pd.DataFrame, code: str) -> pd.DataFrame:
    """Records of the category in each known month, beside all records with text: month, n, total."""
    import pandas as pd

    mine = counts[code].to_list() if code in counts else [0] * len(counts)
    return pd.DataFrame({"month": counts.index.to_list(), "n": mine, "total": counts.sum(axis=1).to_list()})


def _evidence(view: BranchView, code: str) -> list[str]:
    """The records that tell a category best: those of its hot issue where it has one, else all of it.

    First those whose category is sure enough to need no review, then those that call for something, then the negative
    ones, then the surest category, and of these those of a readable length.
    """
    texts = view.of_category(code)
    hot = view.hot_by_category.get(code)
    if hot is not None:
        is_hot = (texts["source"] + ":" + texts["record_id"]).isin(list(hot.record_ids))
        texts = texts[is_hot] if is_hot.any() else texts
    ranked = texts.assign(
        is_idle=~_calls(texts),
        is_mild=texts["sentiment_label"] != "negative",
        doubt=-texts["confidence"].fillna(0).round(1),
        oddness=(texts["text"].str.len() - _READABLE).abs(),
    ).sort_values(["needs_review", "is_idle", "is_mild", "doubt", "oddness", "source", "record_id"], kind="stable")
    n = view.profile.thresholds.hotspot.typical_cases
    return [f"{row.source}:{row.record_id}" for row in ranked.head(n).itertuples(index=False)]


def _is_kept(row: dict[str, Any], month: str, *, is_raised: bool) -> bool:
    """Whether an action stays: until a year after it was raised, and as long as it is neither done nor quiet."""
    is_recent = row["raised_month"] >= shift_month(month, -_MONTHS_KEPT)
    return bool(is_recent or is_raised or row["status"] != "done")
