"""What the demo's world is made of: voices, and the issues that run hot in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["HOT_ISSUES", "HotIssue", "Voice"]


@dataclass(frozen=True)
class Voice:
    """One voice, and what the generator knows of it: its category, kind, and the personal data in its text."""

    source: str
    branch: str
    at: datetime
    outlet: str
    customer: str
    name: str
    phone: str
    text: str
    kind: str
    category: str | None
    score: int | None = None
    pii: tuple[str, str] | None = None
    hot: str | None = None
    told_twice: bool = False


@dataclass(frozen=True)
class HotIssue:
    """A planted issue.

    Args:
        name: its templates in texts.yaml.
        branch: position of its branch among the demo's.
        age: how many months before the last one.
        n: voices beyond the usual share.
        days: first and last day of the month between which they came.
        pattern: regular expression that each of its texts matches.
    """

    name: str
    branch: int
    age: int
    n: int
    days: tuple[int, int]
    pattern: str


HOT_ISSUES = (
    HotIssue("login", branch=0, age=0, n=28, days=(13, 27), pattern="登录"),
    HotIssue("swallow", branch=1, age=0, n=17, days=(8, 24), pattern="吞卡"),
    HotIssue("codes", branch=2, age=1, n=16, days=(9, 20), pattern="验证码"),
)
