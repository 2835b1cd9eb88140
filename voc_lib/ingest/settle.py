"""Settling: what becomes of each collected row — a record, a counted duplicate, or a refusal with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voc_lib.ingest.accounts import ledger_of, rawfiles_of
from voc_lib.ingest.collect import Collected
from voc_lib.ingest.kept import ACCOUNT_COLUMNS, Kept, hashes_of
from voc_lib.ingest.validate import check_rows
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.privacy import Erasures, Masker, Pseudonymiser
from voc_lib.schema import UNKNOWN, table
from voc_lib.text import normalise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["customer_form", "settle"]

# Control characters but tab and line feed, halves of surrogate pairs, and code points that no text may hold.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ERASED = "erased"
_CUT = "〔过长，已截断〕"
_LETTER = re.compile(r"[^\W_]")
_LONG_NUMBER = re.compile(r"\d(?:\D{0,2}\d){6}|[@＠]")
_DECIMALS = re.compile(r"(?<=\d)\.0+\Z")
_TEXTS = ("status", "reply")
_FOLLOW_UP = (*_TEXTS, "replied_at")
_LABELS = ("order_type", "outlet", "channel", "level", "status")


def settle(
    collected: Collected,
    profile: Profile,
    *,
    masker: Masker,
    pseudonyms: Pseudonymiser,
    as_of: pd.Timestamp,
    erasures: Erasures | None = None,
    kept: Kept | None = None,
    with_hashes: bool = False,
) -> dict[str, pd.DataFrame]:
    """The tables landed, quarantine, ledger and rawfiles, of all branches and months together.

    A row without a known branch, or without a time up to as_of, belongs to no branch-month: it stands under unknown.
    A row of a forgotten customer is counted as erased, and stands in no other table. What is kept of purged raw files
    stands beside what these say, and goes before it.

    Returns: also accounts, a row a raw row: how it ended; with_hashes also whose it is and what it says (hashes_of).
    """
    import pandas as pd

    checked = [
        check_rows(
            _tidied(collected.rows[collected.rows["source"] == source], settings), settings, profile, as_of=as_of
        )
        for source, settings in profile.sources.items()
    ]
    rows = pd.concat(checked).sort_index()
    if erasures is not None:
        rows.loc[erasures.holds(rows["customer"]), "reason"] = _ERASED
    rows = _mark_duplicates(rows)
    if erasures is not None and (kept is not None or with_hashes):
        hashes = hashes_of(rows, _content(rows), erasures)
        rows = rows.join(hashes)
        if kept is not None:
            rows = kept.yield_to(rows, hashes)
    rows["dated"] = rows["month"]
    rows["named_branch"] = rows["branch"]
    homeless = (rows["branch"] == UNKNOWN) | (rows["month"] == UNKNOWN) | (rows["reason"] == "future_time")
    months = set(rows.loc[(rows["outcome"] == "record") & ~homeless, "month"])
    if kept is not None:
        months |= set(kept.landed["month"])
    # A month without a single record is no month of the centre: its refusals stand under unknown.
    homeless |= ~rows["month"].isin(months)
    rows.loc[homeless, ["branch", "month"]] = UNKNOWN
    unreadable = collected.unreadable.assign(
        branch=UNKNOWN,
        named_branch=UNKNOWN,
        month=UNKNOWN,
        dated=UNKNOWN,
        record_id=None,
        reason="unreadable_row",
        outcome="unreadable_row",
    )
    # A row out of step has a phone or an ID number for its own number; only a keyed hash of such a one is kept.
    rows["record_id"] = _safe_numbers(rows["record_id"], pseudonyms)
    everything = pd.concat([rows, unreadable], ignore_index=True) if len(unreadable) else rows
    landed = _landed(rows[rows["outcome"] == "record"], profile, masker, pseudonyms)
    quarantine = _quarantine(everything)
    accounts = everything
    sha256 = {file.name: file.sha256 for file in collected.files}
    if kept is not None:
        kept_accounts, kept_quarantine = kept.within(months)
        accounts = pd.concat([everything[list(ACCOUNT_COLUMNS)], kept_accounts], ignore_index=True)
        landed = pd.concat([part for part in (landed, kept.landed) if len(part)] or [landed], ignore_index=True)
        quarantine = pd.concat(
            [part for part in (quarantine, kept_quarantine) if len(part)] or [quarantine], ignore_index=True
        )
        sha256 |= {file.name: file.sha256 for file in kept.files}
    return {
        "landed": landed,
        "quarantine": quarantine,
        "ledger": ledger_of(accounts),
        "rawfiles": rawfiles_of(accounts, sha256),
        "accounts": everything,
    }


def _tidied(rows: pd.DataFrame, settings: SourceSettings) -> pd.DataFrame:
    """The rows with a text that shows nothing as no text, and a customer's number in one form, or none."""
    nobody = {customer_form(word) for word in settings.placeholders} | {""}
    signs = {word for word in nobody if len(word) == 1}

    def customer(value: str) -> str:
        form = customer_form(value)
        # Where one sign stands for nobody, so does a row of it: 00000000.
        return "" if form in nobody or (len(set(form)) == 1 and form[0] in signs) else form

    known = {value: customer(value) for value in rows["customer"].unique()}
    return rows.assign(
        text=_clean(rows["text"])
        .map(lambda text: text if _LETTER.search(text) or normalise(text) else "")
        .astype("str"),
        customer=rows["customer"].map(known).astype("str"),
    )


