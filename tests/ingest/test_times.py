"""Times in every form in which exports write them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.ingest.times import parse_times

FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2013-05-02 10:00:01", "2013-05-02 10:00:01"),
        ("2013-05-02 10:00:01.250000", "2013-05-02 10:00:01"),
        ("2013/5/2 9:30", "2013-05-02 09:30:00"),
        ("２０１３-０５-０２ １０：００：０１", "2013-05-02 10:00:01"),
        ("2013年5月2日", "2013-05-02"),
        ("41396", "2013-05-02"),
        ("41396.4166782407", "2013-05-02 10:00:01"),
        ("４１３９６.5", "2013-05-02 12:00:00"),
        ("2013-02-30 10:00:00", None),
        ("13800138000", None),
        ("413960", None),
        ("0213-05-02 10:00:00", None),
        ("", None),
    ],
)
def test_a_time_is_read_however_it_is_written(written: str, meant: str | None) -> None:
    # Beside others, and alone: a column of one form takes another way through.
    for values in ([written], [written, "2013-01-01 00:00:00", "x"]):
        told = parse_times(pd.Series(values, dtype="str"), FORMATS)
        assert told.dtype == "datetime64[us]"
        assert told.iloc[0] == pd.Timestamp(meant) if meant else pd.isna(told.iloc[0])


@given(moment=st.datetimes(dt.datetime(1930, 1, 1), dt.datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0)))
def test_a_serial_number_is_read_to_the_second(moment: dt.datetime) -> None:
    days = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    assert parse_times(pd.Series([repr(days)], dtype="str"), FORMATS).iloc[0] == moment
