"""Pseudonyms: a customer's number under a keyed hash, so that voices link without anyone knowing whose they are.

The key comes from the environment (VOC_CUSTOMER_KEY) or from a file only its owner can read. It appears in no message,
no representation and no table; whoever holds it can tell who is who, so it is kept and rotated like any other secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shlex
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.beside import beside
from voc_lib.errors import ProfileError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KEY_VARIABLE", "Pseudonymiser", "find_key", "load_or_make_key"]

KEY_VARIABLE = "VOC_CUSTOMER_KEY"
_MIN_BYTES = 16
_BLOCK = 64  # bytes that SHA-256 takes at a time


class Pseudonymiser:
    """Turns customers' numbers into keys that say nothing.

    Args:
        key: the secret, 16 bytes or more.
    Raises: ProfileError when the key is too short.
    Source of the method: HMAC-SHA256, RFC 2104.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        if len(key) < _MIN_BYTES:
            raise ProfileError("customer key is too short", expected=f"{_MIN_BYTES} bytes or more")
        # The two states of RFC 2104, copied for each number: half the time of the hmac module, which copies three.
        block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def __repr__(self) -> str:
        return "Pseudonymiser(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Pseudonymiser is not stored or sent: it holds the customer key")

    def key_of(self, value: str) -> str:
        """The pseudonym (64 hex digits) of a customer's number; width and outer blanks make no difference."""
        inner, outer = self._inner.copy(), self._outer.copy()
        plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
        inner.update(plain.strip().encode("utf-8"))
        outer.update(inner.digest())
        return outer.hexdigest()

    def key_series(self, values: pd.Series) -> pd.Series:
        """The pseudonyms of a column; missing where the number is missing or blank."""
        known = {v: self.key_of(v) for v in values.unique() if isinstance(v, str) and v.strip()}
        return values.map(known).astype("str")

    def tag(self) -> str:
        """A short mark that changes with the key and tells nothing about it: whether tables were made with this one."""
        return self.key_of("\x00which key")[:16]


def load_or_make_key(
    data_root: str | Path,
    *,
    environ: Mapping[str, str] | None = None,
    variable: str = KEY_VARIABLE,
    name: str = "customer_key",
) -> bytes:
    """A key, by default the customer key: from the environment, else data_root/state, made there if missing (0600).

    Two processes that make it at the same moment end with the same key. The file holds hex digits; the variable may
    hold hex digits (64) or any text of 16 bytes or more.
    To rotate: put another key in its place (or delete the file), and land again; every pseudonym is another then.
    Raises: ProfileError when the key cannot be read or made, is too short, or its file is open to others than its owner
        (it may have been read: whether to keep the key is for a person to decide). No message holds the key.
    """
    found = find_key(data_root, environ=environ, variable=variable, name=name)
    if found is not None:
        return found
    what = name.replace("_", " ")
    if "://" in str(data_root):
        raise ProfileError(f"no {what}", hint=f"for tables under a URL the key comes from {variable}")
    path = Path(data_root) / "state" / name
    try:
        _make(path)
    except OSError as error:
        raise ProfileError(f"{what} cannot be read or made", file=str(path), found=error.strerror) from None
    made = _read(path, what)
    assert made is not None
    return made


def find_key(
    data_root: str | Path, *, environ: Mapping[str, str] | None = None, variable: str, name: str
) -> bytes | None:
    """The same, but None where there is no such key yet."""
    environ = os.environ if environ is None else environ
    given = environ.get(variable)
    if given:
        return _decoded(given.strip(), place=variable)
    if "://" in str(data_root):
        return None
    return _read(Path(data_root) / "state" / name, name.replace("_", " "), may_be_missing=True)


def _read(path: Path, what: str, *, may_be_missing: bool = False) -> bytes | None:
    try:
        if may_be_missing and not path.exists():
            return None
        _refuse_readers(path, what)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not hex digits"
        raise ProfileError(f"{what} cannot be read or made", file=str(path), found=reason) from None
    return _decoded(text, place=str(path))


def _refuse_readers(path: Path, what: str) -> None:
    mode = path.stat().st_mode & 0o777
    # Without the erasure key the list of the forgotten is of no use: it is never to be made anew.
    anew = "; or, if somebody may have read it, delete it: a new one is made" if what == "customer key" else ""
    if os.name == "posix" and mode & 0o077:
        raise ProfileError(
            f"{what} can be read by others than its owner",
            file=str(path),
            found=f"mode {mode:04o}",
            expected="mode 0600",
            hint=f"chmod 600 {shlex.quote(str(path))}{anew}",
        )


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(path)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: whoever comes second must not replace a key that is already in use.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(partial)
    finally:
        partial.unlink(missing_ok=True)


def _decoded(text: str, *, place: str) -> bytes:
    try:
        key = bytes.fromhex(text) if len(text) >= 2 * _MIN_BYTES else text.encode("utf-8")
    except ValueError:
        key = text.encode("utf-8")
    if len(key) < _MIN_BYTES:
        raise ProfileError("customer key is too short", place=place, expected=f"{_MIN_BYTES} bytes or more")
    return key
