"""Parquet files, read a bounded number of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from voc_lib.errors import SourceError
from voc_lib.ingest.chunks import CHUNK_ROWS, TIME_FORMATS, Chunk, text_of
from voc_lib.params import SourceSettings

if TYPE_CHECKING:
    import pyarrow as pa

    from voc_lib.ingest.raw import RawFile

__all__ = ["read_parquet"]


def read_parquet(file: RawFile, settings: SourceSettings) -> Iterator[Chunk]:
    """The rows of a Parquet file; the row after the column names is 2, as in a text."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with file.open() as stream:
            source = pq.ParquetFile(stream)
            heading = tuple(source.schema_arrow.names)
            number = 2
            nothing = pa.RecordBatch.from_arrays(
                [pa.nulls(0, field.type) for field in source.schema_arrow], schema=source.schema_arrow
            )
            for batch in _or_one(source.iter_batches(batch_size=CHUNK_ROWS, use_threads=False), nothing):
                columns = tuple(_texts(column) for column in batch.columns)
                numbers = np.arange(number, number + batch.num_rows, dtype="int64")
                number += batch.num_rows
                yield Chunk("", heading, columns, numbers, [], TIME_FORMATS)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(
            "Parquet file cannot be read", file=file.name, found=type(error).__name__, hint="export it again"
        ) from None


def _or_one(batches: Iterator[pa.RecordBatch], nothing: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    is_empty = True
    for batch in batches:
        is_empty = False
        yield batch
    if is_empty:
        yield nothing


def _texts(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column.validate(full=True)  # damage that is no UTF-8 passes the decoder
        return column.fill_null("").cast(pa.large_string())
    return pa.array([text_of(value) for value in column.to_pylist()], type=pa.large_string())
