"""A table is brought into its declared form or refused with the column and the row named."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.builders import TZ, rows
from voc_lib import schema
from voc_lib.errors import TableError


@pytest.mark.parametrize("name", schema.TABLES)
def test_every_table_conforms_when_empty_and_when_filled(name: str) -> None:
    assert list(schema.empty(name, tz=TZ).columns) == list(schema.table(name).names)
    filled = rows(name, [{}, {}] if "record_id" in schema.table(name).names and name != "quarantine" else [{}])
    again = schema.conform(filled, name, tz=TZ)
    pd.testing.assert_frame_equal(filled, again)
    assert schema.arrow_schema(name, tz=TZ).names == list(schema.table(name).names)


@pytest.mark.parametrize("name", schema.TABLES)
def test_every_table_has_a_key_of_its_own_columns_and_words_for_each(name: str) -> None:
    spec = schema.table(name)
    assert set(spec.key) | set(spec.order) <= set(spec.names)
    assert all(column.meaning for column in spec.columns)


def test_conform_sorts_and_leaves_its_input_alone() -> None:
    frame = rows("landed", [{"occurred_at": "2013-05-03 09:00"}, {"occurred_at": "2013-05-01 09:00"}])
    shuffled = frame.iloc[::-1].reset_index(drop=True)
    before = shuffled.copy(deep=True)
    pd.testing.assert_frame_equal(schema.conform(shuffled, "landed", tz=TZ), frame)
    pd.testing.assert_frame_equal(shuffled, before)


def test_times_without_a_zone_are_local_times_of_the_centre() -> None:
    frame = rows("landed", [{"occurred_at": "2013-05-01 00:30:00"}])
    assert frame["occurred_at"][0].isoformat() == "2013-05-01T00:30:00+08:00"


def test_a_missing_and_an_unknown_column_are_named() -> None:
    frame = rows("landed").drop(columns="text").assign(phone="x")
    with pytest.raises(TableError, match=r"missing: \['text'\], unexpected: \['phone'\]"):
        schema.conform(frame, "landed", tz=TZ)


@pytest.mark.parametrize(
    ("column", "value"),
    [("score", 6), ("score", 0), ("source", "letter"), ("month", "2013-13"), ("origin_row", 0), ("text", None)],
)
def test_a_value_out_of_bounds_is_refused_with_its_column(column: str, value: object) -> None:
    frame = rows("landed").astype({column: "object"})
    frame.loc[0, column] = value
    with pytest.raises(TableError, match=f"column: {column}"):
        schema.conform(frame, "landed", tz=TZ)


def test_a_wrong_type_is_refused_with_its_column() -> None:
    with pytest.raises(TableError, match=r"another type .*column: score, expected: int"):
        schema.conform(rows("landed").astype({"score": "object"}).assign(score="good"), "landed", tz=TZ)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("landed", "score", "我叫某某"), ("landed", "text", 5), ("landed", "text", ["我叫某某"]),
        ("landed", "occurred_at", "我叫某某"), ("categorised", "needs_review", float("nan")),
        ("categorised", "needs_review", "False"), ("categorised", "evidence", "我叫某某"),
        ("categorised", "confidence", "0.5"),
    ],
)  # fmt: skip
def test_a_cell_of_another_type_is_refused_and_not_quoted(table: str, column: str, value: object) -> None:
    frame = rows(table, [{}, {}]).astype({column: "object"})
    frame.at[1, column] = value
    with pytest.raises(TableError, match=f"another type .*column: {column}.*position 1") as caught:
        schema.conform(frame, table, tz=TZ)
    assert "某某" not in str(caught.value) and caught.value.__cause__ is None


def test_rows_with_one_key_are_refused() -> None:
    frame = rows("landed")
    with pytest.raises(TableError, match="rows repeat their key"):
        schema.conform(pd.concat([frame, frame]), "landed", tz=TZ)


def test_a_mistyped_table_is_answered_with_the_nearest() -> None:
    with pytest.raises(TableError, match="did you mean hotspots"):
        schema.table("hotspot")
