"""All words of the lexicon found in one pass over a text, longest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from voc_lib.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voc_lib.params.lexicon import SentimentLexicon

__all__ = ["ROLES", "Hit", "Places", "Word", "WordFinder"]

# A clause ends here; feeling and negation do not reach across.
_BREAKS = (*",.;:!。、~…()[]{}<>\"'《》【】“”‘’|/", " ", "...", "。。", "。。。", "!!", "!!!")
# Two question marks are what old systems make of one emoji, so they alone ask nothing.
_MARKS = {"?": 1.0, "??": 0.0, "???": 1.0, "?!": 1.0, "!?": 1.0}


@dataclass(frozen=True, slots=True)
class Word:
    """What one word of the lexicon says; a word may say several things.

    Attributes:
        text: the word, normalised.
        feeling: −1 … 1, 0 for none.
        factor: what it multiplies a feeling beside it by, 0 for nothing.
        rhetorical: how much reproach it carries as a question, 0 … 1.
        escalation: how sure the threat is, 0 … 1.
        asks: how surely it asks: 1 for a question mark, less for a word.
        measure: +1 more, −1 less, 0 no measure.
        aspects: names of the aspects it stands for, or that a noun inside it stands for.
        judged: the word without such a noun before it: 恶劣 of 态度恶劣.
        roles: the plain lists it stands in, by their key in the lexicon; "break" ends a clause.
    """

    text: str
    feeling: float = 0.0
    factor: float = 0.0
    rhetorical: float = 0.0
    escalation: float = 0.0
    asks: float = 0.0
    measure: int = 0
    aspects: tuple[str, ...] = ()
    judged: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)


class Hit(NamedTuple):
    """A word at its place: text[start:end]."""

    start: int
    end: int
    word: Word


ROLES = (
    "neutral",
    "negation",
    "contrast",
    "hypothetical",
    "question",
    "question_endings",
    "not_question",
    "whether",
    "suggestion",
    "wish",
    "open_wish",
    "change",
    "better",
    "addressee",
    "peer",
    "own",
    "advice",
    "complaint",
    "praise",
)


class Places(NamedTuple):
    """The words found in many texts, in the order of the texts and of their places: four arrays of one length.

    Attributes:
        text: number of the text.
        start, end: the word is text[start:end].
        word: number of the word in `WordFinder.words`.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    word: np.ndarray


class WordFinder:
    """Finds the lexicon's words, leftmost and longest first, so 不好意思 hides 不 and 好.

    Attributes:
        words: all of them, sorted.
    """

    def __init__(self, lexicon: SentimentLexicon) -> None:
        import ahocorasick

        known = _words(lexicon)
        self.words: tuple[Word, ...] = tuple(known[text] for text in sorted(known))
        self._lengths = np.array([len(word.text) for word in self.words], dtype=np.int64)
        self._automaton: Any = ahocorasick.Automaton()
        for number, word in enumerate(self.words):
            self._automaton.add_word(word.text, number)
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """The words of a normalised text, from left to right, none overlapping."""
        found = self.find_all([text])
        places = zip(found.start.tolist(), found.end.tolist(), found.word.tolist(), strict=True)
        return [Hit(start, end, self.words[number]) for start, end, number in places]

    def find_all(self, texts: Sequence[str]) -> Places:
        """The words of normalised texts, each as `find` finds them."""
        # One pass over all of them: normalising leaves no line break in a text, and no word holds one. The last text
        # ends in one too, so that each is found alike whatever stands beside it.
        joined = "".join([f"{text}\n" for text in texts])
        found = np.array(list(self._automaton.iter_long(joined)), dtype=np.int64).reshape(-1, 2)
        begins = np.concatenate([[0], np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)])
        number = np.searchsorted(begins, found[:, 0], side="right") - 1
        end = found[:, 0] + 1 - begins[number]
        return Places(number, end - self._lengths[found[:, 1]], end, found[:, 1])


def _words(lexicon: SentimentLexicon) -> dict[str, Word]:
    words: dict[str, Word] = {}

    def put(texts: Iterable[str], **says: Any) -> None:
        for text in map(normalise, texts):
            if text:
                words[text] = replace(words.get(text, Word(text)), **says)

    for sign, weights in ((1, lexicon.positive), (-1, lexicon.negative)):
        for text, weight in weights.items():
            put([text], feeling=sign * weight)
    for key in ("intensifiers", "rhetorical", "escalation"):
        for text, weight in getattr(lexicon, key).items():
            put([text], **{{"intensifiers": "factor"}.get(key, key): weight})
    put(lexicon.more, measure=1)
    put(lexicon.less, measure=-1)
    for name, nouns in lexicon.aspects.items():
        for noun in map(normalise, (name, *nouns)):
            known = words[noun].aspects if noun in words else ()
            put([noun], aspects=(*known, name) if name not in known else known)
    for role in ROLES:
        for text in map(normalise, getattr(lexicon, role)):
            put([text], roles=(words[text].roles if text in words else frozenset()) | {role})
    return _with_marks({text: _with_inside(word, words) for text, word in words.items()})


def _with_inside(word: Word, words: dict[str, Word]) -> Word:
    """The longest word wins, so a phrase must say itself what the words inside it would have said."""
    text = word.text
    inside = [
        words[part]
        for length in range(len(text) - 1, 0, -1)
        for start in range(len(text) - length + 1)
        if (part := text[start : start + length]) in words
    ]
    feeling = word.feeling
    if not feeling and "praise" in word.roles:
        feeling = next((part.feeling for part in inside if part.feeling), 0.0)
    noun = next((part for part in inside if part.aspects), None) if feeling and not word.aspects else None
    return replace(
        word,
        feeling=feeling,
        aspects=noun.aspects if noun else word.aspects,
        judged=text.removeprefix(noun.text) if noun else text,
    )


def _with_marks(words: dict[str, Word]) -> dict[str, Word]:
    marks = {text: Word(text, roles=frozenset({"break"})) for text in _BREAKS}
    marks |= {text: Word(text, asks=asks, roles=frozenset({"break"})) for text, asks in _MARKS.items()}
    return words | marks
