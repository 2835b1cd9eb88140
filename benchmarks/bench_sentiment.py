"""Sentiment and intent together against SnowNLP's sentiment alone, on the same texts, and loading what both need."""

from __future__ import annotations

import os
import random
from pathlib import Path

from benchmarks.ratio import Ratio, seconds

_TEXTS = 4000
_FEW = 200  # SnowNLP's share; its time grows with the number of texts and nothing else
_PARAMS = Path(__file__).resolve().parents[1] / "params"


def measure() -> list[Ratio]:
    """Ratios on one core; every text is another one, so that none is read once for many."""
    from snownlp import SnowNLP

    from voc_lib.demo.texts import load_texts
    from voc_lib.params import load_profile
    from voc_lib.sentiment import SentimentScorer

    rng = random.Random(95533)
    texts = load_texts()
    kinds = ("question", "complaint", "suggestion")
    codes = {kind: texts.codes_of(kind) for kind in kinds}
    spoken = [
        texts.speak(rng.choice(codes[kind]), kind, rng, outlet="和平支行") + f"({number})"
        for number in range(_TEXTS)
        for kind in (rng.choice(kinds),)
    ]
    profile = load_profile(_PARAMS)
    scorer = SentimentScorer.load(profile, "data")
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    ours = seconds(lambda: scorer.score_texts(spoken), tries=5) / _TEXTS
    SnowNLP("好").sentiments  # noqa: B018 - it loads its model at the first use
    theirs = seconds(lambda: [SnowNLP(text).sentiments for text in spoken[:_FEW]]) / _FEW
    loading = seconds(lambda: SentimentScorer.load(profile, "data").score_texts(["好"]))
    os.sched_setaffinity(0, cores)
    on = f"{_TEXTS:,} short texts, one core"
    return [
        Ratio("sentiment and intent of a text", "SnowNLP's sentiment of it", ours / theirs, on),
        Ratio("loading the models of sentiment and intent", "SnowNLP on 100 texts", loading / (100 * theirs), on),
    ]
