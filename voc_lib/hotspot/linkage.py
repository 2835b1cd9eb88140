"""Groups of texts that are alike: average linkage on sparse neighbours, never an n × n matrix."""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["average_linkage"]


def average_linkage(alike: csr_matrix, *, at_least: float) -> list[list[int]]:
    """Groups whose mean likeness between any two that are joined is at least so much.

    The two most alike groups are joined first, the likeness of two groups being the mean over all pairs of their texts;
    pairs that are no neighbours count 0 (UPGMA: Sokal and Michener 1958). A text that is alike to none changes nothing
    for the others. Time grows with the neighbours, times the logarithm of their number.

    Args:
        alike: texts × texts, symmetric, 0 … , without diagonal.
        at_least: where joining ends.
    Returns: row numbers, each group sorted, groups by their first one.
    """
    near = _neighbours(_within_reach(alike, at_least))
    members: dict[int, list[int]] = {row: [row] for row in range(alike.shape[0])}
    heap = [(-total, a, b) for a, row in near.items() for b, total in row.items() if a < b and total >= at_least]
    heapq.heapify(heap)
    nearly = at_least - 1e-8

    def mean(a: int, b: int) -> float:
        return round(near[a][b] / (len(members[a]) * len(members[b])), 9)

    while heap:
        bound, a, b = heapq.heappop(heap)
        if a not in members or b not in members:
            continue
        now = mean(a, b)
        if now < -bound:
            # One of the two has grown since, which only lowers their mean: the heap holds what it may be at most.
            if now >= at_least:
                heapq.heappush(heap, (-now, a, b))
            continue
        keep, gone = (a, b) if len(near[a]) >= len(near[b]) else (b, a)
        members[keep].extend(members.pop(gone))
        other, mine, size = near.pop(gone), near[keep], len(members[keep])
        del other[keep], mine[gone]
        for c, total in other.items():
            its, pairs = near[c], size * len(members[c])
            del its[gone]
            mine[c] = its[keep] = total = mine.get(c, 0.0) + total
            # Most pairs are far too unlike: they are not even rounded.
            if total >= nearly * pairs and (joined := round(total / pairs, 9)) >= at_least:
                heapq.heappush(heap, (-joined, keep, c) if keep < c else (-joined, c, keep))
    return sorted(sorted(group) for group in members.values())


def _within_reach(alike: csr_matrix, at_least: float) -> csr_matrix:
    """Without the pairs that no joining can bring into one group.

    A mean of at least so much has a pair of at least so much in it: groups never reach beyond the components that such
    pairs connect. This changes no group, and leaves little of the neighbours of texts that are of a kind but no more.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    close = alike.data.round(9) >= at_least
    strong = csr_matrix((alike.data[close], (rows[close], alike.indices[close])), shape=alike.shape)
    _, part = connected_components(strong, directed=False)
    kept = part[rows] == part[alike.indices]
    return csr_matrix((alike.data[kept], (rows[kept], alike.indices[kept])), shape=alike.shape)


def _neighbours(alike: csr_matrix) -> dict[int, dict[int, float]]:
    """For each row that has any its neighbours and how alike they are."""
    columns, values = alike.indices.tolist(), alike.data.round(9).tolist()
    ends = alike.indptr.tolist()
    return {
        row: dict(zip(columns[first:last], values[first:last], strict=True))
        for row, (first, last) in enumerate(pairwise(ends))
        if last > first
    }
