"""What the head office's report is made from: all branches of the month, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voc_lib.numbers.wording import month_name
from voc_lib.report.editorial import edited_issues
from voc_lib.report.month_view import MonthView
from voc_lib.store import shift_month, window

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.context import Task
    from voc_lib.params import Profile

__all__ = ["OfficeView", "open_office"]


@dataclass(frozen=True)
class OfficeView(MonthView):
    """A month of all branches, as the head office sees it.

    Args:
        profile: the profile.
        month: which.
        scored: the month's records and last month's, of all branches.
        hotspots, actions: of the month, of all branches.
        summaries: the branch reports' rows of table `summary`, up to twelve months back.
        rawfiles: the raw files in which a row is dated in the month, whole.
    """

    profile: Profile
    month: str
    scored: pd.DataFrame
    hotspots: pd.DataFrame
    actions: pd.DataFrame
    summaries: pd.DataFrame
    rawfiles: pd.DataFrame

    @property
    def codes(self) -> tuple[str, ...]:
        """All branches, in the profile's order."""
        return self.profile.branches.codes

    @property
    def name(self) -> str:
        """The head office as reports write it."""
        return self.profile.run.head_office

    @property
    def title(self) -> str:
        """Title of the report."""
        return f"{month_name(self.month)} {self.profile.run.head_office_title}"

    @property
    def has_records_page(self) -> bool:
        """Whether the records stand in a page beside the report, to which its numbers lead."""
        return False

    @cached_property
    def previous(self) -> pd.DataFrame | None:
        """Last month's records; None unless every branch that reports this month reported then too."""
        if not set(self.reporting) <= set(self._reported(shift_month(self.month, -1))):
            return None
        last = self.scored[self.scored["month"] == shift_month(self.month, -1)]
        return last[last["branch"].isin(self.reporting)].reset_index(drop=True)

    @cached_property
    def reporting(self) -> tuple[str, ...]:
        """Branches whose report of the month is there."""
        return self._reported(self.month)

    @property
    def missing(self) -> tuple[str, ...]:
        """Branches without a report of the month."""
        return tuple(code for code in self.codes if code not in self.reporting)

    def previous_of(self, code: str) -> pd.DataFrame | None:
        """Last month's records of a branch; None where its last month is not known."""
        last = shift_month(self.month, -1)
        if code not in self._reported(last):
            return None
        return self.scored[(self.scored["month"] == last) & (self.scored["branch"] == code)]

    def history_of(self, code: str) -> list[int | None]:
        """Voices a month of a branch from its first known month on, earliest first; None where one is not known."""
        mine = self.summaries[self.summaries["branch"] == code].set_index("month")["n_records"]
        months = [month for month in window(self.month, -12, 0) if month >= min(mine.index, default=self.month)]
        return [int(mine[month]) if month in mine.index else None for month in months]

    def _reported(self, month: str) -> tuple[str, ...]:
        there = set(self.summaries.loc[self.summaries["month"] == month, "branch"])
        return tuple(code for code in self.codes if code in there)


def open_office(task: Task) -> OfficeView:
    """Read what the head office's report shows; a branch without a report of the month is missing, not an error.

    What a missing branch has in the earlier stages' tables is left out: it would be counted, and named as not counted.
    """
    summaries = task.read("summary", -12, 0, branch="all")
    reporting = set(summaries.loc[summaries["month"] == task.month, "branch"])

    def of_reporting(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["branch"].isin(reporting)].reset_index(drop=True)

    scored = of_reporting(task.read("scored", -1, 0, branch="all"))
    current = scored[scored["month"] == task.month]
    edits = task.read("edits", branch="all")
    return OfficeView(
        profile=task.profile,
        month=task.month,
        scored=scored,
        hotspots=edited_issues(of_reporting(task.read("hotspots", branch="all")), edits, current),
        actions=of_reporting(task.read("actions", branch="all")),
        summaries=summaries,
        rawfiles=task.read("rawfiles"),
    )
