"""Notes: what a person should know of a landing beside its sums, and do something about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.errors import nearest
from voc_lib.params import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    landed: pd.DataFrame,
    quarantine: pd.DataFrame,
    stray_months: Iterable[str],
) -> tuple[str, ...]:
    """One line each: sources without a file, spellings of no branch, files mostly refused, months of no report."""
    files, unmatched = tuple(files), tuple(unmatched)
    notes = [_no_file(source, settings.files, unmatched) for source, settings in profile.sources.items()
             if not any(file.source == source for file in files)]  # fmt: skip
    notes += _spellings(quarantine)
    for file in files:
        refused = {name: n for name, n in file.outcomes.items() if name not in ("record", "duplicate", "erased")}
        n_refused = sum(refused.values())
        if file.n_rows >= _FEW_ROWS and n_refused > _LARGE_SHARE * file.n_rows:
            most = max(refused, key=lambda name: (refused[name], name))
            notes.append(
                f"{file.name}: {n_refused:,} of {file.n_rows:,} rows refused ({n_refused / file.n_rows:.0%}), "
                f"most for {most}"
            )
    for month in stray_months:
        n_rows = int((landed["month"] == month).sum())
        notes.append(f"{month}: {n_rows:,} records far from all others, in no report unless asked for by --month")
    return tuple(notes)


def _no_file(source: str, patterns: tuple[str, ...], unmatched: tuple[str, ...]) -> str:
    near = next((found for pattern in patterns if (found := nearest(pattern, unmatched))), None)
    return f"{source}: no file matches {', '.join(patterns)}" + (f"; did you mean {near}?" if near else "")


def _spellings(quarantine: pd.DataFrame) -> list[str]:
    unknown = quarantine[quarantine["reason"] == "unknown_branch"]
    groups = sorted(unknown.groupby(["origin_file", "detail"]), key=lambda group: (-len(group[1]), group[0]))
    notes = []
    for (name, detail), rows in groups[:_MOST_SPELLINGS]:
        numbers = [str(number) for number in sorted(rows["origin_row"])]
        listed = ", ".join(numbers[:_LISTED]) + (", …" if len(numbers) > _LISTED else "")
        advice = (
            "; if it is one, add the spelling to its aliases in params/branches.yaml" if "nearest: " in detail else ""
        )
        notes.append(f"{name}: {len(rows):,} rows of no branch: {detail} (row {listed}){advice}")
    if len(groups) > _MOST_SPELLINGS:
        notes.append(f"{len(groups) - _MOST_SPELLINGS} more spellings of no branch: see the table quarantine")
    return notes
