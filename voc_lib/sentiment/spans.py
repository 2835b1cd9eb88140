"""Marks banks, products, what is judged and the judging words in a text, once trained on labels of the bank.

A linear chain over the characters (conditional random field): each is told by its neighbours and by the word of the
lexicon that it stands in. Without a model the lexicon's aspects do a coarser work (`readings.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from voc_lib.errors import ModelError, SourceError
from voc_lib.learning import model_folder, save_files
from voc_lib.sentiment.words import WordFinder
from voc_lib.store import read_bytes

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["Span", "SpanTagger", "judge_spans", "spans_of", "train_spans"]

_MODEL, _CARD = "spans.crfsuite", "card.json"
_TAG = re.compile(r"O|[BI]-\w+")
_OPTIONS = {"c1": 0.1, "c2": 0.05, "max_iterations": 60}  # pull towards few and small weights; steps at most
_LEX_ROLES = ("negation", "neutral")


class Span(NamedTuple):
    """text[start:end] is of that kind."""

    start: int
    end: int
    kind: str


class SpanTagger:
    """Finds spans with a trained model.

    Args:
        payload: the model's bytes, as CRFsuite writes them.
        profile: gives the lexicon.
    """

    def __init__(self, payload: bytes, profile: Profile) -> None:
        import pycrfsuite

        # The library reads from these bytes and keeps no hold of them (python-crfsuite 0.9.12).
        self._payload = payload
        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._payload)
        self._finder = WordFinder(profile.lexicon.sentiment)

    @classmethod
    def load(cls, profile: Profile, data_root: str | Path) -> SpanTagger:
        """The tagger of a profile. Raises: ModelError when there is none, or it is not as it was trained."""
        folder = model_folder("spans", profile_name=profile.name, data_root=data_root)
        hint = "train one with `voc train spans --labels FILE`"
        if folder is None:
            raise ModelError("no model of spans", profile=profile.name, hint=hint)
        try:
            payload = read_bytes(f"{folder}/{_MODEL}")
            card = json.loads(read_bytes(f"{folder}/{_CARD}"))
        except (OSError, ValueError):
            raise ModelError("model cannot be read", file=_MODEL, hint=hint) from None
        # The library trusts what it reads, so what has changed since training must not reach it.
        if card.get("model_sha256") != hashlib.sha256(payload).hexdigest():
            raise ModelError("model is not the one that was trained", file=_MODEL, hint=hint)
        return cls(payload, profile)

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text, from left to right."""
        return [spans_of(self._tagger.tag(_features(text, self._finder))) if text else [] for text in texts]


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Spans from a tag a character: B-KIND begins one, I-KIND goes on, O is outside."""
    found: list[Span] = []
    begin: int | None = None
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != f"I-{tags[begin][2:]}":
            found.append(Span(begin, place, tags[begin][2:]))
            begin = None
        if tag.startswith("B"):
            begin = place
    return found


def train_spans(
    profile: Profile, *, data_root: str | Path | None = None, labels: pd.DataFrame | None = None
) -> tuple[bytes, dict[str, Any]]:
    """The model's bytes and its card; the same input gives the same bytes, whatever its order.

    Args:
        profile: gives the lexicon.
        data_root: if given, the model is stored under it, where `SpanTagger.load` finds it.
        labels: text, spans (a tag a character, set apart by blanks). Texts with another number of tags are left out,
            and counted in the card.
    Raises: ModelError without labels; SourceError when no text has a tag for each of its characters.
    """
    import pycrfsuite

    if labels is None:
        raise ModelError("spans need labels to learn from", hint="give them with --labels")
    lessons = sorted(
        (str(text), tuple(str(tags).split())) for text, tags in zip(labels["text"], labels["spans"], strict=True)
    )
    fitting = [(text, tags) for text, tags in lessons if len(text) == len(tags) and all(map(_TAG.fullmatch, tags))]
    if not fitting:
        raise SourceError("no text has a tag for each character", expected="B-KIND, I-KIND or O, set apart by blanks")
    finder = WordFinder(profile.lexicon.sentiment)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(_OPTIONS)
    for text, tags in fitting:
        trainer.append(_features(text, finder), tags)
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(str(Path(folder) / _MODEL))
        payload = (Path(folder) / _MODEL).read_bytes()
    counts: dict[str, int] = {}
    for _, tags in fitting:
        for span in spans_of(tags):
            counts[span.kind] = counts.get(span.kind, 0) + 1
    card = {
        "kind": "spans",
        "n": len(fitting),
        "n_left_out": len(lessons) - len(fitting),
        "classes": dict(sorted(counts.items())),
        "data": "labels of the bank",
        "data_sha256": hashlib.sha256("\x1e".join(f"{t}\x1f{' '.join(g)}" for t, g in fitting).encode()).hexdigest(),
        "model_sha256": hashlib.sha256(payload).hexdigest(),
    }
    if data_root is not None:
        save_files(f"{data_root}/models/{profile.name}/spans", {_MODEL: payload}, card)
    return payload, card


def judge_spans(tagger: SpanTagger, labels: pd.DataFrame) -> dict[str, Any]:
    """How many spans are found exactly.

    Args:
        tagger: what is judged.
        labels: text, spans, as for `train_spans`; texts with another number of tags are left out.
    Returns: n (texts), n_left_out, precision, recall, f1 over all kinds, and by_class (n, precision, recall, f1 of each
        kind). A figure that has nothing to rest on is None.
    """
    given = [(str(text), str(tags).split()) for text, tags in zip(labels["text"], labels["spans"], strict=True)]
    fitting = [(text, tags) for text, tags in given if len(text) == len(tags)]
    right: Counter[str] = Counter()
    true: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for (_, tags), found in zip(fitting, tagger.find([text for text, _ in fitting]), strict=True):
        expected = spans_of(tags)
        true.update(span.kind for span in expected)
        said.update(span.kind for span in found)
        right.update(span.kind for span in {*expected} & {*found})
    by_class = {kind: _figures(right[kind], true[kind], said[kind]) for kind in sorted({*true, *said})}
    total = _figures(right.total(), true.total(), said.total())
    return {"n_left_out": len(given) - len(fitting), **total, "n": len(fitting), "by_class": by_class}


def _figures(right: int, true: int, said: int) -> dict[str, Any]:
    return {
        "n": true,
        "precision": right / said if said else None,
        "recall": right / true if true else None,
        "f1": 2 * right / (true + said) if true + said else None,
    }


def _features(text: str, finder: WordFinder) -> list[list[str]]:
    """What tells each character: its neighbours alone, in pairs and in threes, and the lexicon's words over them."""
    shown = "".join(_shape(character) for character in text)
    n = len(shown)
    lexicon = [""] * n
    for hit in finder.find(shown):
        word = hit.word
        marks = ["+" if word.feeling > 0 else "-"] if word.feeling else []
        marks += [f"A{word.aspects[0]}"] if word.aspects else []
        marks += (["M"] if word.measure else []) + (["F"] if word.factor else [])
        marks += [role for role in _LEX_ROLES if role in word.roles]
        for place in range(hit.start, hit.end):
            lexicon[place] = ("B" if place == hit.start else "I") + ",".join(marks)
    padded = ["^", "^", *shown, "$", "$"]
    beside = ["^", *lexicon, "$"]
    return [
        [
            *(f"{k}={padded[i + 2 + k]}" for k in range(-2, 3)),
            *(f"{k}b={padded[i + 2 + k]}{padded[i + 3 + k]}" for k in range(-2, 2)),
            *(f"{k}t={''.join(padded[i + 2 + k : i + 5 + k])}" for k in range(-2, 1)),
            *(f"{k}l={beside[i + 1 + k]}" for k in (-1, 0, 1)),
        ]
        for i in range(n)
    ]


def _shape(character: str) -> str:
    """One character for one: spans are counted in the text as it came."""
    if character.isspace() or not character.isprintable():
        return " "
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character
