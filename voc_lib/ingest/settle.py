"""Settling: what becomes of each collected row — a record, a counted duplicate, or a refusal with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voc_lib.ingest.collect import Collected
from voc_lib.ingest.validate import check_rows
from voc_lib.params import Profile
from voc_lib.params.sources import FIELDS
from voc_lib.privacy import Masker, Pseudonymiser
from voc_lib.schema import UNKNOWN, table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["settle"]

# Control characters but tab and line feed, halves of surrogate pairs, and code points that no text may hold.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CUT = "〔过长，已截断〕"
_LABELS = ("order_type", "outlet", "channel", "level", "status")


def settle(
    collected: Collected, profile: Profile, *, masker: Masker, pseudonyms: Pseudonymiser, as_of: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """The tables landed, quarantine and ledger, of all branches and months together.

    A row without a known branch, or without a time up to as_of, belongs to no branch-month: it stands under unknown.
    """
    import pandas as pd

    checked = [
        check_rows(collected.rows[collected.rows["source"] == source], settings, profile, as_of=as_of)
        for source, settings in profile.sources.items()
    ]
    rows = pd.concat(checked).sort_index()
    rows = _mark_duplicates(rows)
    homeless = (rows["branch"] == UNKNOWN) | (rows["month"] == UNKNOWN) | (rows["reason"] == "future_time")
    months = set(rows.loc[(rows["outcome"] == "record") & ~homeless, "month"])
    # A month without a single record is no month of the centre: its refusals stand under unknown.
    homeless |= ~rows["month"].isin(months)
    rows.loc[homeless, ["branch", "month"]] = UNKNOWN
    unreadable = collected.unreadable.assign(
        branch=UNKNOWN, month=UNKNOWN, record_id=None, reason="unreadable_row", outcome="unreadable_row"
    )
    everything = pd.concat([rows, unreadable], ignore_index=True) if len(unreadable) else rows
    return {
        "landed": _landed(rows[rows["outcome"] == "record"], profile, masker, pseudonyms),
        "quarantine": _quarantine(everything),
        "ledger": _ledger(everything, {file.name: file.sha256 for file in collected.files}),
    }


def _mark_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row its outcome; among good rows of one number the first stays.

    The same content again is a duplicate; other content under the same number is a conflict, and refused.
    """
    rows = rows.copy()
    good = rows["reason"].isna()
    rows["outcome"] = rows["reason"].where(~good, "record")
    keys = ["source", "record_id"]
    repeated = rows[good & rows[good].duplicated(keys, keep=False).reindex(rows.index, fill_value=False)]
    if repeated.empty:
        return rows
    content = [c for c in FIELDS if c not in ("record_id", "month")]
    alike = repeated.assign(content=repeated[content].astype("str").fillna("").agg("\x1f".join, axis=1))
    first = alike.groupby(keys, sort=False)["content"].transform("first")
    later = alike.duplicated(keys, keep="first")
    same = later & (alike["content"] == first)
    other = later & ~same
    rows.loc[same.index[same], "outcome"] = "duplicate"
    rows.loc[other.index[other], ["reason", "outcome"]] = "duplicate_id_conflict"
    rows.loc[other.index[other], "detail"] = "another row with this number came first and says something else"
    return rows


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
    refused = rows[rows["reason"].notna()].copy()
    refused["record_id"] = refused["record_id"].replace("", None)
    return refused[list(table("quarantine").names)].reset_index(drop=True)


def _ledger(rows: pd.DataFrame, sha256: dict[str, str]) -> pd.DataFrame:
    keys = ["origin_file", "source", "branch", "month", "outcome"]
    counts = rows.groupby(keys, sort=True).size().rename("n_rows").reset_index()
    counts["sha256"] = counts["origin_file"].map(sha256)
    return counts[list(table("ledger").names)]
