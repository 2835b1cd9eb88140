"""Hashes of what lies in files: the only thing by which the run tells whether something changed. Many files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from voc_lib.store import read_bytes

__all__ = ["digest", "digest_of_set", "file_digests", "for_each"]

T = TypeVar("T")
R = TypeVar("R")

_THREADS = 8  # hashing lets other threads run; on an object store most of the time is waiting
_BATCH = 32  # to hand one small file to a thread costs more than to read it


def digest(payload: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(payload).hexdigest()


def digest_of_set(entries: Mapping[str, Any]) -> str:
    """One hash for names and what belongs to them, whatever their order."""
    return digest(json.dumps(dict(entries), ensure_ascii=False, sort_keys=True).encode("utf-8"))


def file_digests(urls: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each file that exists.

    Args:
        urls: absolute paths or fsspec URLs.
    """
    urls = list(dict.fromkeys(urls))
    return {url: found for url, found in zip(urls, for_each(_file_digest, urls), strict=True) if found is not None}


def for_each(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The function of each item, in their order, by several threads."""
    size = max(1, min(_BATCH, len(items) // _THREADS))
    batches = [items[start : start + size] for start in range(0, len(items), size)]

    def of_batch(batch: Sequence[T]) -> list[R]:
        return [function(item) for item in batch]

    with ThreadPoolExecutor(_THREADS) as pool:
        return [found for of_one in pool.map(of_batch, batches) for found in of_one]


def _file_digest(url: str) -> str | None:
    try:
        if "://" not in url:
            with open(url, "rb", buffering=0) as file:  # noqa: PTH123  # of thousands: no Path, no buffer
                return hashlib.file_digest(file, "sha256").hexdigest()
        return digest(read_bytes(url))
    except FileNotFoundError:
        return None
