"""Keeps demo data and a centre's own exports apart: a folder holds the one or the other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from voc_lib.errors import SourceError

__all__ = ["MARKER", "check_demo", "remove_demo"]

MARKER = "expected.json"  # beside the exports: what was planted, and which files are the demo's


def check_demo(folder: str | Path) -> bool:
    """Whether the folder holds demo data, and nothing else.

    Returns: True for demo data alone; False where there is none.
    Raises: SourceError where demo files lie among others, or were changed.
    """
    folder = Path(folder)
    marker = folder / MARKER
    others = {p.name for p in folder.iterdir() if not p.name.startswith(".")} if folder.is_dir() else set()
    if not marker.is_file():
        return False
    try:
        known = {
            name: entry["sha256"] for name, entry in json.loads(marker.read_text(encoding="utf-8"))["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return False  # somebody else's file of that name
    away = sorted(name for name in known if name in ("", ".", "..") or Path(name).name != name or "\\" in name)
    if away:
        raise SourceError(
            "demo list names files elsewhere",
            file=folder / MARKER,
            found=", ".join(away[:5]),
            hint="no demo writes such a list: take it away by hand",
        )
    foreign = sorted(others - {*known, MARKER})
    changed = sorted(n for n in others & {*known} if not (folder / n).is_file() or _sha256(folder / n) != known[n])
    if foreign or changed:
        raise SourceError(
            "demo files lie among others",
            folder=folder,
            not_of_the_demo=", ".join(foreign) or None,
            changed=", ".join(changed) or None,
            hint="keep demo data and your own exports apart: move your files away, then run `make clean`",
        )
    return True


def remove_demo(folder: str | Path) -> bool:
    """Take away the demo files of a folder, if it holds any.

    Returns: whether there were any.
    Raises: SourceError when the folder holds other files, which are left alone.
    """
    folder = Path(folder)
    if not check_demo(folder):
        others = sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []
        if others:
            raise SourceError(
                "folder holds files that are not demo files",
                folder=folder,
                found=", ".join(others[:5]),
                hint="`make reports` runs your own exports; the demo wants a folder of its own, or an empty one",
            )
        return False
    listed = json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]
    for name, entry in listed.items():
        # Asked again of each file: between the check and now somebody may have put another in its place.
        if (folder / name).is_file() and _sha256(folder / name) == entry["sha256"]:
            (folder / name).unlink()
    (folder / MARKER).unlink()
    return True


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
