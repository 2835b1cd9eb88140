"""Adds to categorised records what their texts feel, want, judge and threaten, and their keywords."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.schema import INTENTS, SENTIMENTS
from voc_lib.sentiment.circumstances import leaned, leaning
from voc_lib.sentiment.escalation import escalation_risk
from voc_lib.sentiment.hearing import Ear, labels_of
from voc_lib.sentiment.intent import default_intents, settle_intents
from voc_lib.text import Segmenter, normalise, text_keywords

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile
    from voc_lib.params.lexicon import SentimentLexicon

__all__ = ["SentimentScorer"]

_KEYWORDS = 5
_DIGITS = 4  # beyond these, processors may differ


class SentimentScorer:
    """Scores records by a profile.

    Args:
        ear: hears texts.
        lexicon: the profile's words of feeling and intent.
        segmenter: gives keywords.
    """

    def __init__(self, ear: Ear, *, lexicon: SentimentLexicon, segmenter: Segmenter) -> None:
        self._ear = ear
        self._lexicon = lexicon
        self._segmenter = segmenter

    @classmethod
    def load(cls, profile: Profile, data_root: str | Path) -> SentimentScorer:
        """The scorer of a profile. Raises: ModelError when its model has not been made."""
        ear = Ear.load(profile, data_root)
        return cls(ear, lexicon=profile.lexicon.sentiment, segmenter=Segmenter.from_profile(profile))

    def score_texts(self, texts: Sequence[str]) -> pd.DataFrame:
        """Sentiment and intent of plain texts, a row each in their order: sentiment (−1 … 1), sentiment_label, intent,
        confidence (of the intent), and the probabilities negative, neutral, positive. Texts without a character have
        none of them."""
        import pandas as pd

        clean = [normalise(text) for text in texts]
        heard = self._ear.hear(clean, with_aspects=False)
        frame = pd.DataFrame(
            {
                "sentiment": _balance(heard.probabilities),
                "sentiment_label": pd.Series(labels_of(heard.probabilities), dtype="str"),
                "intent": pd.Series(_names(heard.intents), dtype="str"),
                "confidence": np.round(heard.confidence, _DIGITS),
                **{label: heard.probabilities[:, i] for i, label in enumerate(SENTIMENTS)},
            }
        )
        frame.loc[[not text for text in clean], :] = None
        return frame

    def score(self, categorised: pd.DataFrame, *, earlier: pd.DataFrame | None = None) -> pd.DataFrame:
        """The records with sentiment, sentiment_label, intent, aspects, escalation_risk with its reasons, and keywords.

        Args:
            categorised: the table of that name (schema.py): text, source, order_type, level, status, score, matter_id.
                Source, order type, level and score lean the feeling (lexicon.leanings); `score_texts` knows none.
            earlier: scored records of earlier months, for matters and customers that come again.
        Returns: every row, in the same order, with a plain index. Rows without text have no sentiment, label, intent
            or risk, and empty lists.
        """
        import pandas as pd

        scored = categorised.reset_index(drop=True)
        clean = [normalise(text) if isinstance(text, str) else "" for text in scored["text"]]
        filled = [i for i, text in enumerate(clean) if text]
        texts, rows = [clean[i] for i in filled], scored.iloc[filled].reset_index(drop=True)
        heard = self._ear.hear(texts)
        kinds = _texts_of(rows["order_type"])
        defaults = default_intents(_texts_of(rows["source"]), kinds, self._lexicon.default_intent)
        probabilities = leaned(heard.probabilities, leaning(rows, self._lexicon.leanings))
        labels = labels_of(probabilities)
        intents = settle_intents(
            heard.intents, heard.asks, heard.wishes, labels == "negative", defaults=defaults, order_types=kinds
        )
        risk, reasons = escalation_risk(
            rows, heard.threats, probabilities[:, 0], signs=self._lexicon.escalation_signs, earlier=earlier
        )
        said = pd.DataFrame(
            {
                "sentiment": _balance(probabilities),
                "sentiment_label": pd.Series(labels, dtype="str"),
                "intent": pd.Series(_names(intents), dtype="str"),
                "aspects": pd.Series(heard.aspects, dtype="object"),
                "escalation_risk": np.round(risk, _DIGITS),
                "escalation_reasons": pd.Series(reasons, dtype="object"),
                "keywords": pd.Series(text_keywords(texts, segmenter=self._segmenter, top=_KEYWORDS), dtype="object"),
            }
        )
        said.index = pd.Index(filled, dtype="int64")
        said = said.reindex(range(len(scored)))
        for column in ("aspects", "escalation_reasons", "keywords"):
            said[column] = [value if isinstance(value, list) else [] for value in said[column]]
        return scored.assign(**{column: said[column] for column in said.columns})


def _balance(probabilities: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(probabilities[:, 2] - probabilities[:, 0], _DIGITS))


def _names(intents: np.ndarray) -> np.ndarray:
    return np.asarray(np.array(INTENTS, dtype=object)[intents])


def _texts_of(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values]