def customer_form(value: str) -> str:
    """A customer's number however a spreadsheet wrote it: c1 and Ｃ1, 123 and 123.0 are one."""
    return _DECIMALS.sub("", normalise(value).upper())


def _safe_numbers(numbers: pd.Series, pseudonyms: Pseudonymiser) -> pd.Series:
    finder = Masker.default(without=("address", "name", "plate"))

    def safe(number: str) -> str:
        # Most numbers are too short to be anybody's; to ask the recognisers of each would cost more than the texts do.
        is_personal = _LONG_NUMBER.search(number) is not None and bool(finder.find(number))
        return f"#{pseudonyms.key_of(number)[:16]}" if is_personal else number

    return numbers.map({number: safe(number) for number in numbers.unique()}).astype("str")


def _mark_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row its outcome; among good rows of one number the earliest stays, of equal times the first.

    The same content again is a duplicate; other content under the same number is a conflict, and refused. By time, not
    by file: what lands for a later month, under whatever file name, never takes a record from an earlier one. What is
    done about a voice (status, reply, its time) is no content: the record has the last that its repetitions tell.
    """
    rows = rows.copy()
    good = rows["reason"].isna()
    rows["outcome"] = rows["reason"].where(~good, "record")
    keys = ["source", "record_id"]
    repeated = rows[good & rows[good].duplicated(keys, keep=False).reindex(rows.index, fill_value=False)]
    if repeated.empty:
        return rows
    alike = repeated.assign(content=_content(repeated))
    alike = alike.sort_values("occurred_at", kind="stable")
    first = alike.groupby(keys, sort=False)["content"].transform("first")
    later = alike.duplicated(keys, keep="first")
    same = later & (alike["content"] == first)
    other = later & ~same
    alike["rank"] = alike["origin_file"].map(_file_ranks(rows[good]))
    told = (
        alike[(alike["content"] == first)].sort_values("rank", kind="stable").replace(dict.fromkeys(_TEXTS, ""), None)
    )
    told = told.groupby(keys, sort=False)[list(_FOLLOW_UP)].transform("last")
    kept = told.index.intersection(later.index[~later])
    for column in _FOLLOW_UP:
        rows.loc[kept, column] = told.loc[kept, column].fillna("") if column in _TEXTS else told.loc[kept, column]
    rows.loc[same.index[same], "outcome"] = "duplicate"
    rows.loc[other.index[other], ["reason", "outcome"]] = "duplicate_id_conflict"
    rows.loc[other.index[other], "detail"] = "an earlier row with this number says something else"
    return rows


def _content(rows: pd.DataFrame) -> pd.Series:
    """What each row says, its number and what was done about it left out."""
    content = [c for c in FIELDS if c not in ("record_id", *_FOLLOW_UP)]
    first, *others = (rows[name].astype("str").fillna("") for name in content)
    return first.str.cat(others, sep="\x1f").astype("str")


def _file_ranks(good: pd.DataFrame) -> dict[str, int]:
    """The raw files in the order in which they were exported: by their last voice, then by name."""
    last = good.groupby("origin_file")["occurred_at"].max()
    order = sorted((time, str(name)) for name, time in last.items())
    return {name: rank for rank, (_, name) in enumerate(order)}


def _landed(good: pd.DataFrame, profile: Profile, masker: Masker, pseudonyms: Pseudonymiser) -> pd.DataFrame:
    out = good.copy()
    texts = masker.mask_series(_clean(good["text"]))
    replies = masker.mask_series(_clean(good["reply"]))
    longest = profile.thresholds.ingest.max_text_chars
    out["text"] = _cut(texts["text"], longest)
    out["reply"] = _cut(replies["text"], longest).replace("", None)
    out["n_masked"] = texts["n_masked"] + replies["n_masked"]
    # Names of outlets hold house numbers by right; no other personal datum belongs in a label.
    labels = Masker.default(without=("address", "name", "plate"))
    for name in _LABELS:
        out[name] = labels.mask_series(_clean(good[name]))["text"].replace("", None)
    out["customer_key"] = pseudonyms.key_series(good["customer"])
    for name in ("occurred_at", "replied_at"):
        out[name] = out[name].dt.tz_localize(profile.tz, ambiguous=False, nonexistent="shift_forward")
    return out[list(table("landed").names)].reset_index(drop=True)


def _clean(texts: pd.Series) -> pd.Series:
    return texts.str.replace(_UNWANTED, "", regex=True)


def _cut(texts: pd.Series, longest: int) -> pd.Series:
    return texts.where(texts.str.len() <= longest, texts.str[:longest] + _CUT)


def _quarantine(rows: pd.DataFrame) -> pd.DataFrame:
    refused = rows[rows["reason"].notna() & (rows["reason"] != _ERASED)].copy()
    refused["record_id"] = refused["record_id"].replace("", None)
    refused["detail"] = Masker.default(without=("address", "plate")).mask_series(refused["detail"])["text"]
    return refused[list(table("quarantine").names)].reset_index(drop=True)
