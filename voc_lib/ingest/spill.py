"""The spill: prepared rows on the disk between reading and writing, so that memory does not grow with the exports.

Rows are put down chunk by chunk, each chunk's rows of one branch and month together, and taken up again by branch and
month. Nothing in them is personal data in the clear. The file is the process's own and goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import StorageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

__all__ = ["Block", "Spill"]

_TEXTS = (
    *("source", "origin_file", "origin_sheet", "record_id", "branch", "month", "outlet", "order_type", "channel"),
    *("customer_key", "text", "level", "status", "reply", "reason", "detail"),
)
_WHOLE = ("origin_row", "score", "n_masked", "n_masked_reply")
_TIMES = ("occurred_at", "replied_at")
_HASHES = ("content",)
_KEYED = ("subject", "number", "said")


@dataclass(frozen=True)
class Block:
    """Rows of one chunk that belong to one branch and month: their place in the spill, and a hash of each one's number.

    Args:
        chunk: which chunk, in the order of the files and their rows; within one `origin_row` tells the order.
        file: the raw file that they are of.
        ids: uint64; 0 where the row cannot be a record.
        times: the first and the last time among the rows that can be records (missing where none can).
    """

    place: int
    chunk: int
    file: str
    branch: str
    month: str
    ids: np.ndarray[Any, Any]
    times: tuple[Any, Any]


class Spill:
    """Rows put down and taken up. Use as a context: the file goes at its end.

    Args:
        path: where; it is made anew.
        hashed: whether the rows have the columns subject, number and said, too (see `Preparer`).
    """

    def __init__(self, path: Path, *, hashed: bool = False) -> None:
        self.path = path
        self._hashed = hashed
        self.blocks: list[Block] = []
        self._n_chunks = 0
        self._writer: Any = None
        self._sink: Any = None

    def __enter__(self) -> Spill:
        import pyarrow as pa

        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._sink = pa.OSFile(str(self.path), "wb")
            self._writer = pa.ipc.new_file(self._sink, self._schema(), options=options)
        except OSError as error:
            self.__exit__()
            raise self._cannot_write(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._sink is not None and not self._sink.closed:
                self._sink.close()
        except OSError:
            pass  # a full disk: the file goes anyway
        finally:
            self.path.unlink(missing_ok=True)

    def add(self, rows: pd.DataFrame) -> None:
        """Put down prepared rows, with a column `id` (uint64) beside those of the spill."""
        import numpy as np
        import pandas as pd
        import pyarrow as pa

        groups = rows.groupby(["branch", "month"], sort=True).ngroup().to_numpy()
        order = groups.argsort(kind="stable")
        schema = self._schema()
        rows = rows[[*schema.names, "id"]].iloc[order]
        batch = pa.RecordBatch.from_pandas(rows[schema.names], schema=schema, preserve_index=False, nthreads=1)
        ids, times = rows["id"].to_numpy(), rows["occurred_at"].to_numpy()
        names = [rows[name].array for name in ("origin_file", "branch", "month")]
        starts = np.flatnonzero(np.diff(groups[order], prepend=-1)).tolist()
        try:
            for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
                own, good = ids[start:end].copy(), times[start:end][ids[start:end] != 0]
                file, branch, month = (str(values[start]) for values in names)
                between = (good.min(), good.max()) if len(good) else (pd.NaT, pd.NaT)
                self.blocks.append(Block(len(self.blocks), self._n_chunks, file, branch, month, own, between))
                self._writer.write_batch(batch.slice(start, end - start))
        except OSError as error:
            raise self._cannot_write(error) from error
        self._n_chunks += 1

    def finish(self) -> None:
        """Close the file for writing."""
        try:
            self._writer.close()
            self._sink.close()
        except OSError as error:
            raise self._cannot_write(error) from error

    def good_until(self, block: Block, moment: pd.Timestamp) -> tuple[int, pd.Timestamp | None]:
        """How many rows of a block can be records and are not later than a moment, and the latest time among them."""
        import pandas as pd

        first, last = block.times
        if pd.isna(first) or first > moment:
            return 0, None
        if last <= moment:
            return int((block.ids != 0).sum()), pd.Timestamp(last)
        times = self.read([block], ("occurred_at",))["occurred_at"]
        good = times[(block.ids != 0) & (times <= moment).to_numpy()]
        return len(good), good.max()

    def read(self, blocks: Sequence[Block], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows of some blocks one below the other, all columns or some."""
        import pyarrow as pa

        names = self._schema().names
        wanted = sorted(names.index(name) for name in columns) if columns is not None else None
        options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
        with pa.OSFile(str(self.path), "rb") as source:
            reader = pa.ipc.open_file(source, options=options)
            batches = [reader.get_batch(block.place) for block in blocks]
            return pa.Table.from_batches(batches, reader.schema).to_pandas(use_threads=False, self_destruct=True)

    def _cannot_write(self, error: OSError) -> StorageError:
        return StorageError("file cannot be written", file=str(self.path), found=error.strerror or "no room")

    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        return pa.schema(
            [
                *((name, pa.large_string()) for name in _TEXTS),
                *((name, pa.int64()) for name in _WHOLE),
                *((name, pa.timestamp("us")) for name in _TIMES),
                *((name, pa.uint64()) for name in _HASHES),
                *((name, pa.large_string()) for name in _KEYED if self._hashed),
            ]
        )
