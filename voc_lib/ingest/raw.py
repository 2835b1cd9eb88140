"""What people put into data/raw: which files are there, whose they are, and what their bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from voc_lib.errors import ProfileError, SourceError
from voc_lib.ingest.archive import is_archive, list_members, open_member
from voc_lib.ingest.database import source_of_snapshot
from voc_lib.ingest.spelling import shown_name
from voc_lib.params import Profile

__all__ = ["RawFile", "find_raw_files"]


@dataclass(frozen=True)
class RawFile:
    """One raw file.

    Args:
        name: path below data/raw, with forward slashes, in a form that can be shown; that of an archive goes before
            the name of a file in it.
        path: where it, or the archive that it is in, lies.
        source: the source whose pattern it matches; None where none does.
        sha256: of its bytes; empty where it belongs to no source.
        member: its name in the archive; None for a file by itself.
    """

    name: str
    path: Path
    source: str | None
    sha256: str
    member: str | None = None

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Its bytes, to be read. Raises: OSError; SourceError for a damaged file in an archive."""
        return _opened(self.path, self.member, self.name)


def find_raw_files(profile: Profile, folder: Path, *, may_be_none: bool = False) -> list[RawFile]:
    """All files below data/raw, sorted by name. Hidden files and the lock files of office programs are not seen.

    Args:
        may_be_none: whether a folder without any file of a source is right (their rows are kept elsewhere).
    Raises:
        SourceError: there is no file, none matches a source's pattern, or one cannot be read.
        ProfileError: one matches the patterns of two sources.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    names = {shown_name(path.relative_to(folder).as_posix()): path for path in paths}
    names = {name: path for name, path in names.items() if not _is_ignored(name)}
    found = dict(_with_members(names, profile))
    patterns = ", ".join(p for _, settings in profile.sources.items() for p in settings.files)
    if not names and not may_be_none:
        raise SourceError("no raw files", folder=str(folder), expected=patterns, hint="put the exports there")
    sources = {name: _source_of(profile, name) for name in sorted(found)}
    files = [
        RawFile(name, path, source, "" if source is None else _sha256(name, path, member), member)
        for name, source in sources.items()
        for path, member in (found[name],)
    ]
    if all(file.source is None for file in files) and not may_be_none:
        raise SourceError(
            "no raw file belongs to a source",
            folder=str(folder),
            found=", ".join(list(sources)[:5]),
            expected=patterns,
            hint="rename the files, or change `files` in params/sources.yaml",
        )
    return files


def _with_members(names: dict[str, Path], profile: Profile) -> Iterator[tuple[str, tuple[Path, str | None]]]:
    """Every file and where it is; for an archive that holds exports the files in it instead."""
    for name, path in names.items():
        if is_archive(name):
            members = list_members(path, name, profile.thresholds.ingest)
            inside = {f"{name}/{shown}": member for shown, member in members.items()}
            yield from ((shown, (path, member)) for shown, member in inside.items() if not _is_ignored(shown))
        else:
            yield name, (path, None)


def _is_ignored(name: str) -> bool:
    return any(part.startswith((".", "~$")) for part in name.split("/")) or name.endswith((".tmp", ".part"))


def _source_of(profile: Profile, name: str) -> str | None:
    if (source := source_of_snapshot(profile, name)) is not None:
        return source
    # A Windows program writes .CSV where another writes .csv.
    name = name.casefold()
    last = name.rsplit("/", 1)[-1]
    found = [
        source
        for source, settings in profile.sources.items()
        if any(fnmatchcase(part, pattern.casefold()) for pattern in settings.files for part in (name, last))
    ]
    if len(found) > 1:
        raise ProfileError(
            "a raw file belongs to two sources",
            raw_file=name,
            found=", ".join(found),
            file=str(profile.folder / "sources.yaml"),
            hint="make their `files` patterns exclude each other",
        )
    return found[0] if found else None


def _opened(path: Path, member: str | None, name: str) -> AbstractContextManager[IO[bytes]]:
    return path.open("rb") if member is None else open_member(path, member, shown=name)


def _sha256(name: str, path: Path, member: str | None) -> str:
    total = hashlib.sha256()
    try:
        with _opened(path, member, name) as file:
            while part := file.read(1 << 20):
                total.update(part)
        return total.hexdigest()
    except OSError as error:
        raise SourceError("raw file cannot be read", file=name, found=error.strerror) from None
