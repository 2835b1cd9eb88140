"""Hashes of what lies in files: the only thing by which the run tells whether something changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from voc_lib.store import read_bytes

__all__ = ["digest", "digest_of_set", "file_digests"]

_THREADS = 8  # hashing lets other threads run; on an object store most of the time is waiting


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
    with ThreadPoolExecutor(_THREADS) as pool:
        return {url: found for url, found in zip(urls, pool.map(_file_digest, urls), strict=True) if found is not None}


def _file_digest(url: str) -> str | None:
    try:
        if "://" not in url:
            with Path(url).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        return digest(read_bytes(url))
    except FileNotFoundError:
        return None
