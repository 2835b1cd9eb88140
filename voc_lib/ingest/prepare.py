"""Preparing: mapped rows are checked, masked and keyed, so that nothing personal in the clear goes any further."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voc_lib.ingest.mapping import by_value
from voc_lib.ingest.times import parse_times
from voc_lib.ingest.validate import check_rows
from voc_lib.params import Profile, SourceSettings
from voc_lib.params.sources import FIELDS
from voc_lib.privacy import Erasures, Pseudonymiser
from voc_lib.schema import UNKNOWN
from voc_lib.text import normalise

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from voc_lib.privacy import Masker

__all__ = ["ERASED", "FOLLOW_UP", "MENDED_TIMES", "Preparer", "customer_form", "customer_reader", "unreadable_rows"]

# Control characters but tab and line feed, and code points that no text may hold. In the syntax of RE2.
_UNWANTED = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{fffe}\x{ffff}]"
_SOMETHING = r"[\pL\pN]"
_LETTER = re.compile(r"[^\W_]")
_CUT = "〔过长，已截断〕"
_DECIMALS = re.compile(r"(?<=\d)\.0+\Z")
# What of a number can be somebody's at all: seven digits, or a sign of mail; no serial number led by letters and a day.
_LONG_NUMBER = r"\d(?:\D{0,2}\d){6}|[@＠]"
_SERIAL = r"[A-Z]{0,4}20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
FOLLOW_UP = ("status", "reply", "replied_at")
ERASED = "erased"
MENDED_TIMES = "%Y-%m-%d %H:%M:%S"  # how corrections write a time
_LABELS = ("order_type", "outlet", "channel", "level", "status")
# What makes two rows of one number tell the same; a customer's key tells as much as his number.
_CONTENT = ("occurred_at", "branch", "outlet", "order_type", "channel", "customer_key", "score", "level", "text")
_OFTEN_EQUAL = ("branch", "outlet", "order_type", "channel", "score", "level")
_MOST_LABELS = 50_000
_MOST_CUSTOMERS = 500_000  # of a source, whose keys are kept at hand


@dataclass
class Preparer:
    """Prepares the rows of all files of one landing.

    Args:
        profile: the centre.
        masker: for texts and replies.
        pseudonyms: for customers' numbers.
        erasures: who is forgotten; nobody where it is missing.
        hashed: whether the rows get the hashes by which they are known when their raw file is gone.
    """

    profile: Profile
    masker: Masker
    pseudonyms: Pseudonymiser
    erasures: Erasures | None = None
    hashed: bool = False
    _keys: dict[tuple[str, ...], dict[str, str | None]] = field(default_factory=dict, repr=False)
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    # Names of outlets hold house numbers by right, and no other personal datum belongs in a label.
    _labels: Masker = field(default_factory=lambda: _masker("address", "name", "plate"), repr=False)
    _details: Masker = field(default_factory=lambda: _masker("address", "plate"), repr=False)

    def prepare(
        self,
        rows: pd.DataFrame,
        settings: SourceSettings,
        formats: tuple[str, ...],
        mended: Mapping[str, Collection[int]] | None = None,
    ) -> pd.DataFrame:
        """The rows in the columns of the spill, and `id`.

        Args:
            rows: mapped rows of one source with source, origin_file, origin_sheet, origin_row; unique in their index.
            formats: of times.
            mended: by field which rows (of the index) have a time that was corrected, and is written as MENDED_TIMES.
        """
        import pandas as pd

        rows = rows.assign(
            occurred_text=rows["occurred_at"],
            occurred_at=_times(rows["occurred_at"], formats, mended, self.profile.tz),
            replied_at=_times(rows["replied_at"], formats, mended, self.profile.tz),
            text=_without_silence(_clean(rows["text"])),
        )
        rows["customer_key"] = self._customer_keys(rows["customer"], settings)
        out = check_rows(rows, settings, self.profile.branches)
        self._forget(out, settings)
        if self.hashed:
            self._add_hashes(out, settings)
        good = out["reason"].isna()
        out["content"] = _content(out)
        out["record_id"] = self._safe_numbers(out["record_id"])
        ids = _hashes(out["record_id"])
        source = pd.util.hash_array(out["source"].to_numpy(dtype=object)[:1]) if len(out) else 0
        out["id"] = ((ids ^ source) | 1) * good.to_numpy()
        # Nothing of a refused row but its number and its reason goes on.
        for name, count in (("text", "n_masked"), ("reply", "n_masked_reply")):
            texts = out[name].where(good, "")
            if name == "reply":
                texts = _clean(texts)
            masked = self.masker.mask_series(texts) if (texts != "").any() else None
            out[name] = _cut(texts if masked is None else masked["text"], self.profile.thresholds.ingest.max_text_chars)
            out[count] = 0 if masked is None else masked["n_masked"]
        for name in _LABELS:
            out[name] = self._labelled(out[name].where(good, ""))
        if good.all():
            return out
        out["detail"] = by_value(out["detail"], lambda value: self._details.mask(value)[0])
        return out

    def _forget(self, rows: pd.DataFrame, settings: SourceSettings) -> None:
        """Refuse the rows of customers who are forgotten, whatever else is wrong with them."""
        if not self.erasures:
            return
        is_erased = self.erasures.holds(by_value(rows["customer"], customer_reader(settings)))
        rows.loc[is_erased, "reason"] = ERASED
        rows.loc[is_erased, "detail"] = None

    def _add_hashes(self, rows: pd.DataFrame, settings: SourceSettings) -> None:
        """Under the erasure key, which no rotation changes: whose a row is, its number, and what it says."""
        assert self.erasures is not None
        customers = by_value(rows["customer"], customer_reader(settings))
        told = [name for name in FIELDS if name not in ("record_id", "customer", *FOLLOW_UP)]
        said = customers.str.cat([rows[name].astype("str").fillna("") for name in told], sep="\x1f")
        rows["subject"] = self.erasures.subjects_of(customers)
        rows["number"] = self.erasures.subjects_of("number " + rows["record_id"])
        rows["said"] = self.erasures.subjects_of("content " + said)

    def _labelled(self, values: pd.Series) -> pd.Series:
        """Labels, masked; there are few of them, and they come again in every chunk."""
        if len(self._known) > _MOST_LABELS:
            self._known.clear()
        new = [value for value in values.unique() if value not in self._known]
        masked, _ = self._labels.mask_all([_UNWANTED_HERE.sub("", value) for value in new])
        self._known.update(zip(new, masked, strict=True))
        return by_value(values, self._known.__getitem__)

    def _safe_numbers(self, numbers: pd.Series) -> pd.Series:
        """A row out of step has a phone or an ID number for its own number; only a keyed hash of such a one is kept."""
        doubtful = numbers[_matches(numbers, _LONG_NUMBER) & ~_matches(numbers, rf"^{_SERIAL}\d{{0,9}}$")]
        if doubtful.empty:
            return numbers

        # Most numbers are too short to be anybody's; to ask the recognisers of each would cost more than the texts do.
        is_personal = self._labels.mask_series(doubtful)["n_masked"] > 0
        hashed = doubtful[is_personal].map(lambda number: f"#{self.pseudonyms.key_of(number)[:16]}")
        return (
            numbers if hashed.empty else numbers.where(~numbers.index.isin(hashed.index), hashed.reindex(numbers.index))
        )

    def _customer_keys(self, customers: pd.Series, settings: SourceSettings) -> pd.Series:
        import pandas as pd
        import pyarrow as pa

        # What stands for nobody differs from source to source.
        keys = self._keys.setdefault(settings.placeholders, {})
        if len(keys) > _MOST_CUSTOMERS:
            keys.clear()
        form_of = customer_reader(settings)
        # Most customers call once: to look for those that are equal first, as elsewhere, would be of no use.
        values = customers.to_numpy(dtype=object)
        for value in dict.fromkeys(values):
            if value not in keys:
                form = form_of(value)
                keys[value] = self.pseudonyms.key_of(form) if form else None
        told = pa.array([keys[value] for value in values], pa.large_string())
        return pd.Series(pd.array(told, dtype="str"), index=customers.index)


_UNWANTED_HERE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def unreadable_rows(unreadable: list[tuple[int, str]], *, source: str, file: str, sheet: str) -> pd.DataFrame:
    """Rows that could not be read, in the columns of the spill, and `id`."""
    import pandas as pd

    texts = dict.fromkeys(("record_id", "outlet", "order_type", "channel", "customer_key", "level"), "")
    frame = pd.DataFrame(unreadable, columns=["origin_row", "detail"]).assign(
        source=source, origin_file=file, origin_sheet=sheet, branch=UNKNOWN, month=UNKNOWN, reason="unreadable_row",
        occurred_at=pd.NaT, replied_at=pd.NaT, text="", reply="", status="", score=pd.NA, n_masked=0, n_masked_reply=0,
        content=0, id=0, subject=None, number=None, said=None, **texts,
    )  # fmt: skip
    return frame.astype({"score": "Int64", "id": "uint64", "content": "uint64"})


def _masker(*without: str) -> Masker:
    from voc_lib.privacy import Masker  # a landing with nothing to do has no use for it, and it loads slowly

    return Masker.default(without=without)


def customer_reader(settings: SourceSettings) -> Callable[[str], str]:
    """What brings a customer's number into one form, or nothing where it stands for nobody."""
    nobody = {customer_form(word) for word in settings.placeholders} | {""}
    signs = {word for word in nobody if len(word) == 1}

    def customer(value: str) -> str:
        form = customer_form(value)
        # Where one sign stands for nobody, so does a row of it: 00000000.
        return "" if form in nobody or (form[0] in signs and not form.strip(form[0])) else form

    return customer


