"""Gives each record its category, with confidence, evidence, and whether an expert should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.categorise.decision import Blend, decide, in_columns
from voc_lib.categorise.labels import read_expert_labels
from voc_lib.categorise.mentions import Mentions
from voc_lib.categorise.rules import rule_book, strip_masks
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier, load_model, model_folder
from voc_lib.text import Segmenter, normalise

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["Categoriser"]

_BATCH = 8192  # texts at a time, so that memory does not grow with their number
_DIGITS = 4  # beyond these, processors may differ
_EMPTY = 0.99  # how sure it is that a text without a letter says nothing
_EVIDENCE = 4


class Categoriser:
    """Rules, model and experts' labels of one profile.

    Args:
        profile: taxonomy, thresholds and lexicon.
        model: speaks with the rules.
        blend: how much each of the two counts.
        experts: category of each normalised text that experts decided.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        model: TextClassifier,
        blend: Blend | None = None,
        experts: Mapping[str, str] | None = None,
    ) -> None:
        self._taxonomy = profile.taxonomy
        self._places = {
            category.code: (category, profile.taxonomy.level_of(category.code))
            for category in profile.taxonomy.categories
        }
        self._settings = profile.thresholds.categorise
        self._segmenter = Segmenter.from_profile(profile)
        self._rules = rule_book(profile.taxonomy)
        self._products = Mentions(profile.taxonomy.products)
        self._channels = Mentions(profile.taxonomy.channels)
        self._model = model
        self._blend = blend or Blend()
        self._experts = dict(experts or {})

    @classmethod
    def load(cls, profile: Profile, data_root: str | Path, *, experts: Mapping[str, str] | None = None) -> Categoriser:
        """The categoriser of a profile: its model from the data folder or as shipped, its experts' labels if any.

        Args:
            experts: used instead of those of the data folder.

        Raises: ModelError when there is no model, or it belongs to another taxonomy; SourceError for bad labels.
        """
        folder = model_folder("category", profile_name=profile.name, data_root=data_root)
        if folder is None:
            raise ModelError(
                "no model for categories", profile=profile.name, hint="run `voc train category` to make one"
            )
        model, card = load_model(folder, segment=Segmenter.from_profile(profile).words)
        strange = sorted(set(model.classes) - set(profile.taxonomy.codes))
        if strange:
            raise ModelError(
                "model was trained for another taxonomy", found=", ".join(strange), hint="run `voc train category`"
            )
        if experts is None:
            experts = read_expert_labels(data_root, taxonomy=profile.taxonomy)
        return cls(profile, model=model, blend=Blend.of_card(card), experts=experts)

    def categorise(self, records: pd.DataFrame) -> pd.DataFrame:
        """The records with the columns that the table categorised adds (schema.py).

        Args:
            records: the table of that name; only text is read.
        Returns: every row, in the same order, with a plain index. A row without text has no category, method none.
        """
        records = records.reset_index(drop=True)
        decided = self.decide_texts(list(records["text"]))
        return records.assign(**{column: decided[column] for column in decided.columns})

    def decide_texts(self, texts: Sequence[object]) -> pd.DataFrame:
        """The same for plain texts: a row each, in their order; what is no text or blank counts as none.

        Returns: category, category_name, level1, level1_name, confidence, method, evidence, needs_review, concerns,
            product, concerns_channel.
        """
        import pandas as pd

        clean = [normalise(text) if isinstance(text, str) else "" for text in texts]
        # A text said many times is decided once.
        unique = [text for text in dict.fromkeys(clean) if text]
        known: dict[str, dict[str, Any]] = {"": _NONE}
        for start in range(0, len(unique), _BATCH):
            batch = unique[start : start + _BATCH]
            known.update(zip(batch, self._decide(batch), strict=True))
        rows = [known[text] for text in clean]
        columns = {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in _COLUMNS.items()}
        # Each row its own list: equal texts share a decision.
        columns["evidence"] = pd.Series([list(row["evidence"]) for row in rows], dtype="object")
        return pd.DataFrame(columns)

    def _decide(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """A decision for each of some normalised texts, none of them empty."""
        words = [self._segmenter.words_of(text) for text in texts]
        ruling = self._rules.judge(texts)
        codes = self._rules.codes
        features = self._model.features.matrix(words)
        proba = in_columns(self._model.predict_proba_features(features), self._model.classes, codes)
        levels = [self._places[code][1].code for code in codes]
        made = decide(ruling, proba, blend=self._blend, levels=levels, rule_decides=self._settings.rule_decides)
        asked = np.flatnonzero(made.by_model).tolist()
        said = [codes[column] for column in made.columns[asked].tolist()]
        learnt = dict(zip(asked, self._model.explain_features(features[asked], said, top=12), strict=True))
        rows = []
        for row, text in enumerate(texts):
            bare = strip_masks(text)
            if text in self._experts:
                decision = self._row(bare, self._experts[text], 1.0, "expert", [])
            elif not any(sign.isalpha() for sign in bare):
                decision = self._row(bare, self._taxonomy.nothing, _EMPTY, "rule", [])
            else:
                column = int(made.columns[row])
                evidence = ruling.evidence(row, column, top=_EVIDENCE)
                if row in learnt:
                    evidence += [word for word in learnt[row] if word not in evidence and self._tells(word)]
                method = "model" if made.by_model[row] else "rule"
                decision = self._row(bare, codes[column], float(made.confidence[row]), method, evidence[:_EVIDENCE])
            rows.append(decision)
        return rows

    def _row(self, text: str, code: str, confidence: float, method: str, evidence: list[str]) -> dict[str, Any]:
        category, level = self._places[code]
        confidence = round(min(max(confidence, 0.0), 1.0), _DIGITS)
        return {
            "category": code,
            "category_name": category.name,
            "level1": level.code,
            "level1_name": level.name,
            "confidence": confidence,
            "method": method,
            "evidence": evidence,
            "needs_review": confidence < self._settings.review_below,
            "concerns": category.concerns,
            "product": self._products.first(text),
            "concerns_channel": self._channels.first(text),
        }

    def _tells(self, word: str) -> bool:
        """Whether a word of the model is worth showing: single characters, numbers and function words are not."""
        return self._segmenter.is_content(word) and word.isalpha()


_COLUMNS = {
    "category": "str",
    "category_name": "str",
    "level1": "str",
    "level1_name": "str",
    "confidence": "float64",
    "method": "str",
    "evidence": "object",
    "needs_review": "bool",
    "concerns": "str",
    "product": "str",
    "concerns_channel": "str",
}
_NONE: dict[str, Any] = dict.fromkeys(_COLUMNS) | {"method": "none", "evidence": [], "needs_review": False}
