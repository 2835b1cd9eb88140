"""One text from several columns."""

from __future__ import annotations

import pandas as pd

from voc_lib.text import joined


def column(*texts: str) -> pd.Series:
    return pd.Series(texts, dtype="str", index=range(7, 7 + len(texts)))


def test_parts_stand_one_a_line_without_empty_ones_and_repetitions() -> None:
    told = joined([column("题", "", "题", "路灯坏了"), column(" 文 ", "文", "", "门口路灯坏了，请修")])
    assert told.tolist() == ["题\n文", "文", "题", "门口路灯坏了，请修"]
    assert told.index.tolist() == [7, 8, 9, 10] and told.dtype == "str"


def test_a_single_column_stays_as_it_is() -> None:
    one = column(" a ")
    assert joined([one]) is one
