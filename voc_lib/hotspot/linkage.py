"""Groups of texts that are alike: average linkage on sparse neighbours, never an n × n matrix."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

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
    n = alike.shape[0]
    indptr, indices, values = alike.indptr, alike.indices, alike.data.round(9)
    near: dict[int, dict[int, float]] = {}
    heap: list[tuple[float, int, int, int, int]] = []
    for row in range(n):
        columns, sums = indices[indptr[row] : indptr[row + 1]], values[indptr[row] : indptr[row + 1]]
        if len(columns):
            near[row] = dict(zip(columns.tolist(), sums.tolist(), strict=True))
            heap.extend((-s, row, c, 1, 1) for c, s in near[row].items() if row < c and s >= at_least)
    heapq.heapify(heap)
    members: dict[int, list[int]] = {row: [row] for row in range(n)}
    while heap:
        _, a, b, size_a, size_b = heapq.heappop(heap)
        if a not in members or b not in members or len(members[a]) != size_a or len(members[b]) != size_b:
            continue
        members[a].extend(members.pop(b))
        joined, other = near[a], near.pop(b)
        del joined[b], other[a]
        for c, total in other.items():
            del near[c][b]
            joined[c] = joined.get(c, 0.0) + total
        for c, total in joined.items():
            near[c][a] = total
            mean = round(total / (len(members[a]) * len(members[c])), 9)
            if mean >= at_least:
                low, high = min(a, c), max(a, c)
                heapq.heappush(heap, (-mean, low, high, len(members[low]), len(members[high])))
    return [sorted(group) for _, group in sorted(members.items())]
