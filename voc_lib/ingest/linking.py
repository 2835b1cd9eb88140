"""Linking: voices of one customer on one matter get one matter_id, across sources and across the end of a month."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params.thresholds import IngestSettings

__all__ = ["is_same_matter", "link_matters"]

_MOST_COMPARED = 50  # voices of one customer; nobody calls as often about something in a month
_MIN_CONTAINED = 6  # a shorter text says too little for its being part of another to mean anything
_MASK = re.compile("〔[^〔〕]{1,12}〕")
# A mask with the words that lead to it in its clause (请回电〔手机号〕) says who speaks, not what about.
_CONTACT = re.compile(r"[^，,。；;：:！!？?（()）〔〕\n]{0,12}〔[^〔〕]{1,12}〕")
_SILENT = re.compile(r"[\W_]+")


def link_matters(landed_window: pd.DataFrame, *, month: str, settings: IngestSettings) -> pd.DataFrame:
    """Give the records of a month their matter.

    Two voices are one matter when they are of one customer, at most link_days apart, and their texts are equal, or one
    holds the other, or at least link_similarity of it in one piece (6 characters or more), or their character pairs are
    alike (Jaccard of at least link_similarity). Masks, and the words that lead to one, are left out of the comparison.
    What links to the same voice belongs together. A voice is compared with the last 50 of its
    customer (the sorted neighbourhood of Hernández and Stolfo, 1995, by time) and with the last of equal text: a number
    that hundreds share is nobody's, and to compare all with all would take hours.

    Args:
        landed_window: landed rows of the month and of the month before.
        month: YYYY-MM.
        settings: thresholds.ingest of the profile.
    Returns: the month's rows with matter_id, source:record_id of the matter's earliest voice in the window; sorted by
        occurred_at, source, record_id.
    """
    order = ["occurred_at", "source", "record_id"]
    rows = landed_window.sort_values(order, kind="stable", ignore_index=True)
    own = (rows["source"] + ":" + rows["record_id"]).tolist()
    leader = list(range(len(rows)))
    plain = [_plain(text) for text in rows["text"]]
    known = rows["customer_key"].notna() & (rows["text"] != "")
    days = rows["occurred_at"].dt.tz_localize(None)
    for _, voices in rows[known].groupby("customer_key", sort=True):
        if len(voices) > 1:
            _link(voices.index.tolist(), plain, days.tolist(), leader, settings)
    rows["matter_id"] = [own[_first(leader, i)] for i in range(len(rows))]
    rows["matter_id"] = rows["matter_id"].astype("str")
    return rows[rows["month"] == month].reset_index(drop=True)


def is_same_matter(first: str, second: str, *, similarity: float) -> bool:
    """Whether two texts, already stripped of all but letters and digits, tell the same."""
    if not first or not second:
        return False
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    if len(short) >= _MIN_CONTAINED and short in long:
        return True
    pairs, others = _pairs(short), _pairs(long)
    common = len(pairs & others)
    if common >= similarity * len(pairs | others) > 0:
        return True
    # A piece of n characters holds n - 1 pairs, so most texts part here without a search for the piece. The margin is
    # for pairs that come twice in it.
    piece = max(_MIN_CONTAINED, similarity * len(short))
    return 2 * common >= piece - 1 and _longest_piece(short, long) >= piece


def _longest_piece(first: str, second: str) -> int:
    """Length of the longest run of characters that both texts hold."""
    return SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size


def _link(
    voices: list[int], plain: list[str], times: list[pd.Timestamp], leader: list[int], settings: IngestSettings
) -> None:
    equal: dict[str, int] = {}
    recent: list[int] = []
    for later in voices:
        # What was said before in the same words needs no comparison, and stands for the first who said it.
        said = equal.get(plain[later])
        equal[plain[later]] = later
        if said is not None and plain[later] and _is_near(times, said, later, settings):
            _join(leader, said, later)
        for earlier in reversed(recent):
            if not _is_near(times, earlier, later, settings):
                break
            if _first(leader, earlier) != _first(leader, later) and is_same_matter(
                plain[earlier], plain[later], similarity=settings.link_similarity
            ):
                _join(leader, earlier, later)
        recent = [*recent[-_MOST_COMPARED + 1 :], later]


def _is_near(times: list[pd.Timestamp], earlier: int, later: int, settings: IngestSettings) -> bool:
    return bool((times[later] - times[earlier]).total_seconds() <= settings.link_days * 86400)


def _join(leader: list[int], earlier: int, later: int) -> None:
    a, b = _first(leader, earlier), _first(leader, later)
    # Rows are in the order of time, so the smaller index is the earlier voice.
    leader[max(a, b)] = min(a, b)


def _first(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index


def _plain(text: str) -> str:
    """What of a text is compared: letters and digits in normal form; contacts, masks and punctuation say nothing."""
    told = _SILENT.sub("", normalise(_CONTACT.sub("", text)))
    return told if len(told) >= _MIN_CONTAINED else _SILENT.sub("", normalise(_MASK.sub("", text)))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
