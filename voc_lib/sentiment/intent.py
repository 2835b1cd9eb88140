"""What the customer wants of the bank: question, suggestion, complaint, praise or none, by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.schema import INTENTS, SENTIMENTS

if TYPE_CHECKING:
    from voc_lib.sentiment.readings import Readings

__all__ = ["RULE_CONFIDENCE", "default_intents", "rule_intents", "settle_intents"]

_SUGGESTION_ORDER = "建议"  # order_type, as the schema declares it
_ASKS = 0.6  # one question word, or one question mark
_ASKS_HARD = 1.2  # a question word and a mark: a question even where it grumbles
_BLAMES = 0.5  # strength of blame that makes a statement a complaint
_NONE = INTENTS.index("none")
# How sure a rule is of each, in the order of INTENTS: round figures set by hand, for lists that are sorted by it.
RULE_CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6, 0.5])


def rule_intents(readings: Readings, proposes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The intent of each text by its words alone: a suggestion, blame, a question, praise, in this order; else none.

    Args:
        readings: what their words say.
        proposes: whether each proposes something (`suggesting`).
        probabilities: of the sentiments, a column each.
    Returns: numbers into INTENTS.
    """
    asks, blame, label = readings.asks, readings.negative, probabilities.argmax(axis=1)
    bad, good = label == SENTIMENTS.index("negative"), label == SENTIMENTS.index("positive")
    named = readings.has("complaint") & ~good & ~readings.has("advice") & ((asks < _ASKS) | bad)
    complains = np.where(asks >= _ASKS_HARD, bad & (blame >= 2 * _BLAMES), named | (bad & (blame >= _BLAMES)))
    complains |= (readings.rhetorical >= _BLAMES) & ~good
    said = {
        "suggestion": proposes,
        "complaint": complains,
        "question": asks >= _ASKS,
        "praise": good & readings.has("praise"),
    }
    return np.select(list(said.values()), [INTENTS.index(name) for name in said], _NONE)


def default_intents(
    sources: Sequence[str | None], order_types: Sequence[str | None], defaults: Mapping[str, str]
) -> np.ndarray:
    """What the kind of work order or else the source of each record says of it (lexicon.default_intent): INTENTS."""
    said = [
        defaults.get(kind or "", defaults.get(source or "", "none"))
        for source, kind in zip(sources, order_types, strict=True)
    ]
    return np.array([INTENTS.index(name) for name in said], dtype=np.int64)


def settle_intents(
    intents: np.ndarray,
    asks: np.ndarray,
    wishes: np.ndarray,
    blames: np.ndarray,
    *,
    defaults: np.ndarray,
    order_types: Sequence[str | None],
) -> np.ndarray:
    """The intents once it is known where each voice was heard: the source decides where the words tell nothing.

    Args:
        intents: by words alone, numbers into INTENTS.
        asks, wishes: how much each text asks, and whether it wishes something.
        blames: whether each is negative, its circumstances considered: a fault told without a question is a complaint.
        defaults: as `default_intents` gives them.
        order_types: kinds of the work orders.
    Returns: numbers into INTENTS.
    """
    ordered = np.array([kind == _SUGGESTION_ORDER for kind in order_types], dtype=bool)
    # A form for complaints is not filled in to ask, unless it plainly does.
    grumbles = (defaults == INTENTS.index("complaint")) & (intents == INTENTS.index("question"))
    settled = np.where(grumbles & (asks < _ASKS_HARD), defaults, intents)
    settled = np.where((settled == _NONE) & blames & (asks < _ASKS), INTENTS.index("complaint"), settled)
    settled = np.where(settled == _NONE, defaults, settled)
    return np.where(ordered & wishes & (asks < _ASKS), INTENTS.index("suggestion"), settled)
