"""How benchmarks measure: the best of several tries of one thing, against the best of another on the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Ratio", "seconds"]


@dataclass(frozen=True)
class Ratio:
    """One result.

    Args:
        what: what was measured.
        against: what it is compared with.
        ratio: time of what, divided by time of against; below 1 is faster.
        on: the work that both did.
    """

    what: str
    against: str
    ratio: float
    on: str


def seconds(action: Callable[[], object], *, tries: int = 3) -> float:
    """Shortest wall time of one call, in seconds: what disturbs a try only ever makes it longer."""
    times = []
    for _ in range(tries):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)
