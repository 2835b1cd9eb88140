"""Collecting: all raw files read, mapped and prepared, in an order that does not depend on the file system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voc_lib.ingest.mapping import extra_headings, map_chunk
from voc_lib.ingest.prepare import Preparer, unreadable_rows
from voc_lib.ingest.readers import read_chunks
from voc_lib.ingest.spelling import plain_name
from voc_lib.ingest.state import FileReport
from voc_lib.params import Profile, SourceSettings

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.ingest.chunks import Chunk
    from voc_lib.ingest.mends import Mending
    from voc_lib.ingest.raw import RawFile
    from voc_lib.ingest.spill import Spill

__all__ = ["Collected", "collect"]


@dataclass(frozen=True)
class Collected:
    """What all raw files hold.

    Args:
        spill: their rows, prepared.
        files: one report a file, without counts of outcomes.
        unmatched: names of files that belong to no source.
        dated: for each file how many rows of each month it has, whatever else is wrong with them.
    """

    spill: Spill
    files: tuple[FileReport, ...]
    unmatched: tuple[str, ...]
    dated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def months(self) -> dict[str, int]:
        """How many rows of each month there are, of all files."""
        total: Counter[str] = Counter()
        for sizes in self.dated.values():
            total.update(sizes)
        return dict(total)


def collect(
    profile: Profile, files: list[RawFile], *, spill: Spill, preparer: Preparer, mending: Mending | None = None
) -> Collected:
    """Read, map, mend and prepare all files, by name.

    Raises: SourceError for the first that cannot be read as its source.
    """
    sources = dict(profile.sources.items())
    branches = frozenset(plain_name(name) for name in profile.branches.by_name())
    reports: list[FileReport] = []
    dated: dict[str, Counter[str]] = {}
    for file in files:
        if file.source is None:
            continue
        settings = sources[file.source]
        extra: dict[str, None] = {}
        n_rows = 0
        dated[file.name] = Counter()
        for chunk in read_chunks(file, settings):
            extra.update(dict.fromkeys(extra_headings(chunk, settings)))
            n_rows += chunk.n_rows
            rows = map_chunk(chunk, settings, file=file.name, source=file.source, branches=branches)
            for part in _prepared(rows, chunk, file, preparer, settings, mending):
                spill.add(part)
                months = part.loc[part["occurred_at"].notna(), "month"]
                dated[file.name].update(months.value_counts().to_dict())
        reports.append(FileReport(file.name, file.source, file.sha256, n_rows, tuple(extra)))
    spill.finish()
    unmatched = tuple(file.name for file in files if file.source is None)
    return Collected(spill, tuple(reports), unmatched, dated)


def _prepared(
    rows: pd.DataFrame,
    chunk: Chunk,
    file: RawFile,
    preparer: Preparer,
    settings: SourceSettings,
    mending: Mending | None,
) -> list[pd.DataFrame]:
    import pandas as pd

    assert file.source is not None
    unreadable, mended = chunk.unreadable, None
    if mending is not None:
        rows, unreadable, mended = mending.mend(rows, unreadable, settings, file=file.name, sheet=chunk.sheet)
    parts = []
    if len(rows):
        rows["source"] = pd.Series(file.source, index=rows.index, dtype="str")
        rows["origin_file"] = pd.Series(file.name, index=rows.index, dtype="str")
        formats = tuple(dict.fromkeys((*settings.time_formats, *chunk.time_formats)))
        parts.append(preparer.prepare(rows, settings, formats, mended))
    if unreadable:
        parts.append(unreadable_rows(unreadable, source=file.source, file=file.name, sheet=chunk.sheet))
    return parts
