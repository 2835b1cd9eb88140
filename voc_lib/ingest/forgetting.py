"""Forgetting: one customer's voices leave every table, and no raw file brings them back.

The list of forgotten customers is written first and is what counts: whatever lands afterwards leaves them out. Then
every table below the data folder is searched. A note of what is under way lies in `state/forgetting.json` until all is
done, so that a run killed in between is finished by the next landing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import ProfileError, TableError
from voc_lib.ingest.database import erase_from_snapshots, source_of_snapshot
from voc_lib.ingest.kept import FOLDER
from voc_lib.ingest.prepare import customer_form
from voc_lib.params import Profile
from voc_lib.privacy import Erasures, Pseudonymiser, load_or_make_key, record_event
from voc_lib.schema import HEAD_OFFICE
from voc_lib.store import write_bytes

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Trace", "finish_forgetting", "forget", "trace"]

_UNDER_WAY = "forgetting.json"
_NO_TABLES = ("raw", "models", "state")
_LAST = {"landed": 1, FOLDER: 2}
_BY_HAND = ("labels", "editorial", "feedback")
_READABLE = (".csv", ".yaml", ".yml", ".json", ".jsonl", ".txt", ".md")


@dataclass(frozen=True)
class Trace:
    """What the tables hold of one customer.

    Args:
        rows: rows by table (the folder below the data folder).
        reports: branch and month (YYYY-MM) of each report that is made from them, the head office's included; sorted.
        raw_files: the raw files that their records came from, below data/raw.
        by_hand: files that people wrote, below the data folder, which mention one of their records or hold its text;
            nobody but a person can tell what is to become of them.
        databases: files below data/raw that were read from databases: their rows go from the files, not from there.
        models: what was trained here, below the data folder: words and short runs of labelled texts with their
            weights, and no text; whether one of the customer was among them only data/labels can tell.
    """

    rows: dict[str, int]
    reports: tuple[tuple[str, str], ...]
    raw_files: tuple[str, ...]
    by_hand: tuple[str, ...]
    databases: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows in all tables together."""
        return sum(self.rows.values())


def trace(profile: Profile, data_root: str | Path, number: str) -> Trace:
    """What the tables hold of the customer of this number. Makes the keys where there are none; changes nothing else.

    Raises: ProfileError when the number stands for nobody.
    """
    root = Path(data_root)
    return _trace(profile, root, _whose(root, _form(profile, number)))


def forget(profile: Profile, data_root: str | Path, number: str) -> Trace:
    """Forget the customer of this number: from now on, and in every table that is there. Twice is as good as once.

    The ledger and the accounts of whole files are right again after the next landing. The audit trail tells of it, with
    a keyed hash for the number.

    Returns: what the tables held.
    Raises: ProfileError when the number stands for nobody, or a key is missing.
    """
    root = Path(data_root)
    finish_forgetting(root)
    whose = _whose(root, _form(profile, number))
    found = _trace(profile, root, whose)
    note = {**asdict(whose), "rows": found.rows, "reports": found.reports}
    write_bytes(str(root / "state" / _UNDER_WAY), json.dumps(note).encode())
    _carry_out(root, note)
    # A run killed before this leaves it to the next landing, which reads the databases anew.
    erase_from_snapshots(profile, root / "raw", Erasures(root))
    return found


def finish_forgetting(data_root: str | Path) -> bool:
    """Finish what a killed run left half done. Returns: whether there was anything."""
    root = Path(data_root)
    path = root / "state" / _UNDER_WAY
    if "://" in str(data_root) or not path.exists():
        return False
    _carry_out(root, json.loads(path.read_text(encoding="utf-8")))
    return True


@dataclass(frozen=True)
class _Whose:
    """A customer as the tables know them: under today's customer key, and under the erasure key."""

    key: str
    subject: str


def _whose(root: Path, form: str) -> _Whose:
    return _Whose(Pseudonymiser(load_or_make_key(root)).key_of(form), Erasures(root).subject_of(form))


def _carry_out(root: Path, note: Mapping[str, Any]) -> None:
    whose = _Whose(note["key"], note["subject"])
    Erasures(root).add(whose.subject)
    voices = _voices(root, whose)
    # What landed and what is kept go last: by them the others are searched, also by a run that takes this up again.
    for path in sorted(_tables(root), key=lambda path: _LAST.get(_table_of(root, path), 0)):
        _remove(path, whose, voices)
    # Who has the erasure key can check a number against the subject, nobody else.
    record_event(root, "forget", subject=whose.subject, rows=note["rows"], reports=note["reports"])
    (root / "state" / _UNDER_WAY).unlink(missing_ok=True)


def _form(profile: Profile, number: str) -> str:
    form = customer_form(number)
    nobody = {customer_form(word) for _, settings in profile.sources.items() for word in settings.placeholders}
    if not form or form in nobody:
        raise ProfileError("that number stands for nobody", hint="give the customer's number as the exports write it")
    return form


def _tables(root: Path) -> Iterator[Path]:
    """Every Parquet file below the data folder that is no raw file and no model, be it of scratch or of a plug-in."""
    for path in sorted(root.rglob("*.parquet")):
        if path.relative_to(root).parts[0] not in _NO_TABLES:
            yield path


def _table_of(root: Path, path: Path) -> str:
    parts = path.relative_to(root).parts[:-1]
    if parts[0] == FOLDER:
        return FOLDER
    return "/".join(part for part in parts if not part.startswith(("branch=", "month=")))


