"""How likely a matter is to go to a regulator, a court or the press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params.lexicon import EscalationSigns
    from voc_lib.sentiment.reading import Reading

__all__ = ["escalation_risk"]


def escalation_risk(
    records: pd.DataFrame, readings: list[Reading], negative: np.ndarray, *, signs: EscalationSigns
) -> np.ndarray:
    """Risk of escalation of each record, 0 to 1: independent signs, each with its own probability (noisy or).

    Args:
        records: level, status, matter_id.
        readings: what each text says; its escalation words are signs.
        negative: probability that each text is negative; scales the sign of that name.
        signs: weights of the other signs, from the profile.
    Returns: a number a record, in its order. A matter counts as repeated for its second and later records here.
    Source: Pearl 1988, Probabilistic Reasoning in Intelligent Systems, noisy-or gate.
    """
    safe = np.array([np.prod([1 - weight for weight in reading.escalation.values()]) for reading in readings])
    for column, weights in (("level", signs.level), ("status", signs.status)):
        safe = safe * (1 - records[column].map(weights).astype("float64").fillna(0.0).to_numpy())
    repeated = records["matter_id"].notna() & records.duplicated("matter_id", keep=False)
    safe = safe * (1 - signs.negative * negative) * (1 - signs.repeated * repeated.to_numpy(dtype=np.float64))
    return np.asarray(np.clip(1 - safe, 0.0, 1.0))
