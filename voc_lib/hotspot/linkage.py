"""Average linkage on sparse neighbours: groups of texts that are alike to each other on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = ["average_linkage"]

_UNIT = 1_000_000_000  # likeness in whole numbers: their sums are the same in whatever order they are added


def average_linkage(alike: csr_matrix, *, at_least: float) -> list[list[int]]:
    """Groups whose mean likeness between any two that are joined is at least so much.

    The two most alike groups are joined first, the likeness of two groups being the mean over all pairs of their texts;
    pairs that are no neighbours count 0 (UPGMA: Sokal and Michener 1958). A text that is alike to none changes nothing
    for the others.

    Groups that are each other's most alike are joined at once, all such pairs together. This gives the same groups as
    one by one, for joining two never makes them more alike to a third than the more alike of the two was (reducibility:
    Bruynooghe 1977). For the same reason a group with none in reach is done, and its neighbours are dropped.

    Args:
        alike: texts × texts, symmetric, 0 … , without diagonal.
        at_least: where joining ends.
    Returns: row numbers, each group sorted, groups by their first one.
    """
    n, alike = alike.shape[0], alike.sorted_indices()
    group_of, size = np.arange(n), np.ones(n)
    rows = np.repeat(np.arange(n), np.diff(alike.indptr))
    columns, total = alike.indices.astype(np.int64), np.round(alike.data * _UNIT)
    while len(rows):
        mean = total / (size[rows] * size[columns])
        into = _joined(rows, columns, mean, n, at_least * _UNIT)
        joins = np.flatnonzero(into != np.arange(n))
        if not len(joins):
            break
        size[into[joins]] += size[joins]
        group_of = into[group_of]
        in_reach = np.zeros(n, dtype=bool)
        in_reach[rows[mean >= at_least * _UNIT]] = True
        kept = in_reach[rows] & in_reach[columns]
        rows, columns, total = _summed(into[rows[kept]], into[columns[kept]], total[kept], n)
    members: dict[int, list[int]] = {}
    for row, group in enumerate(group_of.tolist()):
        members.setdefault(group, []).append(row)
    return sorted(members.values())


def _joined(
    rows: NDArray[np.int64], columns: NDArray[np.int64], mean: NDArray[np.float64], n: int, least: float
) -> NDArray[np.int64]:
    """For each group the one it goes into: itself, or the lower-numbered one of two that are each other's most alike.

    Of several that are as alike the lowest-numbered counts, which is one order over all pairs: the first pair of it is
    always joined.

    Args:
        rows, columns, mean: pairs of groups in both directions, sorted by row and column.
    """
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    highest = np.repeat(np.maximum.reduceat(mean, starts), np.diff(np.r_[starts, len(rows)]))
    best = np.flatnonzero((mean == highest) & (mean >= least))
    nearest = np.full(n, -1, dtype=np.int64)
    # Backwards, so that the first of each row is the one that stays.
    nearest[rows[best[::-1]]] = columns[best[::-1]]
    into = np.arange(n)
    has = np.flatnonzero(nearest >= 0)
    mutual = has[(nearest[nearest[has]] == has) & (nearest[has] < has)]
    into[mutual] = nearest[mutual]
    return into


def _summed(
    rows: NDArray[np.int64], columns: NDArray[np.int64], total: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The pairs sorted, those of the same two groups added up, those within one group left out."""
    from scipy.sparse import csr_matrix

    apart = rows != columns
    matrix = csr_matrix((total[apart], (rows[apart], columns[apart])), shape=(n, n))
    matrix.sum_duplicates()
    return np.repeat(np.arange(n), np.diff(matrix.indptr)), matrix.indices.astype(np.int64), matrix.data
