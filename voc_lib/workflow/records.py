"""What is known of each task that was done: what it was made from, and what it wrote.

A record is written last, when all that the task wrote is in its place: it commits the task. A task killed before that
has no record, or one that no longer fits what lies there, and is done again. Records hold hashes, no time and no place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from voc_lib.store import read_bytes, remove_file, write_bytes
from voc_lib.workflow.content import for_each
from voc_lib.workflow.plan import TaskKey

__all__ = ["TaskRecord", "read_records", "read_set", "remove_record", "write_record", "write_set"]

_FORMAT = 1


@dataclass(frozen=True)
class TaskRecord:
    """One task that was done.

    Args:
        parts: hash of each thing, besides tables, that decides the result: notebook, profile parts, library, lock, ….
        inputs: hash of each file that it read, by place: data/… for tables, output/… for an executed notebook. What
            was not there is left out.
        wrote: hash of each file that it wrote, by place.
        made_with: versions of the system libraries that rendered it; they decide no rerun, and are told.
    """

    parts: dict[str, str]
    inputs: dict[str, str]
    wrote: dict[str, str]
    made_with: dict[str, str | None] = field(default_factory=dict)

    def told(self) -> dict[str, dict[str, Any]]:
        """All of it by name, for JSON; what dataclasses.asdict gives, without copying all that is in it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def read_records(data_root: str, keys: Iterable[TaskKey]) -> dict[TaskKey, TaskRecord]:
    """The records of those tasks that have one; one that cannot be read counts as none.

    Args:
        data_root: folder or fsspec URL of the data.
    """
    keys = list(keys)
    found = for_each(lambda key: _record(_read(_place(data_root, key))), keys)
    return {key: record for key, record in zip(keys, found, strict=True) if record is not None}


def write_record(data_root: str, key: TaskKey, record: TaskRecord) -> None:
    """Commit a task."""
    write_bytes(_place(data_root, key), _json({"format": _FORMAT, **record.told()}))


def remove_record(data_root: str, key: TaskKey) -> None:
    """Forget a task, if it is known."""
    remove_file(_place(data_root, key))


def read_set(data_root: str, name: str) -> dict[str, str]:
    """The entries behind a hash in `parts` that stands for many files or packages; empty when unknown."""
    return _read(_set_place(data_root, name)) or {}


def write_set(data_root: str, name: str, entries: Mapping[str, str]) -> None:
    """Keep the entries behind a hash, so that a later run can say which of them changed."""
    place = _set_place(data_root, name)
    if _read(place) is None:
        write_bytes(place, _json(dict(entries)))


def _record(content: Any) -> TaskRecord | None:
    try:
        if content["format"] != _FORMAT:
            return None
        return TaskRecord(**{name: dict(content[name]) for name in ("parts", "inputs", "wrote", "made_with")})
    except (TypeError, KeyError, ValueError):
        return None


def _read(url: str) -> Any:
    try:
        return json.loads(read_bytes(url))
    except (FileNotFoundError, ValueError):
        return None


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode("utf-8")


def _place(data_root: str, key: TaskKey) -> str:
    return f"{data_root.rstrip('/')}/state/done/{key.month}/{key.branch}/{key.stage}.json"


def _set_place(data_root: str, name: str) -> str:
    return f"{data_root.rstrip('/')}/state/sets/{name}.json"
