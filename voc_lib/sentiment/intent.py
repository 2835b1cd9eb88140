"""What the customer wants of the bank: question, suggestion, complaint, praise or none, by rules."""

from __future__ import annotations

from collections.abc import Mapping

from voc_lib.sentiment.reading import Reading

__all__ = ["intent_of"]

_SUGGESTION_ORDER = "建议"  # order_type, as the schema declares it
_ASKS = 0.6  # one question word, or one question mark
_ASKS_HARD = 1.2  # a question word and a mark: a question even where it grumbles
_BLAMES = 0.5  # strength of blame that makes a statement a complaint


def intent_of(
    reading: Reading,
    label: str,
    *,
    source: str | None = None,
    order_type: str | None = None,
    defaults: Mapping[str, str] | None = None,
) -> str:
    """The intent of one text.

    Args:
        reading: what its words say.
        label: its sentiment.
        source, order_type: where the voice was heard, if known.
        defaults: intent by order type or source, where the words tell nothing (lexicon.default_intent).
    """
    defaults = defaults or {}
    default = defaults.get(order_type or "", defaults.get(source or "", "none"))
    if _suggests(reading, source=source, order_type=order_type):
        return "suggestion"
    if _complains(reading, label):
        return "complaint"
    if reading.asks >= _ASKS:
        # A form for complaints is not filled in to ask, unless it plainly does.
        return "question" if default != "complaint" or reading.asks >= _ASKS_HARD else "complaint"
    if label == "positive" and "praise" in reading.roles:
        return "praise"
    return default


def _suggests(reading: Reading, *, source: str | None, order_type: str | None) -> bool:
    if "advice" in reading.roles:
        return False
    if "suggestion" in reading.roles:
        return True
    return order_type == _SUGGESTION_ORDER and "wish" in reading.roles and reading.asks < _ASKS


def _complains(reading: Reading, label: str) -> bool:
    if reading.rhetorical >= _BLAMES and label != "positive":
        return True
    if reading.asks >= _ASKS_HARD:
        return reading.negative >= 2 * _BLAMES and label == "negative"
    if "complaint" in reading.roles and label != "positive" and "advice" not in reading.roles:
        return reading.asks < _ASKS or label == "negative"
    return label == "negative" and reading.negative >= _BLAMES
