"""A title as a person would write it: the customers' own clause that says best what most of them say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from voc_lib.hotspot.names import is_proper, name_spans
from voc_lib.text import normalise, tagger

if TYPE_CHECKING:
    from voc_lib.text import Segmenter

__all__ = ["issue_title"]

_SENTENCE_ENDS = re.compile("[。！？!?;；\n\r]")
_CLAUSE_ENDS = re.compile("[，,]|\\s{2,}")
_SHORTEST, _LONGEST = 5, 28  # characters of a title
_FIRST_CLAUSES = 3  # of a text, where its first sentence has none to offer: people say first what it is about
_WHERE = ("first sentence", "first clauses", "anywhere")  # where a title is looked for, in turn
_SAID_BY = 0.3  # share of the voices that must hold a word; one that fewer hold counts against a clause
_LEAST_SHARED = 8  # characters of such words that a clause must have: of one or two words only the phrase is shared
_SHORTEST_PART = 3  # characters of a name that stand for it
_NAMED = 2.0  # what a clause gains that holds the name
_STATES = 2.0  # and what one gains that says what is the matter, not only with what
_UNSAID = re.compile("[〔〕【】<>{}=@#]|https?:|^[我您你]|您好|你好|尊敬|举报人|投诉人|联系人|姓名|电话|身份证")
_LEFT_OPEN = re.compile("[（(][^（()）]*$")
# What opens or closes a message and is no part of its matter.
_OPENS = re.compile(
    "^(?:(?:请问|请求|恳请|恳求|再次|第[二三四五六]次|强烈|坚决|关于|咨询|反映|投诉|举报|控诉|请|对于|对|求助|希望|建议|呼吁|质疑|询问)[:：]?)+"
)
_CLOSES = re.compile(
    "(?:的?(?:有关|相关|几点|一些)?(?:问题|情况|投诉|举报|建议|请求|质疑|咨询|求助|反映|疑问|事宜))?[吗呢吧啊了?？.．、:：\\s]*$"
)


def issue_title(
    texts: Sequence[str], *, segmenter: Segmenter, name: str | None = None, tellers: Sequence[object] | None = None
) -> str | None:
    """The clause of these texts whose words most of them share, without what merely opens and closes a message.

    Args:
        texts: of one issue, masked.
        segmenter: gives the words.
        name: the place or object that the issue has; a clause that holds it is preferred, and where the best one does
            not, the name is put before it.
        tellers: who told each text; all texts of one person have one voice together. Each its own when left out.
    Returns: None where no clause of a readable length holds eight characters of words that three in ten of the voices
        share, the name with them: who shares one or two words shares no sentence, and any one would be a scrap.
    """
    held = _held(texts, range(len(texts)) if tellers is None else tellers, segmenter)
    for where in _WHERE:
        scored = []
        for clause in sorted({clause for text in texts for clause in _clauses(text, where=where)}):
            words = set(segmenter.content_words(clause))
            gain = sum(len(word) * (held[word] - _SAID_BY) for word in words)
            shared = [word for word in words if held[word] >= _SAID_BY]
            told = any(name is None or word not in name for word in shared)
            has_name = name is None or name in normalise(clause)
            n_shared = sum(len(word) for word in shared) + (0 if name is None or has_name else len(name))
            if gain > 0 and told and n_shared >= _LEAST_SHARED:
                better = _NAMED * has_name + _STATES * _states(clause, segmenter)
                scored.append((-round(gain + better, 6), len(clause), clause, has_name))
        if scored:
            _, _, clause, has_name = min(scored)
            if has_name or name is None or _has_place(clause, name, segmenter):
                return clause
            return f"{name.upper()}：{clause}"
    return None


def _held(texts: Sequence[str], tellers: Iterable[object], segmenter: Segmenter) -> defaultdict[str, float]:
    """For each word the share of the voices that hold it: half for holding it at all, half for saying it first."""
    told_by = list(tellers)
    n_of = Counter(told_by)
    held: defaultdict[str, float] = defaultdict(float)
    for text, teller in zip(texts, told_by, strict=True):
        sentences = [piece for piece in _SENTENCE_ENDS.split(text) if piece.strip()]
        for part in (text, sentences[0] if sentences else ""):
            for word in set(segmenter.content_words(part)):
                held[word] += 0.5 / (n_of[teller] * len(n_of))
    return held


def _has_place(clause: str, name: str, segmenter: Segmenter) -> bool:
    """Whether a clause names a place or an object of its own, or a good part of the name."""
    size, plain = max(_SHORTEST_PART, len(name) // 2), normalise(clause)
    if any(name[start : start + size] in plain for start in range(len(name) - size + 1)):
        return True
    words = segmenter.words(clause)
    spans = name_spans(words, stop_words=segmenter.stop_words)
    return any(end - first > 1 or is_proper(words[first]) for first, end, _ in spans)


def _states(clause: str, segmenter: Segmenter) -> bool:
    """Whether a clause has a word that states something: a verb, an adjective, a set phrase."""
    return any(str(tagger().tag(word)[0][1])[0] in "vail" for word in segmenter.content_words(clause))


def _clauses(text: str, *, where: str) -> list[str]:
    """The clauses of the first sentence, the first ones of all or all of them, without openings and closings."""
    sentences = [piece for piece in _SENTENCE_ENDS.split(text) if piece.strip()]
    sentences = sentences[:1] if where == "first sentence" else sentences
    pieces = [piece.strip() for sentence in sentences for piece in _CLAUSE_ENDS.split(sentence)]
    found = []
    for clause in [piece for piece in pieces if piece][: None if where == "anywhere" else _FIRST_CLAUSES]:
        trimmed = _CLOSES.sub("", _OPENS.sub("", _LEFT_OPEN.sub("", clause))).strip("\"'“”‘’（）()·- ")
        if _SHORTEST <= len(trimmed) <= _LONGEST and not _UNSAID.search(trimmed):
            found.append(trimmed)
    return found
