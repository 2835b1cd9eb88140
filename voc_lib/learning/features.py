"""TF-IDF of words, word pairs and character n-grams, as a sparse matrix; plain arrays all through.

A text is a run of symbols (words, or characters). Symbols have numbers, so an n-gram is one number as well, and all
n-grams of thousands of texts are looked up at once in the sorted numbers of the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Block", "Features", "Segment"]

Segment = Callable[[str], Sequence[str]]
_DIGITS = re.compile(r"\d+")
_END = "\0"  # between texts
_CODES = 0x110000  # code points of Unicode


@dataclass(frozen=True)
class Block:
    """One kind of feature: its vocabulary in order, and the inverse document frequency of each entry."""

    kind: str  # "word" or "char"
    low: int
    high: int
    vocabulary: tuple[str, ...]
    idf: np.ndarray


class Features:
    """Turns segmented texts into rows of unit length: each block of unit length, then weighed alike.

    Args:
        blocks: the kinds of features; `learn` makes them from texts.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self.n = sum(len(block.vocabulary) for block in self.blocks)
        self._starts = np.cumsum([0, *(len(block.vocabulary) for block in self.blocks)])
        self._books = [_Book.of(block) for block in self.blocks]
        self._idf = np.concatenate([block.idf for block in self.blocks]) if self.blocks else np.zeros(0)

    @classmethod
    def learn(
        cls, texts: Sequence[Sequence[str]], *, word_ngrams: int, char_ngrams: tuple[int, int], min_texts: int
    ) -> Features:
        """Vocabulary and document frequencies of segmented texts; a feature must stand in `min_texts` of them."""
        shapes = [("word", 1, word_ngrams)] if word_ngrams else []
        if char_ngrams[1]:
            shapes.append(("char", *char_ngrams))
        blocks = []
        for kind, low, high in shapes:
            found = _vocabulary(texts, kind, low, high, min_texts)
            vocabulary = tuple(sorted(found))
            n_texts = np.array([found[term] for term in vocabulary], dtype=np.float64)
            blocks.append(Block(kind, low, high, vocabulary, _idf(n_texts, len(texts))))
        return cls(blocks)

    def learn_again(self, counts: csr_matrix, *, min_texts: int) -> Features:
        """The features that some of the texts would have taught: the same columns, those too rare among them mute.

        Args:
            counts: rows of what `counts` gave.
        """
        n_texts = np.bincount(counts.indices, minlength=self.n)
        idf = np.where(n_texts >= min_texts, _idf(n_texts, counts.shape[0]), np.float32(0))
        parts = np.split(idf, self._starts[1:-1])
        other = object.__new__(Features)
        other.blocks = tuple(replace(block, idf=part) for block, part in zip(self.blocks, parts, strict=True))
        other.n, other._starts, other._books, other._idf = self.n, self._starts, self._books, idf
        return other

    def matrix(self, texts: Iterable[Sequence[str]]) -> csr_matrix:
        """One row a text, one column a feature, float32; sublinear counts."""
        return self.weigh(self.counts(texts))

    def counts(self, texts: Iterable[Sequence[str]]) -> csr_matrix:
        """How often each feature stands in each text; columns sorted within a row."""
        from scipy.sparse import csr_matrix

        texts = list(texts)
        rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for book, start in zip(self._books, self._starts, strict=False):
            row, column = book.find(texts)
            rows.append(row)
            columns.append(column + start)
        row, column = np.concatenate(rows), np.concatenate(columns)
        ones = np.ones(len(row), dtype=np.float32)
        matrix = csr_matrix((ones, (row, column)), shape=(len(texts), self.n))
        matrix.sum_duplicates()
        return matrix

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Sublinear TF-IDF of counts, each block of each text brought to the same length."""
        matrix = counts.copy()
        if not matrix.nnz:
            return matrix
        data = ((1 + np.log(matrix.data)) * self._idf[matrix.indices]).astype(np.float64)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        group = row * len(self.blocks) + np.searchsorted(self._starts[1:], matrix.indices, side="right")
        norms = np.sqrt(np.bincount(group, weights=data**2)) * np.sqrt(len(self.blocks))
        norms[norms == 0] = 1.0
        matrix.data = (data / norms[group]).astype(np.float32)
        matrix.eliminate_zeros()
        return matrix


class _Book:
    """The vocabulary of a block by number.

    Args:
        kind: word or char.
        symbols: number (from 1) of each symbol that the vocabulary is made of.
        grams: for each length the numbers of its n-grams, sorted, and their places in the vocabulary.
    """

    def __init__(self, kind: str, symbols: dict[str, int], grams: dict[int, tuple[np.ndarray, np.ndarray]]) -> None:
        self._kind, self._symbols, self._grams = kind, symbols, grams
        self._table = _code_table(symbols) if kind == "char" else np.zeros(0, dtype=np.int32)

    @classmethod
    def of(cls, block: Block) -> _Book:
        """The book of a block."""
        terms = [term.split(" ") if block.kind == "word" else list(term) for term in block.vocabulary]
        symbols = {symbol: i for i, symbol in enumerate(sorted({s for term in terms for s in term}), start=1)}
        base = _base(symbols, block.high)
        grams = {}
        for n in range(block.low, block.high + 1):
            places = np.array([i for i, term in enumerate(terms) if len(term) == n], dtype=np.int64)
            numbers = np.zeros(len(places), dtype=np.int64)
            for k in range(n):
                numbers = numbers * base + np.array([symbols[terms[i][k]] for i in places.tolist()], dtype=np.int64)
            order = np.argsort(numbers)
            grams[n] = (numbers[order], places[order])
        return cls(block.kind, symbols, grams)

    def find(self, texts: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Row and place in the vocabulary of every n-gram of the texts that it holds."""
        ids, rows = _numbered(texts, self._kind, self._symbols, self._table)
        found_rows, found_places = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for n, numbers, at in _grams(ids, len(self._symbols) + 1, max(self._grams, default=0)):
            known, places = self._grams.get(n, (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)))
            if not len(known):
                continue
            place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
            hit = known[place] == numbers
            found_rows.append(rows[at[hit]])
            found_places.append(places[place[hit]])
        return np.concatenate(found_rows), np.concatenate(found_places)


