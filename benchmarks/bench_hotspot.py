"""Hot issues: false alarms and power in simulated branch-months, and time and memory by the number of texts.

Everything simulated is drawn with fixed seeds from public parameters: 38 categories and 800 phrases whose rates fall as
1, 1/2, 1/3 …, 400 voices a month, up to eleven earlier months.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ratio import Ratio, seconds
from voc_lib.hotspot.discovery import family_weights, q_values
from voc_lib.hotspot.growth import Baseline, extra_variance

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

N_CATEGORIES, N_PHRASES, N_GATHERED, VOLUME = 38, 800, 60, 400.0
NOMINAL = 0.1
MIN_RECORDS = 5
REPETITIONS = 1000
_PARTS = (
    "登录",
    "转账",
    "额度",
    "年费",
    "积分",
    "短信",
    "柜台",
    "利率",
    "账单",
    "密码",
    "挂失",
    "开户",
    "理财",
    "贷款",
    "冻结",
    "验证码",
)
_DOINGS = (
    "失败",
    "太慢",
    "没有到账",
    "被拒绝",
    "查不到",
    "没人处理",
    "多扣了",
    "显示错误",
    "等了很久",
    "不能用",
    "要求重办",
    "没有通知",
)


def alarms(*, months: int, wander: float, repetitions: int = REPETITIONS, seed: int = 1) -> float:
    """Share of quiet branch-months with any category called hot; rates wander by so much a month (0: Poisson)."""
    rng = np.random.default_rng(seed)
    return sum(_quiet_alarm(rng, months, wander) for _ in range(repetitions)) / repetitions


def alarms_of_all(*, months: int, wander: float, repetitions: int = REPETITIONS, seed: int = 4) -> float:
    """The same with everything that a month tests: categories, phrases and gathered matters.

    The latter two are the unplanned family. A gathered matter is drawn as what gathering gives: so many texts of the
    month and its history together, each of any of the months in proportion to its volume.
    """
    rng = np.random.default_rng(seed)
    n_all = N_CATEGORIES + N_PHRASES + N_GATHERED
    weights = family_weights(np.arange(n_all) < N_CATEGORIES)
    alarmed = 0
    for _ in range(repetitions):
        phrases = 40.0 / np.arange(1, N_PHRASES + 1)
        sizes = MIN_RECORDS + rng.geometric(0.2, N_GATHERED) - 1
        drawn = rng.multinomial(sizes, np.full(months + 1, 1.0 / (months + 1))).T
        before = np.hstack([_history(rng, months, wander), rng.poisson(phrases, (months, N_PHRASES)), drawn[:-1]])
        now = np.concatenate([rng.poisson(_rates(rng, wander)), rng.poisson(phrases), drawn[-1]])
        alarmed += bool(_hot(before, now, weights=weights).any())
    return alarmed / repetitions


def found(*, months: int, wander: float, now: float = 30.0, repetitions: int = REPETITIONS, seed: int = 2) -> float:
    """Share of branch-months in which a category is found that goes from an expected 10 to so many."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(repetitions):
        before, mean = _history(rng, months, wander), _rates(rng, wander)
        before[:, 9] = rng.poisson(10.0 * (rng.gamma(1 / wander**2, wander**2, months) if wander else np.ones(months)))
        mean[9] = now
        hits += bool(_hot(before, rng.poisson(mean), weights=None)[9])
    return hits / repetitions


def phrase_power(counts: Sequence[int], *, months: int, expected: float, repetitions: int = 300) -> dict[int, float]:
    """For each count of a phrase in the month, expected so often, the share of branch-months in which it is found."""
    rng = np.random.default_rng(3)
    hits = dict.fromkeys(counts, 0)
    rates = 40.0 / np.arange(1, N_PHRASES + 1)
    weights = family_weights(np.arange(N_CATEGORIES + N_PHRASES) < N_CATEGORIES)
    for _ in range(repetitions):
        before = np.hstack([_history(rng, months, 0.0), rng.poisson(rates, (months, N_PHRASES))])
        now = np.concatenate([rng.poisson(_rates(rng, 0.0)), rng.poisson(rates)])
        before[:, -1] = rng.poisson(expected, months)
        for n in counts:
            now[-1] = n
            hits[n] += bool(_hot(before, now, weights=weights)[-1])
    return {n: hit / repetitions for n, hit in hits.items()}


def measure() -> list[Ratio]:
    """All of it, as ratios."""
    results = []
    for wander in (0.0, 0.22):
        for months in (3, 5, 8, 11):
            on = f"{REPETITIONS} quiet branch-months, {months} months of history, rates wander by {wander:.0%} a month"
            results.append(
                Ratio(
                    "months with a false alarm", "the nominal 10 %", alarms(months=months, wander=wander) / NOMINAL, on
                )
            )
            all_of_it = alarms_of_all(months=months, wander=wander) / NOMINAL
            what = "months with a false alarm, phrases and gathered matters tested too"
            results.append(Ratio(what, "the nominal 10 %", all_of_it, on))
    for months in (5, 8, 11):
        on = f"{REPETITIONS} branch-months, {months} months of history"
        results.append(Ratio("a category from 10 to 30 found", "all such months", found(months=months, wander=0.0), on))
    for months in (3, 6, 11):
        for expected in (0.0, 1.0, 3.0):
            power = phrase_power(range(3, 41), months=months, expected=expected)
            enough = next((n for n in power if all(power[more] >= 0.9 for more in power if more >= n)), None)
            on = f"beside {N_PHRASES} phrases and {N_CATEGORIES} categories, {months} months of history"
            if enough is not None:
                results.append(
                    Ratio(f"records from which 9 of 10 are found, {expected:g} expected", "one record", enough, on)
                )
    return [*results, *_cost()]


