"""Names for issues: their own key phrases, and the category where it says what the phrases leave open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voc_lib.hotspot.candidates import Candidates

__all__ = ["issue_label", "issue_terms", "main_category"]

_LEAST = 2  # records in which a key phrase must stand
_SAME = 0.6  # share of a word's records from which on a phrase that holds it stands for it
_SAME_SHORT = 0.25  # the same for a word of two characters, which seldom names a matter by itself
_NAMED_FIRST = 2.0  # what made it an issue names it before what merely goes with it
_IN_LABEL = 2


def issue_terms(
    candidates: Candidates, members: tuple[int, ...], rows: NDArray[np.bool_], *, top: int = 6
) -> list[str]:
    """The key phrases of an issue's records (rows: which of the month's), those that tell it best first.

    A term weighs n · log(p / p₀): its records in the issue times how much more frequent it is there than in the rest of
    the month and in the history (the signed part of a likelihood ratio: Dunning 1993, Computational Linguistics 19:61).
    A word gives way to a phrase that holds it and stands in most of its records.
    """
    inside = candidates.records @ rows.astype(np.int64)
    elsewhere = candidates.records @ (~rows).astype(np.int64) + candidates.before.sum(axis=1).A1
    n_in, n_out = int(rows.sum()), int((~rows).sum()) + candidates.before.shape[1]
    rate = (elsewhere + 0.5) / (n_out + 1.0)
    weight = inside * np.log(np.maximum((inside + 0.5) / (n_in + 1.0) / rate, 1e-9))
    named = np.zeros(len(weight), dtype=bool)
    named[list(members)] = True
    weight[named] = np.maximum(weight[named], 1e-9) * _NAMED_FIRST
    weight[candidates.is_category | (inside < min(_LEAST, n_in))] = 0.0
    order = sorted(np.flatnonzero(weight > 0), key=lambda c: (-round(float(weight[c]), 9), candidates.names[c]))
    chosen: list[str] = []
    for number in order[: 5 * top]:
        term = _fuller(int(number), candidates, inside)
        if not named[number] and _says_nothing(term):
            continue
        if not any(term in other for other in chosen):
            chosen.append(term)
    return chosen[:top]


def _fuller(number: int, candidates: Candidates, inside: NDArray[Any]) -> str:
    """The longest phrase that stands for a word in this issue, or the word itself."""
    word = candidates.names[number]
    least = max(_LEAST, (_SAME_SHORT if len(word) == 2 else _SAME) * inside[number])
    holding = [int(c) for c in np.flatnonzero(inside >= least) if word in candidates.names[c]]
    holding = [c for c in holding if not candidates.is_category[c]]
    if not holding:
        return word
    # Of those that are frequent enough the most frequent longer one, but not a word that merely ends like it.
    longer = [c for c in holding if c != number] or [number]
    return candidates.names[min(longer, key=lambda c: (-inside[c], -len(candidates.names[c]), candidates.names[c]))]


def issue_label(
    terms: Sequence[str],
    *,
    category_name: str | None,
    share: float,
    taken: Sequence[str] = (),
    is_rest: bool = False,
) -> str:
    """A name as a person would put it on a slide: 手机银行：登录密码、闪退.

    Args:
        terms: the issue's key phrases, best first.
        category_name: the category that most of its records carry.
        share: how many of them carry it (0 … 1); it is named from a half on, or where the phrase alone is a bare verb.
        taken: labels that other issues of the month have; this one differs from them.
        is_rest: the issue is what another one left of the category.
    """
    phrases = [term.upper() if term.isascii() and len(term) <= 4 else term for term in terms]
    phrases = [phrase for phrase in phrases if category_name is None or phrase not in category_name]
    if category_name is not None and share < 0.5 and phrases and not _is_bare_verb(phrases[0]):
        category_name = None
        phrases = [term.upper() if term.isascii() and len(term) <= 4 else term for term in terms]
    phrases = _apart(phrases)
    for size in range(_IN_LABEL, max(len(phrases), _IN_LABEL) + 1):
        label = _joined(phrases[:size], category_name, is_rest)
        if label not in taken:
            return label
    number = 2
    while f"{label}（{number}）" in taken:
        number += 1
    return f"{label}（{number}）"


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


@lru_cache(maxsize=1)
def _tagger() -> Any:
    import rjieba

    return rjieba.Jieba()


def _says_nothing(phrase: str) -> bool:
    """Adverbs, pronouns, numerals and the like, which no list of stop words holds in full."""
    return len(phrase) <= 3 and any(tag[0] in "drmcpuqy" or tag == "ad" for _, tag in _tagger().tag(phrase))


def _is_bare_verb(phrase: str) -> bool:
    tags = [tag for _, tag in _tagger().tag(phrase)]
    return len(tags) == 1 and tags[0].startswith(("v", "a", "d")) and tags[0] not in ("vn", "an")


def main_category(codes: Sequence[str | None]) -> tuple[str | None, float]:
    """The code that most of the records carry (the smaller code in a tie) and its share of all of them."""
    known = [code for code in codes if isinstance(code, str)]
    if not known:
        return None, 0.0
    values, counts = np.unique(np.array(known, dtype=str), return_counts=True)
    best = int(np.argmax(counts))
    return str(values[best]), float(counts[best]) / len(codes)
