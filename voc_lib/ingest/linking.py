"""Linking: voices of one customer on one matter get one matter_id, across sources and across the end of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.ingest.likeness import Likeness, Told, plain
from voc_lib.ingest.odds import at_odds, tell_one_number, tell_otherwise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params.thresholds import IngestSettings

__all__ = ["link_matters"]

_MOST_COMPARED = 50  # voices of one customer; nobody calls as often about something in a month


def link_matters(landed_window: pd.DataFrame, *, month: str, settings: IngestSettings) -> pd.DataFrame:
    """Give the records of a month their matter.

    Two voices are one matter when they are of one customer, at most link_days apart, and their texts are equal or so
    alike that link_similarity of what the one tells stands in one stretch of the other (see likeness.py): an agent's
    words around it, a cut end, a slip of the pen or another order of clauses do not part them; another number, name or
    a no for a yes in the same place does (see odds.py). So are two that have less in common, but tell the same amount
    or day and name no other card, loan or outlet. Masks are left out. What links to the same voice belongs
    together, unless two of it are at odds. A voice is compared with the last 50 of its customer (the sorted
    neighbourhood of Hernández and Stolfo, 1995, by time) and with the last of equal text: a number that hundreds share
    is nobody's, and to compare all with all would take hours.

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
    told = [plain(text) for text in rows["text"]]
    seconds = (rows["occurred_at"].dt.tz_localize(None).astype("datetime64[us]").astype("int64") // 1_000_000).tolist()
    voices: dict[str, list[int]] = {}
    known = (rows["customer_key"].notna() & (rows["text"] != "")).tolist()
    for place, key in enumerate(rows["customer_key"]):
        if known[place]:
            voices.setdefault(key, []).append(place)
    likeness = Likeness.of([told[place] for place in places] for places in voices.values())
    for places in voices.values():
        if len(places) > 1:
            _link(places, told, seconds, leader, likeness, settings)
    rows["matter_id"] = [own[_first(leader, i)] for i in range(len(rows))]
    rows["matter_id"] = rows["matter_id"].astype("str")
    return rows[rows["month"] == month].reset_index(drop=True)


def _link(
    places: list[int],
    told: list[str],
    seconds: list[int],
    leader: list[int],
    likeness: Likeness,
    settings: IngestSettings,
) -> None:
    """Join the voices of one customer, given in the order of time, that are on one matter."""
    longest_gap = settings.link_days * 86400
    equal: dict[str, int] = {}
    recent: list[tuple[int, Told]] = []
    apart: list[tuple[int, int]] = []
    for later in places:
        # What was said before in the same words needs no comparison, and stands for the last who said it.
        said = equal.get(told[later])
        equal[told[later]] = later
        if said is not None and told[later] and seconds[later] - seconds[said] <= longest_gap:
            _join(leader, said, later)
        new = likeness.tell(told[later])
        alike: list[tuple[int, int]] = []
        for earlier, old in reversed(recent):
            if seconds[later] - seconds[earlier] > longest_gap:
                break
            if _first(leader, earlier) == _first(leader, later):
                continue
            is_same = likeness.is_same(old, new, similarity=settings.link_similarity)
            if is_same or (likeness.is_retold(old, new) and tell_one_number(old, new)):
                is_other = at_odds(old, new) or (not is_same and tell_otherwise(old, new))
                (apart if is_other else alike).append((earlier, later))
        for earlier, _ in alike:
            is_told_whole = told[earlier] in told[later] or told[later] in told[earlier]
            if is_told_whole or not _are_apart(leader, earlier, later, apart):
                _join(leader, earlier, later)
        recent = [*recent[-_MOST_COMPARED + 1 :], (later, new)]


def _are_apart(leader: list[int], earlier: int, later: int, apart: list[tuple[int, int]]) -> bool:
    """Whether to join the matters of two voices would join two voices that are at odds."""
    wanted = {_first(leader, earlier), _first(leader, later)}
    return any({_first(leader, one), _first(leader, other)} == wanted for one, other in apart)


def _join(leader: list[int], earlier: int, later: int) -> None:
    a, b = _first(leader, earlier), _first(leader, later)
    # Rows are in the order of time, so the smaller index is the earlier voice.
    leader[max(a, b)] = min(a, b)


def _first(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index
