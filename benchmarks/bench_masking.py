"""Masking personal data against segmenting the same texts with jieba, the usual first step of Chinese text work."""

from __future__ import annotations

import random

from benchmarks.ratio import Ratio, seconds

_TEXTS = 20_000
_SEGMENTED = 2000  # of them: segmenting all would take as long as the other benchmarks together


def measure() -> list[Ratio]:
    """Ratio of masking a column of texts, one in twenty of them with a personal datum, to segmenting them."""
    import jieba
    import pandas as pd

    from voc_lib.demo.people import PII
    from voc_lib.demo.texts import load_texts
    from voc_lib.privacy import Masker

    rng = random.Random(95533)
    texts = load_texts()
    codes = texts.codes_of("complaint")
    spoken = [texts.speak(rng.choice(codes), "complaint", rng, outlet="和平支行") for _ in range(_TEXTS)]
    for i in range(0, _TEXTS, 20):
        make, said = PII[rng.choice(list(PII))]
        spoken[i] += said.format(make(rng))
    masker = Masker.default()
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    column = pd.Series(spoken, dtype="str")
    masking = seconds(lambda: masker.mask_series(column))
    segmenting = seconds(lambda: [jieba.lcut(text) for text in spoken[:_SEGMENTED]]) * _TEXTS / _SEGMENTED
    return [Ratio("masking texts", "jieba.lcut of them", masking / segmenting, f"{_TEXTS:,} short texts, one core")]
