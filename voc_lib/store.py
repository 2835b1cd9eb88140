"""Where tables live: Parquet, one folder a table, hive-partitioned by branch and month, under any fsspec URL.

The only module that reads or writes a table. Writing is atomic: on a disk beside, then renamed; in an object store in
one put. The same rows give the same bytes. Other modules reach files under a URL through the functions at the end.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib import schema
from voc_lib.beside import beside, left_beside, take_away
from voc_lib.errors import StorageError, TableError

if TYPE_CHECKING:
    import fsspec
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "Store",
    "fetched",
    "files_below",
    "locate",
    "read_bytes",
    "remove_file",
    "require_writable",
    "shift_month",
    "window",
    "write_bytes",
]

_PART = "part.parquet"
_THREADS = 8
_PARTITION = re.compile(rf"branch=([^/]+)/month=([^/]+)/{re.escape(_PART)}")


@lru_cache(4096)
def shift_month(month: str, offset: int) -> str:
    """The month so many months away: shift_month("2013-01", -1) is "2012-12"."""
    year, number = int(month[:4]), int(month[5:7])
    index = year * 12 + number - 1 + offset
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def window(month: str, first: int, last: int) -> list[str]:
    """The months from offset first to offset last, both included, earliest first."""
    return [shift_month(month, offset) for offset in range(first, last + 1)]


@dataclass(frozen=True)
class Store:
    """Tables under one root.

    Args:
        root: folder or fsspec URL that holds the tables' folders.
        tz: IANA name of the profile's time zone.
        write_root: where writes go, if elsewhere (Run All in JupyterLab writes to data/scratch/).
    """

    root: str
    tz: str
    write_root: str | None = None

    def path(self, table: str, branch: str, month: str, *, for_writing: bool = False) -> str:
        """Where the partition lies (or, for_writing, would be written)."""
        schema.table(table)
        root = (self.write_root or self.root) if for_writing else self.root
        return "/".join((root.rstrip("/"), table, f"branch={_safe(branch)}", f"month={_safe(month)}", _PART))

    def exists(self, table: str, branch: str, month: str) -> bool:
        """Whether that partition has been written."""
        fs, path = locate(self.path(table, branch, month))
        return bool(fs.exists(path))

    def partitions(self, table: str) -> list[tuple[str, str]]:
        """Branch and month of each partition of the table, sorted."""
        schema.table(table)
        below = files_below(f"{self.root.rstrip('/')}/{table}")
        return sorted((match[1], match[2]) for path in below if (match := _PARTITION.fullmatch(path)))

    def digest(self, table: str, branch: str, month: str) -> str | None:
        """SHA-256 of the partition's bytes, as write gave it; None where there is none."""
        payload = self._payload((table, branch, month))
        return None if payload is None else hashlib.sha256(payload).hexdigest()

    def n_rows(self, table: str, branch: str, month: str) -> int:
        """How many rows that partition has, without reading them; 0 when it was never written."""
        import pyarrow.parquet as pq

        fs, path = locate(self.path(table, branch, month))
        if not fs.exists(path):
            return 0
        with fs.open(path, "rb") as file:
            return int(pq.read_metadata(file).num_rows)

    def read(self, table: str, branch: str, month: str) -> pd.DataFrame:
        """One partition in the table's form.

        Raises: TableError when it was never written, is damaged, or does not fit.
        """
        payload = self._payload((table, branch, month))
        if payload is None:
            raise TableError(
                "table has not been written",
                table=table,
                branch=branch,
                month=month,
                hint="run the stage that writes it: `voc run`, or the notebook before this one",
            )
        return self._frame([self._arrow(payload, table, branch, month)], table)

    def read_many(self, table: str, branches: Iterable[str], months: Iterable[str]) -> pd.DataFrame:
        """The partitions that exist of those branches and months, one below the other; maybe without rows.

        Rows keep their partition's order; partitions come by month, then branch, as given.
        """
        branches = list(branches)
        return self._read_all(table, [(branch, month) for month in months for branch in branches], skip_missing=True)

    def read_partitions(self, table: str, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
        """The partitions of those branches and months, one below the other in the order given; maybe without rows."""
        return self._read_all(table, list(pairs), skip_missing=False)

    def _read_all(self, table: str, pairs: list[tuple[str, str]], *, skip_missing: bool) -> pd.DataFrame:
        keys = [(table, branch, month) for branch, month in pairs]
        if "://" in self.root:  # most of the time is waiting for answers
            with ThreadPoolExecutor(_THREADS) as pool:
                payloads = list(pool.map(self._payload, keys))
        else:
            payloads = [self._payload(key) for key in keys]
        found = []
        for key, payload in zip(keys, payloads, strict=True):
            if payload is not None:
                found.append(self._arrow(payload, *key))
            elif not skip_missing:
                self.read(*key)  # says what to run
        return self._frame(found, table)

    def _payload(self, key: tuple[str, str, str]) -> bytes | None:
        """The bytes of a partition (table, branch, month); None where there is none."""
        try:
            return read_bytes(self.path(*key))
        except FileNotFoundError:
            return None

    def _arrow(self, payload: bytes, table: str, branch: str, month: str) -> pa.Table:
        """A partition as it is stored."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(pa.BufferReader(payload)).read()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise TableError(
                "table cannot be read",
                table=table,
                branch=branch,
                month=month,
                file=self.path(table, branch, month),
                found=type(error).__name__,
                hint="take the file away and run the stage that writes it: `voc run`",
            ) from None

    def _frame(self, parts: Sequence[pa.Table], table: str) -> pd.DataFrame:
        """Partitions one below the other, in the table's form."""
        import pandas as pd
        import pyarrow as pa

        filled = [part for part in parts if part.num_rows] or parts[:1]
        if not filled:
            return schema.empty(table, tz=self.tz)
        if all(part.schema.equals(filled[0].schema) for part in filled):
            rows = [part.num_rows for part in filled]
            return schema.conform(pa.concat_tables(filled).to_pandas(), table, tz=self.tz, parts=rows)
        # Not as this library writes them: each is brought into the form by itself.
        return pd.concat([self._frame([part], table) for part in filled], ignore_index=True)

    def write(self, table: str, frame: pd.DataFrame, branch: str, month: str) -> str:
        """Write one partition whole, atomically; gives the SHA-256 of its bytes.

        Raises: TableError when the frame does not fit the table, or holds rows of another branch or month.
        """
        if frame.empty and tuple(frame.columns) == schema.table(table).names:
            payload = _nothing(table, self.tz)
        else:
            frame = schema.conform(frame, table, tz=self.tz)
            for column, value in (("branch", branch), ("month", month)):
                if column in frame.columns and not (frame[column] == value).all():
                    raise TableError(f"rows of another {column}", table=table, branch=branch, month=month)
            payload = _payload(frame, table, self.tz)
        write_bytes(self.path(table, branch, month, for_writing=True), payload)
        return hashlib.sha256(payload).hexdigest()

    def remove(self, table: str, branch: str, month: str) -> None:
        """Take away one partition, if it is there."""
        remove_file(self.path(table, branch, month, for_writing=True))


def locate(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system of a path or fsspec URL, and the path in it."""
    import fsspec
    import fsspec.core

    if "://" not in url:  # fsspec would take a name with two colons in it for two URLs
        return fsspec.filesystem("file"), os.path.abspath(url)  # noqa: PTH100  # a Path would take off a last slash
    fs, path = fsspec.core.url_to_fs(url)
    if not _is_local(fs):
        fs.invalidate_cache()  # other processes write too: what was listed a moment ago need no longer be so
    return fs, str(path)


def read_bytes(url: str) -> bytes:
    """What a file holds. Raises: FileNotFoundError when it is not there."""
    fs, path = locate(url)
    return bytes(fs.cat_file(path))


def files_below(url: str) -> list[str]:
    """The files below a folder, as paths from it, sorted; none where there is no such folder."""
    fs, base = locate(url)
    # No glob: the folder above may have brackets or asterisks in its own name.
    return sorted(str(path)[len(base.rstrip("/")) + 1 :] for path in fs.find(base))


def remove_file(url: str) -> None:
    """Take a file away, if it is there."""
    fs, path = locate(url)
    with suppress(FileNotFoundError):
        fs.rm_file(path)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A folder of this machine with the files below a URL: the folder itself, or a copy that is gone afterwards."""
    fs, base = locate(url)
    if _is_local(fs):
        yield Path(base)
        return
    with tempfile.TemporaryDirectory(prefix="voc-fetched-", ignore_cleanup_errors=True) as name:
        for file in files_below(url):
            parts = file.split("/")
            if ".." in parts or "" in parts:  # in an object store any text is a name
                raise StorageError("not a file name that a folder can have", file=repr(file), folder=url)
            path = Path(name, *parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(fs.cat_file(f"{base.rstrip('/')}/{file}"))
        yield Path(name)


def _payload(frame: pd.DataFrame, table: str, tz: str) -> bytes:
    """The bytes of a partition that is in the table's form."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(frame, schema=schema.arrow_schema(table, tz=tz), preserve_index=False)
    sink = pa.BufferOutputStream()
    pq.write_table(arrow.replace_schema_metadata(None), sink, compression="zstd", store_schema=True)
    return bytes(sink.getvalue().to_pybytes())


@lru_cache(maxsize=32)
def _nothing(table: str, tz: str) -> bytes:
    """The bytes of a partition without rows: the same for all, and a centre may have hundreds."""
    return _payload(schema.empty(table, tz=tz), table, tz)


def write_bytes(url: str, payload: bytes) -> None:
    """Write a whole file atomically: on a disk beside it, then renamed; on an object store in one put.

    Raises: StorageError when the disk or the store refuses.
    """
    fs, path = locate(url)
    try:
        _write_whole(fs, path, payload)
    except OSError as error:
        raise StorageError("file cannot be written", file=path, found=error.strerror or type(error).__name__) from error


def require_writable(url: str) -> None:
    """Make sure of a folder before work begins: that it, or the nearest one above that exists, takes files.

    Of an object store only whether it answers and has the bucket: what may be written there shows in writing. Changes
    nothing.

    Raises: StorageError when a file is in its place, permission is lacking, or the store does not answer.
    """
    fs, path = locate(url)
    if not _is_local(fs):
        _require_answer(fs, path, url)
        return
    place = Path(path)
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise StorageError(
            "folder cannot be made", folder=path, found=f"{place} is no folder", hint="move it away, or name another"
        )
    if not os.access(place, os.W_OK | os.X_OK):
        raise StorageError("folder cannot be written", folder=path, hint=f"chmod u+rwx {place}, or name another")


def _require_answer(fs: fsspec.AbstractFileSystem, path: str, url: str) -> None:
    hint = "check the URL, and what its file system reads from the environment (for S3: AWS_ENDPOINT_URL, AWS_PROFILE)"
    try:
        fs.ls(path, detail=False)
        return
    except FileNotFoundError:
        bucket = path.lstrip("/").partition("/")[0]
        if fs.exists(bucket) or fs.protocol == "memory":
            return
        found = "no such bucket"
    except Exception as error:  # each file system has errors of its own
        found = type(error).__name__
    raise StorageError("store cannot be reached", url=url, found=found, hint=hint)


def _write_whole(fs: fsspec.AbstractFileSystem, path: str, payload: bytes) -> None:
    if _is_local(fs):
        fs.makedirs(fs._parent(path), exist_ok=True)
        partial = beside(Path(path))
        try:
            with partial.open("wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        take_away(left_beside(Path(path)))  # a killed kernel's half of the same file; this one is the whole
        return
    try:
        fs.pipe_file(path, payload)  # an object store has no folders to make
    except FileNotFoundError:
        fs.makedirs(fs._parent(path), exist_ok=True)
        fs.pipe_file(path, payload)


def _is_local(fs: fsspec.AbstractFileSystem) -> bool:
    return "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,))


def _safe(name: str) -> str:
    # Branch codes and months come from a validated profile; this is the last guard before they become a path.
    if not name or not all(c.isalnum() or c in "-_" for c in name):
        raise TableError("not a name for a partition", found=repr(name))
    return name
