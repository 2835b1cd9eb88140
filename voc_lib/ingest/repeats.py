"""Repeats: which rows tell again what a row with their number told before, and which tell something else under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voc_lib.ingest.prepare import FOLLOW_UP

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from voc_lib.ingest.spill import Spill

__all__ = ["find_repeats", "repeats_of_kept"]

_KEYS = ["source", "record_id"]
_CARRIED = (*FOLLOW_UP, "n_masked_reply")
_READ = (*_KEYS, "origin_file", "origin_row", "occurred_at", "reason", "content", *_CARRIED)
_MOST_SORTED = 1_000_000  # numbers sorted together; more are looked at in several rounds
_MOST_AT_ONCE = 200_000  # numbers; more are looked at in several rounds
_COLUMNS = ["place", "row", "verdict", *_CARRIED]


def find_repeats(spill: Spill, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows that are no record of their own, and records of which another row tells more.

    Among good rows of one number the earliest stays, of equal times the first. The same content again is a duplicate;
    other content under the same number is a conflict, and refused. By time, not by file: what lands for a later month,
    under whatever file name, never takes a record from an earlier one. What is done about a voice (status, reply, its
    time) is no content: the record has the last that its repetitions tell, in the order in which the files were
    exported: by their last voice, then by name.

    Args:
        as_of: later rows are future ones, and neither repeat nor are repeated.
    Returns: place (of the block), row (in it), verdict (duplicate, duplicate_id_conflict or record); for a record the
        columns of what was done about it, as they then are.
    """
    import pandas as pd

    # Only rows whose number comes again are looked at whole: in most exports few.
    again = _held_twice([block.ids for block in spill.blocks])
    if not len(again):
        return pd.DataFrame(columns=_COLUMNS)
    ranks = _file_ranks(spill, as_of)
    n_rounds = -(-len(again) // _MOST_AT_ONCE)
    found = [_judged(_rows_of(spill, again[start::n_rounds], as_of), ranks) for start in range(n_rounds)]
    return pd.concat(found, ignore_index=True)


def _held_twice(ids: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The numbers but 0 that are there twice or more, sorted; some millions are looked at together, not all."""
    import numpy as np

    n_rounds = max(1, -(-sum(map(len, ids)) // _MOST_SORTED))
    found = []
    for part in range(n_rounds):
        own = [some[some % np.uint64(n_rounds) == part] for some in ids] if n_rounds > 1 else ids
        ordered = np.sort(np.concatenate(own or [np.empty(0, dtype="uint64")]))
        found.append(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    again: np.ndarray[Any, Any] = np.sort(np.concatenate(found))
    told: np.ndarray[Any, Any] = again[again != 0]
    return told


def repeats_of_kept(spill: Spill, numbers: Mapping[tuple[str, str], str], *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows whose number is kept of a purged raw file: duplicates where they say the same, else conflicts.

    What is kept has been reported on, and stays as it is.

    Args:
        spill: with hashes.
        numbers: source and hash of number, to the hash of what is said, of each record that is kept.
    Returns: as `find_repeats`, for these rows.
    """
    import numpy as np
    import pandas as pd

    parts = []
    for block in spill.blocks:
        if not block.ids.any():
            continue
        rows = spill.read([block], ("source", "number", "said", "occurred_at"))
        keys = zip(rows["source"], rows["number"], strict=True)
        said = pd.Series([numbers.get(key, "") for key in keys], index=rows.index, dtype="str")
        is_known = (said != "") & (block.ids != 0) & (rows["occurred_at"] <= as_of)
        if is_known.any():
            verdict = np.where(said == rows["said"], "duplicate", "duplicate_id_conflict")[is_known]
            parts.append(pd.DataFrame({"place": block.place, "row": np.flatnonzero(is_known), "verdict": verdict}))
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    found = pd.concat(parts, ignore_index=True)
    return found.assign(status="", reply="", replied_at=pd.NaT, n_masked_reply=0)[_COLUMNS]


def _rows_of(spill: Spill, wanted: np.ndarray[Any, Any], as_of: pd.Timestamp) -> pd.DataFrame:
    """The good rows whose number has one of these hashes, in the order of files and rows."""
    import numpy as np
    import pandas as pd

    parts = []
    for block in spill.blocks:
        places = np.flatnonzero(np.isin(block.ids, wanted))
        if len(places):
            part = spill.read([block], _READ).iloc[places].assign(place=block.place, chunk=block.chunk, row=places)
            parts.append(part[part["occurred_at"] <= as_of])
    return pd.concat(parts, ignore_index=True).sort_values(["chunk", "origin_row"], kind="stable", ignore_index=True)


def _judged(rows: pd.DataFrame, ranks: dict[str, int]) -> pd.DataFrame:
    import pandas as pd

    alike = rows[rows.duplicated(_KEYS, keep=False)].sort_values("occurred_at", kind="stable")
    if alike.empty:
        return pd.DataFrame(columns=_COLUMNS)
    is_same = alike["content"] == alike.groupby(_KEYS, sort=False)["content"].transform("first")
    is_later = alike.duplicated(_KEYS, keep="first")
    verdict = is_same.map({True: "duplicate", False: "duplicate_id_conflict"}).where(is_later, "record")
    told = _last_told(alike[is_same], ranks)
    kept = alike.index[~is_later]
    out = alike.assign(verdict=verdict)
    for name in _CARRIED:
        out.loc[kept, name] = told.loc[kept, name]
    changed = (out.loc[kept, list(_CARRIED)].astype("str") != alike.loc[kept, list(_CARRIED)].astype("str")).any(axis=1)
    return out.drop(index=changed.index[~changed])[_COLUMNS]


def _last_told(same: pd.DataFrame, ranks: dict[str, int]) -> pd.DataFrame:
    """For each row the last status, reply and its time that any row of its number tells."""
    told = same.assign(rank=same["origin_file"].map(ranks)).sort_values("rank", kind="stable")
    for name in ("status", "reply"):
        told[name] = told[name].replace("", None)
    # A reply brings the count of what was masked in it.
    told["n_masked_reply"] = told["n_masked_reply"].astype("Int64").where(told["reply"].notna())
    last = told.groupby(_KEYS, sort=False)[list(_CARRIED)].transform("last")
    return last.assign(
        status=last["status"].fillna(""),
        reply=last["reply"].fillna(""),
        n_masked_reply=last["n_masked_reply"].fillna(0).astype("int64"),
    )


def _file_ranks(spill: Spill, as_of: pd.Timestamp) -> dict[str, int]:
    """The raw files in the order in which they were exported: by their last voice, then by name."""
    last: dict[str, Any] = {}
    for block in spill.blocks:
        _, latest = spill.good_until(block, as_of)
        if latest is not None:
            last[block.file] = max(latest, last.get(block.file, latest))
    order = sorted((time, name) for name, time in last.items())
    return {name: rank for rank, (_, name) in enumerate(order)}
