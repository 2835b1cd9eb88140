"""expected.json: what the generator planted, for tests and for the curious."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from voc_lib.demo.rows import Export
from voc_lib.demo.voices import HOT_ISSUES, Voice

__all__ = ["expectations"]


Written = tuple[str, str, Sequence[Voice], Export, bytes]


def expectations(written: Sequence[Written], *, branches: Sequence[str], months: Sequence[str]) -> dict[str, Any]:
    """Everything that was planted, ready for JSON.

    Args:
        written: of each file its name, source, voices, rows and bytes.
        branches, months: of the demo, in order.
    Returns: files (rows, records and refused or repeated rows of each), planted (the sums of these), hotspots (as
        branch, month, pattern, surplus), pii (kind and value as written in a text), people (names and phones of the
        columns to drop), duplicates (matters told by two sources), hostile_texts, labels (source:record_id to kind
        and level-2 code).
    """
    voices = [voice for _, _, chosen, _, _ in written for voice in chosen]
    planted: Counter[str] = Counter()
    for _, _, _, export, _ in written:
        planted.update(export.planted)
    return {
        "about": "what was planted in these demo exports; every name, number and text is made up",
        "branches": list(branches),
        "months": list(months),
        "files": {name: _file(source, export, payload) for name, source, _, export, payload in written},
        "planted": dict(sorted(planted.items())),
        "hotspots": [
            {"branch": branches[i.branch], "month": months[-1 - i.age], "pattern": i.pattern, "surplus": i.n}
            for i in HOT_ISSUES
            if i.branch < len(branches) and i.age < len(months)
        ],
        "pii": [{"kind": v.pii[0], "value": v.pii[1]} for v in voices if v.pii],
        "people": {"names": _column(written, "name"), "phones": _column(written, "phone")},
        "duplicates": sum(v.told_twice for v in voices),
        "hostile_texts": [v.text for v in voices if v.kind == "hostile"],
        "labels": {
            f"{source}:{number}": f"{voice.kind} {voice.category}"
            for _, source, chosen, export, _ in written
            for voice, number in zip(chosen, export.numbers, strict=True)
            if voice.category is not None
        },
    }


def _column(written: Sequence[Written], field: str) -> list[str]:
    return sorted({row[field] for _, _, _, export, _ in written for row in export.rows if field in row})


def _file(source: str, export: Export, payload: bytes) -> dict[str, Any]:
    return {
        "source": source,
        "rows": len(export.rows),
        "records": len(export.rows) - export.planted.total(),
        "planted": dict(sorted(export.planted.items())),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
