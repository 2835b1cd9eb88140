"""What a branch's report is made from: the month, the month before, and the history, cut once from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voc_lib.report.wording import month_name
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.context import Task
    from voc_lib.params import Profile

__all__ = ["BranchView", "open_branch", "with_text"]


def with_text(scored: pd.DataFrame) -> pd.DataFrame:
    """The records that say something, and so have a category: a survey may hold a score alone."""
    return scored[scored["category"].notna()]


@dataclass(frozen=True)
class BranchView:
    """A branch-month as its report sees it.

    Args:
        profile: the profile.
        branch, month: which.
        scored: the month's records and those of up to twelve months before it.
        hotspots: hot issues of this month and the one before.
        quarantine, ledger: of the month.
        earlier_actions: suggestions as they stood at the end of last month.
        known_months: earlier months that were landed for this branch, with or without records; earliest first.
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

    @property
    def name(self) -> str:
        """The branch as reports write it."""
        return self.profile.branch(self.branch).name

    @property
    def title(self) -> str:
        """Title of the report."""
        return f"{self.name} {month_name(self.month)} {self.profile.run.report_title}"

    @property
    def voice(self) -> str:
        """What one voice is called."""
        return self.profile.run.customer_voice

    @property
    def small(self) -> int:
        """Below this number no percentage is given."""
        return self.profile.thresholds.report.small_number

    @property
    def previous_month(self) -> str:
        """The month before."""
        return shift_month(self.month, -1)

    @property
    def has_previous(self) -> bool:
        """Whether last month is known, be it without records."""
        return self.previous_month in self.known_months

    @cached_property
    def current(self) -> pd.DataFrame:
        """The month's records."""
        return self.scored[self.scored["month"] == self.month].reset_index(drop=True)

    @cached_property
    def previous(self) -> pd.DataFrame | None:
        """Last month's records; None where last month is not known."""
        if not self.has_previous:
            return None
        return self.scored[self.scored["month"] == self.previous_month].reset_index(drop=True)

    @cached_property
    def texts(self) -> pd.DataFrame:
        """The month's records that say something."""
        return with_text(self.current)

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
        """The month's issues, hottest first."""
        return self.hotspots[self.hotspots["month"] == self.month].sort_values("rank").reset_index(drop=True)

    @cached_property
    def issues_before(self) -> pd.DataFrame:
        """Last month's issues, hottest first."""
        last = self.hotspots[self.hotspots["month"] == self.previous_month]
        return last.sort_values("rank").reset_index(drop=True)


def open_branch(task: Task) -> BranchView:
    """Read what the branch's report shows. Raises: TableError when an earlier stage has not run."""
    return BranchView(
        profile=task.profile,
        branch=task.branch,
        month=task.month,
        scored=task.read("scored", -12, 0),
        hotspots=task.read("hotspots", -1, 0),
        quarantine=task.read("quarantine"),
        ledger=task.read("ledger"),
        earlier_actions=task.read("actions", -1, -1),
        known_months=tuple(task.months_before("scored", -12)),
    )
