"""What a notebook declares, as the last section of a report tells its readers."""

from __future__ import annotations

from voc_lib.context import parse_read
from voc_lib.errors import VocError

__all__ = ["parameter_in_words", "read_in_words"]

_PARAMETERS = {"branch": "机构代码", "month": "报告月份"}


def parameter_in_words(name: str) -> str:
    """What a parameter is called; its own name where it has no other."""
    return _PARAMETERS.get(name, f"参数 {name}")


def read_in_words(text: str) -> str:
    """A declared table in words: "scored[-1..0] of all branches" is scored（上月至本月，全部机构）.

    What is not of that form stays as it is: a report of a broken notebook is still to be made.
    """
    try:
        read = parse_read(text)
    except VocError:
        return text
    first, last = _month(read.first), _month(read.last)
    months = first if read.first == read.last else f"{first}至{last}"
    told = [part for part in ("" if months == "本月" else months, "全部机构" if read.all_branches else "") if part]
    return f"{read.table}（{'，'.join(told)}）" if told else read.table


def _month(offset: int) -> str:
    return {0: "本月", -1: "上月"}.get(offset, f"此前第{-offset}个月")
