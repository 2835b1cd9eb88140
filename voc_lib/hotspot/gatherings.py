"""Where a category gathers: the sources, channels and outlets that bring much more of it than the others do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.discovery import q_values
from voc_lib.numbers.intervals import ratio_of_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DIMENSIONS", "gathering_places"]

DIMENSIONS = ("source", "channel", "outlet")
_COLUMNS = {
    "dimension": "str",
    "value": "str",
    "category": "str",
    "category_name": "str",
    "n": "int64",
    "expected": "float64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
    "q_value": "float64",
}


def gathering_places(scored: pd.DataFrame, *, min_records: int, false_discovery_rate: float) -> pd.DataFrame:
    """Categories that one source, channel or outlet brings more often than all the others together.

    Args:
        scored: a month's rows of a branch: category, category_name, source, channel, outlet, matter_id (a matter counts
            once at a place).
        min_records: matters of a category at a place that make it worth telling.
        false_discovery_rate: over all pairs of the three dimensions that are tested (0 … 1): those of a place and a
            category with so many matters each. What both have together plays no part in choosing them.
    Returns: a row a pair that was found, the surest first: dimension (source, channel, outlet), value, category,
        category_name, n, expected (from the share of the category elsewhere), ratio of the two shares with its 95 %
        interval (infinite where it is heard nowhere else), q_value. The test is Fisher's exact one, of more.
    """
    import pandas as pd

    rows = scored[scored["category"].notna()]
    names = rows.drop_duplicates("category").set_index("category")["category_name"]
    pairs = []
    for dimension in DIMENSIONS:
        known = rows[rows[dimension].notna()].drop_duplicates([dimension, "category", "matter_id"])
        table = pd.crosstab(known[dimension], known["category"])
        if len(table) > 1:
            pairs += _pairs(table, dimension, min_records)
    frame = pd.DataFrame(pairs, columns=["dimension", "value", "category", "n", "p_value", "rest", "of", "of_rest"])
    frame["q_value"] = q_values(frame["p_value"])
    frame = frame[(frame["q_value"] <= false_discovery_rate) & (frame["n"] >= min_records)].reset_index(drop=True)
    ratios = [
        ratio_of_counts(int(row.n), int(row.rest), exposure=float(row.of), exposure_before=float(row.of_rest))
        for row in frame.itertuples(index=False)
    ]
    frame["category_name"] = frame["category"].map(names)
    frame["expected"] = frame["rest"] / frame["of_rest"] * frame["of"]
    for position, name in enumerate(("ratio", "ratio_low", "ratio_high")):
        frame[name] = np.array([ratio[position] for ratio in ratios], dtype=float)
    frame = frame.sort_values(["p_value", "dimension", "value", "category"], kind="stable", ignore_index=True)
    return frame[list(_COLUMNS)].astype(_COLUMNS)


def _pairs(table: pd.DataFrame, dimension: str, min_records: int) -> list[tuple[object, ...]]:
    from scipy import stats

    counts = table.to_numpy()
    of_value, of_category, total = counts.sum(axis=1), counts.sum(axis=0), int(counts.sum())
    found: list[tuple[object, ...]] = []
    tested = (of_value >= min_records)[:, None] & (of_category >= min_records)
    for i, j in zip(*np.nonzero(tested), strict=True):
        n, of, all_of = int(counts[i, j]), int(of_value[i]), int(of_category[j])
        # Upper tail of the hypergeometric distribution: the one-sided exact test.
        p = float(stats.hypergeom.sf(n - 1, total, all_of, of))
        found.append((dimension, str(table.index[i]), str(table.columns[j]), n, p, all_of - n, of, total - of))
    return found
