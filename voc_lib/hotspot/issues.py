"""From candidates to issues: the most surprising first, its synonyms with it, and what it explains taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.discovery import family_weights, q_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from voc_lib.hotspot.candidates import Candidates
    from voc_lib.hotspot.growth import Baseline

__all__ = ["Issue", "gather_issues"]

_STRONGER = 0.3  # a term joins an issue when the issue's p-value with it is at most so much of that without it
_RISING = 0.05  # and when it grew by itself, at this level
_MOST_MEMBERS = 8
_HOLDS = 0.5  # a broader term widens an issue when it holds so much of it,
_WIDER = 1.25  # explains so many times its surplus,
_DOUBLED = 2.0  # and grew so much that most of what it holds is surplus
_TOLD_BY_TERMS = 0.6  # share of a category's surplus that its terms must explain to stand for it


@dataclass(frozen=True, eq=False)
class Issue:
    """One issue: the candidate that raised it, and all that belong to it.

    Args:
        seed: position of the candidate that made it an issue.
        members: positions of all its candidates; a matter that holds any of them belongs to the issue, unless an issue
            before it has it already.
        matters: which matters of the month it has.
        n_before: matters of the earlier months that it would have had.
        p_value, q_value: of the member that grew most surely, among everything tested; for an issue that is not hot, of
            what the hot ones left of it. NaN without history.
        is_hot: grew beyond chance.
    """

    seed: int
    members: tuple[int, ...]
    matters: NDArray[np.bool_]
    n_before: int
    p_value: float = float("nan")
    q_value: float = float("nan")
    is_hot: bool = False


def gather_issues(
    candidates: Candidates,
    baseline: Baseline | None,
    *,
    nothing: str,
    false_discovery_rate: float,
    min_records: int,
    max_issues: int,
) -> list[Issue]:
    """Issues of the month; no matter is in two. Those that grew beyond chance come first, then what else is large.

    Args:
        candidates: what may be an issue.
        baseline: of the earlier months, or None without any.
        nothing: code of the category of texts without a matter, which is never an issue.
        false_discovery_rate: at which a candidate counts as grown (0 … 1).
        min_records: matters that an issue needs in the month.
        max_issues: how many at most of each of the two; the caller ranks and cuts.
    """
    possible = np.array(candidates.names, dtype=object) != nothing
    search = _Search(candidates, baseline, false_discovery_rate)
    issues: list[Issue] = []
    while len(issues) < max_issues:
        seed = search.next_seed(possible & (search.n_left() >= min_records))
        if seed is None:
            break
        issue = search.issue_from(seed)
        possible[[seed, *issue.members]] = False
        if issue.matters.sum() >= min_records:
            issues.append(issue)
            search.explain(issue)
    hot = len(issues)
    while len(issues) < hot + max_issues:
        code = search.largest(possible & candidates.is_category & (search.n_left() >= min_records))
        if code is None:
            break
        possible[code] = False
        issues.append(search.rest_of(code))
        search.explain(issues[-1])
    return issues


class _Search:
    """Greedy search over what has not been explained yet.

    Every candidate is tested once, on all matters: that gives its p- and q-value. The search then takes the most
    surprising one, joins its synonyms, takes its matters away (from the month and from the history alike), and looks at
    what is still surprising in the rest: so 信用卡 is not hot merely because 额度 is.
    """

    def __init__(self, candidates: Candidates, baseline: Baseline | None, false_discovery_rate: float) -> None:
        self.candidates = candidates
        self.baseline = baseline
        self.left_now = np.ones(candidates.now.shape[1], dtype=bool)
        self.left_before = np.ones(candidates.before.shape[1], dtype=bool)
        self.residual = self._residual_p()
        self.p, self.q = self.residual, self._q_values()
        self.hot = self.q <= false_discovery_rate
        self.level = float(self.p[self.hot].max()) if self.hot.any() else 0.0

    def n_left(self) -> NDArray[np.int64]:
        """Matters of the month that each candidate still has."""
        return np.asarray(self.candidates.now @ self.left_now.astype(np.int64))

    def _residual_p(self) -> NDArray[np.float64]:
        n = self.n_left()
        if self.baseline is None:
            return np.full(len(n), np.nan)
        return self.baseline.p_value(n, self.candidates.before @ self.left_before.astype(np.int64))

    def _q_values(self) -> NDArray[np.float64]:
        if self.baseline is None:
            return self.residual
        # A weighted q-value may fall below its p-value; the larger of the two keeps both promises.
        q = q_values(self.residual, weights=family_weights(self.candidates.is_category))
        return np.maximum(q, self.residual)

    def next_seed(self, possible: NDArray[np.bool_]) -> int | None:
        """The most surprising hot candidate that is still so in what is left; names decide ties."""
        allowed = np.flatnonzero(possible & self.hot & (self.residual <= self.level))
        return min((int(c) for c in allowed), key=lambda c: (self.residual[c], self.candidates.names[c]), default=None)

    def largest(self, possible: NDArray[np.bool_]) -> int | None:
        """The candidate with most matters left; names decide ties."""
        n, allowed = self.n_left(), np.flatnonzero(possible)
        return min((int(c) for c in allowed), key=lambda c: (-n[c], self.candidates.names[c]), default=None)

    def issue_from(self, seed: int) -> Issue:
        """The seed with its synonyms; for a category the terms that explain its growth, where they do."""
        if self.candidates.is_category[seed]:
            members = self._told_by_terms(seed) or (seed,)
        elif self.candidates.is_gathered[seed]:
            # A matter that has a place stays at it; another one may be a part of what a broader term tells.
            members = (seed,) if self.candidates.place[seed] is not None else self._widened((seed,))
        else:
            members = self._widened(self._with_synonyms((seed,)))
        best = min({seed, *members}, key=lambda c: (self.p[c], c))
        return self._issue(seed, members, float(self.p[best]), float(self.q[best]), is_hot=True)

    def rest_of(self, category: int) -> Issue:
        """What is left of a category that is not hot."""
        return self._issue(
            category, (category,), float(self.residual[category]), float(self._q_values()[category]), is_hot=False
        )

    def _issue(self, seed: int, members: tuple[int, ...], p_value: float, q_value: float, *, is_hot: bool) -> Issue:
        matters = self.candidates.any_of(self.candidates.now, members) & self.left_now
        n_before = int((self.candidates.any_of(self.candidates.before, members) & self.left_before).sum())
        return Issue(seed, members, matters, n_before, p_value, q_value, is_hot)

    def explain(self, issue: Issue) -> None:
        """Take the issue's matters away."""
        self.left_now &= ~issue.matters
        self.left_before &= ~self.candidates.any_of(self.candidates.before, issue.members)
        self.residual = self._residual_p()

    def _with_synonyms(self, members: tuple[int, ...]) -> tuple[int, ...]:
        """The members and the terms of the first one's category that make their growth surer.

        A greedy subset scan: Neill 2012, JRSS B 74:337.
        """
        home = self.candidates.home[members[0]]
        eligible = (self.candidates.home == home) & (home >= 0) & self.candidates.is_term
        eligible &= self.residual <= _RISING
        while len(members) < _MOST_MEMBERS:
            out_now = self.left_now & ~self.candidates.any_of(self.candidates.now, members)
            out_before = self.left_before & ~self.candidates.any_of(self.candidates.before, members)
            n, before = self.left_now.sum() - out_now.sum(), self.left_before.sum() - out_before.sum()
            p = self._p_value(n, before)
            joined = self._p_value(
                n + self.candidates.now @ out_now.astype(np.int64),
                before + self.candidates.before @ out_before.astype(np.int64),
            )
            choice = [c for c in np.flatnonzero(eligible) if c not in members and joined[c] < _STRONGER * p]
            if not choice:
                break
            members = (*members, int(min(choice, key=lambda c: (joined[c], self.candidates.names[c]))))
        return members

    def _widened(self, members: tuple[int, ...]) -> tuple[int, ...]:
        """With the broader term that the issue is a part of, where that one doubled too: a new wording of a matter that
        was heard of before is the sharper surprise, but not the whole matter.
        """
        own = self.candidates.any_of(self.candidates.now, members) & self.left_now
        n = self.n_left()
        expected = self._expected(self.candidates.before @ self.left_before.astype(np.int64))
        held = self.candidates.now @ own.astype(np.int64)
        wide = self.hot & self.candidates.is_term & (self.residual <= self.level)
        wide &= (held >= _HOLDS * own.sum()) & (n >= _DOUBLED * expected)
        wide &= n - expected >= _WIDER * self._surplus(members)
        wide[list(members)] = False
        broadest = min(
            (int(c) for c in np.flatnonzero(wide)),
            key=lambda c: (expected[c] - n[c], self.candidates.names[c]),
            default=None,
        )
        return members if broadest is None else self._with_synonyms((*members, broadest))

    def _expected(self, n_before: ArrayLike) -> NDArray[np.float64]:
        assert self.baseline is not None
        return self.baseline.expected(n_before)

    def _p_value(self, n: ArrayLike, n_before: ArrayLike) -> NDArray[np.float64]:
        assert self.baseline is not None  # nothing is hot without history, so no search begins
        return self.baseline.p_value(n, n_before)

    def _told_by_terms(self, category: int) -> tuple[int, ...]:
        """The terms at home in a category that explain most of its surplus; empty where none do."""
        at_home = (self.candidates.home == category) & self.candidates.is_term & (self.residual <= _RISING)
        if not at_home.any():
            return ()
        first = int(min(np.flatnonzero(at_home), key=lambda c: (self.residual[c], self.candidates.names[c])))
        members = self._with_synonyms((first,))
        enough = _TOLD_BY_TERMS * self._surplus((category,))
        return members if self._surplus(members) >= enough else ()

    def _surplus(self, members: tuple[int, ...]) -> float:
        now = self.candidates.any_of(self.candidates.now, members) & self.left_now
        before = self.candidates.any_of(self.candidates.before, members) & self.left_before
        return float(now.sum() - self._expected(before.sum()))
