"""Masking: every personal datum that a recogniser finds in a text is replaced by a word that says what stood there.

Texts are searched together, as the lines of one: a first pass over all of them tells which may hold what, by the words
and digits that every recogniser needs, and each recogniser then sees those few. One text is a column of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.privacy.fold import fold
from voc_lib.privacy.own import bare, own_recognisers
from voc_lib.privacy.recognisers import RECOGNISERS, Recogniser
from voc_lib.privacy.sieve import Sieve

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Masking

__all__ = ["Finding", "Masker"]

_MAX_PASSES = 8
# So many texts are folded together: enough to spread the cost of a call, few enough to stay in the processor's cache.
_TEXTS_AT_ONCE = 4096


@dataclass(frozen=True)
class Finding:
    """One personal datum in a text: where it stands and of what kind. The datum itself is not kept."""

    start: int
    end: int
    kind: str
    mask: str


class Masker:
    """Finds and masks personal data.

    Args:
        recognisers: which kinds, the earlier winning where two of one length overlap.
        never: numbers that are nobody's (service numbers); signs between their digits and letters do not matter.
    """

    def __init__(self, recognisers: Iterable[Recogniser] = RECOGNISERS, *, never: Iterable[str] = ()) -> None:
        self.recognisers = tuple(recognisers)
        self._never = frozenset(map(bare, never))
        masks = sorted({r.mask for r in (*RECOGNISERS, *self.recognisers)})
        self._masks = re.compile("|".join(re.escape(mask) for mask in masks))
        self._sieve = Sieve(self.recognisers)

    @classmethod
    def default(cls, *, without: Iterable[str] = ()) -> Masker:
        """The masker of all shipped recognisers, or of all but some kinds."""
        left_out = frozenset(without)
        return cls(r for r in RECOGNISERS if r.kind not in left_out)

    @classmethod
    def of(cls, profile: Masking, *, without: Iterable[str] = ()) -> Masker:
        """The masker of a profile: all shipped recognisers (or all but some kinds), and its own."""
        left_out = frozenset(without)
        shipped = (r for r in RECOGNISERS if r.kind not in left_out)
        return cls((*shipped, *own_recognisers(profile)), never=profile.never_masked)

    def find(self, text: str) -> list[Finding]:
        """What is found in one pass over the text, in order, without overlaps."""
        return self._find([text]).get(0, [])

    def mask(self, text: str) -> tuple[str, int]:
        """The text with every datum replaced by its mask, and how many were. Masking twice is masking once."""
        texts, counts = self.mask_all([text])
        return texts[0], counts[0]

    def mask_all(self, texts: Sequence[str]) -> tuple[list[str], list[int]]:
        """As `mask`, of many texts: the masked ones, and how many data were masked in each."""
        masked, counts = list(texts), [0] * len(texts)
        for first in range(0, len(masked), _TEXTS_AT_ONCE):
            waiting: Sequence[int] = range(first, min(first + _TEXTS_AT_ONCE, len(masked)))
            # What stands beside a mask may become readable as a datum of its own once the mask is there.
            for _ in range(_MAX_PASSES):
                found = self._find([masked[i] for i in waiting])
                if not found:
                    break
                for place, findings in found.items():
                    masked[waiting[place]] = _replace(masked[waiting[place]], findings)
                    counts[waiting[place]] += len(findings)
                waiting = [waiting[place] for place in found]
        return masked, counts

    def mask_series(self, texts: pd.Series) -> pd.DataFrame:
        """Mask a column of texts.

        Returns: a frame on the same index: text (missing stays missing), n_masked (int, 0 or more).
        """
        import numpy as np
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc

        # By way of Arrow, in which pandas keeps texts; only those in which something was masked are made anew.
        given = pa.array(texts if isinstance(texts.dtype, pd.StringDtype) else texts.astype("str"))
        held = (given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given).cast(pa.large_string())
        masked, counts = self.mask_all(held.fill_null("").to_pylist())
        n_masked = np.asarray(counts, dtype="int64")
        anew = pa.array([masked[place] for place in np.flatnonzero(n_masked)], pa.large_string())
        text = pc.replace_with_mask(held, pa.array(n_masked > 0), anew) if len(anew) else held
        return pd.DataFrame({"text": pd.array(text, dtype="str"), "n_masked": n_masked}, index=texts.index)

    def _find(self, texts: Sequence[str]) -> dict[int, list[Finding]]:
        """By place of the text, what is found in one pass; only texts in which something is."""
        folded = fold(texts, masks=self._masks)
        sifted = self._sieve.sift(folded)
        found = [
            (*span, rank)
            for rank, recogniser in enumerate(self.recognisers)
            for view in sifted.views(recogniser)
            for span in view.spans(recogniser)
        ]
        if self._never:
            found = [finding for finding in found if bare(folded.text[finding[0] : finding[1]]) not in self._never]
        result: dict[int, list[Finding]] = {}
        for start, end, rank in _without_overlaps(found, len(folded.text)):
            line = int(folded.lines_of(start))
            recogniser = self.recognisers[rank]
            finding = Finding(*folded.span(line, start, end), recogniser.kind, recogniser.mask)
            result.setdefault(line, []).append(finding)
        return result


def _without_overlaps(found: list[tuple[int, int, int]], length: int) -> list[tuple[int, int, int]]:
    """The longest first, then the one of the earlier recogniser; the result in the order of the text."""
    kept: list[tuple[int, int, int]] = []
    taken = bytearray(length) if found else bytearray()
    for start, end, rank in sorted(found, key=lambda f: (f[0] - f[1], f[2], f[0])):
        # Whoever was kept before is no shorter, so one that overlaps it covers its first or last character.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\x01" * (end - start)
            kept.append((start, end, rank))
    return sorted(kept)


def _replace(text: str, findings: list[Finding]) -> str:
    pieces, end = [], 0
    for finding in findings:
        pieces += [text[end : finding.start], finding.mask]
        end = finding.end
    return "".join([*pieces, text[end:]])
