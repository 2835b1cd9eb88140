"""Databases: a table or a query becomes a file below data/raw, and lands like any other export.

So what has been read can be read again, the same rows give the same tables, and what holds for raw files (nothing in
the clear elsewhere, kept no longer than the profile says) holds for these. Neither the address nor any credential is
told in a file, a message or a log.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import ProfileError, SourceError
from voc_lib.ingest.chunks import CHUNK_ROWS, text_of
from voc_lib.params import Profile
from voc_lib.store import write_bytes

if TYPE_CHECKING:
    import sqlalchemy as sa

    from voc_lib.params.sources import QuerySettings, SourceSettings

__all__ = ["pull", "source_of_snapshot"]

_FOLDER = "database"


def pull(profile: Profile, raw: Path, *, environ: Mapping[str, str] | None = None) -> None:
    """Read every table and query that the profile names into a Parquet file below data/raw.

    A file whose rows are the same stays as it is.

    Raises:
        SourceError: a database cannot be read. The files stay as they were.
        ProfileError: the variable of the environment that should hold an address is not there.
    """
    environ = os.environ if environ is None else environ
    read = [
        (raw / _FOLDER / f"{source}.{query.name}.parquet", _snapshot(source, query, settings, raw, environ))
        for source, settings in profile.sources.items()
        for query in settings.queries
    ]
    for path, payload in read:
        if not path.is_file() or path.read_bytes() != payload:
            write_bytes(str(path), payload)


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
    source: str, query: QuerySettings, settings: SourceSettings, raw: Path, environ: Mapping[str, str]
) -> bytes:
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(_address(source, query, raw, environ))
        try:
            with engine.connect() as connection:
                return _payload(_chunks(connection, _statement(connection, query, settings)))
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


def _chunks(connection: sa.Connection, statement: Any) -> Iterator[tuple[list[str], list[list[str]]]]:
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


def _payload(chunks: Iterator[tuple[list[str], list[list[str]]]]) -> bytes:
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
