"""What a branch's report is made from: the month, the month before, and the history, cut once from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name
from voc_lib.report.editorial import edited_issues
from voc_lib.report.month_view import MonthView, with_text
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.context import Task
    from voc_lib.params import Profile

__all__ = ["BranchView", "open_branch"]

_TOLD = ["source", "record_id", "category", "text", "intent", "sentiment_label", "confidence", "needs_review"]


@dataclass(frozen=True)
class BranchView(MonthView):
    """A branch-month as its report sees it.

    Args:
        profile: the profile.
        branch, month: which.
        scored: the month's records and those of up to twelve months before it.
        hotspots: hot issues of the month.
        quarantine, ledger: of the month.
        earlier_actions: suggestions as they stood at the end of the latest earlier month that has any.
        known_months: earlier months that were landed for this branch, with or without records; earliest first.
        edits: what analysts decided about the report, a table `edits`.
        answers: what the branch answered to the suggestions of earlier reports, a table `answers`.
    """

    profile: Profile
    branch: str
    month: str
    scored: pd.DataFrame
    hotspots: pd.DataFrame
    quarantine: pd.DataFrame
    ledger: pd.DataFrame
    earlier_actions: pd.DataFrame
    known_months: tuple[str, ...]
    edits: pd.DataFrame
    answers: pd.DataFrame

    @property
    def name(self) -> str:
        """The branch as reports write it."""
        return self.profile.branch(self.branch).name

    @property
    def title(self) -> str:
        """Title of the report."""
        return f"{self.name} {month_name(self.month)} {self.profile.run.report_title}"

    @property
    def has_records_page(self) -> bool:
        """Whether the records stand in a page beside the report, to which its numbers lead."""
        return True

    @property
    def previous_month(self) -> str:
        """The month before."""
        return shift_month(self.month, -1)

    @property
    def has_previous(self) -> bool:
        """Whether last month is known, be it without records."""
        return self.previous_month in self.known_months

    @cached_property
    def previous(self) -> pd.DataFrame | None:
        """Last month's records; None where last month is not known."""
        if not self.has_previous:
            return None
        return self.scored[self.scored["month"] == self.previous_month].reset_index(drop=True)

    @cached_property
    def _by_category(self) -> dict[str, pd.DataFrame]:
        return dict(iter(self.texts[_TOLD].groupby("category", sort=False)))

    def of_category(self, code: str) -> pd.DataFrame:
        """The month's texts of a category, in the few columns that suggestions look at; cut once for all of them."""
        found = self._by_category.get(code)
        return self.texts[_TOLD].iloc[:0] if found is None else found

    @cached_property
    def place_of_text(self) -> dict[str, int]:
        """Where in `texts` each record stands, by source:record_id."""
        keys = self.texts["source"] + ":" + self.texts["record_id"]
        return {key: place for place, key in enumerate(keys)}

    @cached_property
    def previous_texts(self) -> pd.DataFrame | None:
        """Last month's records that say something; None where last month is not known."""
        return None if self.previous is None else with_text(self.previous)

    @property
    def months(self) -> list[str]:
        """All known months, the report's own last."""
        return [*self.known_months, self.month]

    @cached_property
    def issues(self) -> pd.DataFrame:
        """The month's issues, hottest first, as the analysts left them (see `edited_issues`)."""
        return edited_issues(self.hotspots[self.hotspots["month"] == self.month], self.edits, self.current)

    @cached_property
    def hot_by_category(self) -> dict[str, Any]:
        """The hottest issue of each category that has one beyond chance, as a row of `hotspots`."""
        hot = self.issues[self.issues["is_hot"] & self.issues["category"].notna()]
        return {row.category: row for row in reversed(list(hot.itertuples(index=False)))}


def open_branch(task: Task) -> BranchView:
    """Read what the branch's report shows. Raises: TableError when an earlier stage has not run.

    Suggestions are carried on from the latest month that has them: a month that was skipped forgets none.
    """
    earlier = task.read("actions", -12, -1)
    return BranchView(
        profile=task.profile,
        branch=task.branch,
        month=task.month,
        scored=task.read("scored", -12, 0),
        hotspots=task.read("hotspots"),
        quarantine=task.read("quarantine"),
        ledger=task.read("ledger"),
        earlier_actions=earlier[earlier["month"] == earlier["month"].max()].reset_index(drop=True),
        known_months=tuple(task.months_before("scored", -12)),
        edits=task.read("edits", branch=task.branch),
        answers=task.read("answers", -12, -1),
    )
