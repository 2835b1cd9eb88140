"""Names for issues: their own key phrases, and the category where it says what the phrases leave open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from voc_lib.hotspot.telling import completed, is_attribute, is_bare_verb, says_nothing
from voc_lib.text import tagger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voc_lib.hotspot.candidates import Candidates
    from voc_lib.text import Segmenter

__all__ = ["KeyPhrase", "apart_from", "issue_label", "issue_terms", "main_category", "whole_phrases"]

_LEAST = 3  # records in which a key phrase must stand: two may be chance
_LEAST_NOUN = 2  # the same of one that gives an adjective its noun
_SAME = 0.6  # share of a word's records from which on a phrase that holds it stands for it
_SAME_SHORT = 0.25  # the same for a word of two characters, which seldom names a matter by itself
_NAMED_FIRST = 2.0  # what made it an issue names it before what merely goes with it
_IN_LABEL = 2
_HELD = 0.15  # share of the issue's records that must hold a phrase of its label
_TELLING = 2.0  # so many times more frequent must it be than elsewhere, unless it made the issue
_NAMES_IT = (
    1 / 3
)  # share of the records that must carry the category of a label, or to which the phrases that narrow it add up


@dataclass(frozen=True)
class KeyPhrase:
    """A phrase of an issue.

    Args:
        text: normalised.
        share: of the issue's records that hold it (0 … 1).
        is_member: whether it is one of those that made it an issue.
        lift: how many times more frequent it is there than in the rest of the month and in the history.
    """

    text: str
    share: float = 1.0
    is_member: bool = False
    lift: float = math.inf


def issue_terms(
    candidates: Candidates, members: tuple[int, ...], rows: NDArray[np.bool_], *, top: int = 6
) -> list[KeyPhrase]:
    """The key phrases of an issue's records (rows: which of the month's), those that tell it best first.

    A term weighs n · log(p / p₀): its records in the issue times how much more frequent it is there than in the rest of
    the month and in the history (the signed part of a likelihood ratio: Dunning 1993, Computational Linguistics 19:61).
    A word gives way to a phrase that holds it and stands in most of its records; what tells nothing by itself, or is in
    every matter (see `says_nothing`), is left out unless it made the issue, an adjective also where no phrase holds it.
    """
    inside = candidates.records @ rows.astype(np.int64)
    elsewhere = candidates.records @ (~rows).astype(np.int64) + candidates.before.sum(axis=1).A1
    n_in, n_out = int(rows.sum()), int((~rows).sum()) + candidates.before.shape[1]
    rate = (elsewhere + 0.5) / (n_out + 1.0)
    lift = (inside + 0.5) / (n_in + 1.0) / rate
    weight = inside * np.log(np.maximum(lift, 1e-9))
    named = np.zeros(len(weight), dtype=bool)
    named[list(members)] = True
    weight[named] = np.maximum(weight[named], 1e-9) * _NAMED_FIRST
    weight[~candidates.is_term | (inside < min(_LEAST, n_in))] = 0.0
    order = sorted(np.flatnonzero(weight > 0), key=lambda c: (-round(float(weight[c]), 9), candidates.names[c]))
    home = candidates.home[members[0]]
    is_at_home = (candidates.home == home) | (home < 0)
    share_of_all = (inside + elsewhere) / max(n_in + n_out, 1)
    chosen: dict[str, KeyPhrase] = {}
    for number in (int(c) for c in order[: 5 * top]):
        fuller = _fuller(number, candidates, inside)
        term = candidates.names[fuller]
        tells = not is_attribute(term) and not says_nothing(
            term, is_at_home=bool(is_at_home[fuller]), rate=float(share_of_all[fuller])
        )
        if (named[number] or tells) and not any(term in other for other in chosen):
            share = float(inside[fuller]) / max(n_in, 1)
            chosen[term] = KeyPhrase(term, share, bool(named[number]), float(lift[fuller]))
    return list(chosen.values())[:top]


def _fuller(number: int, candidates: Candidates, inside: NDArray[Any]) -> int:
    """The longest phrase that stands for a word in this issue, or the word itself."""
    word = candidates.names[number]
    least = max(_LEAST, (_SAME_SHORT if len(word) == 2 else _SAME) * inside[number])
    if is_attribute(word):
        least = _LEAST_NOUN
    holding = [int(c) for c in np.flatnonzero(inside >= least) if word in candidates.names[c]]
    holding = [c for c in holding if candidates.is_term[c]]
    if not holding:
        return number
    # Of those that are frequent enough the most frequent longer one, but not a word that merely ends like it.
    longer = [c for c in holding if c != number] or [number]
    return min(longer, key=lambda c: (-inside[c], -len(candidates.names[c]), candidates.names[c]))


def whole_phrases(terms: Sequence[KeyPhrase], texts: Sequence[str], *, segmenter: Segmenter) -> list[KeyPhrase]:
    """The same phrases with what completes them in the issue's texts (see `completed`); none is a part of another."""
    cut = [segmenter.words(text) for text in texts] if terms else []
    whole: list[KeyPhrase] = []
    for term in terms:
        text, share = completed(term.text, cut, segmenter=segmenter)
        if not any(text in other.text for other in whole):
            whole = [other for other in whole if other.text not in text or other.is_member]
            whole.append(replace(term, text=text, share=term.share * share))
    return whole


