"""Zip archives of exports: their files are read in place, never unpacked to the disk, and within limits.

The size that an archive states for a file is the most that can be read of it: the rest is an error of the library. So
the limits hold for what comes out, not only for what is promised.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from voc_lib.errors import SourceError

if TYPE_CHECKING:
    from voc_lib.params.thresholds import IngestSettings

__all__ = ["is_archive", "list_members", "open_member"]

_IS_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError)


def is_archive(name: str) -> bool:
    """Whether a file of that name is read as an archive."""
    return name.lower().endswith(".zip")


def list_members(path: Path, name: str, settings: IngestSettings) -> dict[str, str]:
    """The files in an archive: what each is called, and the name by which the archive knows it; sorted by the former.

    Raises: SourceError for an archive that is damaged, encrypted, or beyond the limits of the profile, and for one
        that holds another archive or a path that leads out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _FAULTS as error:
        raise _fault("zip archive cannot be read", name, found=type(error).__name__) from None
    if len(entries) > settings.max_zip_entries:
        raise _fault("zip archive holds too many files", name, found=len(entries), expected=settings.max_zip_entries)
    size = sum(entry.file_size for entry in entries)
    if size > settings.max_zip_mb * 1_000_000:
        raise _fault(
            "zip archive is too large when unpacked",
            name,
            found=f"{size / 1_000_000:,.0f} MB",
            expected=f"at most {settings.max_zip_mb:,} MB",
            hint="unpack it yourself if it is right, or raise ingest.max_zip_mb in params/thresholds.yaml",
        )
    members: dict[str, str] = {}
    for entry in entries:
        shown = _shown(entry)
        if entry.flag_bits & _IS_ENCRYPTED:
            raise _fault("zip archive is encrypted", name, entry=shown, hint="unpack it with its password")
        if _leads_out(shown) or stat.S_ISLNK(entry.external_attr >> 16):
            raise _fault("zip archive holds a path that leads out of it", name, entry=shown)
        if is_archive(shown):
            raise _fault("zip archive holds another archive", name, entry=shown, hint="unpack the outer one")
        if shown in members:
            raise _fault("zip archive holds a file twice", name, entry=shown)
        members[shown] = entry.filename
    return dict(sorted(members.items()))


@contextmanager
def open_member(path: Path, member: str, *, shown: str) -> Iterator[IO[bytes]]:
    """One file of an archive, to be read. Raises: SourceError when it is damaged, also while it is being read."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            yield stream
    except (*_FAULTS, KeyError) as error:
        raise _fault("file in a zip archive cannot be read", shown, found=type(error).__name__) from None


def _shown(entry: zipfile.ZipInfo) -> str:
    """The name of a file; Windows programs write it in GB 18030 where the standard has code page 437."""
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or not name.isprintable()


def _fault(message: str, name: str, *, hint: str = "make the archive again", **where: object) -> SourceError:
    return SourceError(message, file=name, hint=hint, **where)
