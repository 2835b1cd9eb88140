"""Masking personal data against segmenting the same texts with jieba, the usual first step of Chinese text work."""

from __future__ import annotations

import random

from benchmarks.ratio import Ratio, seconds

_TEXTS = 3000


def measure() -> list[Ratio]:
    """Ratio of masking to segmenting texts, one in twenty of them with a personal datum."""
    import jieba

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
    masking = seconds(lambda: [masker.mask(text) for text in spoken])
    segmenting = seconds(lambda: [jieba.lcut(text) for text in spoken])
    return [Ratio("masking texts", "jieba.lcut of them", masking / segmenting, f"{_TEXTS:,} short texts")]
