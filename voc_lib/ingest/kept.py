"""What is kept of purged raw files: their masked rows, and how each row ended, so that every later landing adds up.

For each purged file a folder below `kept/` holds `landed`, `quarantine` and `accounts` (Parquet); `state/purged.json`
names the files and is the commit point. Hashes under the erasure key go with the rows: whose they are (`subject`), so
that a customer can be forgotten whatever became of the customer key; number and content, so that a row exported again
is known. Nothing in the clear is kept.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import TableError
from voc_lib.ingest.refused import MARK_DIGITS
from voc_lib.ingest.state import FileReport
from voc_lib.privacy import Erasures, Pseudonymiser
from voc_lib.schema import UNKNOWN, conform, empty, table
from voc_lib.store import write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACCOUNT_COLUMNS", "FOLDER", "Kept", "hashes_of", "keep_file", "load_kept", "marks_of"]

FOLDER = "kept"
ACCOUNT_COLUMNS = (
    "source", "origin_file", "origin_sheet", "origin_row", "occurred_at", "dated", "branch", "month", "outcome",
)  # fmt: skip
_INDEX = "purged.json"
_HASHES = ("subject", "number", "content")


@dataclass(frozen=True)
class Kept:
    """What all purged raw files left.

    Args:
        files: one report a file, without counts of outcomes.
        accounts: a row a raw row, with ACCOUNT_COLUMNS; those of forgotten customers are erased.
        landed, quarantine: rows of the tables.
        numbers: source and hash of number of each landed row, to the hash of its content.
        mark: changes with the files.
    """

    files: tuple[FileReport, ...]
    accounts: pd.DataFrame
    landed: pd.DataFrame
    quarantine: pd.DataFrame
    numbers: dict[tuple[str, str], str]
    mark: str

    @property
    def shas(self) -> frozenset[str]:
        """SHA-256 of each file."""
        return frozenset(file.sha256 for file in self.files)

    def yield_to(self, rows: pd.DataFrame, hashes: pd.DataFrame) -> pd.DataFrame:
        """Raw rows after their repetitions are marked: one with a number that is kept is a duplicate where it says the
        same, else a conflict. What is kept has been reported on, and stays.

        Args:
            rows: with source, reason, detail and outcome.
            hashes: number and content of each (see `hashes_of`).
        """
        is_good = rows["outcome"].isin(["record", "duplicate", "duplicate_id_conflict"])
        keys = list(zip(rows["source"], hashes["number"], strict=True))
        said = [self.numbers.get(key) if good else None for key, good in zip(keys, is_good, strict=True)]
        is_known = [content is not None for content in said]
        is_same = [
            known and content == own for known, content, own in zip(is_known, said, hashes["content"], strict=True)
        ]
        is_other = [known and not same for known, same in zip(is_known, is_same, strict=True)]
        rows.loc[is_same, "outcome"] = "duplicate"
        rows.loc[is_same, ["reason", "detail"]] = None
        rows.loc[is_other, ["reason", "outcome"]] = "duplicate_id_conflict"
        rows.loc[is_other, "detail"] = "an earlier row with this number says something else"
        return rows

    def within(self, months: set[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Accounts and quarantine, with rows of a month that has no record under unknown, as everywhere."""
        accounts, quarantine = self.accounts.copy(), self.quarantine.copy()
        for frame in (accounts, quarantine):
            frame.loc[~frame["month"].isin(months), ["branch", "month"]] = UNKNOWN
        return accounts, quarantine


