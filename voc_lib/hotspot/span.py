"""Hot issues of any span of time, of one branch or of all: texts on one matter, weighed without a history.

A span has no month before it to be held against, so nothing here is called a rise. Hot is what many people tell, what
comes in bursts, and what is negative and likely to go further.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.errors import TableError
from voc_lib.hotspot.bursts import strongest_burst
from voc_lib.hotspot.gathered import ONE_MATTER
from voc_lib.hotspot.heat import span_heat
from voc_lib.hotspot.labels import KeyPhrase, apart_from, issue_label, main_category, whole_phrases
from voc_lib.hotspot.matters import Matters, gather_matters, main_name, telling_words
from voc_lib.hotspot.telling import is_attribute, says_nothing
from voc_lib.hotspot.titles import issue_title
from voc_lib.hotspot.typical import quotable, text_vectors, typical_rows
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from voc_lib.params import Profile

__all__ = ["SPAN_COLUMNS", "issues_of_span"]

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
SPAN_COLUMNS = (
    "rank",
    "issue_id",
    "label",
    "place",
    "terms",
    "category",
    "category_name",
    "branches",
    "n_records",
    "n_matters",
    "n_customers",
    "first_seen",
    "last_seen",
    "burst_first",
    "burst_last",
    "burst_records",
    "heat",
    "heat_volume",
    "heat_burst",
    "heat_negative",
    "heat_escalation",
    "negative_share",
    "likeness",
    "monthly_counts",
    "record_ids",
    "typical_record_ids",
)
_FEWEST = 3  # records of an issue,
_FEWEST_PEOPLE = 2  # and people who tell it: what one person tells again and again is no issue of many
_TERMS = 6


def issues_of_span(
    scored: pd.DataFrame, *, profile: Profile, max_issues: int | None = None, at_least_branches: int = 1
) -> pd.DataFrame:
    """The hottest issues among the records given, over all their branches and months, hottest first.

    Args:
        scored: rows of table `scored`, of any branches and months; those with a text count.
        profile: lexicon, thresholds.hotspot, time zone, taxonomy.
        max_issues: how many at most; by default thresholds.hotspot.max_issues.
        at_least_branches: only issues that customers of so many branches told.
    Returns: a row an issue, with SPAN_COLUMNS: label (a title), place (what name most of its texts give, or missing),
        terms (its key phrases), branches (codes, most records first), counts of records, matters and customers, first
        and last day, the strongest burst (days and records; missing without any), the heat index and its parts, share
        of negative records, likeness (mean of its texts to each other), records of each month of the span, and the
        records' names, source:record_id. No record is in two issues.
    Raises: TableError when a column is missing.
    """
    import pandas as pd

    missing = [name for name in _NEEDED if name not in scored.columns]
    if missing:
        raise TableError("columns do not fit the table", table="scored", missing=missing, hint="run 03 up to scoring")
    rows = scored.loc[scored["text"].str.strip() != "", list(_NEEDED)]
    rows = rows.sort_values(["branch", "month", "source", "record_id"], kind="stable", ignore_index=True)
    segmenter = Segmenter.from_profile(profile)
    matters = gather_matters(rows["text"].tolist(), segmenter=segmenter)
    sheet = _Sheet(rows, matters, profile, segmenter)
    nothing, branch = profile.taxonomy.nothing, rows["branch"].to_numpy(dtype=object)
    found = []
    for group in matters.groups:
        if len(group) < _FEWEST or len(set(branch[list(group)])) < at_least_branches:
            continue
        if sheet.n_people(group) >= _FEWEST_PEOPLE and matters.likeness(group) >= ONE_MATTER:
            row = sheet.weighed(group)
            if row["category"] != nothing:
                found.append(row)
    found.sort(key=lambda row: (-round(row["heat"], 6), -row["n_records"], row["issue_id"]))
    wanted = found[: max_issues or profile.thresholds.hotspot.max_issues]
    told: list[dict[str, Any]] = []
    for rank, row in enumerate(wanted, start=1):
        told.append(sheet.told(row) | {"rank": rank})
        told[-1]["label"] = apart_from(told[-1]["label"], [other["label"] for other in told[:-1]])
    return pd.DataFrame(told, columns=list(SPAN_COLUMNS))


class _Sheet:
    """Fills the row of an issue: first what it is ranked by, then, for those that are shown, what tells it."""

    def __init__(self, rows: pd.DataFrame, matters: Matters, profile: Profile, segmenter: Segmenter) -> None:
        self.rows = rows
        self.matters = matters
        self.profile = profile
        self.segmenter = segmenter
        self.days = rows["occurred_at"].dt.tz_convert(profile.tz).dt.tz_localize(None).dt.normalize()
        self.months = sorted(rows["month"].unique())
        self.start = self.days.min()
        self.day_of = (self.days - self.start).dt.days.to_numpy() if len(rows) else np.zeros(0, dtype=np.int64)
        self.per_day = np.bincount(self.day_of)
        # Plain arrays: an issue is weighed by looking up its rows, and there may be many thousands of issues.
        self.column_of = {word: column for column, word in enumerate(matters.told.word_list)}
        self.in_rows = matters.told.words.tocsc()
        self.key = np.array(_keys(rows), dtype=str)
        self.moment = rows["occurred_at"].astype("int64").to_numpy()
        self.matter = rows["matter_id"].to_numpy(dtype=object)
        self.category = rows["category"].astype(object).where(rows["category"].notna(), None).to_numpy(dtype=object)
        self.category_of_row = np.full(self.in_rows.shape[0], None, dtype=object)
        self.category_of_row[matters.row_of] = self.category
        self.customer = rows["customer_key"].astype(object).where(rows["customer_key"].notna(), None).to_numpy(object)
        self.teller = np.where(rows["customer_key"].notna(), self.customer, self.matter)
        self.is_judged = rows["sentiment_label"].notna().to_numpy(dtype=bool)
        self.is_negative = rows["sentiment_label"].isin(["negative"]).to_numpy(dtype=bool)
        self.risk = rows["escalation_risk"].to_numpy(dtype=float, na_value=np.nan)

    def n_people(self, group: Sequence[int]) -> int:
        """Who told it; of those nobody knows each matter counts as one."""
        return len(set(self.teller[list(group)]))

    def weighed(self, group: Sequence[int]) -> dict[str, Any]:
        """Counts, burst and heat."""
        rows = np.array(group)
        counts = np.bincount(self.day_of[rows], minlength=len(self.per_day))
        burst = strongest_burst(counts.tolist(), self.per_day.tolist())
        n_matters = len(set(self.matter[rows]))
        category, _ = main_category(self.category[rows].tolist())
        judged = self.is_judged[rows]
        negative = float(self.is_negative[rows][judged].mean()) if judged.any() else float("nan")
        risks = self.risk[rows][~np.isnan(self.risk[rows])]
        heat = span_heat(
            n_records=n_matters,
            n_tellers=self.n_people(group),
            burst=0.0 if burst is None else burst.weight,
            negative_share=negative,
            escalation=float(risks.mean()) if len(risks) else float("nan"),
            weights=self.profile.thresholds.hotspot.heat,
        )
        return {
            "_group": group,
            "issue_id": self._identity(rows),
            "category": category,
            "n_records": len(rows),
            "n_matters": n_matters,
            "n_customers": len(set(self.customer[rows]) - {None}),
            "burst_first": self._day(None if burst is None else burst.first),
            "burst_last": self._day(None if burst is None else burst.last),
            "burst_records": 0 if burst is None else burst.n,
            "heat": heat.heat,
            "heat_volume": heat.volume,
            "heat_burst": heat.growth,
            "heat_negative": heat.negative,
            "heat_escalation": heat.escalation,
            "negative_share": negative,
            "likeness": self.matters.likeness(group),
        }

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        """What an issue that is shown is called, where and when it was told, and its typical cases."""
        group = list(row.pop("_group"))
        own, days = self.rows.iloc[group], self.days.iloc[group]
        texts = own["text"].tolist()
        different = sorted({int(self.matters.row_of[text]) for text in group})
        place = main_name(different, self.matters.told)
        terms = self._terms(different, texts, row["category"])
        title = issue_title(texts, segmenter=self.segmenter, name=place, tellers=self.teller[group].tolist())
        name = None
        if row["category"] is not None:
            name = own.loc[own["category"] == row["category"], "category_name"].iloc[0]
        in_branch = own["branch"].value_counts()
        by_month = own["month"].value_counts()
        return row | {
            "label": title or self._label(terms, place, name, (own["category"] == row["category"]).mean()),
            "place": place,
            "terms": [term.text for term in terms],
            "category_name": name,
            "branches": sorted(in_branch.index, key=lambda code: (-int(in_branch[code]), code)),
            "first_seen": days.min(),
            "last_seen": days.max(),
            "monthly_counts": [int(by_month.get(month, 0)) for month in self.months],
            "record_ids": _keys(own),
            "typical_record_ids": _keys(own.iloc[self._typical(own)]),
        }

    def _terms(self, different: Sequence[int], texts: Sequence[str], category: str | None) -> list[KeyPhrase]:
        """The words that tell these texts and say something by themselves, whole, with the share that holds them."""
        plain = [normalise(text) for text in texts]
        terms = []
        for word in telling_words(different, self.matters.told, top=_TERMS):
            rate, is_at_home = self._spread(word, category)
            if not is_attribute(word) and not says_nothing(word, is_at_home=is_at_home, rate=rate):
                terms.append(KeyPhrase(word, sum(word in text for text in plain) / len(plain), is_member=True))
        return whole_phrases(terms, texts, segmenter=self.segmenter)

    def _spread(self, word: str, category: str | None) -> tuple[float, bool]:
        """The share of all different texts that hold a word, and whether half of these have the category."""
        column = self.column_of[word]
        holding = self.in_rows.indices[self.in_rows.indptr[column] : self.in_rows.indptr[column + 1]]
        return len(holding) / self.in_rows.shape[0], bool((self.category_of_row[holding] == category).mean() >= 0.5)

    @staticmethod
    def _label(terms: Sequence[KeyPhrase], place: str | None, category_name: str | None, share: float) -> str:
        """Of an issue without a title: where, or what category, and the words that tell it."""
        if place is not None:
            return issue_label(terms, category_name=place, share=1.0)
        return issue_label(terms, category_name=category_name, share=float(share))

    def _typical(self, own: pd.DataFrame) -> list[int]:
        return typical_rows(
            text_vectors(own["text"].tolist()),
            own["text"].str.len().tolist(),
            n_cases=self.profile.thresholds.hotspot.typical_cases,
            allowed=quotable(own, category=None),
            tellers=own["customer_key"].fillna(own["matter_id"]).tolist(),
            sources=own["source"].tolist(),
        )

    def _identity(self, rows: NDArray[np.int64]) -> str:
        """From the issue's first record, which stays its first when more is told later."""
        first = rows[np.lexsort((self.key[rows], self.moment[rows]))[0]]
        return hashlib.sha256(f"matter:{self.key[first]}".encode()).hexdigest()[:12]

    def _day(self, position: int | None) -> Any:
        import pandas as pd

        return pd.NaT if position is None else self.start + pd.Timedelta(days=position)


def _keys(rows: pd.DataFrame) -> list[str]:
    return [f"{source}:{record}" for source, record in zip(rows["source"], rows["record_id"], strict=True)]
