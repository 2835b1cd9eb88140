"""The row of table `summary` that the site's index shows for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib import schema
from voc_lib.report.breakdown import by_day
from voc_lib.report.overview import figures_of
from voc_lib.schema import SOURCES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["branch_summary", "summary_row"]


def branch_summary(view: BranchView, actions: pd.DataFrame) -> pd.DataFrame:
    """The branch report's row of table `summary`."""
    return summary_row(
        branch=view.branch,
        month=view.month,
        title=view.title,
        now=view.current,
        before=view.previous,
        issues=view.issues,
        actions=actions,
        small=view.small,
        tz=view.profile.tz,
    )


def summary_row(
    *,
    branch: str,
    month: str,
    title: str,
    now: pd.DataFrame,
    before: pd.DataFrame | None,
    issues: pd.DataFrame,
    actions: pd.DataFrame,
    small: int,
    tz: str,
) -> pd.DataFrame:
    """One row of table `summary`, from the month's records, issues (hottest first) and actions.

    What is a share or a mean of fewer than `small` is missing, as in the report.
    """
    import pandas as pd

    figures = figures_of(now)
    hot = issues[issues["is_hot"]]
    row = {
        "branch": branch,
        "month": month,
        "title": title,
        "n_records": figures.n_records,
        "n_matters": figures.n_matters,
        "n_work_orders": figures.n_by_source["work_order"],
        "n_complaint_intents": figures.n_by_source["complaint_intent"],
        "n_surveys": figures.n_by_source["survey"],
        "n_before": None if before is None else len(before),
        "satisfaction": figures.satisfaction if figures.n_scores >= small else None,
        "negative_share": figures.n_negative / figures.n_texts if figures.n_texts >= small else None,
        "review_share": figures.n_review / figures.n_texts if figures.n_texts >= small else None,
        "n_hot": len(hot),
        "top_issue": hot["label"].iloc[0] if len(hot) else None,
        "n_open_actions": int(actions["status"].isin(["open", "overdue"]).sum()),
        "topics": _topics(now, issues, actions),
        "daily_counts": by_day(now, month)[list(SOURCES)].sum(axis=1).tolist(),
    }
    return schema.conform(pd.DataFrame([row], columns=schema.table("summary").names), "summary", tz=tz)


def _topics(now: pd.DataFrame, issues: pd.DataFrame, actions: pd.DataFrame) -> list[str]:
    """Names of the issues, of what is suggested about, and of the categories, most records first; each once."""
    categories = now["category_name"].dropna().value_counts()
    ranked = sorted(categories.index, key=lambda name: (-categories[name], name))
    return [str(name) for name in dict.fromkeys([*issues["label"], *actions["matter"], *ranked])]
