"""Texts on one matter, gathered: sparse neighbours, average linkage, and one place or object to a matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.likeness import Told, likeness, read_texts
from voc_lib.hotspot.linkage import average_linkage
from voc_lib.text import normalise, tagger

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from voc_lib.text import Segmenter

__all__ = ["Matters", "gather_matters", "main_name", "telling_words"]

_NEIGHBOUR = 0.08  # likeness from which on two texts are neighbours
_ONE_MATTER = 0.25  # mean likeness down to which groups are joined
_SAME_PLACE = 0.16  # the same for two groups that most of their texts give the same name,
_NAMED_FOR = 0.5  # and which hold so much of all the texts that give it
_MOST = 0.6  # share of a group's texts that makes a name its own
_AS_GOOD = 0.85  # a longer name that fits so much as well as the best one is preferred
_TELLS = 0.4  # share of a group's texts that hold a word that tells it
_STRAY = 0.5  # a text with less than so much of its group's mean likeness to the others is not of it
_SMALLEST = 2
_PIECE = re.compile("[省市区县].*|[a-z][0-9]*[省市区县].*|.*[^a-z0-9][a-z]")


@dataclass(frozen=True, eq=False)
class Matters:
    """Groups of texts on one matter.

    Args:
        groups: row numbers of the texts, each sorted; groups by size, largest first, then by first row.
        told: what each different text tells.
        row_of: for each text its row in `told`.
        closeness: for each text its mean likeness to the others of its group (0 … ; 0 in no group).
    """

    groups: tuple[tuple[int, ...], ...]
    told: Told
    row_of: NDArray[np.int64]
    closeness: NDArray[np.float64]

    def likeness(self, group: Sequence[int]) -> float:
        """Mean likeness of the different texts of a group; texts that are the same word for word are one."""
        of_row = {int(self.row_of[text]): float(self.closeness[text]) for text in group}
        return sum(of_row.values()) / len(of_row) if len(of_row) > 1 else 1.0


def gather_matters(texts: Sequence[str], *, segmenter: Segmenter) -> Matters:
    """Gather the texts that tell one matter; what is alike to nothing is in no group.

    Texts that say the same word for word are one text here, so that a message sent ten times draws nothing to itself.
    """
    different: dict[str, int] = {}
    row_of = np.array([different.setdefault(normalise(text), len(different)) for text in texts], dtype=np.int64)
    told = read_texts(list(different), segmenter=segmenter)
    alike = likeness(told, at_least=_NEIGHBOUR)
    joined = average_linkage(alike, at_least=_ONE_MATTER)
    joined = _same_place(joined, alike, told)
    closeness = np.zeros(len(different))
    of_row = np.full(len(different), -1, dtype=np.int64)
    near_group = _mean_likeness(joined, alike)
    for number, group in enumerate(joined):
        if len(group) == 1:
            of_row[group[0]] = number
            continue
        mean = near_group[group]
        inside = [row for row, near in zip(group, mean, strict=True) if near >= _STRAY * mean.mean()]
        closeness[inside] = mean[np.isin(group, inside)]
        of_row[inside] = number
    groups: list[list[int]] = [[] for _ in joined]
    for text, row in enumerate(row_of):
        if of_row[row] >= 0:
            groups[of_row[row]].append(text)
    kept = sorted((tuple(group) for group in groups if len(group) >= _SMALLEST), key=lambda g: (-len(g), g))
    return Matters(tuple(kept), told, row_of, closeness[row_of])


def main_name(rows: Sequence[int], told: Told) -> str | None:
    """The name that most of these texts give and few others do; None where no name is in 60 % of them.

    Of those in so many, one whose share of these texts, times their share of all that give it, is near the largest; of
    these the longest, which says most exactly where it is.
    """
    held = np.bincount(_columns(told.names, rows), minlength=len(told.name_list))
    enough = np.flatnonzero(held >= max(_MOST * len(rows), 1.0))
    if not len(enough):
        return None
    everywhere = np.bincount(told.names.indices, minlength=len(told.name_list))
    fit = held[enough] ** 2.0 / everywhere[enough]
    near = [told.name_list[int(c)] for c in enough[fit >= _AS_GOOD * fit.max()]]
    return sorted(near, key=lambda name: (-len(name), name))[0]


def telling_words(rows: Sequence[int], told: Told, *, top: int) -> list[str]:
    """The words and pairs of words that tell these texts from all others, strongest first; held by two in five or more.

    z-score of the log-odds ratio, counted once a text, with all texts together as the informative prior; a word gives
    way to a pair that holds it and is nearly as frequent.
    Source: Monroe, Colaresi and Quinn 2008, Fightin' Words, Political Analysis 16:372, equations 16, 20 and 22.
    """
    n_words = len(told.word_list)
    inside = np.bincount(_columns(told.words, rows), minlength=n_words).astype(float)
    everywhere = np.bincount(told.words.indices, minlength=n_words).astype(float)
    candidates = np.flatnonzero(inside >= max(_TELLS * len(rows), min(2, len(rows))))
    scale = min(inside.sum() / max(everywhere.sum(), 1.0), 1.0)
    prior = scale * everywhere
    with_own, with_other = inside + prior, everywhere - inside + prior
    ratio = np.log(with_own / (with_own.sum() - with_own)) - np.log(
        np.maximum(with_other, 1e-9) / np.maximum(with_other.sum() - with_other, 1e-9)
    )
    z = ratio / np.sqrt(1.0 / np.maximum(with_own, 1e-9) + 1.0 / np.maximum(with_other, 1e-9))
    order = sorted(candidates, key=lambda c: (-round(float(z[c]), 9), told.word_list[c]))
    chosen: list[int] = []
    for c in order:
        word = told.word_list[c]
        if z[c] <= 0 or word.isascii() or _is_piece(word):
            continue
        wider = [o for o in candidates if o != c and word in told.word_list[o] and inside[o] >= _AS_GOOD * inside[c]]
        if not wider and not any(word in told.word_list[o] or told.word_list[o] in word for o in chosen):
            chosen.append(int(c))
    return [told.word_list[c] for c in chosen[:top]]


def _is_piece(word: str) -> bool:
    """Whether a pair is the end of one name and the beginning of the next thing: 市老百姓, 增加a."""
    return _PIECE.fullmatch(word) is not None and not tagger().has_word(word)


def _columns(matrix: csr_matrix, rows: Sequence[int]) -> NDArray[np.int64]:
    pieces = [matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]] for row in rows]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def _mean_likeness(groups: Sequence[Sequence[int]], alike: csr_matrix) -> NDArray[np.float64]:
    """Of each text to the others of its group; 0 alone. The groups hold every text once."""
    size, group_of = np.zeros(alike.shape[0]), np.zeros(alike.shape[0], dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[group], size[group] = number, len(group)
    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    inside = group_of[rows] == group_of[alike.indices]
    total = np.bincount(rows[inside], weights=alike.data[inside], minlength=alike.shape[0])
    return np.asarray(total / np.maximum(size - 1.0, 1.0), dtype=float)


def _between(row: int, others: NDArray[np.int64], alike: csr_matrix) -> float:
    """Sum of a text's likeness to others; others sorted."""
    columns = alike.indices[alike.indptr[row] : alike.indptr[row + 1]]
    values = alike.data[alike.indptr[row] : alike.indptr[row + 1]]
    return float(values[np.isin(columns, others, assume_unique=True)].sum())


