"""Repeats: numbers that come again are found however many are looked at together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.ingest import repeats


@pytest.mark.parametrize("together", [3, 1_000_000])
@given(blocks=st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=6))
def test_numbers_there_twice_are_found_in_one_round_and_in_many(together: int, blocks: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "_MOST_SORTED", together)
        found = repeats._held_twice([np.array(block, dtype="uint64") for block in blocks])
    counts = Counter(number for block in blocks for number in block if number)
    assert found.tolist() == sorted(number for number, n in counts.items() if n > 1)
