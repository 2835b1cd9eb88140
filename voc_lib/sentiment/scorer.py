"""Adds to categorised records what their texts feel, want, judge and threaten, and their keywords."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.schema import SENTIMENTS
from voc_lib.sentiment.engines import ENGINES, Engine
from voc_lib.sentiment.escalation import escalation_risk
from voc_lib.sentiment.intent import intent_of
from voc_lib.sentiment.reading import Reader, Reading
from voc_lib.text import Segmenter, normalise, text_keywords

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile
    from voc_lib.params.lexicon import SentimentLexicon

__all__ = ["SentimentScorer"]

_KEYWORDS = 5
_FAINT = 0.1  # judgements weaker than this are not worth a line in a table
_DIGITS = 4  # beyond these, processors may differ


class SentimentScorer:
    """Scores records with the engine of a profile.

    Args:
        engine: gives class probabilities.
        lexicon: the profile's words of feeling and intent.
        segmenter: gives keywords.
    """

    def __init__(self, engine: Engine, *, lexicon: SentimentLexicon, segmenter: Segmenter) -> None:
        self._engine = engine
        self._lexicon = lexicon
        self._segmenter = segmenter
        self._reader = Reader(lexicon)

    @classmethod
    def load(cls, profile: Profile, data_root: str | Path) -> SentimentScorer:
        """The scorer of a profile. Raises: ModelError when its model has not been made."""
        segmenter = Segmenter.from_profile(profile)
        engine = ENGINES[profile.thresholds.sentiment.engine](profile, data_root, segmenter)
        return cls(engine, lexicon=profile.lexicon.sentiment, segmenter=segmenter)

    def score_texts(self, texts: Sequence[str]) -> pd.DataFrame:
        """Sentiment of plain texts, a row each in their order: sentiment (−1 … 1), sentiment_label, intent, and the
        class probabilities negative, neutral, positive. Texts without a character have neither score nor label."""
        import pandas as pd

        clean = [normalise(text) for text in texts]
        readings, probabilities = self._read(clean)
        labels = [SENTIMENTS[i] for i in probabilities.argmax(axis=1)]
        frame = pd.DataFrame(
            {
                "sentiment": _balance(probabilities),
                "sentiment_label": pd.Series(labels, dtype="str"),
                "intent": pd.Series([intent_of(r, la) for r, la in zip(readings, labels, strict=True)], dtype="str"),
                **{label: probabilities[:, i] for i, label in enumerate(SENTIMENTS)},
            }
        )
        frame.loc[[not text for text in clean], :] = None
        return frame

    def score(self, categorised: pd.DataFrame) -> pd.DataFrame:
        """The records with sentiment, sentiment_label, intent, aspects, escalation_risk and keywords.

        Args:
            categorised: the table of that name (schema.py): text, source, order_type, level, status, matter_id.
        Returns: every row, in the same order, with a plain index. Rows without text have no sentiment, label, intent
            or risk, and empty lists.
        """
        import pandas as pd

        scored = categorised.reset_index(drop=True)
        clean = [normalise(text) if isinstance(text, str) else "" for text in scored["text"]]
        filled = [i for i, text in enumerate(clean) if text]
        texts, rows = [clean[i] for i in filled], scored.iloc[filled].reset_index(drop=True)
        readings, probabilities = self._read(texts)
        labels = [SENTIMENTS[i] for i in probabilities.argmax(axis=1)]
        risk = escalation_risk(rows, readings, probabilities[:, 0], signs=self._lexicon.escalation_signs)
        said = pd.DataFrame(
            {
                "sentiment": _balance(probabilities),
                "sentiment_label": pd.Series(labels, dtype="str"),
                "intent": pd.Series(self._intents(rows, readings, labels), dtype="str"),
                "aspects": pd.Series([_aspects(reading) for reading in readings], dtype="object"),
                "escalation_risk": np.round(risk, _DIGITS),
                "keywords": pd.Series(self._keywords(texts), dtype="object"),
            }
        )
        said.index = pd.Index(filled, dtype="int64")
        said = said.reindex(range(len(scored)))
        for column in ("aspects", "keywords"):
            said[column] = [value if isinstance(value, list) else [] for value in said[column]]
        return scored.assign(**{column: said[column] for column in said.columns})

    def _read(self, texts: Sequence[str]) -> tuple[list[Reading], np.ndarray]:
        """Readings and probabilities; a text said many times is read once."""
        unique = list(dict.fromkeys(texts))
        known = [self._reader.read(text) for text in unique]
        place = {text: i for i, text in enumerate(unique)}
        at = np.array([place[text] for text in texts], dtype=np.int64)
        probabilities = np.asarray(self._engine(unique, known), dtype=np.float64).reshape(len(unique), len(SENTIMENTS))
        return [known[i] for i in at.tolist()], probabilities[at]

    def _intents(self, rows: pd.DataFrame, readings: Sequence[Reading], labels: Sequence[str]) -> list[str]:
        sources, types = _texts_of(rows["source"]), _texts_of(rows["order_type"])
        return [
            intent_of(reading, label, source=source, order_type=kind, defaults=self._lexicon.default_intent)
            for reading, label, source, kind in zip(readings, labels, sources, types, strict=True)
        ]

    def _keywords(self, texts: Sequence[str]) -> list[list[str]]:
        return text_keywords(texts, segmenter=self._segmenter, top=_KEYWORDS)


def _balance(probabilities: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(probabilities[:, 2] - probabilities[:, 0], _DIGITS))


def _aspects(reading: Reading) -> list[str]:
    """What is judged and how, as noun:±word, in the order of the text, each once."""
    found = (
        f"{judgement.aspect}:{'+' if judgement.strength > 0 else '-'}{judgement.word}"
        for judgement in reading.judgements
        if judgement.aspect and abs(judgement.strength) >= _FAINT
    )
    return list(dict.fromkeys(found))


def _texts_of(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values]