def _same_place(groups: list[list[int]], alike: csr_matrix, told: Told) -> list[list[int]]:
    """Join groups that give the same name, as far as their texts are somewhat alike: most alike first."""
    of_name: dict[str, list[list[int]]] = {}
    alone: list[list[int]] = []
    for group in groups:
        name = main_name(group, told) if len(group) >= _SMALLEST else None
        (of_name.setdefault(name, []) if name is not None else alone).append(group)
    in_texts = dict(zip(told.name_list, np.bincount(told.names.indices, minlength=len(told.name_list)), strict=True))
    for name, same in of_name.items():
        while len(same) > 1:
            pairs = [(_mean_between(a, b, alike), i, j) for i, a in enumerate(same) for j, b in enumerate(same[:i])]
            best, i, j = max(pairs)
            joined = sorted(same[i] + same[j])
            if best < _SAME_PLACE or len(joined) < _NAMED_FOR * in_texts[name]:
                break
            same = [group for number, group in enumerate(same) if number not in (i, j)] + [joined]
        alone.extend(same)
    return sorted(alone)


def _mean_between(left: Sequence[int], right: Sequence[int], alike: csr_matrix) -> float:
    others = np.array(sorted(right))
    return round(sum(_between(row, others, alike) for row in left) / (len(left) * len(right)), 9)
