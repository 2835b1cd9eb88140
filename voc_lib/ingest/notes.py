"""Notes: what a person should know of a landing beside its sums, and do something about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.errors import nearest
from voc_lib.params import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from voc_lib.ingest.state import FileReport

__all__ = ["notes_of"]

_MOST_SPELLINGS = 10
_LISTED = 8  # row numbers after a spelling
_LARGE_SHARE = 0.2  # refused rows of a file
_FEW_ROWS = 5


def notes_of(
    profile: Profile,
    files: Iterable[FileReport],
    unmatched: Iterable[str],
    *,
    spellings: pd.DataFrame,
    stray_months: Mapping[str, int],
) -> tuple[str, ...]:
    """One line each: sources without a file, spellings of no branch, files mostly refused, months of no report.

    Args:
        spellings: those of no branch, as `Accounts` tells them.
        stray_months: months far from all others, and how many records each has.
    """
    files, unmatched = tuple(files), tuple(unmatched)
    notes = [_no_file(source, settings.files, unmatched) for source, settings in profile.sources.items()
             if not any(file.source == source for file in files)]  # fmt: skip
    notes += _spellings(spellings)
    for file in files:
        refused = {name: n for name, n in file.outcomes.items() if name not in ("record", "duplicate", "erased")}
        n_refused = sum(refused.values())
        if file.n_rows >= _FEW_ROWS and n_refused > _LARGE_SHARE * file.n_rows:
            most = max(refused, key=lambda name: (refused[name], name))
            notes.append(
                f"{file.name}: {n_refused:,} of {file.n_rows:,} rows refused ({n_refused / file.n_rows:.0%}), "
                f"most for {most}"
            )
    for month, n_rows in stray_months.items():
        notes.append(f"{month}: {n_rows:,} records far from all others, in no report unless asked for by --month")
    return tuple(notes)


def _no_file(source: str, patterns: tuple[str, ...], unmatched: tuple[str, ...]) -> str:
    near = next((found for pattern in patterns if (found := nearest(pattern, unmatched))), None)
    return f"{source}: no file matches {', '.join(patterns)}" + (f"; did you mean {near}?" if near else "")


def _spellings(spellings: pd.DataFrame) -> list[str]:
    columns = (spellings[name] for name in ("origin_file", "detail", "n_rows", "first"))
    groups = sorted(zip(*columns, strict=True), key=lambda group: (-group[2], group[:2]))
    notes = []
    for name, detail, n_rows, first in groups[:_MOST_SPELLINGS]:
        listed = ", ".join(str(number) for number in first[:_LISTED]) + (", …" if n_rows > _LISTED else "")
        advice = (
            "; if it is one, add the spelling to its aliases in params/branches.yaml" if "nearest: " in detail else ""
        )
        notes.append(f"{name}: {n_rows:,} rows of no branch: {detail} (row {listed}){advice}")
    if len(groups) > _MOST_SPELLINGS:
        notes.append(f"{len(groups) - _MOST_SPELLINGS} more spellings of no branch: see the table quarantine")
    return notes
