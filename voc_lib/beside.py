"""Files written beside their place and then renamed into it, and what killed writers left there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["beside", "left_beside", "take_away"]

_END = ".tmp"


def beside(path: Path) -> Path:
    """Where this process writes what will be renamed to `path`.

    The process number keeps two writers apart; the name does not end like the real one, or a glob would find it.
    """
    return path.with_name(f"{path.name}.{os.getpid()}{_END}")


def left_beside(path: Path) -> list[Path]:
    """What this or other processes have beside `path`."""
    # No glob: the name itself may have brackets or asterisks.
    try:
        names = os.listdir(path.parent)  # noqa: PTH208  # names alone, without a Path for each of thousands
    except FileNotFoundError:
        return []
    return [path.with_name(name) for name in names if name.startswith(f"{path.name}.") and name.endswith(_END)]


def take_away(left: Iterable[Path]) -> None:
    """Take away what dead processes left; a living one's files are its own, and so is what cannot be told."""
    for path in left:
        process = path.name.split(".")[-2]
        if process.isdecimal() and not _is_alive(int(process)):
            with contextlib.suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    import psutil  # only where something was left

    try:
        # A zombie writes nothing more, and where nobody reaps (in a container, say) it stays for ever.
        return bool(psutil.Process(process).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except (psutil.NoSuchProcess, OverflowError):
        return False
    except psutil.AccessDenied:
        return True
