"""Databases: a table or a query becomes a file below data/raw, and lands like any other export.

So what has been read can be read again, the same rows give the same tables, and what holds for raw files (nothing in
the clear elsewhere, kept no longer than the profile says) holds for these. Of a forgotten customer's row a file keeps
time and branch, so that the sums stay right, and of a purged file no copy is made again. Neither the address nor any
credential is told in a file, a message or a log.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import ProfileError, SourceError
from voc_lib.ingest.chunks import CHUNK_ROWS, text_of
from voc_lib.ingest.prepare import customer_reader
from voc_lib.params import Profile
from voc_lib.privacy import Erasures
from voc_lib.store import write_bytes
from voc_lib.text import joined

if TYPE_CHECKING:
    import sqlalchemy as sa

    from voc_lib.params.sources import QuerySettings, SourceSettings

__all__ = ["erase_from_snapshots", "pull", "source_of_snapshot"]

_FOLDER = "database"
_KEPT_OF_ERASED = ("occurred_at", "branch")
_Chunks = Iterator[tuple[list[str], list[list[str]]]]


def pull(
    profile: Profile,
    raw: Path,
    *,
    environ: Mapping[str, str] | None = None,
    erasures: Erasures | None = None,
    purged: Collection[str] = (),
) -> None:
    """Read every table and query that the profile names into a Parquet file below data/raw.

    A file whose rows are the same stays as it is.

    Args:
        erasures: who is forgotten; nobody where it is missing.
        purged: SHA-256 of files whose days are over: what would be one of them again is not written.
    Raises:
        SourceError: a database cannot be read. The files stay as they were.
        ProfileError: the variable of the environment that should hold an address is not there.
    """
    environ = os.environ if environ is None else environ
    read = [
        (_path(raw, source, query), _snapshot(source, query, settings, raw, environ, erasures))
        for source, settings in profile.sources.items()
        for query in settings.queries
    ]
    for path, payload in read:
        if hashlib.sha256(payload).hexdigest() in purged:
            continue
        if not path.is_file() or path.read_bytes() != payload:
            write_bytes(str(path), payload)


def erase_from_snapshots(profile: Profile, raw: Path, erasures: Erasures) -> None:
    """Take what forgotten customers said out of the files below data/raw that were read from databases.

    They are as `pull` would make them. The databases themselves are somebody else's, and stay as they are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for source, settings in profile.sources.items():
        for query in settings.queries:
            path = _path(raw, source, query)
            if not path.is_file():
                continue
            try:
                file = pq.ParquetFile(pa.BufferReader(path.read_bytes()))
                payload = _payload(_without(_rows_of(file), settings, erasures))
            except (pa.ArrowException, OSError, ValueError) as error:
                raise SourceError(
                    "file read from a database cannot be read", file=f"{_FOLDER}/{path.name}",
                    found=type(error).__name__, hint="take it away: the next landing reads it anew",
                ) from None  # fmt: skip
            if path.read_bytes() != payload:
                write_bytes(str(path), payload)


def _path(raw: Path, source: str, query: QuerySettings) -> Path:
    return raw / _FOLDER / f"{source}.{query.name}.parquet"


def source_of_snapshot(profile: Profile, name: str) -> str | None:
    """The source that a file below data/raw was read from a database for; None for any other file."""
    return next(
        (
            source
            for source, settings in profile.sources.items()
            for query in settings.queries
            if name == f"{_FOLDER}/{source}.{query.name}.parquet"
        ),
        None,
    )