def hashes_of(rows: pd.DataFrame, content: pd.Series, erasures: Erasures) -> pd.DataFrame:
    """subject, number and content of raw rows under the erasure key, on the rows' index.

    Args:
        rows: with customer (in its one form) and record_id as the source writes it.
        content: what counts as the content of each.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "subject": erasures.subjects_of(rows["customer"]),
            "number": erasures.subjects_of("number " + rows["record_id"]),
            "content": erasures.subjects_of("content " + content),
        },
        index=rows.index,
    )


def load_kept(root: Path, erasures: Erasures, pseudonyms: Pseudonymiser | None, *, tz: str) -> Kept | None:
    """What is kept, without the forgotten; None where nothing was purged.

    Args:
        pseudonyms: those of today: rows kept under another customer key get keys made from their old ones, by which
            they still link to each other. None where only the files matter.
    Raises: TableError when a part is missing or damaged.
    """
    import pandas as pd

    entries = _entries(root)
    if not entries:
        return None
    mark = hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()
    files = tuple(
        FileReport(e["name"], e["source"], e["sha256"], e["n_rows"], tuple(e["extra_columns"])) for e in entries
    )
    if pseudonyms is None:
        nothing = pd.DataFrame()
        return Kept(files, nothing, nothing, nothing, {}, mark)
    accounts, landed, quarantine = [], [], []
    for entry in entries:
        parts = {name: _part(root, entry, name) for name in ("accounts", "landed", "quarantine")}
        own = parts["landed"]
        if entry["key"] != pseudonyms.tag():
            own["customer_key"] = pseudonyms.key_series(own["customer_key"])
        is_erased = erasures.holds_subjects(parts["accounts"]["subject"])
        parts["accounts"].loc[is_erased, "outcome"] = "erased"
        accounts.append(parts["accounts"])
        landed.append(own[~erasures.holds_subjects(own["subject"])])
        quarantine.append(parts["quarantine"][~erasures.holds_subjects(parts["quarantine"]["subject"])])
    all_landed = pd.concat(landed, ignore_index=True)
    keys = zip(all_landed["source"], all_landed["number"], strict=True)
    return Kept(
        files,
        pd.concat(accounts, ignore_index=True)[list(ACCOUNT_COLUMNS)],
        _in_form(all_landed, "landed", tz),
        _in_form(pd.concat(quarantine, ignore_index=True), "quarantine", tz),
        dict(zip(keys, all_landed["content"], strict=True)),
        mark,
    )


def keep_file(root: Path, file: FileReport, settled: dict[str, pd.DataFrame], *, key_tag: str) -> None:
    """Keep what landing made of a raw file; from when this returns, the file need not be there any more.

    Args:
        file: its report.
        settled: what `settle` gave of all files: landed, quarantine, accounts.
        key_tag: which customer key the rows are under.
    """
    columns = {"accounts": [*ACCOUNT_COLUMNS, "subject"], "quarantine": [*table("quarantine").names, "subject"]}
    columns["landed"] = [*table("landed").names, *_HASHES]
    accounts = settled["accounts"]
    accounts = accounts[accounts["origin_file"] == file.name]
    origin = ["origin_file", "origin_sheet", "origin_row"]
    hashes = accounts[[*origin, *_HASHES]]
    for name, wanted in columns.items():
        own = accounts if name == "accounts" else settled[name][settled[name]["origin_file"] == file.name]
        frame = own if name == "accounts" else own.merge(hashes, on=origin, how="left", validate="one_to_one")
        sink = io.BytesIO()
        frame[wanted].reset_index(drop=True).to_parquet(sink, index=False, compression="zstd")
        write_bytes(str(_path(root, file.name, file.sha256, name)), sink.getvalue())
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


def _part(root: Path, entry: dict[str, Any], name: str) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    path = _path(root, entry["name"], entry["sha256"], name)
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


def _path(root: Path, file: str, sha256: str, name: str) -> Path:
    # Two raw files may hold the same bytes, and each has accounts of its own.
    place = hashlib.sha256(f"{sha256}\0{file}".encode()).hexdigest()[:MARK_DIGITS]
    return root / FOLDER / place / f"{name}.parquet"


def _in_form(frame: pd.DataFrame, name: str, tz: str) -> pd.DataFrame:
    wanted = list(table(name).names)
    return conform(frame[wanted], name, tz=tz) if len(frame) else empty(name, tz=tz)


def marks_of(files: Iterable[FileReport]) -> frozenset[str]:
    """The first digits of each file's hash, as workbooks of refused rows name it."""
    return frozenset(file.sha256[:MARK_DIGITS] for file in files)
