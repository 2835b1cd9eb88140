"""The month's queue for experts: what teaches most and matters most comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["expert_queue"]

_MATTERS = {"complaint_intent": 1.5, "work_order": 1.2}  # an error in what somebody complains about costs more
_LEVELS = 6  # of doubt, within which the categories take turns


def expert_queue(categorised: pd.DataFrame, *, top: int | None = None) -> pd.DataFrame:
    """The texts that experts should look at, the most valuable first; each text once, whoever said it.

    A text's value is the doubt about it (1 − confidence), times what rides on it: how many records say the same, and
    where they were heard. Within texts of like value the categories take turns, for fifty texts of one kind teach
    little more than ten. What experts have decided is left out.

    Args:
        categorised: the table of that name, of any branches and months.
        top: so many rows at most.
    Returns: text (normalised), category, category_name, confidence, method, evidence, n_records, value; the order does
        not depend on that of the input.
    """
    import pandas as pd

    open_ = categorised[categorised["category"].notna() & (categorised["method"] != "expert")]
    columns = ["category", "category_name", "confidence", "method", "evidence"]
    queue = open_[columns].assign(
        text=[normalise(text) for text in open_["text"]],
        matters=open_["source"].map(_MATTERS).fillna(1.0).astype("float64"),
    )
    said = queue.groupby("text", sort=True)["matters"].agg(["size", "max"])
    queue = queue.drop_duplicates("text").set_index("text").sort_index()
    queue["n_records"] = said["size"].astype("int64")
    stakes = said["max"] * (1.0 + np.log(said["size"].astype("float64")))
    queue["value"] = ((1.0 - queue["confidence"].astype("float64")) * stakes).round(4)
    queue = queue.drop(columns="matters").reset_index().sort_values(["value", "text"], ascending=[False, True])
    turn = queue.groupby("category").cumcount()
    # A later text of the same category waits, the longer the less there is to learn from it.
    queue["rank"] = queue["value"] / np.sqrt(1.0 + turn / _LEVELS)
    queue = queue.sort_values(["rank", "text"], ascending=[False, True], kind="stable").drop(columns="rank")
    order = ["text", *columns, "n_records", "value"]
    return pd.DataFrame(queue[order].head(len(queue) if top is None else top).reset_index(drop=True))
