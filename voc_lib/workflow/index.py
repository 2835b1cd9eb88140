"""Keeps output/index.html up to date: built anew only when something it shows has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from voc_lib.context import Context
from voc_lib.params import Profile, part_digests
from voc_lib.store import Store
from voc_lib.workflow.content import digest_of_set, file_digests
from voc_lib.workflow.order import partition_place, place_url
from voc_lib.workflow.plan import TaskKey
from voc_lib.workflow.reach import reachable_files
from voc_lib.workflow.records import TaskRecord, read_records, write_record
from voc_lib.workflow.site import ReportState, build_index, write_index

__all__ = ["update_index"]

_KEY = TaskKey("site", "site", "index")
_PLACE = "output/index.html"
_TABLES = ("summary", "ledger")


def update_index(profile: Profile, *, data: str, output: str, states: Mapping[tuple[str, str], ReportState]) -> bool:
    """Build and write the index, unless it shows all this already.

    Args:
        profile: the centre.
        data, output: folders or fsspec URLs of the tables and the reports.
        states: how the run left each (branch, month).
    Returns: whether it was written.
    """
    store = Store(data, profile.tz)
    context = Context(params="", data=data, output=output)
    partitions = {table: store.partitions(table) for table in _TABLES}
    inputs = _digests((partition_place((table, *pair)) for table in _TABLES for pair in partitions[table]), context)
    parts = {
        **part_digests(profile),
        "library": digest_of_set(reachable_files(["voc_lib.workflow.site"])),
        "states": digest_of_set({"/".join(key): repr(state) for key, state in states.items()}),
    }
    record = read_records(data, [_KEY]).get(_KEY)
    if record == TaskRecord(parts, inputs, _digests([_PLACE], context)):
        return False
    tables: dict[str, Any] = {table: store.read_partitions(table, partitions[table]) for table in _TABLES}
    write_index(build_index(tables["summary"], tables["ledger"], profile=profile, states=states), output)
    write_record(data, _KEY, TaskRecord(parts, inputs, _digests([_PLACE], context)))
    return True


def _digests(places: Iterable[str], context: Context) -> dict[str, str]:
    urls = {place: place_url(place, context) for place in places}
    hashes = file_digests(urls.values())
    return {place: hashes[url] for place, url in sorted(urls.items()) if url in hashes}
