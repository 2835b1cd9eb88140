"""Voices as rows of raw exports, and the dirt that real exports carry."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voc_lib.demo.voices import Voice

__all__ = ["Export", "export_rows"]

Row = dict[str, str]

_PREFIX = {"work_order": "GD", "complaint_intent": "TS", "survey": "HF"}
_CHANNELS = {"电话银行": 0.6, "网上银行": 0.14, "手机银行": 0.12, "柜面": 0.1, "微信": 0.04}
_STATUSES = {"已处理": 0.7, "处理中": 0.22, "待回复": 0.08}
_LEVELS = {"一般": 0.6, "较重": 0.3, "重大": 0.1}
_DIRT = {
    "work_order": {
        "impossible_time": 1,
        "future_time": 1,
        "unknown_branch": 1,
        "empty_text": 2,
        "duplicate_id_conflict": 1,
        "unreadable_row": 1,
        "duplicate": 3,
    },
    "complaint_intent": {
        "impossible_time": 1,
        "future_time": 1,
        "unknown_branch": 1,
        "empty_text": 2,
        "duplicate": 2,
    },
    "survey": {
        "impossible_time": 1,
        "unknown_branch": 1,
        "bad_score": 4,
        "unreadable_row": 1,
        "duplicate": 3,
    },
}
_IMPOSSIBLE = ("2013-02-30 10:15:00", "2013-13-05 09:00:00", "2013-04-31 14:20:11", "0000-00-00 00:00:00")
_FUTURE = ("2031-05-14 10:00:00", "2029-11-02 16:30:00")  # typing slips of the year
_NOWHERE = ("海外分行", "测试机构", "分行待定")
_NO_TEXT = ("", "   ", "\u3000")
_NO_SCORE = ("0", "6", "很满意", "9")


@dataclass
class Export:
    """The rows of one raw file: by field of the records table, names and phones under name and phone.

    Args:
        rows: field to what the export writes.
        broken: positions of the rows that are to be written with fields too many.
        planted: outcome to how many rows were planted for it.
        numbers: of the voices, in their order.
    """

    rows: list[Row] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    planted: Counter[str] = field(default_factory=Counter)


def export_rows(
    voices: Sequence[Voice], *, source: str, tag: str, branch_names: Mapping[str, Sequence[str]], rng: random.Random
) -> Export:
    """The rows of one file: those of the voices in order, dirty ones strewn in, repeated ones at the end.

    Args:
        voices: in time order, all of one source.
        source: that source.
        tag: what the numbers of the file's voices begin with after the source's prefix, e.g. 201305.
        branch_names: code to the ways in which the export writes the branch.
        rng: draws everything that the voices do not say.
    """
    rows = [_row(voice, f"{_PREFIX[source]}{tag}{i:05d}", branch_names, rng) for i, voice in enumerate(voices, 1)]
    export = Export(rows=list(rows), numbers=[row["record_id"] for row in rows])
    reasons = [reason for reason, n in _DIRT[source].items() for _ in range(n)]
    # Each from a row of its own, sound otherwise: what is planted has one fault, and no row two ends.
    models = rng.sample([row for row in rows if row["text"]], len(reasons))
    for i, (reason, model) in enumerate(zip(reasons, models, strict=True)):
        row = _spoil(reason, export.planted[reason], model, f"{_PREFIX[source]}{tag}9{i:04d}")
        export.planted[reason] += 1
        # What repeats an earlier row comes after all of them, or it would be the earlier one.
        late = reason in ("duplicate", "duplicate_id_conflict")
        place = len(export.rows) if late else rng.randrange(len(rows))
        export.rows.insert(place, row)
        export.broken = {p + 1 if p >= place else p for p in export.broken}
        if reason == "unreadable_row":
            export.broken.add(place)
    return export


def _row(voice: Voice, number: str, branch_names: Mapping[str, Sequence[str]], rng: random.Random) -> Row:
    row = {
        "record_id": number,
        "occurred_at": voice.at.strftime("%Y-%m-%d %H:%M:%S"),
        "branch": rng.choice(branch_names[voice.branch]),
        "outlet": voice.outlet,
        "customer": voice.customer,
        "text": voice.text,
    }
    if voice.source == "work_order":
        row["name"], row["phone"] = voice.name, voice.phone
        row["order_type"] = "建议" if voice.kind == "suggestion" else "疑难"
        row["channel"] = _weighted(rng, _CHANNELS)
        row["status"] = _weighted(rng, _STATUSES)
    elif voice.source == "complaint_intent":
        row["phone"] = voice.phone
        row["level"] = _weighted(rng, _LEVELS)
        row["status"] = "是" if row["level"] == "重大" or rng.random() < 0.1 else "否"
    else:
        row["score"] = str(voice.score)
    return row


def _spoil(reason: str, i: int, row: Row, number: str) -> Row:
    if reason == "duplicate":
        return dict(row)
    if reason == "duplicate_id_conflict":
        return {**row, "text": "（此单内容已更正）" + row["text"]}
    fault = {
        "impossible_time": {"occurred_at": _IMPOSSIBLE[i % len(_IMPOSSIBLE)]},
        "future_time": {"occurred_at": _FUTURE[i % len(_FUTURE)]},
        "unknown_branch": {"branch": _NOWHERE[i % len(_NOWHERE)]},
        "empty_text": {"text": _NO_TEXT[i % len(_NO_TEXT)]},
        "bad_score": {"score": _NO_SCORE[i % len(_NO_SCORE)]},
        "unreadable_row": {},
    }[reason]
    return {**row, **fault, "record_id": number}


def _weighted(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
