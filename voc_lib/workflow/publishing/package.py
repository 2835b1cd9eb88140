"""What goes to a branch: its approved files and a manifest of them, in one encrypted archive."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voc_lib.errors import PublishError
from voc_lib.store import shift_month
from voc_lib.workflow.review import Approval, content_of

__all__ = ["PACKAGE_MANIFEST", "Package", "check_password"]

PACKAGE_MANIFEST = "manifest.json"
_FORMAT = 1
_FEWEST_CHARACTERS = 12  # the archive's own key derivation is quick, so a short password would be found by trying


@dataclass(frozen=True)
class Package:
    """One report on its way to its branch.

    Args:
        branch, month: whose it is.
        centre: who sends it.
        approval: of exactly these files.
        files: their bytes, by name.
        version: 1, and one more for each other content that went out before.
    """

    branch: str
    month: str
    centre: str
    approval: Approval
    files: Mapping[str, bytes]
    version: int = 1

    @property
    def content(self) -> str:
        """Hash of what goes out, by which it is known whether it went out before; not of who approved it when."""
        return content_of((self.branch, self.month), self.approval.files)

    @property
    def name(self) -> str:
        """File name of the archive."""
        return f"{self.month}_{self.branch}_{self.content[:12]}.zip"

    @property
    def size(self) -> int:
        """Of its files together, in bytes."""
        return sum(len(payload) for payload in self.files.values())

    def manifest(self) -> dict[str, Any]:
        """What the branch can check its files against."""
        return {
            "format": _FORMAT,
            "centre": self.centre,
            "branch": self.branch,
            "month": self.month,
            "version": self.version,
            "content": self.content,
            "approved": {"by": self.approval.by, "at": self.approval.at},
            "files": {
                name: {"sha256": hashlib.sha256(payload).hexdigest(), "bytes": len(payload)}
                for name, payload in sorted(self.files.items())
            },
        }

    def encrypted(self, password: str) -> bytes:
        """The archive: a zip with AES-256 (WinZip's AE-2), whose salts make it another each time.

        Its table of contents is not encrypted: it holds plain file names and sizes.
        """
        import pyzipper

        manifest = json.dumps(self.manifest(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        year, month = (int(part) for part in shift_month(self.month, 1).split("-"))
        sink = io.BytesIO()
        with pyzipper.AESZipFile(sink, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(password.encode("utf-8"))
            for name, payload in {**self.files, PACKAGE_MANIFEST: manifest.encode("utf-8")}.items():
                entry = pyzipper.zipfile_aes.AESZipInfo(name, date_time=(year, month, 1, 0, 0, 0))
                archive.writestr(entry, payload)
        return sink.getvalue()


def check_password(password: str, *, where: str) -> str:
    """The password, if it can keep a package closed. Raises: PublishError that says where it came from."""
    if len(password) < _FEWEST_CHARACTERS:
        raise PublishError(
            "password of the package is too short", found_in=where, expected=f"{_FEWEST_CHARACTERS} characters or more"
        )
    return password
