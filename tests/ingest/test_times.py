"""Times in every form in which exports write them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.ingest.chunks import text_of
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
        ("2013-05-02 上午 10:00:01", "2013-05-02 10:00:01"),
        ("2013/5/2 下午3:05", "2013-05-02 15:05:00"),
        ("2013年5月2日下午3点05分", "2013-05-02 15:05:00"),
        ("2013年05月02日 凌晨12时30分09秒", "2013-05-02 00:30:09"),
        ("2013-05-02 中午12:30", "2013-05-02 12:30:00"),
        ("2013-5-2 3:05:06 PM", "2013-05-02 15:05:06"),
        ("2013.05.02 10:00", "2013-05-02 10:00:00"),
        ("2013-05-02T10:00:01", "2013-05-02 10:00:01"),
        ("2013-05-02T10:00:01.250+08:00", "2013-05-02 10:00:01"),
        ("2013-05-01T20:00:01Z", "2013-05-02 04:00:01"),
        ("2013-05-02 04:00:01+0200", "2013-05-02 10:00:01"),
        ("2013-05-02 25:00", None),
        ("2013/05-02", None),
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
        told = parse_times(pd.Series(values, dtype="str"), FORMATS, tz="Asia/Shanghai")
        assert told.dtype == "datetime64[us]"
        assert told.iloc[0] == pd.Timestamp(meant) if meant else pd.isna(told.iloc[0])


@given(moment=st.datetimes(dt.datetime(1930, 1, 1), dt.datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0)))
def test_a_serial_number_is_read_to_the_second(moment: dt.datetime) -> None:
    days = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    assert parse_times(pd.Series([repr(days)], dtype="str"), FORMATS, tz="Asia/Shanghai").iloc[0] == moment


def test_a_time_with_a_zone_in_a_parquet_file_is_told_in_the_centres_zone() -> None:
    told = text_of(dt.datetime(2013, 5, 1, 20, 0, 1, tzinfo=dt.UTC))
    assert parse_times(pd.Series([told], dtype="str"), FORMATS, tz="Asia/Shanghai").iloc[0] == pd.Timestamp(
        "2013-05-02 04:00:01"
    )
