"""Where a landing keeps what it needs meanwhile: in state/, or in a folder of this machine if that is under a URL."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from voc_lib.beside import beside, left_beside, take_away
from voc_lib.errors import SourceError
from voc_lib.ingest.spill import Spill

__all__ = ["workplace"]

_SPILL = "landing"


@contextlib.contextmanager
def workplace(root: str, *, tables: Iterable[str], hashed: bool = False) -> Iterator[Spill]:
    """An empty spill for one landing; what killed landings left is taken away first.

    A landing that fails for a faulty file leaves nothing in state/, not even a key.

    Args:
        root: folder or fsspec URL of the tables.
        tables: the tables that landing writes.
        hashed: as for `Spill`.
    """
    if "://" in root:
        with tempfile.TemporaryDirectory(prefix="voc-") as name, Spill(Path(name) / _SPILL, hashed=hashed) as spill:
            yield spill
        return
    folder = Path(root)
    _take_away_leftovers(folder, tables)
    spilled = beside(folder / "state" / _SPILL)
    with _state_as_it_was(folder), Spill(spilled, hashed=hashed) as spill:
        yield spill


def _take_away_leftovers(root: Path, tables: Iterable[str]) -> None:
    """Take away what killed processes left in state/ and beside the tables, also where nothing is written any more."""
    left = left_beside(root / "state" / _SPILL)
    for name in tables:
        left += (root / name).glob("*/*/part.parquet.*.tmp")
    take_away(left)


@contextlib.contextmanager
def _state_as_it_was(root: Path) -> Iterator[None]:
    state = root / "state"
    before = {path.name for path in state.iterdir()} if state.is_dir() else None
    try:
        yield
    except SourceError:
        for path in state.iterdir() if state.is_dir() else ():
            if before is None or path.name not in before:
                path.unlink(missing_ok=True)
        if before is None:
            with contextlib.suppress(OSError):
                state.rmdir()
        raise
