"""How the rows of each raw file ended: the one sum behind 01, the reports and the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.schema import QUARANTINE_REASONS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["intake"]


def intake(counts: pd.DataFrame) -> pd.DataFrame:
    """How the rows of each raw file ended.

    Args:
        counts: rows of the table ledger (those of one branch-month give its share of each file), or of rawfiles.
    Returns: a row per file, sorted by it: origin_file, source, n_rows, n_records, n_duplicates, n_refused, n_later
        (dated after the month that rawfiles stands for; 0 in the ledger), n_erased (of forgotten customers), and one
        column per reason of refusal. n_rows = n_records + n_duplicates + n_refused + n_later + n_erased.
    """
    import pandas as pd

    columns = ["n_rows", "n_records", "n_duplicates", "n_refused", "n_later", "n_erased", *QUARANTINE_REASONS]
    if counts.empty:
        frame = pd.DataFrame({name: pd.Series(dtype="str") for name in ("origin_file", "source")})
        return frame.assign(**{name: pd.Series(dtype="int64") for name in columns})
    wide = counts.astype({"n_rows": "int64"}).pivot_table(
        index=["origin_file", "source"], columns="outcome", values="n_rows", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=["record", "duplicate", "later", "erased", *QUARANTINE_REASONS], fill_value=0).astype(
        "int64"
    )
    wide = wide.rename(
        columns={"record": "n_records", "duplicate": "n_duplicates", "later": "n_later", "erased": "n_erased"}
    )
    wide["n_refused"] = wide[list(QUARANTINE_REASONS)].sum(axis=1)
    wide["n_rows"] = wide[["n_records", "n_duplicates", "n_refused", "n_later", "n_erased"]].sum(axis=1)
    wide.columns.name = None
    return wide[columns].reset_index().sort_values("origin_file", ignore_index=True)
