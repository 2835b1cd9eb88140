"""What is kept of purged raw files: their masked rows, and how each row ended, so that every later landing adds up.

For each purged file a folder below `kept/` holds `landed`, `quarantine` and `accounts` (Parquet); `state/purged.json`
names the files and is the commit point. Hashes under the erasure key go with the rows: whose they are (`subject`), so
that a customer can be forgotten whatever became of the customer key; `number` and what is `said`, so that a row
exported again is known. Nothing in the clear is kept.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import TableError
from voc_lib.ingest.prepare import ERASED
from voc_lib.ingest.refused import MARK_DIGITS
from voc_lib.ingest.state import FileReport
from voc_lib.privacy import Erasures, Pseudonymiser
from voc_lib.schema import UNKNOWN, conform, empty, table
from voc_lib.store import write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FOLDER", "Kept", "KeptFiles", "keep_file", "kept_files", "load_kept", "marks_of"]

FOLDER = "kept"
_INDEX = "purged.json"
_TABLES: dict[str, tuple[str, ...]] = {
    "accounts": (
        *("source", "origin_file", "origin_sheet", "origin_row", "dated", "branch", "month", "outcome", "detail"),
        "subject",
    ),
    "quarantine": (*table("quarantine").names, "subject"),
    "landed": (*table("landed").names, "subject", "number", "said"),
}


@dataclass(frozen=True)
class KeptFiles:
    """Which raw files are purged.

    Args:
        files: one report a file, without counts of outcomes.
        keys: which customer key the rows of each are under.
    """

    files: tuple[FileReport, ...]
    keys: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.files)

    @property
    def shas(self) -> frozenset[str]:
        """SHA-256 of each file."""
        return frozenset(file.sha256 for file in self.files)

    def mark(self) -> str:
        """Changes with the files."""
        told = [(file.name, file.sha256, key) for file, key in zip(self.files, self.keys, strict=True)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""


@dataclass(frozen=True)
class Kept:
    """What all purged raw files left, without the forgotten.

    Args:
        files: one report a file, without counts of outcomes, under the name that it now has: where another file has its
            name, that and the first digits of its hash.
        accounts: a row a raw row: source, origin_file, origin_row, dated, branch, month, outcome (erased for those of
            forgotten customers), detail.
        landed, quarantine: rows of the tables.
        numbers: source and hash of number of each landed row, to the hash of what it says.
    """

    files: tuple[FileReport, ...]
    accounts: pd.DataFrame
    landed: pd.DataFrame
    quarantine: pd.DataFrame
    numbers: Mapping[tuple[str, str], str]

    def dated(self) -> dict[str, dict[str, int]]:
        """For each file how many rows of each month it has, whatever else is wrong with them."""
        own = self.accounts[self.accounts["dated"] != UNKNOWN]
        found: dict[str, Counter[str]] = {file.name: Counter() for file in self.files}
        for (name, month), n_rows in own.groupby(["origin_file", "dated"]).size().items():
            found[name][month] = int(n_rows)
        return {name: dict(sizes) for name, sizes in found.items()}

    def records_by_month(self) -> dict[str, int]:
        """How many records each month has."""
        return {str(month): int(n_rows) for month, n_rows in self.landed["month"].value_counts().items()}

    def within(self, months: Collection[str]) -> Kept:
        """The same, with rows of a month that has no record under unknown, as everywhere."""
        parts = {}
        for name in ("accounts", "quarantine"):
            parts[name] = getattr(self, name).copy()
            parts[name].loc[~parts[name]["month"].isin(months), ["branch", "month"]] = UNKNOWN
        return replace(self, **parts)


def kept_files(data_root: str) -> KeptFiles:
    """Which raw files of a data folder are purged. Raises: TableError when nobody can tell."""
    entries = [] if "://" in data_root else _entries(Path(data_root))
    return KeptFiles(
        tuple(FileReport(e["name"], e["source"], e["sha256"], e["n_rows"], tuple(e["extra_columns"])) for e in entries),
        tuple(entry["key"] for entry in entries),
    )


def load_kept(
    root: Path, listed: KeptFiles, erasures: Erasures, pseudonyms: Pseudonymiser, *, tz: str, taken: Collection[str]
) -> Kept:
    """What is kept of purged files, of which there is one at least.

    Args:
        pseudonyms: those of today: rows kept under another customer key get keys made from their old ones, by which
            they still link to each other.
        taken: names that other files have now.
    Raises: TableError when a part is missing or damaged.
    """
    import pandas as pd

    count = Counter(file.name for file in listed.files)
    files, accounts, landed, quarantine = [], [], [], []
    for file, key in zip(listed.files, listed.keys, strict=True):
        is_shared = file.name in taken or count[file.name] > 1
        name = f"{file.name} ({file.sha256[:MARK_DIGITS]})" if is_shared else file.name
        parts = {part: _part(root, file, part).assign(origin_file=name) for part in _TABLES}
        told, own = parts["accounts"], parts["landed"]
        if key != pseudonyms.tag():
            own["customer_key"] = pseudonyms.key_series(own["customer_key"])
        is_erased = erasures.holds_subjects(told["subject"])
        told.loc[is_erased, "outcome"] = ERASED
        told.loc[is_erased, "detail"] = None
        files.append(replace(file, name=name))
        accounts.append(told)
        landed.append(own[~erasures.holds_subjects(own["subject"])])
        quarantine.append(parts["quarantine"][~erasures.holds_subjects(parts["quarantine"]["subject"])])
    all_landed = pd.concat(landed, ignore_index=True)
    keys = zip(all_landed["source"], all_landed["number"], strict=True)
    return Kept(
        tuple(files),
        pd.concat(accounts, ignore_index=True),
        _in_form(all_landed, "landed", tz),
        _in_form(pd.concat(quarantine, ignore_index=True), "quarantine", tz),
        dict(zip(keys, all_landed["said"], strict=True)),
    )


def keep_file(root: Path, file: FileReport, tables: Mapping[str, pd.DataFrame], *, key_tag: str) -> None:
    """Keep what landing made of a raw file; from when this returns, the file need not be there any more.

    Args:
        file: its report.
        tables: accounts, landed and quarantine, of this file alone, with hashes (see `Settled.of_file`).
        key_tag: which customer key the rows are under.
    """
    for name, wanted in _TABLES.items():
        sink = io.BytesIO()
        frame = tables[name][list(wanted)].reset_index(drop=True)
        frame.to_parquet(sink, index=False, compression="zstd")
        write_bytes(str(_path(root, file, name)), sink.getvalue())
    entry = {
        "name": file.name, "source": file.source, "sha256": file.sha256, "n_rows": file.n_rows,
        "extra_columns": list(file.extra_columns), "key": key_tag,
    }  # fmt: skip
    entries = sorted((*_entries(root), entry), key=lambda e: (e["name"], e["sha256"]))
    text = json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(str(root / "state" / _INDEX), text.encode("utf-8"))


def _entries(root: Path) -> list[dict[str, Any]]:
    path = root / "state" / _INDEX
    if not path.exists():
        return []
    try:
        entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(path) from None
    return entries


def _part(root: Path, file: FileReport, name: str) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    path = _path(root, file, name)
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError, pa.ArrowException):
        raise _damaged(path) from None


def _damaged(path: Path) -> TableError:
    return TableError(
        "what is kept of purged raw files is missing or damaged",
        file=str(path),
        hint="put the folder kept/ and state/purged.json back from a backup: their raw files are gone",
    )


def _path(root: Path, file: FileReport, name: str) -> Path:
    # Two raw files may hold the same bytes, and each has accounts of its own.
    place = hashlib.sha256(f"{file.sha256}\0{file.name}".encode()).hexdigest()[:MARK_DIGITS]
    return root / FOLDER / place / f"{name}.parquet"


def _in_form(frame: pd.DataFrame, name: str, tz: str) -> pd.DataFrame:
    wanted = list(table(name).names)
    return conform(frame[wanted], name, tz=tz) if len(frame) else empty(name, tz=tz)


def marks_of(files: Iterable[FileReport]) -> frozenset[str]:
    """The first digits of each file's hash, as workbooks of refused rows name it."""
    return frozenset(file.sha256[:MARK_DIGITS] for file in files)
