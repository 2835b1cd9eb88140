"""Named places and objects in Chinese texts: an estate, a road, a school, a company, a line, by how such names end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from voc_lib.text import tagger

__all__ = ["Run", "is_proper", "known_names", "name_spans"]

Run = Sequence[str]  # the words of a text between two signs of punctuation
Span = tuple[int, int, str]  # first word, word after the last, name

# What names of places and things that stand somewhere end with. It is the language's list, not a centre's.
_ENDS = re.compile(
    ".*(?:小区|社区|花园|家园|新村|新城|公馆|公寓|广场|大厦|国际|楼盘|学校|小学|中学|幼儿园|大学|学院|医院|公司|集团|商场|超市"
    "|市场|公园|大道|高速|立交桥|大桥|隧道|号线|支行|分理处|网点|营业厅|工地|山庄|半岛|酒店|饭店|平台|车贷|街道|机场|车站"
    "|[村镇乡街路巷苑府湾城园厂站桥楼庭轩居墅郡湖港])"
)
_MOST_WORDS = 4
_SHORTEST, _LONGEST = 3, 12  # characters
_REGION = re.compile("[a-z]*[0-9]*[省市区县](.*)")  # no name of a place begins with the region before it
_IN_FIRST = 0.2  # share of its texts that give it in their first sentence: a law or an office is named further down
_FIXED = 0.4  # share of the texts with its first word in which plain words form a name: 辉煌 stands in 辉煌国际城
_LONGEST_FIXED = 6  # characters of such a name
_TOO_COMMON = 0.1  # what stands in more of the texts names no place among them (but in few texts anything may)
_ALWAYS_FEW = 40


def name_spans(run: Run, *, stop_words: frozenset[str]) -> list[Span]:
    """Where words of a run may be a name: every stretch of up to four words that ends as names do.

    Whether it is one shows only in many texts: see `known_names`.
    """
    found = []
    for last, word in enumerate(run):
        if not _ends_a_name(word):
            continue
        name, complete = "", False
        for first in range(last, max(last - _MOST_WORDS, -1), -1):
            if first < last and (run[first] in stop_words or (complete and _leads(run[first]))):
                break
            name = run[first] + name
            if len(name) > _LONGEST:
                break
            region = _REGION.fullmatch(name)
            if region is not None and (first < last or not tagger().has_word(word)):
                # The end of the region and the beginning of the name may have been taken for one word: 市柳溪.
                rest = region.group(1)
                if not complete and len(rest) >= _SHORTEST and not tagger().has_word(run[first]):
                    found.append((first, last + 1, rest))
                break
            if len(name) >= _SHORTEST and (first < last or is_proper(word)):
                found.append((first, last + 1, name))
                complete = True
    return found


def known_names(texts: Iterable[tuple[Sequence[Run], Sequence[Sequence[Span]], int]]) -> Mapping[str, int]:
    """The names among the stretches, and in how many texts each stands.

    A stretch is a name when it stands in no great share of the texts and holds a word that no dictionary has or that
    names a place there; or when its plain words stand together in two texts or more as if they were one word. A fifth
    of the texts must give it in their first sentence, in which people say what it is about.

    Args:
        texts: for each text its runs, the spans of each run, and how many of the runs make its first sentence.
    """
    words: Counter[str] = Counter()
    held: Counter[str] = Counter()
    first_held: Counter[str] = Counter()
    plain: dict[str, str] = {}
    n_texts = 0
    for runs, spans, n_first in texts:
        n_texts += 1
        words.update({word for run in runs for word in run})
        seen = set()
        for run, places in zip(runs, spans, strict=True):
            for first, end, name in places:
                if name not in seen:
                    seen.add(name)
                    if not any(is_proper(word) for word in run[first:end]):
                        plain[name] = run[first]
        held.update(seen)
        first_held.update({name for places in spans[:n_first] for _, _, name in places})
    most = max(_ALWAYS_FEW, _TOO_COMMON * n_texts)
    names = {
        name: n
        for name, n in held.items()
        if n <= most
        and first_held[name] >= _IN_FIRST * n
        and (name not in plain or (n > 1 and len(name) <= _LONGEST_FIXED and n >= _FIXED * words[plain[name]]))
    }
    parts = _parts(names)
    return {name: n for name, n in names.items() if name not in parts}


def _parts(names: Mapping[str, int]) -> set[str]:
    """The names that never stand but in a longer one: 明发国际 in 明发国际城. They would only count the same twice."""
    found: set[str] = set()
    for name, n in names.items():
        shorter = [name[k:] for k in range(1, len(name) - 1)] + [name[:-k] for k in range(1, len(name) - 1)]
        found.update(part for part in shorter if names.get(part) == n)
    return found


@lru_cache(maxsize=200_000)
def _leads(word: str) -> bool:
    """Whether a word leads to a name that is complete without it: 反对, 关于, 在; the 市 of a city named before."""
    return word in "省市区县" or str(tagger().tag(word)[0][1])[0] in "vdpcrufy"


@lru_cache(maxsize=200_000)
def _ends_a_name(word: str) -> bool:
    return _ENDS.fullmatch(word) is not None


@lru_cache(maxsize=200_000)
def is_proper(word: str) -> bool:
    """Whether a word of two characters or more is in no dictionary, or in it as a place's or a firm's name."""
    engine = tagger()
    if len(word) < 2:
        return False
    if not engine.has_word(word):
        return True
    return str(engine.tag(word)[0][1]) in ("ns", "nt", "nz")
