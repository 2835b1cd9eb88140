"""Simulated branches whose suggestions are raised by the real steps: hot issues, concentrated problems, actions.

Counts are drawn with fixed seeds; a matter is raised because its month looked high, so what is said of the month after
has regression to the mean in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voc_lib import schema
from voc_lib.hotspot import concentrated_problems, find_hotspots
from voc_lib.report import BranchView, actions_of
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from voc_lib.params import Profile

__all__ = ["World", "verdicts"]

_RAISED = "2013-06"
_VOLUME = 400.0


@dataclass(frozen=True)
class World:
    """What is true of a simulated branch.

    Args:
        months: known before the month that raises.
        wander: standard deviation of each rate from month to month, as a share of it.
        season: amplitude of a yearly swing of each rate, each with its own phase.
        sixty: whether the largest category has 60 records a month instead of its share.
        surge: by how much that category rises in the month that raises it, and stays.
        effect: by how much it changes in the month after.
        later: how many months after the one that raised are judged, the last of them.
    """

    months: int = 6
    wander: float = 0.0
    season: float = 0.0
    sixty: bool = False
    surge: float = 1.0
    effect: float = 1.0
    later: int = 1


def verdicts(world: World, profile: Profile, *, repetitions: int, seed: int) -> Counter[str]:
    """What is said of each suggestion that a simulated branch raises (of the largest category alone, if `sixty`)."""
    rng = np.random.default_rng(seed)
    told: Counter[str] = Counter()
    for _ in range(repetitions):
        told += _once(world, profile, rng)
    return told


def _once(world: World, profile: Profile, rng: np.random.Generator) -> Counter[str]:
    codes = [code for code in profile.taxonomy.codes if code != profile.taxonomy.nothing]
    names = [shift_month(_RAISED, offset) for offset in range(-world.months, world.later + 1)]
    counts = rng.poisson(_rates(world, len(codes), len(names), rng))
    scored = _records(counts, codes, names, profile)
    view = _view(profile, scored, _RAISED, names[: world.months])
    hot = find_hotspots(
        view.current, view.scored, branch="BJ", month=_RAISED, profile=profile, history_months=view.known_months
    )
    view = replace(view, hotspots=hot)
    raised = actions_of(view, concentrated_problems(view.current, view.previous))
    if world.sixty:
        raised = raised[raised["category"] == codes[0]]
    later = _view(profile, scored, names[-1], names[:-1])
    later = replace(later, earlier_actions=raised)
    problems = concentrated_problems(later.current, later.previous).head(0)
    return Counter(actions_of(later, problems)["effect"].tolist())


def _rates(world: World, n_codes: int, n_months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    share = 1.0 / np.arange(1, n_codes + 1)
    rates = np.tile(_VOLUME * share / share.sum(), (n_months, 1))
    if world.sixty:
        rates[:, 0] = 60.0 / world.surge
        rates[world.months :, 0] = 60.0
    rates[world.months + 1 :, 0] *= world.effect
    if world.wander:
        rates *= rng.gamma(1 / world.wander**2, world.wander**2, rates.shape)
    phase = np.arange(n_months)[:, None] / 12 + rng.random(n_codes)
    return np.asarray(rates * (1 + world.season * np.sin(2 * np.pi * phase)))


def _records(counts: NDArray[np.int64], codes: list[str], months: list[str], profile: Profile) -> pd.DataFrame:
    import pandas as pd

    place = np.repeat(np.arange(counts.size), counts.ravel())
    month, code = place // len(codes), place % len(codes)
    names = [profile.taxonomy.category(c).name for c in codes]
    number = [f"R{i:06d}" for i in range(len(place))]
    plain = {"source": "work_order", "branch": "BJ", "customer_key": None, "sentiment_label": "negative"}
    plain |= {"intent": "complaint", "confidence": 0.9, "needs_review": False, "escalation_risk": 0.1}
    frame = pd.DataFrame(
        {
            "record_id": number,
            "matter_id": [f"work_order:{n}" for n in number],
            "month": np.array(months)[month],
            "category": np.array(codes)[code],
            "category_name": np.array(names)[code],
            "level1": np.array([profile.taxonomy.level_of(c).code for c in codes])[code],
            "level1_name": np.array([profile.taxonomy.level_of(c).name for c in codes])[code],
            "text": np.array(names)[code],
            "occurred_at": pd.to_datetime(np.array([f"{m}-05 10:00" for m in months])[month]).tz_localize(profile.tz),
        }
    ).assign(**plain)
    return frame.astype({"customer_key": "str"})


def _view(profile: Profile, scored: pd.DataFrame, month: str, before: list[str]) -> BranchView:
    def none(table: str) -> pd.DataFrame:
        return schema.empty(table, tz=profile.tz)

    return BranchView(
        profile=profile,
        branch="BJ",
        month=month,
        scored=scored[scored["month"] <= month].reset_index(drop=True),
        hotspots=none("hotspots"),
        quarantine=none("quarantine"),
        ledger=none("ledger"),
        earlier_actions=none("actions"),
        known_months=tuple(before),
        edits=none("edits"),
        answers=none("answers"),
    )
