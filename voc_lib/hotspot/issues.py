"""From candidates to issues: the most surprising first, its synonyms with it, and what it explains taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.discovery import family_weights, q_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voc_lib.hotspot.candidates import Candidates
    from voc_lib.hotspot.growth import Baseline

__all__ = ["Issue", "gather_issues"]

_STRONGER = 0.3  # a term joins an issue when the issue's p-value with it is at most so much of that without it
_RISING = 0.05  # and when it grew by itself, at this level
_MOST_MEMBERS = 8
_TOLD_BY_TERMS = 0.6  # share of a category's surplus that its terms must explain to stand for it
_SAME = 0.5  # share of an issue's matters that earlier issues hold, from which on it tells nothing new


@dataclass(frozen=True)
class Issue:
    """One issue: the candidate that raised it, and all that belong to it.

    Args:
        seed: position of the candidate that made it an issue.
        members: positions of all its candidates, the seed first; a voice that holds any of them belongs to the issue.
        p_value, q_value: of the member that grew most surely, among everything tested; NaN without history.
    """

    seed: int
    members: tuple[int, ...]
    p_value: float
    q_value: float


def gather_issues(
    candidates: Candidates,
    baseline: Baseline | None,
    *,
    nothing: str,
    false_discovery_rate: float,
    min_records: int,
    max_issues: int,
) -> list[Issue]:
    """Issues of the month, no two about the same matters; those that grew beyond chance first, then large categories.

    Args:
        candidates: what may be an issue.
        baseline: of the earlier months, or None without any.
        nothing: code of the category of texts without a matter, which is never an issue.
        false_discovery_rate: at which a candidate counts as grown (0 … 1).
        min_records: matters that an issue needs in the month.
        max_issues: how many at most of each kind; the caller ranks and cuts.
    """
    n = candidates.now.sum(axis=1).A1
    possible = (n >= min_records) & (np.array(candidates.names, dtype=object) != nothing)
    issues: list[Issue] = []
    taken = np.zeros(candidates.now.shape[1], dtype=bool)
    if baseline is not None:
        search = _Search(candidates, baseline, false_discovery_rate)
        while len(issues) < max_issues and (seed := search.next_seed(possible)) is not None:
            issue = search.issue_from(seed)
            search.explain(issue)
            held = candidates.any_of(candidates.now, issue.members)
            if (held & taken).sum() <= _SAME * held.sum():
                issues.append(issue)
                taken |= held
            possible[[seed, *issue.members]] = False
    order = sorted(np.flatnonzero(possible & candidates.is_category), key=lambda c: (-n[c], candidates.names[c]))
    for code in order[:max_issues]:
        held = candidates.any_of(candidates.now, (int(code),))
        if (held & taken).sum() <= _SAME * held.sum():
            p, q = (float("nan"), float("nan")) if baseline is None else (search.p[code], search.q[code])
            issues.append(Issue(int(code), (int(code),), float(p), float(q)))
    return issues


class _Search:
    """Greedy search over what has not been explained yet.

    Every candidate is tested once, on all matters: that gives its p- and q-value. The search then takes the most
    surprising one, joins its synonyms, takes its matters away (from the month and from the history alike), and looks at
    what is still surprising in the rest: so 信用卡 is not hot merely because 额度 is.
    """

    def __init__(self, candidates: Candidates, baseline: Baseline, false_discovery_rate: float) -> None:
        self.candidates = candidates
        self.baseline = baseline
        self.left_now = np.ones(candidates.now.shape[1], dtype=bool)
        self.left_before = np.ones(candidates.before.shape[1], dtype=bool)
        self.p = self._residual_p()
        self.q = q_values(self.p, weights=family_weights(candidates.is_category))
        self.hot = self.q <= false_discovery_rate
        self.level = float(self.p[self.hot].max()) if self.hot.any() else 0.0
        self.residual = self.p

    def _residual_p(self) -> NDArray[np.float64]:
        n = self.candidates.now @ self.left_now.astype(np.int64)
        return self.baseline.p_value(n, self.candidates.before @ self.left_before.astype(np.int64))

    def next_seed(self, possible: NDArray[np.bool_]) -> int | None:
        """The most surprising hot candidate that is still so in what is left; names decide ties."""
        allowed = np.flatnonzero(possible & self.hot & (self.residual <= self.level))
        if not len(allowed):
            return None
        return int(min(allowed, key=lambda c: (self.residual[c], self.candidates.names[c])))

    def issue_from(self, seed: int) -> Issue:
        """The seed with its synonyms; for a category the terms that explain its growth, where they do."""
        members = self._with_synonyms(seed)
        if self.candidates.is_category[seed]:
            members = self._told_by_terms(seed) or (seed,)
        best = min(members if seed in members else (seed, *members), key=lambda c: (self.p[c], c))
        return Issue(seed, members, float(self.p[best]), float(self.q[best]))

    def explain(self, issue: Issue) -> None:
        """Take the issue's matters away."""
        self.left_now &= ~self.candidates.any_of(self.candidates.now, issue.members)
        self.left_before &= ~self.candidates.any_of(self.candidates.before, issue.members)
        self.residual = self._residual_p()

    def _with_synonyms(self, seed: int) -> tuple[int, ...]:
        """The seed and the terms of its category that make its growth surer (greedy subset scan: Neill 2012)."""
        home = self.candidates.home[seed]
        eligible = (self.candidates.home == home) & (home >= 0) & ~self.candidates.is_category
        eligible &= self.residual <= _RISING
        members: tuple[int, ...] = (seed,)
        while len(members) < _MOST_MEMBERS:
            out_now = self.left_now & ~self.candidates.any_of(self.candidates.now, members)
            out_before = self.left_before & ~self.candidates.any_of(self.candidates.before, members)
            n, before = self.left_now.sum() - out_now.sum(), self.left_before.sum() - out_before.sum()
            p = self.baseline.p_value(n, before)
            joined = self.baseline.p_value(
                n + self.candidates.now @ out_now.astype(np.int64),
                before + self.candidates.before @ out_before.astype(np.int64),
            )
            choice = [c for c in np.flatnonzero(eligible) if c not in members and joined[c] < _STRONGER * p]
            if not choice:
                break
            members = (*members, int(min(choice, key=lambda c: (joined[c], self.candidates.names[c]))))
        return members

    def _told_by_terms(self, category: int) -> tuple[int, ...]:
        """The terms at home in a category that explain most of its surplus; empty where none do."""
        at_home = (self.candidates.home == category) & ~self.candidates.is_category & (self.residual <= _RISING)
        if not at_home.any():
            return ()
        first = int(min(np.flatnonzero(at_home), key=lambda c: (self.residual[c], self.candidates.names[c])))
        members = self._with_synonyms(first)
        enough = _TOLD_BY_TERMS * self._surplus((category,))
        return members if self._surplus(members) >= enough else ()

    def _surplus(self, members: tuple[int, ...]) -> float:
        now = self.candidates.any_of(self.candidates.now, members) & self.left_now
        before = self.candidates.any_of(self.candidates.before, members) & self.left_before
        return float(now.sum() - self.baseline.expected(before.sum()))
