"""The audit trail: what was purged, whom the centre forgot, what was approved and sent, in a file that only grows.

`state/audit.jsonl` holds one JSON object a line. Each line carries the SHA-256 of the line before it, so a line that is
changed, taken out or put in breaks the chain; `state/audit.head` holds the number and the hash of the last line, so
that a cut end shows as well. Who can write both files can forge both: keep a copy of the head elsewhere to rule that
out. It is a log, so it tells the time of the clock (UTC). It holds no number and no text of a customer.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voc_lib.errors import TableError
from voc_lib.store import write_bytes

__all__ = ["read_trail", "record_event", "verify_trail"]

_START = "0" * 64


def record_event(data_root: str | Path, what: str, **facts: Any) -> dict[str, Any]:
    """Add a line to the trail: what was done, when, and the facts given. On disk when this returns; gives the line.

    Raises: TableError when the trail is not whole; nothing is added to one that somebody has changed.
    """
    path, head = _paths(data_root)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = _whole_lines(path, head)
        # A line without its end was cut off by a crash before it counted.
        file.truncate(sum(len(line) + 1 for line in lines))
        entry = {
            "n": len(lines) + 1,
            "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "what": what,
            "before": _hash(lines[-1]) if lines else _START,
            **facts,
        }
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
        write_bytes(str(head), f"{entry['n']} {_hash(line)}\n".encode())
    return entry


def verify_trail(data_root: str | Path) -> int:
    """How many lines the trail has. Raises: TableError naming the first line at which it is not whole."""
    path, head = _paths(data_root)
    return len(_whole_lines(path, head))


def read_trail(data_root: str | Path) -> list[dict[str, Any]]:
    """All events of the trail, in order, as `record_event` wrote them; none under a URL, where no trail can be kept.

    Raises: TableError when it is not whole.
    """
    if "://" in str(data_root):
        return []
    return [json.loads(line) for line in _whole_lines(*_paths(data_root))]


def _paths(data_root: str | Path) -> tuple[Path, Path]:
    state = Path(data_root) / "state"
    return state / "audit.jsonl", state / "audit.head"


def _whole_lines(path: Path, head: Path) -> list[bytes]:
    """The lines that ended, each checked against the one before it and the last against the head."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    before = _START
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            is_whole = entry["n"] == number and entry["before"] == before
        except (ValueError, TypeError, KeyError):
            is_whole = False
        if not is_whole:
            raise _broken(path, number, "it does not follow from the line before it")
        before = _hash(line)
    told = head.read_text(encoding="ascii", errors="replace").split() if head.exists() else ["0", _START]
    n_told = int(told[0]) if len(told) == 2 and told[0].isdigit() else -1
    # A crash between the line and its head leaves the head one line behind, never ahead.
    if not 0 <= len(lines) - n_told <= 1:
        raise _broken(path, len(lines) + 1, f"audit.head tells of {told[0] if told else 'nothing'} lines")
    if n_told and _hash(lines[n_told - 1]) != told[1]:
        raise _broken(path, n_told, "audit.head tells of another line")
    return lines


def _broken(path: Path, line: int, found: str) -> TableError:
    return TableError(
        "audit trail is not whole",
        file=str(path),
        line=line,
        found=found,
        hint="somebody has changed it: put back audit.jsonl and audit.head from a backup, and find out who",
    )


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
