"""What single texts say of feeling and intent: readings, the two models and the rules put together, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.learning import load_joined, model_folder
from voc_lib.schema import INTENTS, SENTIMENTS
from voc_lib.sentiment.engines import ENGINES, lexicon_probabilities
from voc_lib.sentiment.features import intent_numbers
from voc_lib.sentiment.intent import RULE_CONFIDENCE, rule_intents
from voc_lib.sentiment.pairing import SpanPairs
from voc_lib.sentiment.reading import reader_of
from voc_lib.sentiment.spans import SpanTagger
from voc_lib.sentiment.suggesting import suggesting

if TYPE_CHECKING:
    from voc_lib.learning import JoinedClassifier
    from voc_lib.params import Profile
    from voc_lib.params.lexicon import SentimentLexicon
    from voc_lib.sentiment.engines import Engine
    from voc_lib.sentiment.readings import Readings

__all__ = ["Ear", "Heard", "labels_of"]

_BATCH = 2048  # texts read at once: more would only leave the processor's cache


@dataclass(frozen=True)
class Heard:
    """What texts say, an entry a text.

    Attributes:
        probabilities: of the sentiments, a column each.
        intents: numbers into INTENTS.
        confidence: of the intent, 0 … 1.
        asks: how much each asks.
        wishes: whether each wishes something, without advising anyone.
        aspects: what is judged and how, as noun:±word, in the order of the text, each once; empty where not wanted.
        threats: escalation words with their weights.
    """

    probabilities: np.ndarray
    intents: np.ndarray
    confidence: np.ndarray
    asks: np.ndarray
    wishes: np.ndarray
    aspects: list[list[str]]
    threats: list[dict[str, float]]


class Ear:
    """Hears normalised texts.

    Args:
        engine: gives the probabilities of the sentiments.
        lexicon: the profile's words of feeling and intent.
        intent_model: trained on labels of intent; without one the rules decide.
        pairs: from a trained model of spans; without one the lexicon ties feelings to nouns.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        lexicon: SentimentLexicon,
        intent_model: JoinedClassifier | None = None,
        pairs: SpanPairs | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader_of(lexicon)
        self._intent_model = intent_model
        self._pairs = pairs

    @classmethod
    def load(cls, profile: Profile, data_root: str | Path) -> Ear:
        """The ear of a profile. Raises: ModelError when its sentiment model has not been made, or a model is broken."""
        engine = ENGINES[profile.thresholds.sentiment.engine](profile, data_root)
        folder = model_folder("intent", profile_name=profile.name, data_root=data_root)
        model = load_joined(folder)[0] if folder else None
        pairs = None
        if model_folder("spans", profile_name=profile.name, data_root=data_root) is not None:
            pairs = SpanPairs(SpanTagger.load(profile, data_root).find, profile.lexicon.sentiment)
        return cls(engine, lexicon=profile.lexicon.sentiment, intent_model=model, pairs=pairs)

    def hear(self, texts: Sequence[str], *, with_aspects: bool = True) -> Heard:
        """What each text says; a text said many times is read once."""
        unique = list(dict.fromkeys(texts))
        parts = [self._hear(unique[i : i + _BATCH], with_aspects) for i in range(0, max(len(unique), 1), _BATCH)]
        place = {text: i for i, text in enumerate(unique)}
        at = [place[text] for text in texts]
        index = np.array(at, dtype=np.int64)
        aspects = [own for part in parts for own in part.aspects]
        threats = [own for part in parts for own in part.threats]
        return Heard(
            probabilities=np.concatenate([part.probabilities for part in parts])[index],
            intents=np.concatenate([part.intents for part in parts])[index],
            confidence=np.concatenate([part.confidence for part in parts])[index],
            asks=np.concatenate([part.asks for part in parts])[index],
            wishes=np.concatenate([part.wishes for part in parts])[index],
            aspects=[aspects[i] for i in at],
            threats=[threats[i] for i in at],
        )

    def _hear(self, texts: list[str], with_aspects: bool) -> Heard:
        readings = self._reader.read_all(texts)
        probabilities = np.asarray(self._engine(texts, readings), dtype=np.float64).reshape(len(texts), len(SENTIMENTS))
        intents, confidence = self._intents(texts, readings, probabilities)
        return Heard(
            probabilities=probabilities,
            intents=intents,
            confidence=confidence,
            asks=readings.asks,
            wishes=readings.has("wish") & ~readings.has("advice"),
            aspects=self._aspects(texts, readings, probabilities) if with_aspects else [[] for _ in texts],
            threats=readings.escalations(),
        )

    def _aspects(self, texts: list[str], readings: Readings, probabilities: np.ndarray) -> list[list[str]]:
        return self._pairs.told(texts, readings, probabilities) if self._pairs else readings.aspects_told()

    def _intents(
        self, texts: list[str], readings: Readings, probabilities: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        proposes = suggesting(readings, texts)
        if self._intent_model is None:
            intents = rule_intents(readings, proposes, probabilities)
            return intents, RULE_CONFIDENCE[intents]
        numbers = intent_numbers(readings, texts, proposes, lexicon_probabilities(readings))
        known = self._intent_model.predict_proba(texts, numbers)
        column = np.array([INTENTS.index(name) for name in self._intent_model.classes], dtype=np.int64)
        return column[known.argmax(axis=1)], known.max(axis=1, initial=0.0)


def labels_of(probabilities: np.ndarray) -> np.ndarray:
    """The likeliest sentiment of each text."""
    return np.asarray(np.array(SENTIMENTS, dtype=object)[probabilities.argmax(axis=1)])
