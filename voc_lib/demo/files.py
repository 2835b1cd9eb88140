"""The demo's files: exports in the profile's layout, and expected.json, which says what was planted in them."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from voc_lib.demo.expected import expectations
from voc_lib.demo.guard import MARKER, remove_demo
from voc_lib.demo.month import branch_month
from voc_lib.demo.rows import Export, export_rows
from voc_lib.demo.texts import Texts, load_texts
from voc_lib.demo.voices import Voice
from voc_lib.demo.workbook import workbook_bytes
from voc_lib.errors import ProfileError
from voc_lib.params import Profile, SourceSettings
from voc_lib.store import window

__all__ = ["write_demo"]

_ENCODINGS = {"work_order": "gb18030", "complaint_intent": "utf-8", "survey": "utf-8-sig"}


def write_demo(
    folder: str | Path,
    *,
    profile: Profile,
    seed: int = 95533,
    branches: int = 3,
    months: int = 3,
    last_month: str = "2013-05",
) -> list[Path]:
    """Write demo exports of all sources of the profile, and expected.json beside them.

    The same arguments give the same bytes. A folder that already holds demo files gets them anew.

    Args:
        folder: made if it is not there; it may hold nothing but earlier demo files.
        profile: its branches, column headings and file names are used.
        seed: of everything that is drawn.
        branches: the first so many of the profile (1 or more).
        months: so many up to last_month (1 or more).
        last_month: YYYY-MM.
    Returns: the files written, sorted, expected.json last.
    Raises: SourceError when the folder holds other files; ProfileError when the profile has fewer branches, the last
        month is none, or a source's files are neither .csv nor .xlsx.
    """
    folder = Path(folder)
    known = profile.branches.codes
    if not 1 <= branches <= len(known) or months < 1:
        raise ProfileError(
            "no demo of that size",
            branches=branches,
            months=months,
            allowed=f"1 to {len(known)} branches, 1 month or more",
        )
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", last_month):
        raise ProfileError("not a month", found=last_month, expected="YYYY-MM, e.g. 2013-05")
    remove_demo(folder)
    spans = window(last_month, 1 - months, 0)
    texts = load_texts()
    voices = _plant_hostile(_voices(texts, seed, known[:branches], spans), texts)
    written: list[tuple[str, str, list[Voice], Export, bytes]] = []
    for source, settings in profile.sources.items():
        for tag, months_in in _tags(source, spans):
            chosen = [v for v in voices if v.source == source and v.at.strftime("%Y-%m") in months_in]
            export = export_rows(
                chosen,
                source=source,
                tag=tag[:6],
                branch_names={b.code: [b.name] * 4 + list(b.aliases[:1]) for b in profile.branches.branches},
                rng=random.Random(f"{seed}/{source}/{tag}"),
            )
            name = settings.files[0].replace("*", tag)
            written.append((name, source, chosen, export, _payload(name, source, settings, export)))
    expected = expectations(written, branches=known[:branches], months=spans)
    payloads = {name: payload for name, *_, payload in written}
    payloads[MARKER] = (json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, payload in payloads.items():
        (folder / name).write_bytes(payload)
    return [folder / name for name in sorted(payloads, key=lambda name: (name == MARKER, name))]


def _voices(texts: Texts, seed: int, codes: Sequence[str], months: Sequence[str]) -> list[Voice]:
    voices = [
        voice
        for age, month in enumerate(reversed(months))
        for position, code in enumerate(codes)
        for voice in branch_month(texts, seed=seed, branch=code, position=position, month=month, age=age)
    ]
    return sorted(voices, key=lambda v: (v.at, v.branch, v.source, v.customer, v.text))


def _plant_hostile(voices: list[Voice], texts: Texts) -> list[Voice]:
    """The hostile texts, in the place of the last work orders of their kind that nothing else was planted in."""
    rng = random.Random("hostile")
    found = [
        i
        for i, v in enumerate(voices)
        if v.source == "work_order" and v.kind == "question" and not (v.pii or v.hot or v.told_twice)
    ]
    result = list(voices)
    for text, i in zip(texts.hostile, reversed(found), strict=False):
        filled = texts.fill(text, rng, outlet=voices[i].outlet)
        result[i] = replace(voices[i], text=filled, kind="hostile", category=None)
    return result


def _tags(source: str, months: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    if source == "work_order":  # exported monthly, the others once for the whole time: both are usual
        return [(month.replace("-", ""), [month]) for month in months]
    return [("-".join(sorted({months[0].replace("-", ""), months[-1].replace("-", "")})), months)]


def _headings(settings: SourceSettings) -> list[tuple[str, str]]:
    """Field and heading of each column; the columns to drop stand behind the customer's number, as in the exports."""
    columns: list[tuple[str, str]] = []
    dropped = [("name" if "姓名" in heading else "phone", heading) for heading in settings.drop]
    for field in settings.columns:
        # Of several columns that make one field the last holds its text; the others stay empty.
        columns += [("", heading) for heading in settings.headings(field)[:-1]]
        columns.append((field, settings.headings(field)[-1]))
        if field == "customer":
            columns += dropped
    return columns if "customer" in settings.columns else columns + dropped


def _payload(name: str, source: str, settings: SourceSettings, export: Export) -> bytes:
    columns = _headings(settings)
    table = [
        [heading for _, heading in columns],
        *([row.get(field, "") for field, _ in columns] for row in export.rows),
    ]
    if name.endswith(".xlsx"):
        return workbook_bytes(table, sheet=settings.sheets[0] if settings.sheets else "投诉意向")
    if not name.endswith(".csv"):
        raise ProfileError("the demo writes .csv and .xlsx only", source=source, found=settings.files[0])
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    for position, row in enumerate(table, start=-1):
        # An export that forgets to quote a comma: the row has fields too many.
        writer.writerow([*row, "续", ""] if position in export.broken else row)
    return sink.getvalue().encode(_ENCODINGS[source])