def _voices(root: Path, whose: _Whose) -> frozenset[str]:
    """source:record_id of each record of the customer, in whichever table it still stands."""
    import pyarrow.compute as pc

    found: set[str] = set()
    for path in _tables(root):
        table = _read(path, ["customer_key", "subject", "source", "record_id"])
        if not {"source", "record_id"} <= set(table.column_names):
            continue
        for name, value in (("customer_key", whose.key), ("subject", whose.subject)):
            if name in table.column_names:
                own = table.filter(pc.equal(table[name], value))
                pairs = zip(own["source"].to_pylist(), own["record_id"].to_pylist(), strict=True)
                found.update(f"{source}:{number}" for source, number in pairs)
    return frozenset(found)


def _trace(profile: Profile, root: Path, whose: _Whose) -> Trace:
    voices = _voices(root, whose)
    rows: Counter[str] = Counter()
    reports: set[tuple[str, str]] = set()
    raw_files: set[str] = set()
    texts: set[str] = set()
    for path in _tables(root):
        table = _read(path, None)
        hits = list(_hits(table, whose, voices))
        hit = [is_own or mentions for is_own, mentions in hits]
        if not any(hit):
            continue
        rows[_table_of(root, path)] += sum(hit)
        place = dict(part.split("=", 1) for part in path.parts if part.startswith(("branch=", "month=")))
        if {"branch", "month"} <= place.keys():
            reports |= {(place["branch"], place["month"]), (HEAD_OFFICE, place["month"])}
        if "origin_file" in table.column_names:
            names = table["origin_file"].to_pylist()
            raw_files |= {name for name, is_hit in zip(names, hit, strict=True) if is_hit}
        if "text" in table.column_names:
            said = zip(table["text"].to_pylist(), hits, strict=True)
            texts |= {text for text, (is_own, _) in said if is_own and text and len(text) >= _TELLING}
    databases = tuple(sorted(name for name in raw_files if source_of_snapshot(profile, name) is not None))
    there = tuple(sorted(name for name in raw_files.difference(databases) if _is_there(root / "raw", name)))
    by_hand, models = tuple(_by_hand(root, voices, texts)), tuple(_models(root))
    return Trace(dict(sorted(rows.items())), tuple(sorted(reports)), there, by_hand, databases, models)


def _models(root: Path) -> Iterator[str]:
    """The models that were trained here, below the data folder."""
    for card in sorted((root / "models").rglob("card.json")):
        yield card.parent.relative_to(root).as_posix()


def _is_there(folder: Path, name: str) -> bool:
    """Whether a raw file is still there, by itself or in the archive that its name begins with."""
    path = folder / name
    return path.exists() or any(above.is_file() for above in path.parents)


_TELLING = 6  # characters; a shorter text could be anybody's


def _by_hand(root: Path, voices: frozenset[str], texts: Collection[str]) -> Iterator[str]:
    wanted = {voice.partition(":")[2].encode() for voice in voices} | {text.encode() for text in texts}
    for folder in _BY_HAND:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix.lower() in _READABLE and path.is_file():
                content = path.read_bytes()
                if any(told in content for told in wanted):
                    yield path.relative_to(root).as_posix()


def _hits(table: pa.Table, whose: _Whose, voices: frozenset[str]) -> Iterator[tuple[bool, bool]]:
    """For each row whether it is the customer's own, and whether a list in it mentions one of their records."""
    names = set(table.column_names)
    nothing: list[str | None] = [None] * table.num_rows
    keys = table["customer_key"].to_pylist() if "customer_key" in names else nothing
    own = subjects = nothing
    if {"subject", "record_id"} <= names:
        # Accounts of a purged file, which have no number, keep their rows: they are counted as erased.
        subjects = table["subject"].to_pylist()
    elif {"source", "record_id"} <= names:
        pairs = zip(table["source"].to_pylist(), table["record_id"].to_pylist(), strict=True)
        own = [f"{source}:{number}" for source, number in pairs]
    lists = [table[name].to_pylist() for name in _lists(table)]
    for place in range(table.num_rows):
        mentions = any(not voices.isdisjoint(values[place] or ()) for values in lists)
        is_own = keys[place] == whose.key or subjects[place] == whose.subject or own[place] in voices
        yield is_own, mentions


def _lists(table: pa.Table) -> list[str]:
    import pyarrow.types as kinds

    def holds_texts(kind: Any) -> Any:
        is_list = kinds.is_list(kind) or kinds.is_large_list(kind)
        return is_list and (kinds.is_string(kind.value_type) or kinds.is_large_string(kind.value_type))

    return [column.name for column in table.schema if holds_texts(column.type)]


def _remove(path: Path, whose: _Whose, voices: frozenset[str]) -> None:
    """Write the table again without the customer's rows, and without their records in the lists of others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = _read(path, None)
    hits = list(_hits(table, whose, voices))
    if not any(is_own or mentions for is_own, mentions in hits):
        return
    table = table.filter(pa.array([not is_own for is_own, _ in hits], pa.bool_()))
    for name in _lists(table):
        kept = [None if v is None else [x for x in v if x not in voices] for v in table[name].to_pylist()]
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), pa.array(kept, table.schema.field(name).type))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", store_schema=True)
    write_bytes(str(path), sink.getvalue().to_pybytes())


def _read(path: Path, columns: list[str] | None) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        there = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
        return file.read(columns=there)
    except (pa.ArrowException, OSError, ValueError):
        raise TableError(
            "table cannot be read, so nobody can tell whom it holds",
            file=str(path),
            hint="take the file away, or run the stage that writes it, and call again",
        ) from None
