"""Erasure: whom the centre has forgotten, known by a keyed hash alone, so that no raw file brings anybody back.

The hashes are made under a key of their own (VOC_ERASURE_KEY, or state/erasure_key): the customer key is rotated, and a
list under it would then know nobody any more. It outlives every rotation; keep it as safe as the customer key.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from voc_lib.errors import ProfileError
from voc_lib.privacy.pseudonym import Pseudonymiser, find_key, load_or_make_key
from voc_lib.store import write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ERASURE_VARIABLE", "Erasures"]

ERASURE_VARIABLE = "VOC_ERASURE_KEY"
_KEY_FILE = "erasure_key"
_HASH = re.compile("[0-9a-f]{64}")
_MARK = "erased:"


class Erasures:
    """The customers that a data folder has forgotten.

    Args:
        data_root: data folder; the list lies in state/erased.txt, one hash a line.
    Raises: ProfileError when the list is damaged, or was made under a key that is not here: who cannot tell whom to
        leave out must not read anything.
    """

    def __init__(self, data_root: str | Path) -> None:
        self._root = Path(data_root)
        self._path = self._root / "state" / "erased.txt"
        self._hashes: frozenset[str] = frozenset()
        self._tag = ""
        # Nobody can be forgotten in tables under a URL (see `voc forget`).
        if "://" not in str(data_root) and self._path.exists():
            self._tag, *hashes = self._path.read_text(encoding="ascii", errors="replace").split() or [""]
            if not all(map(_HASH.fullmatch, hashes)):
                raise ProfileError("list of forgotten customers is damaged", file=str(self._path), hint=_BACKUP)
            self._hashes = frozenset(hashes)
            if self._keyed(make=False).tag() != self._tag:
                raise ProfileError(
                    "list of forgotten customers was made under another key", file=str(self._path), hint=_BACKUP
                )

    def __len__(self) -> int:
        return len(self._hashes)

    def subject_of(self, number: str) -> str:
        """The hash by which the list knows a customer's number (in its one form)."""
        return self._keyed(make=True).key_of(number)

    def subjects_of(self, numbers: pd.Series) -> pd.Series:
        """The same of a column; missing where the number is missing or blank."""
        return self._keyed(make=True).key_series(numbers)

    def holds(self, numbers: pd.Series) -> pd.Series:
        """Whether each number (in its one form) is that of a forgotten customer."""
        import pandas as pd

        if not self._hashes:
            return pd.Series(False, index=numbers.index)
        keyed = self._keyed(make=False)
        known = {
            number
            for number in numbers.unique()
            if number and (keyed.key_of(number) in self._hashes or self._is_mark(number))
        }
        return numbers.isin(known)

    def mark_for(self, number: str) -> str:
        """What stands for a forgotten customer's number where it was taken out: `holds` knows it."""
        return f"{_MARK}{self.subject_of(number)}"

    def _is_mark(self, number: str) -> bool:
        mark = number.lower()
        return mark.startswith(_MARK) and mark.removeprefix(_MARK) in self._hashes

    def holds_subjects(self, subjects: pd.Series) -> pd.Series:
        """Whether each hash is that of a forgotten customer."""
        return subjects.isin(self._hashes)

    def add(self, subject: str) -> None:
        """Forget one more customer from now on."""
        self._hashes |= {subject}
        self._tag = self._keyed(make=True).tag()
        write_bytes(str(self._path), "\n".join((self._tag, *sorted(self._hashes), "")).encode("ascii"))

    def mark(self) -> str:
        """A hash over the list, which changes with it; empty while nobody is forgotten."""
        return hashlib.sha256("\n".join(sorted(self._hashes)).encode()).hexdigest() if self._hashes else ""

    def _keyed(self, *, make: bool) -> Pseudonymiser:
        wanted = load_or_make_key if make else find_key
        key = wanted(self._root, variable=ERASURE_VARIABLE, name=_KEY_FILE)
        if key is None:
            raise ProfileError(
                "erasure key is missing, and the list of forgotten customers is there",
                file=str(self._root / "state" / _KEY_FILE),
                hint=f"{_BACKUP}, or give it as {ERASURE_VARIABLE}",
            )
        return Pseudonymiser(key)


_BACKUP = "put it back from a backup"
