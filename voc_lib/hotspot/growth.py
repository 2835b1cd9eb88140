"""One month against the same branch's earlier months: how surely, and how much, something grew.

A count of the month is Poisson with mean volume × rate; what the earlier months say of the rate is a Gamma. The month's
predictive distribution is then negative binomial, and its upper tail is the p-value of no growth. Rates wander from
month to month more than Poisson allows; that extra variance is estimated from the history and widens everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Baseline", "extra_variance"]

_MOST_EXTRA = 0.25  # a rate that wanders by ±50 % a month; beyond that the history is not one of one process

_TRUSTED = 4.0  # standard deviations; a cell further off is an issue, not the usual unrest
_MOST_ROUNDS = 50


@dataclass(frozen=True)
class Baseline:
    """What the earlier months lead one to expect of this one.

    Args:
        volume: voices of the month in all (exposure).
        volumes: the same of each earlier month; months without voices say nothing.
        extra: squared coefficient of variation of a rate from month to month, beyond Poisson (0: none).
        prior_records: weight of "no change" in the growth ratio, in expected records.
    """

    volume: float
    volumes: tuple[float, ...]
    extra: float = 0.0
    prior_records: float = 2.0

    @property
    def n_months(self) -> int:
        """Earlier months that the expectation rests on."""
        return sum(volume > 0 for volume in self.volumes)

    def expected(self, n_before: ArrayLike) -> NDArray[np.float64]:
        """Voices expected in the month, given how many there were in all earlier months together."""
        return np.asarray(n_before, dtype=float) * (self.volume / sum(self.volumes))

    def p_value(self, n: ArrayLike, n_before: ArrayLike) -> NDArray[np.float64]:
        """Probability of so many or more in the month if nothing changed: upper tail of the posterior predictive.

        The prior adds one voice to the history, with which the tail equals the exact conditional (binomial) test. The
        count itself is counted half (mid-p), since a test of whole numbers is otherwise too cautious. The extra
        variance is added to the predictive's squared coefficient of variation, and the negative binomial with the same
        two moments is used.
        Source: Gelman et al., Bayesian Data Analysis, 2.6; Przyborowski and Wilenski 1940, Biometrika 31:313; Lancaster
        1961, JASA 56:223 (mid-p).
        """
        n = np.asarray(n, dtype=float)
        shape = np.asarray(n_before, dtype=float) + 1.0
        mean = shape * (self.volume / sum(self.volumes))
        size = 1.0 / (1.0 / shape + self.extra * (1.0 + 1.0 / self.n_months))
        return (_tail(n, mean, size) + _tail(n + 1.0, mean, size)) / 2.0

    def growth(
        self, n: ArrayLike, n_before: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Ratio to the expected, shrunk towards 1, with the ends of its 95 % interval (ratio of two Gammas: F).

        Source: gamma-Poisson shrinkage, Clayton and Kaldor 1987, Biometrics 43:671.
        """
        from scipy.special import fdtri

        now = np.asarray(n, dtype=float) + self.prior_records
        expected = self.expected(n_before) + self.prior_records
        # The same prior in the units of the history, whose volume is another.
        before = expected * (sum(self.volumes) / self.volume)
        ratio = now / expected
        dof_now = 2.0 / (1.0 / now + self.extra)
        dof_before = 2.0 / (1.0 / before + self.extra / self.n_months)
        low, high = (fdtri(dof_now, dof_before, end) for end in (0.025, 0.975))
        return ratio, ratio * np.minimum(low, 1.0), ratio * np.maximum(high, 1.0)


def extra_variance(counts: ArrayLike, volumes: ArrayLike) -> float:
    """How much more than Poisson the rates of a branch wander from month to month.

    Args:
        counts: earlier months × categories.
        volumes: voices of each of those months.
    Returns: squared coefficient of variation, 0 … 0.25; 0 with fewer than three months. It is estimated by weighted
        moments over all cells, each weighed by the inverse of its variance and none trusted beyond four standard
        deviations, so that one hot issue does not pass for the usual unrest. One standard error is added, but no more
        than the estimate itself: what is not known for sure shall not raise alarms, and calm branches stay calm.
    Source: moment estimator of the negative binomial's dispersion, Breslow 1984, Applied Statistics 33:38.
    """
    table = np.asarray(counts, dtype=float)
    volume = np.asarray(volumes, dtype=float)
    table, volume = table[volume > 0], volume[volume > 0]
    if len(volume) < 3 or table.sum() == 0:
        return 0.0
    share = volume / volume.sum()
    mean = share[:, None] * table.sum(axis=0)
    table, mean = table[:, mean.sum(axis=0) > 0], mean[:, mean.sum(axis=0) > 0]
    # Each month is part of its own mean, and so strays from it less than from the true one.
    poisson, slope = mean * (1.0 - share[:, None]), mean**2 * (1.0 - share[:, None])
    extra, error = 0.05, 0.0
    for _ in range(_MOST_ROUNDS):
        variance = poisson + extra * slope
        excess = np.minimum((table - mean) ** 2, _TRUSTED**2 * variance) - poisson
        information = float((slope**2 / variance**2).sum())
        before, extra = extra, float(np.clip((slope / variance**2 * excess).sum() / information, 0.0, _MOST_EXTRA))
        error = float(np.sqrt(2.0 / information))
        if abs(extra - before) < 1e-9:
            break
    return min(extra + min(error, extra), _MOST_EXTRA)


def _tail(n: NDArray[np.float64], mean: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of n or more under a negative binomial of that mean and size (variance: mean + mean² / size)."""
    from scipy.special import betainc

    return np.asarray(np.where(n > 0, betainc(np.maximum(n, 1.0), size, mean / (mean + size)), 1.0), dtype=float)