def _vocabulary(texts: Sequence[Sequence[str]], kind: str, low: int, high: int, min_texts: int) -> dict[str, int]:
    """Every n-gram that stands in enough texts, and in how many."""
    runs = _texts_as_symbols(texts, kind)
    symbols = {symbol: i for i, symbol in enumerate(sorted({s for run in runs for s in run}), start=1)}
    _base(symbols, high)
    table = _code_table(symbols) if kind == "char" else np.zeros(0, dtype=np.int32)
    ids, rows = _numbered(texts, kind, symbols, table)
    names = ["", *symbols]
    found: dict[str, int] = {}
    for n, numbers, at in _grams(ids, len(symbols) + 1, high):
        if n < low:
            continue
        unique, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
        pairs = np.unique(inverse.astype(np.int64) * len(texts) + rows[at])
        n_texts = np.bincount(pairs // max(len(texts), 1), minlength=len(unique))
        for place in np.flatnonzero(n_texts >= min_texts).tolist():
            start = at[first[place]]
            parts = [names[i] for i in ids[start : start + n].tolist()]
            found[(" " if kind == "word" else "").join(parts)] = int(n_texts[place])
    return found


def _texts_as_symbols(texts: Sequence[Sequence[str]], kind: str) -> list[Sequence[str]]:
    """The symbols of each text: its words, or its characters with a mark at either end; numbers look alike."""
    if kind == "word":
        return [[_DIGITS.sub("0", word) for word in words] for words in texts]
    # The edges count as characters: how a text begins and ends says much about it.
    return [f"^{_DIGITS.sub('0', ''.join(words))}$" for words in texts]


def _numbered(
    texts: Sequence[Sequence[str]], kind: str, symbols: dict[str, int], table: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The symbols of all texts, one text after another, as numbers (0: unknown, and between texts), and their rows."""
    if kind == "char":
        whole = _END.join(["^" + "".join(words).replace(_END, " ") + "$" for words in texts])
        codes = np.frombuffer(_DIGITS.sub("0", whole).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return table[codes].astype(np.int64), np.cumsum(codes == 0)
    number = symbols.get
    ids: list[int] = []
    lengths: list[int] = []
    for words in texts:
        # A word with digits is known only with its digits alike; looking for digits in every word would take longer.
        ids.extend([number(word) or number(_DIGITS.sub("0", word), 0) for word in words])
        ids.append(0)
        lengths.append(len(words) + 1)
    return np.array(ids, dtype=np.int64), np.repeat(np.arange(len(lengths)), np.array(lengths, dtype=np.int64))


def _grams(ids: np.ndarray, base: int, high: int) -> Iterable[tuple[int, np.ndarray, np.ndarray]]:
    """For n from 1 to high: n, the numbers of all n-grams of known symbols, and where each begins."""
    at = np.flatnonzero(ids)
    numbers = ids[at]
    for n in range(1, high + 1):
        if n > 1:
            inside = at + n - 1 < len(ids)
            at, numbers = at[inside], numbers[inside]
            following = ids[at + n - 1]
            known = following > 0
            at, numbers = at[known], numbers[known] * base + following[known]
        yield n, numbers, at


def _base(symbols: dict[str, int], high: int) -> int:
    """How many numbers a symbol may have. Raises: ValueError when n-grams of them are no longer one number."""
    base = len(symbols) + 1
    if base**high >= 2**63:
        raise ValueError(f"n-grams of {high} are too long for {base - 1} different symbols")
    return base


def _code_table(symbols: dict[str, int]) -> np.ndarray:
    """Number of each character by its code point, 0 for those unknown."""
    table = np.zeros(_CODES, dtype=np.int32)
    for symbol, number in symbols.items():
        table[ord(symbol)] = number
    return table


def _idf(n_texts: np.ndarray, n_all: int) -> np.ndarray:
    return np.asarray(np.log((1 + n_all) / (1 + n_texts)) + 1, dtype=np.float32)
