"""What the last landing read and did: state/land.json, the commit point of a landing and the memory of the next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import voc_lib
from voc_lib.ingest.raw import RawFile
from voc_lib.params import Profile
from voc_lib.store import read_bytes, remove_file, write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FileReport", "LandReport", "fingerprint", "landed_months", "load_state", "save_state"]

_FORMAT = 2


@dataclass(frozen=True)
class FileReport:
    """One raw file, and how its rows ended.

    Args:
        name: path below data/raw.
        source: whose it is.
        sha256: of its bytes.
        n_rows: rows below the heading.
        extra_columns: headings that the profile does not know; ignored.
        outcomes: rows by outcome: record, duplicate, erased, or a reason of refusal. They add up to n_rows.
        last: the last day up to as_of (YYYY-MM-DD) that a row tells of; empty where none does, and of a purged file.
    """

    name: str
    source: str
    sha256: str
    n_rows: int
    extra_columns: tuple[str, ...] = ()
    outcomes: Mapping[str, int] = field(default_factory=dict)
    last: str = ""


@dataclass(frozen=True)
class LandReport:
    """One landing.

    Args:
        files: the raw files that were read, by name.
        unmatched: files below data/raw that belong to no source.
        months: every month (YYYY-MM) from the first to the last that has a usual number of records, without gaps.
        stray_months: months outside that range which have some records all the same.
        branches: branch codes, in the profile's order.
        as_of: the moment the run stands for, local time (ISO 8601).
        n_masked: personal data masked.
        notes: what else a person should know, a line each (see notes.py).
        tables: SHA-256 of each partition written, by table/branch/month.
        fingerprint: of everything the landing depends on.
        changed: False where nothing had to be done.
    """

    files: tuple[FileReport, ...]
    unmatched: tuple[str, ...]
    months: tuple[str, ...]
    stray_months: tuple[str, ...]
    branches: tuple[str, ...]
    as_of: str
    n_masked: int
    fingerprint: str
    notes: tuple[str, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    changed: bool = True

    @property
    def n_rows(self) -> int:
        """Raw rows read."""
        return sum(file.n_rows for file in self.files)

    @property
    def outcomes(self) -> dict[str, int]:
        """Rows of all files by outcome, sorted by its name; they add up to n_rows."""
        totals: dict[str, int] = {}
        for file in self.files:
            for outcome, n_rows in file.outcomes.items():
                totals[outcome] = totals.get(outcome, 0) + n_rows
        return dict(sorted(totals.items()))

    @property
    def n_records(self) -> int:
        """Rows that became records."""
        return self.outcomes.get("record", 0)

    @property
    def n_duplicates(self) -> int:
        """Rows that repeat another."""
        return self.outcomes.get("duplicate", 0)

    @property
    def n_erased(self) -> int:
        """Rows of customers who are forgotten."""
        return self.outcomes.get("erased", 0)

    @property
    def n_refused(self) -> int:
        """Rows in quarantine."""
        return self.n_rows - self.n_records - self.n_duplicates - self.n_erased


def fingerprint(
    profile: Profile, files: list[RawFile], *, as_of: pd.Timestamp | None, key_tag: str, others: Mapping[str, object]
) -> str:
    """A hash over all that decides what a landing writes: raw bytes, profile, as_of, key, code, others."""
    parts = {
        "files": [(file.name, file.source, file.sha256) for file in files if file.source is not None],
        "profile": [
            profile.branches.model_dump(mode="json"),
            profile.sources.model_dump(mode="json"),
            profile.thresholds.ingest.model_dump(mode="json"),
            profile.masking.model_dump(mode="json"),
            profile.tz,
        ],
        "as_of": None if as_of is None else str(as_of),
        "key": key_tag,
        **others,
        "code": [voc_lib.__version__, _code()],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _code() -> str:
    """A hash over the modules that landing runs through, so that a mended rule lands anew."""
    total = hashlib.sha256()
    base = resources.files(voc_lib)
    for room in ("ingest", "privacy", "text"):
        folder = Path(str(base.joinpath(room)))
        for entry in sorted(folder.rglob("*.py")):
            total.update(entry.relative_to(folder).as_posix().encode() + b"\0" + entry.read_bytes())
    for name in ("schema.py", "store.py"):
        total.update(base.joinpath(name).read_bytes())
    return total.hexdigest()


def load_state(root: str) -> LandReport | None:
    """The last landing, as one in which nothing changed; None where there is none or it was not finished."""
    try:
        data: dict[str, Any] = json.loads(read_bytes(_path(root)))
        if data.pop("format") != _FORMAT:
            return None
        files = tuple(
            FileReport(**{**file, "extra_columns": tuple(file["extra_columns"])}) for file in data.pop("files")
        )
        lists: dict[str, Any] = {
            name: tuple(data.pop(name)) for name in ("unmatched", "months", "stray_months", "branches", "notes")
        }
        return replace(LandReport(files=files, **lists, **data), changed=False)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def landed_months(data_root: str | Path) -> tuple[str, ...] | None:
    """The months that a run plans unless others are asked for: those of the last landing without the stray ones.

    Returns: YYYY-MM, in order; None where nothing has landed here, or a landing was cut off.
    """
    report = load_state(str(data_root))
    return None if report is None else report.months


def save_state(root: str, report: LandReport | None) -> None:
    """Write the state; None takes it away, before tables are written."""
    if report is None:
        remove_file(_path(root))
        return
    data = {"format": _FORMAT, **asdict(report)}
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(_path(root), text.encode("utf-8"))


def _path(root: str) -> str:
    return f"{root.rstrip('/')}/state/land.json"
