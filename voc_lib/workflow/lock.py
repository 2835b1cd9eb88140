"""One run at a time on a data folder: two would take away under each other what they have written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voc_lib.errors import StorageError

__all__ = ["only_run"]


@contextmanager
def only_run(data_root: str) -> Iterator[None]:
    """Hold the data folder for this process; however that ends, the system lets go of it, and nothing is left behind.

    Under a URL, where there is no folder yet, and on a disk that knows no locks, nothing is held.

    Raises: StorageError when another run holds it.
    """
    if not Path(data_root).is_dir():
        yield
        return
    held = os.open(data_root, os.O_RDONLY)
    try:
        _take(held, data_root)
        yield
    finally:
        os.close(held)


def _take(folder: int, data_root: str) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StorageError(
            "another run is at work on this data folder",
            folder=data_root,
            hint="wait until it has ended, or give --data another folder",
        ) from None
    except OSError:  # a disk of another machine, perhaps
        return