def _snapshot(
    source: str,
    query: QuerySettings,
    settings: SourceSettings,
    raw: Path,
    environ: Mapping[str, str],
    erasures: Erasures | None,
) -> bytes:
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(_address(source, query, raw, environ))
        try:
            with engine.connect() as connection:
                told = _chunks(connection, _statement(connection, query, settings))
                return _payload(_without(told, settings, erasures))
        finally:
            engine.dispose()
    except (SourceError, ProfileError):
        raise
    except Exception as error:  # a driver's own errors quote the address, the query and what it found
        missing = isinstance(error, (ImportError, sa.exc.NoSuchModuleError))
        raise SourceError(
            "database cannot be read",
            source=source,
            query=query.name,
            found=type(error).__name__,
            hint="install the driver of the database" if missing
            else "check its address, that it is up, the rights of its user, and the names of table and columns",
        ) from None  # fmt: skip


def _address(source: str, query: QuerySettings, raw: Path, environ: Mapping[str, str]) -> sa.URL:
    import sqlalchemy as sa

    told = query.url if query.url is not None else environ.get(query.url_from or "", "")
    if not told:
        raise ProfileError(
            "the address of a database is not in the environment",
            variable=query.url_from,
            key=f"{source}.queries",
            hint="set the variable to an SQLAlchemy URL",
        )
    address = sa.make_url(told)
    if address.get_backend_name() == "sqlite" and address.database and not Path(address.database).is_absolute():
        address = address.set(database=str(raw / address.database))
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        file = Path(address.database or "").name
        raise SourceError("database file not found", source=source, query=query.name, file=file)
    return address


def _statement(connection: sa.Connection, query: QuerySettings, settings: SourceSettings) -> Any:
    """The query as given, or the columns of the table that may be read, in the order of the records' numbers."""
    import sqlalchemy as sa

    if query.sql is not None:
        return sa.text(query.sql)
    schema, _, name = (query.table or "").rpartition(".")
    table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=connection)
    columns = [column for column in table.columns if column.name not in settings.drop]
    order = [column for column in columns if column.name in settings.headings("record_id")]
    return sa.select(*columns).order_by(*(order or columns))


def _without(chunks: _Chunks, settings: SourceSettings, erasures: Erasures | None) -> _Chunks:
    """The same rows; of a forgotten customer's nothing but its time, its branch and whose it is, under a keyed hash."""
    import pandas as pd

    own = settings.headings("customer")
    form_of: Callable[[str], str] = customer_reader(settings)
    for heading, rows in chunks:
        places = [heading.index(name) for name in own if name in heading]
        if rows and places and erasures:
            cells = [pd.Series([row[place].strip() for row in rows], dtype="str") for place in places]
            customers = joined(cells).map(form_of).astype("str")
            kept = {heading.index(h) for f in _KEPT_OF_ERASED for h in settings.headings(f) if h in heading}
            for number in erasures.holds(customers).to_numpy().nonzero()[0].tolist():
                rows[number] = [cell if place in kept else "" for place, cell in enumerate(rows[number])]
                rows[number][places[0]] = erasures.mark_for(customers[number])
        yield heading, rows


def _rows_of(file: Any) -> _Chunks:
    """The rows of a file that was read from a database, as many at a time as they were written."""
    heading = list(file.schema_arrow.names)
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, use_threads=False)
        columns = [column.to_pylist() for column in table.columns]
        yield heading, [list(row) for row in zip(*columns, strict=True)]


def _chunks(connection: sa.Connection, statement: Any) -> _Chunks:
    """The columns, and rows as texts, some at a time; at least once."""
    result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK_ROWS).execute(statement)
    heading = list(result.keys())
    is_first = True
    while (rows := result.fetchmany(CHUNK_ROWS)) or is_first:
        is_first = False
        yield heading, [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return text_of(value)


def _payload(chunks: _Chunks) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    writer: Any = None
    for heading, rows in chunks:
        if len(set(heading)) < len(heading):
            raise SourceError("the query gives two columns one name", columns=", ".join(heading))
        schema = pa.schema([(name, pa.string()) for name in heading])
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(heading)
        writer = writer or pq.ParquetWriter(sink, schema, compression="zstd")
        writer.write_table(pa.table([pa.array(c, type=pa.string()) for c in columns], schema=schema))
    writer.close()
    return sink.getvalue()
