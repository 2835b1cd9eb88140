"""What is said of a suggestion's effect, in simulated branches that raise it through the real steps.

Shares of cases, not times: "fell" or "rose" without a change is to be rare, "fell" after 60 a month halved usual.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.effects import World, verdicts
from benchmarks.ratio import Ratio

REPETITIONS = 40
_QUIET = {
    "rates as they are": World(),
    "two months of history": World(months=2),
    "rates wander by 20 % a month": World(wander=0.2),
    "a yearly swing of 30 %": World(season=0.3),
    "four months later": World(later=4),
    "a matter that doubled and stays": World(sixty=True, surge=2.0),
}
_HALVED = {
    "60 a month before": World(sixty=True, effect=0.5),
    "60 a month before, two months of history": World(sixty=True, effect=0.5, months=2),
    "60 a month before, rates wander by 15 %": World(sixty=True, effect=0.5, wander=0.15),
    "doubled to 60 in the month that raised it": World(sixty=True, effect=0.5, surge=2.0),
}


def measure() -> list[Ratio]:
    """Shares of wrong and right statements."""
    from voc_lib.params import load_profile

    profile = load_profile(Path(__file__).resolve().parents[1] / "params")
    results = []
    for told, words, worlds in (
        ("fell or rose said, nothing changed", ("fell", "rose"), _QUIET),
        ("fell said, halved", ("fell",), _HALVED),
    ):
        for on, world in worlds.items():
            said = verdicts(world, profile, repetitions=REPETITIONS, seed=1)
            n = sum(said.values())
            results.append(Ratio(told, "all suggestions", sum(said[w] for w in words) / max(n, 1), f"{n} cases, {on}"))
    return results
