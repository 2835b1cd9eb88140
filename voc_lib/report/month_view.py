"""What every report asks of its month, be it a branch's or the head office's."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile
    from voc_lib.params.run import Words

__all__ = ["MonthView", "praised_in", "with_text"]


def with_text(scored: pd.DataFrame) -> pd.DataFrame:
    """The records that say something, and so have a category: a survey may hold a score alone."""
    return scored[scored["category"].notna()]


def praised_in(texts: pd.DataFrame) -> frozenset[str]:
    """Categories of which half or more of these records are praise: no problems, in no chapter."""
    is_praise = texts["intent"] == "praise"
    shares = is_praise.groupby(texts["category"].astype("str")).mean()
    return frozenset(shares.index[shares >= 0.5])


class MonthView:
    """What a view of one branch and a view of them all have in common.

    Whoever derives from it holds the profile, the month, and `scored`: the month's records and earlier ones.
    """

    profile: Profile
    month: str
    scored: pd.DataFrame

    @property
    def voice(self) -> str:
        """What one voice is called."""
        return self.profile.run.customer_voice

    @property
    def words(self) -> Words:
        """What the centre calls branches, outlets and customers."""
        return self.profile.run.words

    @property
    def small(self) -> int:
        """Below this number no share and no mean is given."""
        return self.profile.thresholds.report.small_number

    @property
    def small_change(self) -> int:
        """Below this number a change is told as a number."""
        return self.profile.thresholds.report.small_change

    @property
    def false_discovery_rate(self) -> float:
        """Share of the differences told that may be chance."""
        return self.profile.thresholds.hotspot.false_discovery_rate

    @cached_property
    def current(self) -> pd.DataFrame:
        """The month's records."""
        return self.scored[self.scored["month"] == self.month].reset_index(drop=True)

    @cached_property
    def texts(self) -> pd.DataFrame:
        """The month's records that say something."""
        return with_text(self.current)

    @cached_property
    def praised(self) -> frozenset[str]:
        """Categories that are praised rather than complained of (see `praised_in`)."""
        return praised_in(self.texts)
