"""A workbook whose bytes depend on its cells alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

__all__ = ["workbook_bytes"]

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip entry can carry


def workbook_bytes(rows: Sequence[Sequence[str]], *, sheet: str) -> bytes:
    """An .xlsx with one sheet of text cells; the same rows give the same bytes.

    openpyxl stamps the hour into docProps/core.xml and into each zip entry, whatever the properties say (3.1): the
    archive is packed again with both pinned.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    sink = io.BytesIO()
    book.save(sink)
    return _pinned(sink.getvalue())


def _pinned(payload: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as source, zipfile.ZipFile(sink, "w") as target:
        for info in sorted(source.infolist(), key=lambda info: info.filename):
            content = source.read(info)
            if info.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(info.filename, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, content, compresslevel=6)
    return sink.getvalue()
