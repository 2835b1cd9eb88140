"""What branches answered: kept for good under data/feedback, and from there landed into the table `answers`.

Each form that is taken in becomes one file, data/feedback/CODE/YYYY-MM/HASH.json, named after what it holds: taking it
in again writes the same file, and none is ever changed. So neither the order nor a killed run matters: what is there
is whole, and the table is made from all of it. Nothing here asks the clock.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from voc_lib import schema
from voc_lib.errors import SourceError
from voc_lib.params import Profile
from voc_lib.store import Store, files_below, read_bytes, write_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEEDBACK", "keep_answers", "land_feedback"]

FEEDBACK = "feedback"
_FORMAT = 1
_PLACE = re.compile(r"([^/]+)/(\d{4}-(?:0[1-9]|1[0-2]))/([0-9a-f]{32})\.json")
_TOLD = ("action_id", "answer", "reply", "replied_on", "done_on")
_STRENGTH = {answer: rank for rank, answer in enumerate(("adopted", "escalated", "declined", "done"))}


def keep_answers(
    data_root: str, answers: Iterable[Mapping[str, str | None]], *, branch: str, month: str, saved_at: str
) -> bool:
    """Keep what one form says, atomically. Taken in twice it is kept once.

    Args:
        data_root: folder or fsspec URL of the data.
        answers: action_id, answer, reply (masked), replied_on and done_on (YYYY-MM-DD or None) of each.
        branch, month: of the form.
        saved_at: when the workbook was last saved, as it says itself; tells a corrected form from the one it corrects.
    Returns: whether it was new.
    """
    told = sorted(({name: row[name] for name in _TOLD} for row in answers), key=lambda row: str(row["action_id"]))
    content = {"format": _FORMAT, "branch": branch, "month": month, "saved_at": saved_at, "answers": told}
    payload = (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    place = f"{branch}/{month}/{_name(payload)}.json"
    folder = f"{data_root.rstrip('/')}/{FEEDBACK}"
    try:
        if read_bytes(f"{folder}/{place}") == payload:
            return False
    except FileNotFoundError:
        pass
    write_bytes(f"{folder}/{place}", payload)
    return True


def land_feedback(profile: Profile, data_root: str) -> int:
    """Make the table `answers` from all that is kept; a file that was taken away takes its answers with it.

    Answers to one suggestion in one form stand in this order: by the day they were given (unknown first), then by when
    the workbook was saved, then the one that settles more. One that says the same as an earlier one is told once.

    Returns: how many forms are kept.
    Raises: SourceError for a file that is not as it was written; nothing is written then.
    """
    folder = f"{data_root.rstrip('/')}/{FEEDBACK}"
    kept: dict[tuple[str, str], list[dict[str, Any]]] = {}
    n_forms = 0
    for file in files_below(folder):
        match = _PLACE.fullmatch(file)
        if match is None or match[1] not in profile.branches.codes:
            continue  # somebody's own notes, or a branch that is no more
        n_forms += 1
        kept.setdefault((match[1], match[2]), []).extend(_read(f"{folder}/{file}", match[3]))
    store = Store(data_root, profile.tz)
    for place in sorted(set(store.partitions("answers")) - set(kept)):
        store.remove("answers", *place)
    for (branch, month), rows in sorted(kept.items()):
        frame = _table(rows, branch, month, profile.tz)
        store.write("answers", frame, branch, month)
    return n_forms


def _name(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()[:32]


def _read(url: str, name: str) -> list[dict[str, Any]]:
    payload = read_bytes(url)
    if _name(payload) != name:
        raise SourceError(
            "kept answers are not what was written",
            file=url,
            hint="put the file back from a copy, or take it away and take the form in again: voc feedback FORM.xlsx",
        )
    content = json.loads(payload)
    return [{**row, "saved_at": content["saved_at"]} for row in content["answers"]]


def _table(rows: list[dict[str, Any]], branch: str, month: str, tz: str) -> pd.DataFrame:
    import pandas as pd

    ordered = sorted(rows, key=_order)
    said: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in ordered:  # the same said twice counts where it was said last, or an answer in between would win
        what = tuple(row[name] for name in _TOLD)
        said.pop(what, None)
        said[what] = row
    counts: dict[str, int] = {}
    table = []
    for row in said.values():
        position = counts[row["action_id"]] = counts.get(row["action_id"], 0) + 1
        table.append({"branch": branch, "month": month, "position": position, **{name: row[name] for name in _TOLD}})
    frame = pd.DataFrame(table, columns=schema.table("answers").names)
    for column in ("replied_on", "done_on"):
        frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
    return schema.conform(frame, "answers", tz=tz)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["action_id"],
        row["replied_on"] or "",
        row["saved_at"],
        _STRENGTH.get(row["answer"], 0),
        row["done_on"] or "",
        row["reply"] or "",
    )
