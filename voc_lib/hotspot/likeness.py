"""How alike texts are in what they tell: sparse neighbours by shared words and, above all, by shared names.

Two texts tell one matter when they share what happened and, where both name a place or an object, that too. So words
and names are compared apart and joined: likeness = c + 0.6 √(c · p) (0 … 1.6), c the cosine of the words and
pairs of words, p that of the names that one gives in its first sentence with all that the other gives. A common place
alone makes nothing alike (c = 0), and a common matter at two different places only a fifth.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.names import is_proper, known_names, name_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from voc_lib.text import Segmenter

__all__ = ["Told", "likeness", "read_texts"]

_BREAK = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile("[。！？!?;；]")
_LINE_END = re.compile(r"\s*[\r\n]+\s*")
_MASKED = re.compile("〔[^〔〕]{1,12}〕")
_FIRST_COUNTS = 5  # how much more the first sentence counts, in which people say what it is about
_LONGEST_PAIR = 10  # characters
_RARE = 4  # texts; rarer words weigh no more than these, so that one text more changes nothing
_COMMON = 0.1  # words in more of the texts do not make neighbours
_ALWAYS_FEW = 40  # unless these are as few as this,
_MOST_NEIGHBOURS = 200  # of a text: in a larger matter more of its pairs count nothing
_MOST_PAIRS = 1_500_000  # and no more than so many pairs in all: beyond 7,500 texts each has fewer
_LEAST_NEIGHBOURS = 10
_NEIGHBOURS_MAX_TEXTS = 300  # nor do those in more texts than this: the work stays in proportion to the texts
_NAMES_MAX_TEXTS = 2_000  # the same for names, which are few
_PLACE = 0.6  # weight of what a common name adds
_ELSEWHERE = 0.2  # what a likeness counts when both name a place or object, and none in common
_BLOCK = 2048  # rows multiplied at once


@dataclass(frozen=True)
class Told:
    """What each text tells, in numbers.

    Args:
        words: texts × words and pairs of words, weighed, unit rows; names and their words are left out.
        names: texts × names, weighed, unit rows (empty rows where a text names nothing).
        word_list, name_list: the columns' texts.
        first_names: the same of the first sentence alone, or of the whole text where that names nothing.
        has_place: whether a text names a place or an object, be it one that no other text names.
    """

    words: csr_matrix
    names: csr_matrix
    word_list: tuple[str, ...]
    name_list: tuple[str, ...]
    first_names: csr_matrix
    has_place: NDArray[np.bool_]


def read_texts(texts: Sequence[str], *, segmenter: Segmenter) -> Told:
    """Words and names of each text, weighed by rarity (TF-IDF with sublinear counts)."""
    cut = [_runs(text, segmenter) for text in texts]
    spans = [[name_spans(run, stop_words=segmenter.stop_words) for run in runs] for runs, _ in cut]
    known = known_names((runs, places, n_first) for (runs, n_first), places in zip(cut, spans, strict=True))
    of_words, of_names, of_first, has_place = [], [], [], []
    for (runs, n_first), places in zip(cut, spans, strict=True):
        words: Counter[str] = Counter()
        names: Counter[str] = Counter()
        first_names: Counter[str] = Counter()
        for number, (run, found) in enumerate(zip(runs, places, strict=True)):
            times = _FIRST_COUNTS if number < n_first else 1
            named: set[int] = set()
            for first, end, name in found:
                if name in known:
                    names[name] += times
                    first_names[name] += int(number < n_first)
                    named.update(range(first, end))
            _count_words(run, named, times, words, segmenter)
        first_places = [
            run[first:end] for run, found in zip(runs[:n_first], places, strict=False) for first, end, _ in found
        ]
        has_place.append(bool(names) or any(map(is_proper, itertools.chain.from_iterable(first_places))))
        of_words.append(words)
        of_names.append(names)
        of_first.append(+first_names or names)
    words, word_list = _weighed(of_words, _in_texts(of_words))
    in_texts = _in_texts(of_names)
    names, name_list = _weighed(of_names, in_texts)
    first, _ = _weighed(of_first, in_texts)
    return Told(words, names, word_list, name_list, first, np.array(has_place, dtype=bool))


def likeness(told: Told, *, at_least: float) -> csr_matrix:
    """The likeness of every pair of texts that is large enough; symmetric, without the diagonal.

    Only words and names that few texts share make neighbours, so the work grows with the texts, not with their square.
    """
    from scipy.sparse import csr_matrix, vstack

    n = told.words.shape[0]
    most = min(_MOST_NEIGHBOURS, max(_MOST_PAIRS // max(n, 1), _LEAST_NEIGHBOURS))
    words = told.words[:, _telling(told.words, most=_NEIGHBOURS_MAX_TEXTS)].tocsr()
    columns = _telling(told.names, most=_NAMES_MAX_TEXTS)
    names, first = told.names[:, columns].tocsr(), told.first_names[:, columns].tocsr()
    words_t, names_t, first_t = words.T.tocsr(), names.T.tocsr(), first.T.tocsr()
    parts = []
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        content = words[block] @ words_t
        place = ((first[block] @ names_t + names[block] @ first_t) * 0.5).tocsr()
        # Where they share a name its part comes in; where both name something and nothing in common, most goes.
        both = content.multiply(place > 0).tocsr()
        named = content.multiply(place).tocsr()
        named.data = _PLACE * np.sqrt(named.data)
        content.data[content.data < at_least] = 0.0
        content.eliminate_zeros()
        rows = np.repeat(np.arange(start, start + content.shape[0]), np.diff(content.indptr))
        content.data *= np.where(told.has_place[rows] & told.has_place[content.indices], _ELSEWHERE, 1.0)
        content.data[content.data < at_least] = 0.0
        content.eliminate_zeros()
        # A pair with a name in common has its whole likeness, whatever was left of it above.
        parts.append(_nearest(content.maximum(both + named).tocsr(), first=start, most=most, at_least=at_least))
    result = vstack(parts, format="csr") if parts else csr_matrix((0, 0))
    result = result.maximum(result.T).tocsr()
    result.eliminate_zeros()
    result.sort_indices()
    return result


def _nearest(found: csr_matrix, *, first: int, most: int, at_least: float) -> csr_matrix:
    """Of each row the most alike others, at most so many; rows are texts from the first one on."""
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    kept = np.flatnonzero((found.data >= at_least) & (found.indices != rows + first))
    rows, columns, values = rows[kept], found.indices[kept], found.data[kept]
    order = np.lexsort((columns, -values.round(9), rows))
    rows, columns, values = rows[order], columns[order], values[order]
    starts = np.searchsorted(rows, np.arange(found.shape[0]))
    near = np.arange(len(rows)) - starts[rows] < most
    return csr_matrix((values[near], (rows[near], columns[near])), shape=found.shape)


def _runs(text: str, segmenter: Segmenter) -> tuple[list[list[str]], int]:
    """The words between signs of punctuation, and how many of these runs make the first sentence."""
    runs: list[list[str]] = [[]]
    n_first = 0
    # A line ends a sentence: a subject stands on a line of its own.
    for word in segmenter.words(_LINE_END.sub("。", _MASKED.sub("，", text.strip()))):
        if _BREAK.fullmatch(word):
            if runs[-1]:
                runs.append([])
            if not n_first and len(runs) > 1 and _SENTENCE_END.search(word):
                n_first = len(runs) - 1
        else:
            runs[-1].append(word)
    runs = runs if runs[-1] else runs[:-1]
    return runs, n_first or len(runs)


def _count_words(run: Sequence[str], named: set[int], times: int, words: Counter[str], segmenter: Segmenter) -> None:
    stop_words = segmenter.stop_words
    for position, word in enumerate(run):
        if position in named or word in stop_words:
            continue
        if segmenter.is_content(word):
            words[word] += times
        if position + 1 < len(run) and position + 1 not in named:
            after = run[position + 1]
            if 3 <= len(word) + len(after) <= _LONGEST_PAIR and after not in stop_words:
                words[f"{word} {after}" if word[-1].isascii() and after[0].isascii() else word + after] += times


def _in_texts(counted: Sequence[Counter[str]]) -> Counter[str]:
    in_texts: Counter[str] = Counter()
    for counts in counted:
        in_texts.update(counts.keys())
    return in_texts


def _weighed(counted: Sequence[Counter[str]], in_texts: Counter[str]) -> tuple[csr_matrix, tuple[str, ...]]:
    """Unit rows of weights over the words of in_texts, sorted; and these words."""
    from scipy.sparse import csr_matrix

    columns = {word: number for number, word in enumerate(sorted(in_texts))}
    rarity = _rarity(np.array([in_texts[word] for word in columns]), len(counted))
    lengths = [len(counts) for counts in counted]
    where = np.fromiter((columns[word] for counts in counted for word in counts), dtype=np.int64, count=sum(lengths))
    often = np.fromiter((n for counts in counted for n in counts.values()), dtype=float, count=sum(lengths))
    rows = np.repeat(np.arange(len(counted)), lengths)
    data = (1.0 + np.log(often)) * rarity[where]
    matrix = csr_matrix((data, (rows, where)), shape=(len(counted), len(columns)))
    norms = np.sqrt(np.bincount(rows, weights=data**2, minlength=len(counted)))
    matrix.data = matrix.data / np.repeat(np.maximum(norms, 1e-12), np.diff(matrix.indptr))
    return matrix, tuple(columns)


def _rarity(in_texts: NDArray[np.int64], n_texts: int) -> NDArray[np.float64]:
    """Logarithm of texts by texts with the word, both in steps of a fourth of an octave.

    The steps keep one text more from moving every weight a little: what is alike stays exactly as alike as it was.
    """
    steps = np.round(4.0 * np.log2(np.maximum(in_texts, _RARE)))
    return np.maximum(round(4.0 * math.log2(max(n_texts, 1))) - steps, 1.0) / 4.0


def _telling(matrix: csr_matrix, *, most: int) -> NDArray[np.int64]:
    """The columns that stand in more than one text, and not in too many."""
    in_texts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    few = min(max(_COMMON * matrix.shape[0], _ALWAYS_FEW), most)
    return np.flatnonzero((in_texts > 1) & (in_texts <= few))
