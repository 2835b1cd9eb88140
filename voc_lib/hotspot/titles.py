"""A title as a person would write it: the customers' own clause that says best what most of them say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from voc_lib.hotspot.names import is_proper, name_spans
from voc_lib.text import normalise

if TYPE_CHECKING:
    from voc_lib.text import Segmenter

__all__ = ["issue_title"]

_SENTENCE_ENDS = re.compile("[。！？!?;；\n\r]")
_CLAUSE_ENDS = re.compile("[，,]|\\s{2,}")
_SHORTEST, _LONGEST = 5, 28  # characters of a title
_FIRST_CLAUSES = 3  # of a text, where its first sentence has none to offer: people say first what it is about
_SAID_BY = 0.3  # share of the texts that must hold a word; one that fewer hold counts against a clause
_NAMED = 2.0  # what a clause gains that holds the name
_UNSAID = re.compile("[〔〕【】<>{}=@#]|https?:|^[我您你]|您好|你好|尊敬|举报人|投诉人|联系人|姓名|电话|身份证")
# What opens or closes a message and is no part of its matter.
_OPENS = re.compile(
    "^(?:(?:请问|请求|恳请|恳求|再次|第[二三四五六]次|强烈|坚决|关于|咨询|反映|投诉|举报|控诉|请|对于|对|求助|希望|建议|呼吁|质疑|询问)[:：]?)+"
)
_CLOSES = re.compile(
    "(?:的?(?:有关|相关|几点|一些)?(?:问题|情况|投诉|举报|建议|请求|质疑|咨询|求助|反映|疑问|事宜))?[吗呢吧啊了?？.．、:：\\s]*$"
)


def issue_title(texts: Sequence[str], *, segmenter: Segmenter, name: str | None = None) -> str | None:
    """The clause of these texts whose words most of them share, without what merely opens and closes a message.

    Args:
        texts: of one issue, masked.
        segmenter: gives the words.
        name: the place or object that the issue has; a clause that holds it is preferred, and where the best one does
            not, the name is put before it.
    Returns: None where no clause of a readable length holds words that three in ten of the texts share.
    """
    held: Counter[str] = Counter()
    for text in texts:
        held.update(set(segmenter.content_words(text)))
    for first_only in (True, False):
        scored = []
        for clause in sorted({clause for text in texts for clause in _clauses(text, first_only=first_only)}):
            words = set(segmenter.content_words(clause))
            gain = sum(len(word) * (held[word] / len(texts) - _SAID_BY) for word in words)
            told = sum(held[word] / len(texts) >= _SAID_BY and (name is None or word not in name) for word in words)
            if gain > 0 and told:
                has_name = name is None or name in normalise(clause)
                scored.append((-round(gain + _NAMED * has_name, 6), len(clause), clause, has_name))
        if scored:
            _, _, clause, has_name = min(scored)
            return clause if has_name or name is None or _has_place(clause, segmenter) else f"{name.upper()}：{clause}"
    return None


def _has_place(clause: str, segmenter: Segmenter) -> bool:
    """Whether a clause names a place or an object of its own."""
    words = segmenter.words(clause)
    spans = name_spans(words, stop_words=segmenter.stop_words)
    return any(is_proper(word) for first, end, _ in spans for word in words[first:end])


def _clauses(text: str, *, first_only: bool) -> list[str]:
    """The clauses of the first sentence, or the first clauses of all, without openings and closings."""
    sentences = [piece for piece in _SENTENCE_ENDS.split(text) if piece.strip()]
    pieces = [piece for sentence in sentences[: 1 if first_only else None] for piece in _CLAUSE_ENDS.split(sentence)]
    found = []
    for clause in [piece.strip() for piece in pieces if piece.strip()][:_FIRST_CLAUSES]:
        trimmed = _CLOSES.sub("", _OPENS.sub("", clause)).strip("\"'“”‘’（）()·- ")
        if _SHORTEST <= len(trimmed) <= _LONGEST and not _UNSAID.search(trimmed):
            found.append(trimmed)
    return found
