"""Collecting: all raw files read and mapped into one frame, in an order that does not depend on the file system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.ingest.mapping import map_sheet
from voc_lib.ingest.raw import RawFile
from voc_lib.ingest.readers import Sheet, read_sheets
from voc_lib.ingest.spelling import plain_name
from voc_lib.ingest.state import FileReport
from voc_lib.ingest.validate import parse_times
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.sources import FIELDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Collected", "collect"]


@dataclass(frozen=True)
class Collected:
    """What all raw files hold.

    Args:
        rows: a row per readable raw row: the profile's fields (str, but occurred_at and replied_at, which are naive
            local times), occurred_text (the time as written), source, origin_file, origin_sheet, origin_row.
        unreadable: a row per row that could not be read: source, origin_file, origin_sheet, origin_row, detail.
        files: one report a file, without counts of outcomes.
        unmatched: names of files that belong to no source.
    """

    rows: pd.DataFrame
    unreadable: pd.DataFrame
    files: tuple[FileReport, ...]
    unmatched: tuple[str, ...]


def collect(profile: Profile, files: list[RawFile]) -> Collected:
    """Read and map all files, by name. Raises: SourceError for the first that cannot be read as its source."""
    import pandas as pd

    sources = dict(profile.sources.items())
    branches = frozenset(plain_name(name) for name in profile.branches.by_name())
    rows: list[pd.DataFrame] = [_no_rows()]
    unreadable: list[tuple[str, str, str, int, str]] = []
    reports: list[FileReport] = []
    for file in files:
        if file.source is None:
            continue
        settings = sources[file.source]
        sheets = read_sheets(file, settings)
        extra: dict[str, None] = {}
        for sheet in sheets:
            mapped = map_sheet(sheet, settings, file=file.name, source=file.source, branches=branches)
            extra.update(dict.fromkeys(mapped.extra))
            rows.append(_with_origin(mapped.rows, file, sheet, settings))
            unreadable += [(file.source, file.name, sheet.name, number, why) for number, why in sheet.unreadable]
        n_rows = sum(sheet.n_rows for sheet in sheets)
        reports.append(FileReport(file.name, file.source, file.sha256, n_rows, tuple(extra)))
    columns = ["source", "origin_file", "origin_sheet", "origin_row", "detail"]
    return Collected(
        rows=pd.concat(rows, ignore_index=True),
        unreadable=pd.DataFrame(unreadable, columns=columns).astype({"origin_row": "int64"}),
        files=tuple(reports),
        unmatched=tuple(file.name for file in files if file.source is None),
    )


def _with_origin(rows: pd.DataFrame, file: RawFile, sheet: Sheet, settings: SourceSettings) -> pd.DataFrame:
    import pandas as pd

    formats = tuple(dict.fromkeys((*settings.time_formats, *sheet.time_formats)))
    return rows.assign(
        occurred_text=rows["occurred_at"],
        occurred_at=parse_times(rows["occurred_at"], formats),
        replied_at=parse_times(rows["replied_at"], formats),
        source=pd.Series(file.source, index=rows.index, dtype="str"),
        origin_file=pd.Series(file.name, index=rows.index, dtype="str"),
    )


def _no_rows() -> pd.DataFrame:
    import pandas as pd

    texts = [*FIELDS, "occurred_text", "source", "origin_file", "origin_sheet"]
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in texts})
    frame["origin_row"] = pd.Series(dtype="int64")
    for name in ("occurred_at", "replied_at"):
        frame[name] = pd.Series(dtype="datetime64[us]")
    return frame
