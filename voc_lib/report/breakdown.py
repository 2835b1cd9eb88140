"""How the voices divide: by category, source, day, channel, product, outlet and score, each against last month."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from voc_lib.schema import SCORES, SENTIMENTS, SOURCES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["by_category", "by_column", "by_day", "by_month", "by_outlet", "by_score", "mood_by_category"]


def by_column(now: pd.DataFrame, before: pd.DataFrame | None, column: str) -> pd.DataFrame:
    """Records for each value of a column that may be missing.

    Args:
        now, before: records of this month and the last; before may be None.
        column: which column.
    Returns: value, n, n_before (missing where before is None), n_negative; most records first, then by value.
        A value that only last month has is there with n 0.
    """
    import pandas as pd

    counts = now[column].value_counts()
    earlier = None if before is None else before[column].value_counts()
    values = sorted({*counts.index, *(() if earlier is None else earlier.index)})
    negative = now.loc[now["sentiment_label"] == "negative", column].value_counts()
    frame = pd.DataFrame(
        {
            "value": pd.Series(values, dtype="str"),
            "n": [int(counts.get(value, 0)) for value in values],
            "n_before": pd.array([None if earlier is None else int(earlier.get(v, 0)) for v in values], dtype="Int64"),
            "n_negative": [int(negative.get(value, 0)) for value in values],
        }
    )
    return frame.sort_values(["n", "value"], ascending=[False, True], kind="stable").reset_index(drop=True)


def by_category(now: pd.DataFrame, before: pd.DataFrame | None, profile: Profile) -> pd.DataFrame:
    """Records for each category of the taxonomy that either month has.

    Returns: category (code), name, level1_name, n, n_before, n_negative; most records first, then by code.
    """
    frame = by_column(now, before, "category").rename(columns={"value": "category"})
    known = set(profile.taxonomy.codes)
    names = {code: profile.taxonomy.category(code).name for code in known}
    levels = {code: profile.taxonomy.level_of(code).name for code in known}
    frame.insert(1, "name", [names.get(code, code) for code in frame["category"]])
    frame.insert(2, "level1_name", [levels.get(code, "") for code in frame["category"]])
    return frame


def by_day(records: pd.DataFrame, month: str) -> pd.DataFrame:
    """Records of each day of the month and source: day (1 …), and a column for each source."""
    import pandas as pd

    days = calendar.monthrange(int(month[:4]), int(month[5:7]))[1]
    table = pd.crosstab(records["occurred_at"].dt.day, records["source"]) if len(records) else pd.DataFrame()
    table = table.reindex(index=range(1, days + 1), columns=list(SOURCES), fill_value=0).fillna(0).astype("int64")
    return table.rename_axis("day").rename_axis(None, axis=1).reset_index()


def by_month(records: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Records of each month and source: month, and a column for each source; months in the order given."""
    import pandas as pd

    table = pd.crosstab(records["month"], records["source"]) if len(records) else pd.DataFrame()
    table = table.reindex(index=months, columns=list(SOURCES), fill_value=0).fillna(0).astype("int64")
    return table.rename_axis("month").rename_axis(None, axis=1).reset_index()


def by_score(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Survey records of each score, the best first: score, n, n_before."""
    import pandas as pd

    counts = now["score"].value_counts()
    earlier = None if before is None else before["score"].value_counts()
    scores = sorted(SCORES, reverse=True)
    return pd.DataFrame(
        {
            "score": scores,
            "n": [int(counts.get(score, 0)) for score in scores],
            "n_before": pd.array(
                [None if earlier is None else int(earlier.get(score, 0)) for score in scores], dtype="Int64"
            ),
        }
    )


def mood_by_category(texts: pd.DataFrame, profile: Profile, *, at_least: int, top: int) -> pd.DataFrame:
    """Negative, neutral and positive records of the categories with enough of them.

    Returns: category, name, negative, neutral, positive, n; largest negative share first, then by code.
    """
    import pandas as pd

    table = pd.crosstab(texts["category"], texts["sentiment_label"]) if len(texts) else pd.DataFrame()
    table = table.reindex(columns=list(SENTIMENTS), fill_value=0).rename_axis(None, axis=1)
    table = table.assign(n=table.sum(axis=1)).rename_axis("category").reset_index()
    table = table.sort_values(["n", "category"], ascending=[False, True], kind="stable")
    table = table[table["n"] >= at_least].head(top)
    table.insert(1, "name", [profile.taxonomy.category(code).name for code in table["category"]])
    table = table.assign(share=table["negative"] / table["n"].where(table["n"] > 0))
    table = table.sort_values(["share", "category"], ascending=[False, True], kind="stable")
    return table.drop(columns="share").reset_index(drop=True)


def by_outlet(records: pd.DataFrame) -> pd.DataFrame:
    """Records, texts and negative texts of each outlet: outlet, n, n_texts, n_negative; most records first."""
    named = records[records["outlet"].notna()]
    table = named.assign(
        n=1, n_texts=named["category"].notna(), n_negative=(named["sentiment_label"] == "negative").fillna(False)
    )
    table = table.groupby("outlet", sort=True)[["n", "n_texts", "n_negative"]].sum().astype("int64").reset_index()
    return table.sort_values(["n", "outlet"], ascending=[False, True], kind="stable").reset_index(drop=True)
