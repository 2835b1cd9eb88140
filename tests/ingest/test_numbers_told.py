"""Numbers told: however an amount or a day is written, it is the same."""

from __future__ import annotations

import pytest

from voc_lib.ingest.numbers_told import dates_and_amounts, numbers_in


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("扣了1.5万元", ["15000"]),
        ("扣了15000元", ["15000"]),
        ("扣了一万五", ["15000"]),
        ("扣了一万零五十元", ["10050"]),
        ("一千两百三十块", ["1230"]),
        ("三亿二", ["320000000"]),
        ("尾号一二三四", ["1234"]),
        ("一直打不通，十分生气，万一丢了", []),
        ("3元和三块", ["3", "3"]),
        ("5月3日", ["5月", "5月3日"]),
        ("2013年五月三号", ["2013年", "5月", "5月3日"]),
        ("16号", ["16日"]),
    ],
)
def test_what_a_number_says(text: str, said: list[str]) -> None:
    assert [what for _, _, what in numbers_in(text)] == said


def test_a_day_of_a_month_is_also_that_day_of_any() -> None:
    assert dates_and_amounts("5月16日存了200元") == ({"5月", "5月16日", "16日"}, {"200"})
