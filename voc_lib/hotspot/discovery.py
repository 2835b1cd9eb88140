"""False-discovery rate: how many of the things called hot may be chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["family_weights", "q_values"]


def q_values(p_values: ArrayLike, *, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """The false-discovery rate at which each hypothesis would be rejected, in the order given.

    Args:
        p_values: of everything that was tested, the dull ones too.
        weights: how much each hypothesis was expected to matter before the data were seen; mean 1. None: all alike.
    Source: Benjamini and Hochberg 1995, JRSS B 57:289; weighted: Genovese, Roeder and Wasserman 2006,
        Biometrika 93:509.
    """
    p = np.asarray(p_values, dtype=float)
    if not len(p):
        return p.copy()
    if weights is not None:
        p = p / np.asarray(weights, dtype=float)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    result = np.empty_like(p)
    result[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return result


def family_weights(is_planned: ArrayLike) -> NDArray[np.float64]:
    """Weights that give a small planned family (the categories) half of the error budget, and the rest the other half.

    Without them some forty categories would drown among a thousand terms that were only tested because they
    occurred.
    """
    planned = np.asarray(is_planned, dtype=bool)
    n, n_planned = len(planned), int(planned.sum())
    if n_planned in (0, n):
        return np.ones(n)
    return np.where(planned, n / (2.0 * n_planned), n / (2.0 * (n - n_planned)))
