"""Every row of a raw file is accounted for."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import rows
from voc_lib.numbers.intake import intake
from voc_lib.schema import QUARANTINE_REASONS


@given(st.sets(st.tuples(st.sampled_from("ab"), st.sampled_from(["record", "duplicate", *QUARANTINE_REASONS]))))
def test_raw_rows_are_the_sum_of_what_became_of_them(given: set[tuple[str, str]]) -> None:
    ledger = rows(
        "ledger",
        [
            {"origin_file": file, "source": "survey", "outcome": outcome, "n_rows": n}
            for n, (file, outcome) in enumerate(sorted(given), start=1)
        ],
    )
    before = ledger.copy(deep=True)
    made = intake(ledger)
    assert made["n_rows"].sum() == ledger["n_rows"].sum()
    parts = made[["n_records", "n_duplicates", "n_refused", "n_later"]]
    assert (made["n_rows"] == parts.sum(axis=1)).all()
    assert (made["n_refused"] == made[list(QUARANTINE_REASONS)].sum(axis=1)).all()
    pd.testing.assert_frame_equal(ledger, before)
