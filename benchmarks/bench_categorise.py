"""From text to category: speed against the segmenter that everybody knows, memory, and what experts' corrections teach.

The texts and labels are those of ../shared, which are no part of the project; without them nothing is measured.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ratio import Ratio, seconds
from voc_lib.categorise import Categoriser, expert_queue, train_category
from voc_lib.categorise.decision import Blend
from voc_lib.params import Profile, load_profile
from voc_lib.text import normalise

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
N_SPEED = 8_000
N_MEMORY = 40_000
MONTHS, A_MONTH = 6, 50
N_TEST, N_DRAWS = 100, 2


def measure() -> Iterator[Ratio]:
    """Speed and memory on the banks' texts, learning on the labelled ones."""
    if not SHARED.is_dir():
        print("bench_categorise: no ../shared, nothing measured")
        return
    profile = load_profile(ROOT / "params")
    texts = _texts()[:N_SPEED]
    model, card = train_category(profile)
    categoriser = Categoriser(profile, model=model, blend=Blend.of_card(card))
    yield from _speed(categoriser, texts)
    yield _memory(categoriser, texts)
    yield from _learning(profile)


def _speed(categoriser: Categoriser, texts: list[str]) -> Iterator[Ratio]:
    """One core, from raw text to category, evidence, product and channel, segmentation included."""
    import jieba
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    jieba.lcut("预热")
    categoriser.decide_texts(texts)
    with threadpool_limits(limits=1):
        ours = seconds(lambda: categoriser.decide_texts(texts))
        theirs = seconds(lambda: [jieba.lcut(text) for text in texts])
    print(f"categorised: {len(texts) / ours:,.0f} texts a second; jieba.lcut: {len(texts) / theirs:,.0f}")
    yield Ratio("categorising", "jieba.lcut alone", ours / theirs, f"{len(texts):,} short texts, one core")


def _memory(categoriser: Categoriser, texts: list[str]) -> Ratio:
    """Growth of the process's peak while five times as many different texts are decided, against the first peak."""
    many = [f"{text}{i}" for i in range(N_MEMORY // len(texts)) for text in texts]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for start in range(0, len(many), len(texts)):
        categoriser.decide_texts(many[start : start + len(texts)])
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Ratio("peak memory, all batches", "peak memory, one batch", after / before, f"{len(many):,} short texts")


def _learning(profile: Profile) -> Iterator[Ratio]:
    """A simulated expert who corrects fifty texts a month: wrong decisions on other texts, against before."""
    errors = {how: np.zeros(MONTHS + 1) for how in ("queued", "random")}
    for draw in range(N_DRAWS):
        labels = _labels().sample(frac=1.0, random_state=draw).reset_index(drop=True)
        test, pool = labels[:N_TEST], labels[N_TEST:].reset_index(drop=True)
        for how, wrong in errors.items():
            known = pool[:0]
            for month in range(MONTHS + 1):
                model, card = train_category(profile, labels=known if len(known) else None)
                categoriser = Categoriser(profile, model=model, blend=Blend.of_card(card))
                said = categoriser.decide_texts(list(test["text"]))["category"].astype("str")
                wrong[month] += int((said.to_numpy() != test["category"].to_numpy()).sum())
                left = pool[~pool["text"].isin(known["text"])]
                known = pd.concat([known, _corrected(categoriser, left, how)], ignore_index=True)
    for month in range(1, MONTHS + 1):
        for how, wrong in errors.items():
            yield Ratio(
                f"wrong decisions after {month} months, {A_MONTH} {how} texts corrected a month",
                "before the first",
                wrong[month] / wrong[0],
                f"{N_DRAWS} × {N_TEST} other texts",
            )


def _corrected(categoriser: Categoriser, left: pd.DataFrame, how: str) -> pd.DataFrame:
    """The texts that the expert gets this month; what is drawn at random comes in the order of the draw."""
    if how == "random":
        return left[:A_MONTH]
    decided = categoriser.decide_texts(list(left["text"])).assign(text=list(left["text"]), source="survey")
    asked = expert_queue(decided, top=A_MONTH)["text"]
    return left[left["text"].map(normalise).isin(set(asked))]


@cache
def _labels() -> pd.DataFrame:
    labels = pd.read_csv(SHARED / "bank_labels.csv", dtype="str").dropna(subset=["category"])
    return labels.drop_duplicates("text")[["text", "category"]]


@cache
def _texts() -> list[str]:
    files = ("bank_comments.csv", "bank_questions.csv")
    texts = pd.concat([pd.read_csv(SHARED / file, dtype="str")["text"] for file in files]).dropna()
    return list(dict.fromkeys(texts))
