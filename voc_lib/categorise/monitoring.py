"""Whether the categoriser still fits what customers say: share undecided, drift, agreement with experts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy
    from voc_lib.text import Segmenter

__all__ = ["category_drift", "expert_agreement", "undecided_by_month", "with_history", "word_drift"]

_LEAST = 0.5  # added to counts, so that a word never heard before has a ratio


def with_history(categorised: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The month's records below those of earlier months, if there are any."""
    import pandas as pd

    return pd.concat([history, categorised], ignore_index=True) if len(history) else categorised


def undecided_by_month(categorised: pd.DataFrame) -> pd.DataFrame:
    """How many records of each month are left to experts.

    Args:
        categorised: the table of that name, of several months; rows without a category are not counted.
    Returns: index 月份; 件数, 待复核, 待复核占比, 平均置信度, 专家判定.
    """
    import pandas as pd

    decided = categorised[categorised["category"].notna()]
    rows = []
    for month, own in decided.groupby("month", sort=True):
        n, review = len(own), int(own["needs_review"].sum())
        by_expert = int((own["method"] == "expert").sum())
        rows.append((month, n, review, round(review / n, 4), round(float(own["confidence"].mean()), 3), by_expert))
    columns = ["月份", "件数", "待复核", "待复核占比", "平均置信度", "专家判定"]
    return pd.DataFrame(rows, columns=columns).set_index("月份")


def category_drift(categorised: pd.DataFrame, *, month: str, taxonomy: Taxonomy, top: int = 10) -> pd.DataFrame:
    """The categories whose share moved most surely against the earlier months, beyond what chance does.

    A two-proportion z of each category; |z| at least 2.6 is called 显著 (one in a hundred by chance), and only among
    categories that occur at least ten times in the two together.

    Args:
        categorised: the table of that name, the month and earlier ones.
        month: held against all others in the table.
    Returns: index 类别; 本月件数, 本月占比, 历史占比, z, 显著; the surest first; empty without earlier months.
    """
    import pandas as pd

    decided = categorised[categorised["category"].notna()]
    now, before = (decided[mask]["category"].value_counts() for mask in _split(decided, month))
    n_now, n_before = int(now.sum()), int(before.sum())
    rows = []
    for category in taxonomy.categories if n_now and n_before else ():
        a, b = int(now.get(category.code, 0)), int(before.get(category.code, 0))
        if a + b < 10:
            continue
        pooled = (a + b) / (n_now + n_before)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n_now + 1 / n_before))
        z = round((a / n_now - b / n_before) / spread, 2) if spread else 0.0
        rows.append((category.name, a, round(a / n_now, 4), round(b / n_before, 4), z, abs(z) >= 2.6, category.code))
    columns = ["类别", "本月件数", "本月占比", "历史占比", "z", "显著", "编码"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.sort_values(["z", "编码"], key=lambda c: -c.abs() if c.name == "z" else c).head(top)
    return table.set_index("类别").drop(columns="编码")


def word_drift(records: pd.DataFrame, *, month: str, segmenter: Segmenter, top: int = 10) -> pd.DataFrame:
    """Words heard more often than before: a new product, a new trick, a word that the rules may not know yet.

    Args:
        records: text and month, the month and earlier ones.
        month: held against all others in the table.
        segmenter: cuts texts into words.
    Returns: index 词; 本月件数, 历史件数, 倍数 (of the share of records that hold it), z (of the log ratio); the surest
        first, with z at least 2.6 and three records or more; empty without earlier months.
    """
    import pandas as pd

    with_text = records[records["text"].fillna("") != ""]
    counts, sizes = [], []
    for mask in _split(with_text, month):
        words: Counter[str] = Counter()
        for text in with_text[mask]["text"]:
            words.update(word for word in set(segmenter.content_words(text)) if word.isalpha())
        counts.append(words)
        sizes.append(int(mask.sum()))
    rows = []
    for word in sorted(counts[0]) if all(sizes) else ():
        a, b = counts[0][word], counts[1][word]
        ratio = ((a + _LEAST) / (sizes[0] + 1)) / ((b + _LEAST) / (sizes[1] + 1))
        z = np.log(ratio) / np.sqrt(1 / (a + _LEAST) + 1 / (b + _LEAST))
        if a >= 3 and z >= 2.6:
            rows.append((word, a, b, round(float(ratio), 1), round(float(z), 2)))
    table = pd.DataFrame(rows, columns=["词", "本月件数", "历史件数", "倍数", "z"])
    return table.sort_values(["z", "词"], ascending=[False, True]).head(top).set_index("词")


def expert_agreement(labels: pd.DataFrame) -> pd.DataFrame:
    """How often experts confirmed what rules and model had decided, by the month of the queue.

    The queue holds what was least sure, so this is no accuracy: it tells whether it goes up or down.

    Args:
        labels: the experts' labels, with decided, category and month (`read_label_table`).
    Returns: index 月份; 专家判定, 与现判一致, 一致率; rows that do not know what had been decided are left out.
    """
    import pandas as pd

    known = labels[(labels["decided"] != "") & (labels["month"] != "")]
    rows = []
    for month, own in known.groupby("month", sort=True):
        same = int((own["decided"] == own["category"]).sum())
        rows.append((month, len(own), same, round(same / len(own), 3)))
    return pd.DataFrame(rows, columns=["月份", "专家判定", "与现判一致", "一致率"]).set_index("月份")


def _split(records: pd.DataFrame, month: str) -> tuple[pd.Series, pd.Series]:
    return records["month"] == month, records["month"] < month