def customer_form(value: str) -> str:
    """A customer's number however a spreadsheet wrote it: c1 and Ｃ1, 123 and 123.0 are one."""
    if value.isascii() and value.isalnum():
        return value.upper()
    return _DECIMALS.sub("", normalise(value).upper())


def _times(
    values: pd.Series, formats: tuple[str, ...], mended: Mapping[str, Collection[int]] | None, tz: str
) -> pd.Series:
    """Times in the formats of the source, corrected ones as corrections write them."""
    places = [] if mended is None else list(mended.get(str(values.name), ()))
    times = parse_times(values, formats, tz=tz)
    if places:
        times.loc[places] = parse_times(values.loc[places], (MENDED_TIMES,), tz=tz)
    return times


def _content(rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    """A hash of what each row tells (uint64)."""
    import numpy as np
    import pandas as pd

    total = np.zeros(len(rows), dtype="uint64")
    for name in _CONTENT:
        values = rows[name].astype("str") if name == "score" else rows[name]
        is_time = name == "occurred_at"
        own = pd.util.hash_array(values.to_numpy()) if is_time else _hashes(values, often_equal=name in _OFTEN_EQUAL)
        total = total * np.uint64(1_000_003) ^ own
    return total


def _hashes(values: pd.Series, *, often_equal: bool = False) -> np.ndarray[Any, Any]:
    import pandas as pd

    if often_equal:
        codes, known = pd.factorize(values, use_na_sentinel=False)
        told: np.ndarray[Any, Any] = pd.util.hash_array(known.to_numpy(dtype=object), categorize=False)[codes]
    else:
        told = pd.util.hash_array(values.to_numpy(dtype=object), categorize=False)
    return told


def _matches(texts: pd.Series, pattern: str) -> pd.Series:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.match_substring_regex(pa.array(texts, from_pandas=True), pattern)
    return pd.Series(found.to_numpy(zero_copy_only=False).astype("bool"), index=texts.index)


def _clean(texts: pd.Series) -> pd.Series:
    unwanted = _matches(texts, _UNWANTED)
    if not unwanted.any():
        return texts
    return texts.where(~unwanted, texts[unwanted].map(lambda text: _UNWANTED_HERE.sub("", text)).reindex(texts.index))


def _without_silence(texts: pd.Series) -> pd.Series:
    """The texts, one that shows nothing being none."""
    doubtful = texts[~_matches(texts, _SOMETHING) & (texts != "")]
    silent = doubtful[[not (_LETTER.search(text) or normalise(text)) for text in doubtful]]
    return texts if silent.empty else texts.where(~texts.index.isin(silent.index), "")


def _cut(texts: pd.Series, longest: int) -> pd.Series:
    is_long = texts.str.len() > longest
    return texts.where(~is_long, texts.str[:longest] + _CUT) if is_long.any() else texts
