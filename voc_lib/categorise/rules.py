"""Weighted keywords, context rules and patterns of all categories, compiled once, matched in one pass over a text.

A category's score is the sum of the weights of what matches, each rule counted once; a keyword inside a longer one,
whatever its category, does not count. An Aho-Corasick automaton finds all words of keywords and context rules in one
pass; RE2 finds in one more which patterns can match at all, so that hardly any is searched in vain. Scores become
probabilities by a softmax in which "none of them" stands with a score of its own, so a lone hint stays unsure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.categorise.matching import Context, Match, PatternSet
from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.params import Taxonomy

__all__ = ["RuleBook", "Ruling", "rule_book", "strip_masks"]

# Weights are written so that 3 decides alone: against nothing else, 3 gives 0.91, 2 gives 0.77, 1 gives 0.52.
_SHARPNESS = 1.15
_NOTHING = 1.0  # the score of "none of them"
_MASK = re.compile(r"〔[^〔〕]{1,12}〕")  # what privacy puts where a personal datum stood, e.g. 〔手机号〕


@dataclass(frozen=True)
class Ruling:
    """What the rules say of some texts.

    Args:
        scores: a row a text, a column a category (in the taxonomy's order): sum of weights.
        matches: for each text what matched, as (weight, words, column of the category).
        codes: of the columns.
        nothing: column of the category of a text without a matter.
    """

    scores: np.ndarray
    matches: list[list[Match]]
    codes: tuple[str, ...]
    nothing: int

    @cached_property
    def probabilities(self) -> np.ndarray:
        """As scores, between 0 and 1; a row sums to less than 1, the rest being "none of them"."""
        raised = np.exp(_SHARPNESS * np.minimum(self.scores, 12.0))
        # A category without any match takes no part: silence is not evidence.
        raised[self.scores <= 0] = 0.0
        return np.asarray(raised / (raised.sum(axis=1, keepdims=True) + np.exp(_SHARPNESS * _NOTHING)))

    def rows(self, rows: np.ndarray) -> Ruling:
        """The ruling on some of the texts."""
        return Ruling(self.scores[rows], [self.matches[row] for row in rows.tolist()], self.codes, self.nothing)

    def evidence(self, row: int, column: int, *, top: int = 4) -> list[str]:
        """The words that spoke for a category, strongest first, none twice and none inside a stronger one."""
        own = sorted((-weight, word) for weight, word, place in self.matches[row] if place == column and weight > 0)
        shown: list[str] = []
        for _, word in own:
            if not any(word in stronger for stronger in shown):
                shown.append(word)
        return shown[:top]


class RuleBook:
    """The compiled rules of a taxonomy.

    Args:
        taxonomy: its categories' keywords, context rules and patterns, and the keywords of its levels.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.codes = taxonomy.codes
        self._nothing = taxonomy.codes.index(taxonomy.nothing)
        self._words = _word_weights(taxonomy)
        self._contexts, self._wanted = _contexts(taxonomy)
        self._automaton = _automaton(self._words, self._wanted)
        self._patterns = PatternSet(
            [
                (pattern, weight, column)
                for column, category in enumerate(taxonomy.categories)
                for pattern, weight in category.patterns.items()
            ]
        )
        self._names = dict.fromkeys(
            (category.code, normalise(rule) if rule in category.keywords else rule)
            for category in taxonomy.categories
            for rule in (*category.keywords, *category.patterns)
        )

    def judge(self, texts: Sequence[str]) -> Ruling:
        """Match normalised texts (`voc_lib.text.normalise`); the masks in them say nothing."""
        matches = [self._match(strip_masks(text)) for text in texts]
        scores = np.zeros((len(matches), len(self.codes)))
        rows = [row for row, found in enumerate(matches) for _ in found]
        np.add.at(scores, (rows, [hit[2] for found in matches for hit in found]), [h[0] for f in matches for h in f])
        return Ruling(scores, matches, self.codes, self._nothing)

    def names(self) -> list[tuple[str, str]]:
        """Code and name of each rule of a category, in the taxonomy's order: as `fired` tells them."""
        return list(self._names)

    def fired(self, texts: Sequence[str]) -> list[dict[tuple[str, str], float]]:
        """For each normalised text the rules that matched, by code and name, with their weights.

        A keyword's name is the word, a pattern's the expression; context rules are not told.
        """
        found = []
        for text in texts:
            own: dict[tuple[str, str], float] = {}
            bare = strip_masks(text)
            for weight, shown, column in self._match(bare):
                name = (self.codes[column], shown)
                if name in self._names:
                    own[name] = weight
            own |= {(self.codes[column], pattern): weight for pattern, weight, column in self._patterns.matching(bare)}
            found.append(own)
        return found

    def _match(self, text: str) -> list[Match]:
        found: list[Match] = []
        keywords: list[tuple[int, str]] = []
        places: dict[str, list[int]] = {}
        triggered: set[int] = set()
        if self._automaton is not None:
            for end, (word, is_keyword, triggers) in self._automaton.iter(text):
                if is_keyword:
                    keywords.append((end, word))
                if triggers is not None:
                    places.setdefault(word, []).append(end - len(word) + 1)
                    triggered.update(triggers)
        for word in _outermost(keywords):
            found.extend(self._words[word])
        for number in sorted(triggered):
            context, weight, column = self._contexts[number]
            word = context.find(places)
            if word is not None:
                found.append((weight, word, column))
        self._patterns.find(text, found)
        return found


def rule_book(taxonomy: Taxonomy) -> RuleBook:
    """The rules of a taxonomy, compiled once for each content: a forked kernel has them from its template."""
    return _compiled(taxonomy.model_dump_json())


@lru_cache(maxsize=2)
def _compiled(taxonomy: str) -> RuleBook:
    from voc_lib.params.taxonomy import Taxonomy

    return RuleBook(Taxonomy.model_validate_json(taxonomy))


def warm(params: str) -> None:
    """Compile the rules of a profile ahead, and let RE2 build what it builds while it matches.

    Args:
        params: the profile folder.
    """
    from voc_lib.params import load_profile

    taxonomy = load_profile(params).taxonomy
    said = [word for category in taxonomy.categories for word in category.keywords]
    rule_book(taxonomy).judge([normalise("，".join(said[place : place + 8])) for place in range(0, len(said), 8)])


def strip_masks(text: str) -> str:
    """The text without the words that stand for masked data: the customer did not say them."""
    return _MASK.sub(" ", text) if "〔" in text else text


def _outermost(hits: Iterable[tuple[int, str]]) -> list[str]:
    """The words found, each once, without those that stand only inside a longer one; in order of appearance.

    Args:
        hits: place of the last character and the word, by rising place.
    """
    kept: list[tuple[int, int, str]] = []
    for end, word in hits:
        start = end - len(word) + 1
        # Ends never fall: whatever is kept and begins no earlier lies inside; whatever ends here and begins earlier
        # holds this word.
        if kept and kept[-1][1] == end and kept[-1][0] <= start:
            continue
        while kept and kept[-1][0] >= start:
            kept.pop()
        kept.append((start, end, word))
    return list(dict.fromkeys(word for _, _, word in kept))


def _word_weights(taxonomy: Taxonomy) -> dict[str, tuple[Match, ...]]:
    """For each keyword what it says when it is found."""
    weights: dict[str, dict[int, float]] = {}
    for column, category in enumerate(taxonomy.categories):
        level = taxonomy.level_of(category.code)
        for source in (level.keywords, category.keywords):
            for keyword, weight in source.items():
                own = weights.setdefault(normalise(keyword), {})
                own[column] = own.get(column, 0.0) + weight
    weights.pop("", None)
    return {
        word: tuple((weight, word, column) for column, weight in sorted(own.items()))
        for word, own in sorted(weights.items())
    }


def _contexts(
    taxonomy: Taxonomy,
) -> tuple[list[tuple[Context, float, int]], dict[str, tuple[int, ...]]]:
    """The context rules with weight and column; and for each word that they look at, the rules that it can set off."""
    rules: list[tuple[Context, float, int]] = []
    wanted: dict[str, set[int]] = {}
    for column, category in enumerate(taxonomy.categories):
        for rule in category.context:
            context = Context.of(rule, taxonomy)
            for word in (*context.words, *context.near, *context.not_near):
                wanted.setdefault(word, set())
            for word in context.words:
                wanted[word].add(len(rules))
            rules.append((context, rule.weight, column))
    return rules, {word: tuple(sorted(numbers)) for word, numbers in sorted(wanted.items())}


def _automaton(keywords: Collection[str], wanted: Mapping[str, tuple[int, ...]]) -> Any:
    """Finds every word; tells whether it is a keyword, and which context rules it can set off (None: none looks at it).

    None without words.
    """
    import ahocorasick

    automaton = ahocorasick.Automaton()
    words = sorted({*keywords, *wanted})
    for word in words:
        automaton.add_word(word, (word, word in keywords, wanted.get(word)))
    automaton.make_automaton()
    return automaton if words else None