def issue_label(
    terms: Sequence[KeyPhrase],
    *,
    category_name: str | None,
    share: float,
    taken: Sequence[str] = (),
    is_rest: bool = False,
) -> str:
    """A name as a person would put it on a slide: 手机银行：登录密码、闪退.

    A label says no more than holds: each of its phrases stands in at least 15 % of the issue's records, and the shares
    of those that narrow a category add up to a third. Where none do so, the category stands alone.

    Args:
        terms: the issue's key phrases, best first.
        category_name: the category that most of its records carry.
        share: how many of them carry it (0 … 1); it is named from a third on, where the phrase alone is a bare verb,
            and where there is no phrase.
        taken: labels that other issues of the month have; this one differs from them.
        is_rest: the issue is what another one left of the category.
    """
    good = [term for term in terms if _names(term)]
    if category_name is not None and share < _NAMES_IT and good and not is_bare_verb(good[0].text):
        category_name = None
    if category_name is not None:
        good = [term for term in good if term.text not in category_name]
    shares = {_written(term.text): term.share for term in good}
    phrases = _apart(list(shares))
    first = phrases[:_IN_LABEL]
    if category_name is not None and sum(shares[phrase] for phrase in first) < _NAMES_IT:
        first = []
    label = _joined(first, category_name, is_rest)
    for size in range(len(first) + 1, len(phrases) + 1):
        if label not in taken:
            break
        label = _joined(phrases[:size], category_name, is_rest)
    return apart_from(label, taken)


def _names(term: KeyPhrase) -> bool:
    """Whether a phrase may stand in the label: it made the issue, or tells it from the rest and is no bare verb."""
    return term.share >= _HELD and (term.is_member or (term.lift >= _TELLING and not is_bare_verb(term.text)))


def apart_from(label: str, taken: Sequence[str]) -> str:
    """The label, or where another issue has it the label with a number."""
    if label not in taken:
        return label
    number = 2
    while f"{label}（{number}）" in taken:
        number += 1
    return f"{label}（{number}）"


def _written(term: str) -> str:
    """Short Latin names in capitals, also where they are part of a Chinese word: ATM, K宝."""
    return term.upper() if not term.isascii() or len(term) <= 4 else term


def _apart(phrases: Sequence[str]) -> list[str]:
    """Without those that hold, or are held by, one before them."""
    kept: list[str] = []
    for phrase in phrases:
        if not any(phrase in other or other in phrase for other in kept):
            kept.append(phrase)
    return kept


def _joined(phrases: Sequence[str], category_name: str | None, is_rest: bool) -> str:
    if category_name is not None and is_rest:
        category_name = f"{category_name}（其他）"
    text = "、".join(phrases)
    if not text or category_name is None:
        return text or category_name or "未归类问题"
    return text if phrases[0].startswith(category_name) else f"{category_name}：{text}"


def warm(params: str) -> None:
    """Load the dictionary of parts of speech ahead, for kernels that are forked from this process."""
    tagger()


def main_category(codes: Sequence[str | None]) -> tuple[str | None, float]:
    """The code that most of the records carry (the smaller code in a tie) and its share of all of them."""
    known = [code for code in codes if isinstance(code, str)]
    if not known:
        return None, 0.0
    values, counts = np.unique(np.array(known, dtype=str), return_counts=True)
    best = int(np.argmax(counts))
    return str(values[best]), float(counts[best]) / len(codes)
