"""Suggestions and their life: raised from hot issues and concentrated problems, and carried on month by month.

An action is known by branch, category and matter, not by the month: the same matter next month is the same action.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from voc_lib import schema
from voc_lib.report.effect import effect_of
from voc_lib.report.view import with_text
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["action_id", "actions_of", "due_day"]

_SEPARATORS = re.compile(r"[\s、，,/·:：;；|+（）()]+")
_MONTHS_KEPT = 12  # an action that has been quiet for so long leaves the table


def action_id(branch: str, category: str, matter: str) -> str:
    """Stable identity of a suggestion: BJ-12-3f9a0c21. The hash is of branch, category and the matter's words."""
    words = "".join(sorted(_words(matter)))
    digest = hashlib.sha256("\x1f".join((branch, category, words)).encode()).hexdigest()
    return f"{branch}-{category}-{digest[:8]}"


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

    raised = {row["action_id"]: row for row in _raised(view, problems)}
    earlier = [row for row in view.earlier_actions.to_dict("records") if _is_kept(row, view.month)]
    rows = []
    for old in earlier:
        same = _same_matter(old, raised)
        rows.append(_carry_on(view, old, raised.pop(same) if same else None))
    rows += raised.values()
    if not rows:
        return schema.empty("actions", tz=view.profile.tz)
    return schema.conform(pd.DataFrame(rows, columns=schema.table("actions").names), "actions", tz=view.profile.tz)


def _raised(view: BranchView, problems: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each matter that this month calls for: hot issues first, then problems of other categories."""
    settings = view.profile.thresholds.report
    nothing = view.profile.taxonomy.nothing
    rows, told = [], {nothing}
    hot = view.issues[view.issues["is_hot"] & view.issues["category"].notna()]
    for issue in hot.head(settings.top_issues).itertuples(index=False):
        if issue.category != nothing:
            # The label of a whole category drifts with the month's words; its name does not.
            matter = issue.label if issue.kind == "term" else None
            rows.append(_new(view, issue.category, matter, issue.n_records, list(issue.typical_record_ids)))
            told.add(issue.category)
    pressing = problems[problems["is_concentrated"] & ~problems["category"].isin(sorted(told))]
    for problem in pressing.head(settings.top_issues).itertuples(index=False):
        if problem.n_records >= view.small:
            rows.append(_new(view, problem.category, None, problem.n_records, _evidence(view, problem.category)))
    return rows


def _new(view: BranchView, code: str, matter: str | None, n: int, evidence: list[str]) -> dict[str, Any]:
    category = view.profile.taxonomy.category(code)
    matter = matter or category.name
    return {
        "action_id": action_id(view.branch, code, matter),
        "branch": view.branch,
        "month": view.month,
        "raised_month": view.month,
        "category": code,
        "category_name": category.name,
        "matter": matter,
        "suggestion": category.suggestion,
        "department": category.department,
        "n_records": n,
        "evidence_record_ids": evidence,
        "status": "open",
        "reply": None,
        "replied_at": None,
        "due": due_day(view.month, view.profile.run.days_to_answer),
        "effect": None,
        "rate_ratio": None,
        "rate_ratio_low": None,
        "rate_ratio_high": None,
    }


def _carry_on(view: BranchView, old: dict[str, Any], again: dict[str, Any] | None) -> dict[str, Any]:
    """The action a month later: its count, whether it is overdue, whether it helped."""
    counts = _monthly(view, old)
    effect = effect_of(counts, raised_month=old["raised_month"], month=view.month, at_least=view.small)
    n_now = again["n_records"] if again else int(counts.loc[counts["month"] == view.month, "n"].sum())
    row = {
        **old,
        "month": view.month,
        "n_records": n_now,
        "status": _status(old, view.month),
        "effect": effect.verdict,
        "rate_ratio": effect.ratio,
        "rate_ratio_low": effect.low,
        "rate_ratio_high": effect.high,
    }
    if again is None and old["matter"] == old["category_name"]:
        row["evidence_record_ids"] = _evidence(view, old["category"])
    if again:
        row["evidence_record_ids"] = again["evidence_record_ids"]
        if old["status"] == "done":  # it came back after it was closed
            row |= {"status": "open", "due": again["due"]}
    return row


def _status(old: dict[str, Any], month: str) -> str:
    import pandas as pd

    end = pd.Timestamp(f"{shift_month(month, 1)}-01")
    return "overdue" if old["status"] == "open" and pd.Timestamp(old["due"]) < end else str(old["status"])


def _monthly(view: BranchView, action: dict[str, Any]) -> pd.DataFrame:
    """Records of the action's matter in each known month, beside all records with text: month, n, total.

    A matter named after its category is all of it; another is every text with one of its phrases.
    """
    import pandas as pd

    texts = with_text(view.scored)
    belongs = texts["category"] == action["category"]
    if action["matter"] != action["category_name"]:
        folded = texts["text"].str.casefold()
        belongs = pd.Series(False, index=texts.index)
        for word in sorted(_words(action["matter"]) - _words(action["category_name"])):
            belongs |= folded.str.contains(word, regex=False)
    months = view.months
    return pd.DataFrame(
        {
            "month": months,
            "n": texts.loc[belongs, "month"].value_counts().reindex(months, fill_value=0).to_list(),
            "total": texts["month"].value_counts().reindex(months, fill_value=0).to_list(),
        }
    )


def _evidence(view: BranchView, code: str) -> list[str]:
    """The records of a category that tell it best: of average length, negative first, surest category first."""
    texts = view.texts[view.texts["category"] == code]
    ranked = texts.assign(
        is_mild=texts["sentiment_label"] != "negative",
        oddness=(texts["text"].str.len() - 60).abs(),
    ).sort_values(["is_mild", "oddness", "source", "record_id"], kind="stable")
    n = view.profile.thresholds.hotspot.typical_cases
    return [f"{row.source}:{row.record_id}" for row in ranked.head(n).itertuples(index=False)]


def _is_kept(row: dict[str, Any], month: str) -> bool:
    return bool(row["raised_month"] >= shift_month(month, -_MONTHS_KEPT))


def _same_matter(old: dict[str, Any], raised: dict[str, dict[str, Any]]) -> str | None:
    """The raised row about the old action's matter: the same identity, or the category's and half of the words."""
    if old["action_id"] in raised:
        return str(old["action_id"])
    words = _words(old["matter"])
    for identity, row in raised.items():
        shared = words & _words(row["matter"])
        if row["category"] == old["category"] and len(shared) * 2 >= max(len(words), len(_words(row["matter"]))):
            return identity
    return None


def _words(matter: str) -> frozenset[str]:
    return frozenset(word for word in _SEPARATORS.split(matter.casefold()) if word)
