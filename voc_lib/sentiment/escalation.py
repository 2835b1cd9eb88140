"""How likely a matter is to go to a regulator, a court or the press, and what says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params.lexicon import EscalationSigns

__all__ = ["escalation_risk"]

_LEVEL, _STATUS, _NEGATIVE = "意向等级：", "处理状态：", "情绪负面"
_REPEATED, _COMPLAINED = "同一事项反映{}次", "此前投诉过"
_TOLD = 0.05  # a sign weaker than this is not worth telling


def escalation_risk(
    records: pd.DataFrame,
    threats: Sequence[Mapping[str, float]],
    negative: np.ndarray,
    *,
    signs: EscalationSigns,
    earlier: pd.DataFrame | None = None,
) -> tuple[np.ndarray, list[list[str]]]:
    """Risk of escalation of each record, 0 to 1: independent signs, each with its own probability (noisy or).

    Args:
        records: source, record_id, level, status, matter_id, customer_key.
        threats: the escalation words of each text, with their weights.
        negative: probability that each text is negative; scales the sign of that name.
        signs: weights of the other signs, from the profile. A matter heard n times has the sign `repeated` n − 1 times;
            a customer who complained in an earlier month has the sign `complained`.
        earlier: records of earlier months: the same columns, and intent.
    Returns: a number a record, in their order; and the signs of each in words, strongest first.
    Source: Pearl 1988, Probabilistic Reasoning in Intelligent Systems, noisy-or gate.
    """
    contacts, complained = _contacts(records, earlier), _complained(records, earlier)
    risks, reasons = np.zeros(len(records)), []
    columns = (records[name].tolist() for name in ("level", "status"))
    rows = zip(threats, negative.tolist(), *columns, contacts.tolist(), complained.tolist(), strict=True)
    for i, (words, bad, level, status, n_heard, came_back) in enumerate(rows):
        told = dict(words)
        told[f"{_LEVEL}{level}"] = signs.level.get(level, 0.0)
        told[f"{_STATUS}{status}"] = signs.status.get(status, 0.0)
        told[_NEGATIVE] = signs.negative * bad
        told[_REPEATED.format(n_heard)] = 1 - (1 - signs.repeated) ** (n_heard - 1)
        told[_COMPLAINED] = signs.complained * came_back
        risks[i] = 1 - np.prod([1 - weight for weight in told.values()])
        reasons.append(sorted((sign for sign, w in told.items() if w >= _TOLD), key=lambda sign: (-told[sign], sign)))
    return np.clip(risks, 0.0, 1.0), reasons


def _contacts(records: pd.DataFrame, earlier: pd.DataFrame | None) -> np.ndarray:
    """How often each record's matter has been heard, here and before; 1 without a matter."""
    counts = records["matter_id"].value_counts()
    if earlier is not None and len(earlier):
        counts = counts.add(earlier["matter_id"].value_counts(), fill_value=0)
    return np.asarray(records["matter_id"].map(counts).fillna(1).to_numpy(dtype=np.int64))


def _complained(records: pd.DataFrame, earlier: pd.DataFrame | None) -> np.ndarray:
    if earlier is None or not len(earlier):
        return np.zeros(len(records), dtype=bool)
    before = earlier.loc[earlier["intent"] == "complaint", "customer_key"].dropna().unique()
    return np.asarray(records["customer_key"].isin(before).to_numpy(dtype=bool))
