"""Hot issues of a branch and month: candidates, tests, issues, names, heat, typical cases; one table out."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib import schema
from voc_lib.errors import TableError
from voc_lib.hotspot.candidates import Candidates, find_candidates
from voc_lib.hotspot.gathered import Gathered, gathered_matters
from voc_lib.hotspot.growth import Baseline, extra_variance
from voc_lib.hotspot.heat import heat_of
from voc_lib.hotspot.issues import Issue, gather_issues
from voc_lib.hotspot.labels import apart_from, issue_label, issue_terms, main_category, whole_phrases
from voc_lib.hotspot.titles import issue_title
from voc_lib.hotspot.typical import quotable, text_vectors, typical_rows
from voc_lib.text import Segmenter

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

    from voc_lib.params import HotspotSettings, Profile

__all__ = ["find_hotspots"]

_NEEDED = (
    "record_id",
    "source",
    "branch",
    "month",
    "occurred_at",
    "text",
    "category",
    "category_name",
    "confidence",
    "needs_review",
    "matter_id",
    "customer_key",
    "sentiment_label",
    "intent",
    "escalation_risk",
)
_HARDLY_HEARD = 1.0  # an issue expected less often than this in the month is new
_OF_ITS_OWN = (
    0.5  # share of an issue's records from which on a category is its own, and a case of another one not typical
)
_UNKNOWN_SURENESS = 0.5  # of a record that no category was looked for


def find_hotspots(
    scored: pd.DataFrame,
    history: pd.DataFrame,
    *,
    branch: str,
    month: str,
    profile: Profile,
    history_months: Sequence[str],
) -> pd.DataFrame:
    """The month's issues in order of heat: what grew beyond chance first, then what weighs most.

    Args:
        scored: rows of table `scored`; those of the branch and month with a text count.
        history: rows of the same table of the branch's earlier months.
        branch: branch code.
        month: YYYY-MM.
        profile: taxonomy, lexicon, thresholds.hotspot, time zone.
        history_months: earlier months that exist, also those without rows here; the latest
            thresholds.hotspot.prior_months of them make the expectation.
    Returns: table `hotspots`, by rank; at most thresholds.hotspot.max_issues rows. Without an earlier month nothing is
        called hot, and expected, growth, p_value and q_value are missing.
    Raises: TableError when a column is missing.
    """
    settings = profile.thresholds.hotspot
    now = _rows_with_text(scored, branch, [month])
    months = _usable_months(history, branch, month, history_months, settings.prior_months)
    if not len(now):
        return schema.empty("hotspots", tz=profile.tz)
    earlier, segmenter = _rows_with_text(history, branch, months), Segmenter.from_profile(profile)
    candidates = find_candidates(
        now,
        earlier,
        months=tuple(months),
        segmenter=segmenter,
        min_records=settings.min_records,
        gathered=_gathered(earlier, now, segmenter, settings),
    )
    baseline = _baseline(candidates, len(months), settings.prior_records)
    issues = gather_issues(
        candidates,
        baseline,
        nothing=profile.taxonomy.nothing,
        false_discovery_rate=settings.false_discovery_rate,
        min_records=settings.min_records,
        max_issues=settings.max_issues,
    )
    sheet = _Sheet(now, candidates, baseline, settings, branch, month, profile.tz, segmenter)
    rows = sorted((sheet.row(issue) for issue in issues), key=_rank_key)[: settings.max_issues]
    return _table(sheet.named(rows), profile.tz)


def _rows_with_text(frame: pd.DataFrame, branch: str, months: Sequence[str]) -> pd.DataFrame:
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise TableError("columns do not fit the table", table="scored", missing=missing, hint="run 03 up to scoring")
    kept = (frame["branch"] == branch) & frame["month"].isin(list(months)) & (frame["text"].str.strip() != "")
    return frame.loc[kept, list(_NEEDED)].sort_values(
        ["month", "source", "record_id"], kind="stable", ignore_index=True
    )


def _gathered(
    earlier: pd.DataFrame, now: pd.DataFrame, segmenter: Segmenter, settings: HotspotSettings
) -> list[Gathered]:
    """Gathered matters of the month and its history; none without a history, where nothing can be hot."""
    import pandas as pd

    if not len(earlier):
        return []
    rows = pd.concat([earlier, now], ignore_index=True)
    return gathered_matters(rows, segmenter=segmenter, min_records=settings.min_records)


def _usable_months(
    history: pd.DataFrame, branch: str, month: str, history_months: Sequence[str], prior_months: int
) -> list[str]:
    """The latest earlier months in which the branch was heard at all."""
    heard = set(history.loc[(history["branch"] == branch) & (history["text"].str.strip() != ""), "month"])
    return sorted(m for m in set(history_months) if m < month and m in heard)[-prior_months:]


def _baseline(candidates: Candidates, n_months: int, prior_records: float) -> Baseline | None:
    """What the earlier months say, or None without any."""
    from scipy.sparse import csr_matrix

    if not n_months:
        return None
    volumes = np.bincount(candidates.month_of, minlength=n_months)
    of_month = csr_matrix(
        (np.ones(len(candidates.month_of)), (np.arange(len(candidates.month_of)), candidates.month_of)),
        shape=(len(candidates.month_of), n_months),
    )
    counts = (candidates.before[candidates.is_category] @ of_month).toarray().T
    return Baseline(
        float(candidates.now.shape[1]),
        tuple(float(volume) for volume in volumes),
        extra_variance(counts, volumes),
        prior_records,
    )


def _rank_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (not row["is_hot"], -round(row["heat"], 9), -row["n_records"], row["issue_id"])


class _Sheet:
    """Fills one row of the table for each issue of one branch-month."""

    def __init__(
        self,
        now: pd.DataFrame,
        candidates: Candidates,
        baseline: Baseline | None,
        settings: HotspotSettings,
        branch: str,
        month: str,
        tz: str,
        segmenter: Segmenter,
    ) -> None:
        self.now = now
        self.candidates = candidates
        self.baseline = baseline
        self.settings = settings
        self.branch = branch
        self.month = month
        self.segmenter = segmenter
        self.days = now["occurred_at"].dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
        self.vectors: csr_matrix = text_vectors(now["text"].tolist())

    def row(self, issue: Issue) -> dict[str, Any]:
        """All columns but rank and label."""
        mask = self.candidates.rows(issue.members) & issue.matters[self.candidates.matter_of]
        own, days = self.now[mask], self.days[mask]
        terms = issue_terms(self.candidates, issue.members, mask)
        terms = whole_phrases(terms, own["text"].tolist(), segmenter=self.segmenter)
        category, share = main_category(own["category"].tolist())
        row = {
            "branch": self.branch,
            "month": self.month,
            "issue_id": self._identity(issue),
            "kind": self._kind(issue.members[0]),
            "category": category,
            "category_name": None
            if category is None
            else own.loc[own["category"] == category, "category_name"].iloc[0],
            "n_records": len(own),
            "n_matters": int(own["matter_id"].nunique()),
            "n_customers": int(own["customer_key"].nunique()),
            "negative_share": float((own["sentiment_label"] == "negative").mean()),
            "first_seen": days.min(),
            "last_seen": days.max(),
            "daily_counts": self._daily(days),
            "terms": [term.text for term in terms],
            "_terms": terms,
            "record_ids": _keys(own),
            "typical_record_ids": self._typical(mask, category if share >= _OF_ITS_OWN else None),
            "_share": share,
            "_title": self._title(issue, own),
        }
        growth = self._growth(issue, row["n_matters"])
        return row | growth | self._heat(row["n_matters"], row["negative_share"], growth, own)

    def _identity(self, issue: Issue) -> str:
        """From the candidate that raised it, so that one matter has one identity in every month and branch."""
        kind = self._kind(issue.seed)
        return hashlib.sha256(f"{kind}:{self.candidates.names[issue.seed]}".encode()).hexdigest()[:12]

    def _kind(self, candidate: int) -> str:
        if self.candidates.is_gathered[candidate]:
            return "matter"
        return "category" if self.candidates.is_category[candidate] else "term"

    def _title(self, issue: Issue, own: pd.DataFrame) -> str | None:
        """Of a gathered matter the clause that tells it; None where terms tell the issue."""
        if issue.members != (issue.seed,) or not self.candidates.is_gathered[issue.seed]:
            return None
        return issue_title(
            own["text"].tolist(),
            segmenter=self.segmenter,
            name=self.candidates.place[issue.seed],
            tellers=own["customer_key"].fillna(own["matter_id"]).tolist(),
        )

    def _growth(self, issue: Issue, n_matters: int) -> dict[str, Any]:
        nan = float("nan")
        if self.baseline is None:
            unknown = dict.fromkeys(("expected", "growth", "growth_low", "growth_high", "p_value", "q_value"), nan)
            return unknown | {"is_hot": False, "is_new": False, "history_months": 0}
        growth, low, high = (float(end) for end in self.baseline.growth(n_matters, issue.n_before))
        expected = float(self.baseline.expected(issue.n_before))
        return {
            "expected": expected,
            "growth": growth,
            "growth_low": low,
            "growth_high": high,
            "p_value": issue.p_value,
            "q_value": issue.q_value,
            "is_hot": issue.is_hot,
            "is_new": issue.is_hot and expected < _HARDLY_HEARD,
            "history_months": self.baseline.n_months,
        }

    def _heat(
        self, n_matters: int, negative_share: float, growth: dict[str, Any], own: pd.DataFrame
    ) -> dict[str, float]:
        # Growth that may be chance counts nothing: it would warm what is not hot, and turn with every record.
        is_chance = growth["history_months"] > 0 and not growth["is_hot"]
        heat = heat_of(
            share=n_matters / self.candidates.now.shape[1],
            p_value=1.0 if is_chance else growth["p_value"],
            growth_low=1.0 if is_chance else growth["growth_low"],
            negative_share=negative_share,
            escalation=float(own["escalation_risk"].fillna(0.0).mean()),
            weights=self.settings.heat,
        )
        return {
            "heat": heat.heat,
            "heat_volume": heat.volume,
            "heat_growth": heat.growth,
            "heat_negative": heat.negative,
            "heat_escalation": heat.escalation,
        }

    def _daily(self, days: pd.Series) -> list[int]:
        n_days = calendar.monthrange(int(self.month[:4]), int(self.month[5:7]))[1]
        return [int(n) for n in np.bincount(days.dt.day.to_numpy(), minlength=n_days + 1)[1:]]

    def _typical(self, mask: np.ndarray, category: str | None) -> list[str]:
        rows = np.flatnonzero(mask)
        own = self.now.iloc[rows]
        chosen = typical_rows(
            self.vectors[rows],
            own["text"].str.len().tolist(),
            n_cases=self.settings.typical_cases,
            allowed=quotable(own, category=category),
            sureness=own["confidence"].fillna(_UNKNOWN_SURENESS),
            tellers=own["customer_key"].fillna(own["matter_id"]).tolist(),
            sources=own["source"].tolist(),
        )
        return _keys(own.iloc[chosen])

    def named(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with rank and label; labels differ from each other."""
        labels: list[str] = []
        told: set[str | None] = set()
        result = []
        for rank, row in enumerate(rows, start=1):
            name, share = row["category_name"], row["_share"]
            is_rest = row["kind"] == "category" and name in told
            title, terms = row["_title"], row["_terms"]
            labels.append(
                issue_label(terms, category_name=name, share=share, taken=labels, is_rest=is_rest)
                if title is None
                else apart_from(title, labels)
            )
            told.add(name)
            result.append({key: value for key, value in row.items() if not key.startswith("_")})
            result[-1] |= {"rank": rank, "label": labels[-1]}
        return result


def _keys(rows: pd.DataFrame) -> list[str]:
    return [f"{source}:{record}" for source, record in zip(rows["source"], rows["record_id"], strict=True)]


def _table(rows: Sequence[dict[str, Any]], tz: str) -> pd.DataFrame:
    import pandas as pd

    if not rows:
        return schema.empty("hotspots", tz=tz)
    return schema.conform(pd.DataFrame(rows, columns=list(schema.table("hotspots").names)), "hotspots", tz=tz)
