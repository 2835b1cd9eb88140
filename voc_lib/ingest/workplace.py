"""Where a landing keeps what it needs meanwhile: in state/, or in a folder of this machine if that is under a URL."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

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
    spilled = folder / "state" / f"{_SPILL}.{os.getpid()}.tmp"
    with _state_as_it_was(folder), Spill(spilled, hashed=hashed) as spill:
        yield spill


def _take_away_leftovers(root: Path, tables: Iterable[str]) -> None:
    """Take away what killed processes left beside the tables and in state/; a living one's files are its own."""
    left = [*(root / "state").glob(f"{_SPILL}.*.tmp")]
    for name in tables:
        left += (root / name).glob("*/*/part.parquet.*.tmp")
    for path in left:
        with contextlib.suppress(OSError):
            if not _is_alive(path.name.split(".")[-2]):
                path.unlink()


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


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