def _quiet_alarm(rng: np.random.Generator, months: int, wander: float) -> bool:
    before, now = _history(rng, months, wander), rng.poisson(_rates(rng, wander))
    return bool((_hot(before, now, weights=None)).any())


def _hot(
    before: NDArray[np.int64], now: NDArray[np.int64], *, weights: NDArray[np.float64] | None
) -> NDArray[np.bool_]:
    """Which are called hot, as `find_hotspots` decides it."""
    of_categories = before[:, :N_CATEGORIES]
    volumes = of_categories.sum(axis=1)
    baseline = Baseline(
        float(now[:N_CATEGORIES].sum()), tuple(map(float, volumes)), extra_variance(of_categories, volumes)
    )
    p = baseline.p_value(now, before.sum(axis=0))
    return (np.maximum(q_values(p, weights=weights), p) <= NOMINAL) & (now >= MIN_RECORDS)


def _rates(rng: np.random.Generator, wander: float) -> NDArray[np.float64]:
    share = 1.0 / np.arange(1, N_CATEGORIES + 1)
    rate = VOLUME * share / share.sum()
    return rate * rng.gamma(1 / wander**2, wander**2, N_CATEGORIES) if wander else rate


def _history(rng: np.random.Generator, months: int, wander: float) -> NDArray[np.int64]:
    return np.array([rng.poisson(_rates(rng, wander)) for _ in range(months)])


def _cost() -> list[Ratio]:
    """Time and memory of a month, and of a span, with 10, 30 and 100 thousand texts."""
    from voc_lib.hotspot import find_hotspots, issues_of_span
    from voc_lib.params import load_profile

    profile = load_profile(_params())
    results = []
    first: dict[str, tuple[float, float]] = {}
    for n in (10_000, 30_000, 100_000):
        scored = _texts(n)
        for what, action in (
            (
                "a month's issues",
                lambda scored=scored: find_hotspots(
                    scored,
                    _month_before(scored),
                    branch="BJ",
                    month="2013-05",
                    profile=profile,
                    history_months=["2013-04"],
                ),
            ),
            ("a span's issues", lambda scored=scored: issues_of_span(scored, profile=profile)),
        ):
            time = seconds(action, tries=1)
            tracemalloc.start()
            action()
            memory = float(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            base = first.setdefault(what, (time, memory))
            print(f"{what}: {n:,} texts, {time:.1f} s, {memory / 1e6:.0f} MB", flush=True)
            if n > 10_000:
                results.append(Ratio(f"time of {what}", "10,000 texts", time / base[0], f"{n:,} texts"))
                results.append(Ratio(f"memory of {what}", "10,000 texts", memory / base[1], f"{n:,} texts"))
    return results


def _params() -> str:
    from pathlib import Path

    return str(Path(__file__).resolve().parents[1] / "params")


def _month_before(scored: pd.DataFrame) -> pd.DataFrame:
    """A tenth of the texts, as if they had been told a month earlier: without a history nothing is gathered."""
    import pandas as pd

    some = scored.iloc[::10]
    return some.assign(
        month="2013-04",
        record_id="h" + some["record_id"],
        matter_id="h" + some["matter_id"],
        occurred_at=some["occurred_at"] - pd.Timedelta(days=31),
    )


def _texts(n: int) -> pd.DataFrame:
    """So many different short made-up texts of one branch-month."""
    import pandas as pd

    from voc_lib import schema

    random = Random(n)
    table = schema.table("scored")
    plain = {"str": "", "int": 1, "float": 0.5, "bool": False, "list_str": [], "list_int": []}
    frame = pd.DataFrame({column.name: [plain.get(column.kind)] * n for column in table.columns})
    texts = [
        "，".join(
            f"{random.choice(_PARTS)}{random.choice(_DOINGS)}{chr(random.randint(0x4E00, 0x9000))}" for _ in range(3)
        )
        for _ in range(n)
    ]
    frame = frame.assign(
        record_id=[f"R{number:06d}" for number in range(n)],
        source="work_order",
        branch="BJ",
        month="2013-05",
        text=texts,
        category=[str(random.randint(11, 48)) for _ in range(n)],
        matter_id=[f"work_order:R{number:06d}" for number in range(n)],
        customer_key=[f"c{random.randint(1, n)}" for _ in range(n)],
        sentiment_label="negative",
        intent="complaint",
        occurred_at=pd.to_datetime([f"2013-05-{random.randint(1, 31):02d} 10:00" for _ in range(n)]).tz_localize(
            "Asia/Shanghai"
        ),
    )
    return frame.assign(category_name=frame["category"])
