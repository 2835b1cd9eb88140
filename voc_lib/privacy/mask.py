"""Masking: every personal datum that a recogniser finds in a text is replaced by a word that says what stood there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voc_lib.privacy.fold import CHINESE_DIGITS, GAP, fold, fold_digits, hide_dates
from voc_lib.privacy.recognisers import RECOGNISERS, Recogniser

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Finding", "Masker"]

# A text without any of these holds nothing that a recogniser could find. One search over most texts is all they cost:
# five digits in either writing, a sign of mail, or a word that introduces a datum.
_HINT = re.compile(
    rf"[0-9{CHINESE_DIGITS}](?:{GAP}[0-9oO{CHINESE_DIGITS}]){{4}}"
    r"|[@#]|艾特|\(at\)|\sat\s|微|薇信|威信|[Vv]信|[Ww][XxEe]|[Vv][Xx]|[Qq][Qq]|扣扣|企鹅|我叫|名字|名叫|户名|户主|姓名|机主|人叫"
    r"|[人户]\s?:|先生|女士|小姐|太太|[号栋幢座室弄]|单元|[0-9]-[0-9]"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-Za-z]|护照|通行证|军官证|港澳证|台胞证"
)
# The fewest digits that any recogniser of numbers looks for: five, of a QQ number.
_NUMBER = re.compile(rf"[0-9](?:{GAP}[0-9]){{4}}")
_MAX_PASSES = 8


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
    """

    def __init__(self, recognisers: Iterable[Recogniser] = RECOGNISERS) -> None:
        self.recognisers = tuple(recognisers)
        masks = sorted({r.mask for r in (*RECOGNISERS, *self.recognisers)})
        self._masks = re.compile("|".join(re.escape(mask) for mask in masks))

    @classmethod
    def default(cls, *, without: Iterable[str] = ()) -> Masker:
        """The masker of all shipped recognisers, or of all but some kinds."""
        left_out = frozenset(without)
        return cls(r for r in RECOGNISERS if r.kind not in left_out)

    def find(self, text: str) -> list[Finding]:
        """What is found in one pass over the text, in order, without overlaps."""
        folded = fold(text, masks=self._masks)
        if _HINT.search(folded.text) is None:
            return []
        digits = fold_digits(folded.text)
        # Most texts hold no number of somebody's, and half of the recognisers look for nothing else.
        numbers = [reading for reading in (folded.text, digits) if reading is not None and _NUMBER.search(reading)]
        undated = [hide_dates(reading) for reading in numbers]
        words, undated_words = [folded.text], [hide_dates(folded.text)]
        found: list[tuple[int, int, int, Recogniser]] = []
        for rank, recogniser in enumerate(self.recognisers):
            if recogniser.in_digits:
                readings = numbers if recogniser.over_dates else undated
            else:
                readings = words if recogniser.over_dates else undated_words
            for reading in readings:
                found += [(*span, rank, recogniser) for span in _spans(recogniser, reading)]
        return [
            Finding(*folded.span(start, end), recogniser.kind, recogniser.mask)
            for start, end, recogniser in _without_overlaps(found, len(folded.text))
        ]

    def mask(self, text: str) -> tuple[str, int]:
        """The text with every datum replaced by its mask, and how many were. Masking twice is masking once."""
        n_masked = 0
        # What stands beside a mask may become readable as a datum of its own once the mask is there.
        for _ in range(_MAX_PASSES):
            findings = self.find(text)
            if not findings:
                break
            text = _replace(text, findings)
            n_masked += len(findings)
        return text, n_masked

    def mask_series(self, texts: pd.Series) -> pd.DataFrame:
        """Mask a column of texts.

        Returns: a frame on the same index: text (missing stays missing), n_masked (int, 0 or more).
        """
        import pandas as pd

        known: dict[object, tuple[object, int]] = {}
        for value in texts.unique():
            known[value] = self.mask(value) if isinstance(value, str) else (None, 0)
        pairs = [known.get(value, (None, 0)) if isinstance(value, str) else (None, 0) for value in texts]
        return pd.DataFrame(
            {
                "text": pd.Series([p[0] for p in pairs], index=texts.index, dtype="str"),
                "n_masked": pd.Series([p[1] for p in pairs], index=texts.index, dtype="int64"),
            }
        )


def _spans(recogniser: Recogniser, folded: str) -> Iterable[tuple[int, int]]:
    hide = "hide" if "hide" in recogniser.pattern.groupindex else 0
    for match in recogniser.pattern.finditer(folded):
        if recogniser.is_valid is None or recogniser.is_valid(match[hide]):
            yield match.span(hide)


def _without_overlaps(found: list[tuple[int, int, int, Recogniser]], length: int) -> list[tuple[int, int, Recogniser]]:
    """The longest first, then the one of the earlier recogniser; the result in the order of the text."""
    kept: list[tuple[int, int, Recogniser]] = []
    taken = bytearray(length)
    for start, end, _, recogniser in sorted(found, key=lambda f: (f[0] - f[1], f[2], f[0])):
        # Whoever was kept before is no shorter, so one that overlaps it covers its first or last character.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\x01" * (end - start)
            kept.append((start, end, recogniser))
    return sorted(kept, key=lambda finding: finding[0])


def _replace(text: str, findings: list[Finding]) -> str:
    pieces, end = [], 0
    for finding in findings:
        pieces += [text[end : finding.start], finding.mask]
        end = finding.end
    return "".join([*pieces, text[end:]])
