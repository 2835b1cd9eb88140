"""The analysts' last word: issues merged, renamed or left out, typical cases chosen, suggestions reworded, comments.

Each decision shows in the report as what it is: an analyst's, with a name. One whose issue the month does not have is
named as without effect; it is neither lost nor guessed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EDITED", "edited_issues", "edited_suggestions", "issue_named", "of_kind"]

EDITED = "（分析师修改）"
_UNKNOWN = ("expected", "growth", "growth_low", "growth_high", "p_value", "q_value")


def edited_issues(hotspots: pd.DataFrame, edits: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The issues of one month as the analysts left them.

    Args:
        hotspots: table `hotspots`, of one branch or of several.
        edits: table `edits` of the same month.
        records: rows of `scored` of the month, from which merged issues are counted anew.
    Returns: the same columns, is_edited and is_praised (half or more of its records are praise), by branch and rank;
        ranks count from 1 without gaps. A merged issue has no expectation, growth or test of its own: what was computed
        for its parts does not add up.
    """
    import pandas as pd

    issues = hotspots.assign(is_edited=False)
    parts = []
    for branch, mine in issues.groupby("branch", sort=False):
        decided = edits[edits["branch"] == branch]
        own = mine.sort_values("rank", kind="stable").to_dict("records")
        parts.append(pd.DataFrame(_edited(own, decided, records), columns=issues.columns))
    edited = pd.concat(parts, ignore_index=True) if parts else issues
    # A column of nothing but missing values would lose its kind on the way through dictionaries.
    edited = edited.astype(issues.dtypes.to_dict()).reset_index(drop=True)
    return edited.assign(is_praised=_praised(edited["record_ids"], records))


def edited_suggestions(actions: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """Table `actions` with the analysts' words for the suggestions of the categories they reworded."""
    decided = of_kind(edits, "suggestion")
    words = dict(zip(decided["target"], decided["told"], strict=True))
    pairs = zip(actions["category"], actions["suggestion"], strict=True)
    return actions.assign(suggestion=[words.get(category, told) for category, told in pairs])


def _edited(issues: list[dict[str, Any]], edits: pd.DataFrame, records: pd.DataFrame) -> list[dict[str, Any]]:
    found = [(row, issue_named(issues, row.target)) for row in edits.itertuples(index=False)]
    gone: list[dict[str, Any]] = []
    for row, issue in found:
        other = issue_named(issues, row.told) if row.kind == "merge" else None
        if issue is None or (row.kind == "merge" and other is None):
            continue
        if other is not None:
            _merge(issue, other, records)
        if row.kind in ("merge", "suppress"):
            gone.append(issue)
    for row, issue in found:
        if issue is None:
            continue
        if row.kind == "rename":
            issue |= {"label": row.told, "is_edited": True}
        elif row.kind == "typical":
            issue |= {"typical_record_ids": list(row.record_ids), "is_edited": True}
    kept = [issue for issue in issues if not any(issue is other for other in gone)]
    return [{**issue, "rank": rank} for rank, issue in enumerate(kept, start=1)]


def issue_named(issues: list[dict[str, Any]], name: Any) -> dict[str, Any] | None:
    """The issue of that issue_id or label; None where there is none, or two of one label."""
    mine = [issue for issue in issues if name in (issue["issue_id"], issue["label"])]
    return mine[0] if len(mine) == 1 else None


def _praised(record_ids: pd.Series, records: pd.DataFrame) -> list[bool]:
    """Whether half or more of each issue's records are praise."""
    intents = dict(zip(records["source"] + ":" + records["record_id"], records["intent"], strict=True))
    return [len(ids) > 0 and 2 * sum(intents.get(i) == "praise" for i in ids) >= len(ids) for ids in record_ids]


def _merge(issue: dict[str, Any], into: dict[str, Any], records: pd.DataFrame) -> None:
    """Add the records of one issue to another and count them anew."""
    ids = list(dict.fromkeys([*into["record_ids"], *issue["record_ids"]]))
    mine = records[(records["source"] + ":" + records["record_id"]).isin(ids)]
    days = mine["occurred_at"].dt.day.value_counts()
    into |= {
        "record_ids": ids,
        "typical_record_ids": list(dict.fromkeys([*into["typical_record_ids"], *issue["typical_record_ids"]])),
        "n_records": len(mine),
        "n_matters": int(mine["matter_id"].nunique()),
        "n_customers": int(mine["customer_key"].nunique()),
        "negative_share": float((mine["sentiment_label"] == "negative").mean()) if len(mine) else 0.0,
        "daily_counts": [int(days.get(day, 0)) for day in range(1, len(into["daily_counts"]) + 1)],
        "first_seen": min(into["first_seen"], issue["first_seen"]),
        "last_seen": max(into["last_seen"], issue["last_seen"]),
        "heat": max(into["heat"], issue["heat"]),
        "is_hot": into["is_hot"] or issue["is_hot"],
        "is_new": into["is_new"] and issue["is_new"],
        "is_edited": True,
        **dict.fromkeys(_UNKNOWN, float("nan")),
    }


def of_kind(edits: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The decisions of one kind."""
    return edits[edits["kind"] == kind]
