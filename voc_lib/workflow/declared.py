"""What a notebook declares, as the last section of a report tells its readers."""

from __future__ import annotations

from voc_lib.context import parse_read
from voc_lib.errors import VocError

__all__ = ["parameter_in_words", "read_in_words"]

_PARAMETERS = {"branch": "机构代码", "month": "报告月份"}
_TABLES = {
    "landed": "入库数据",
    "records": "登记记录",
    "categorised": "归类结果",
    "scored": "情感与意图分析结果",
    "hotspots": "热点问题",
    "quarantine": "拒收数据",
    "ledger": "入库台账",
    "rawfiles": "原始文件台账",
    "edits": "人工修改",
    "answers": "反馈答复",
    "actions": "建议",
    "summary": "报告摘要",
}


def parameter_in_words(name: str) -> str:
    """What a parameter is called; its own name where it has no other."""
    return _PARAMETERS.get(name, f"参数 {name}")


def read_in_words(text: str) -> str:
    """A declared table in words: "actions[-1..0] of all branches" is 建议（上月至本月，全部机构）.

    What is not of that form stays as it is: a report of a broken notebook is still to be made.
    """
    try:
        read = parse_read(text)
    except VocError:
        return text
    first, last = _month(read.first), _month(read.last)
    months = first if read.first == read.last else f"{first}至{last}"
    told = [part for part in ("" if months == "本月" else months, "全部机构" if read.all_branches else "") if part]
    name = _TABLES[read.table]
    return f"{name}（{'，'.join(told)}）" if told else name


def _month(offset: int) -> str:
    return {0: "本月", -1: "上月"}.get(offset, f"前{-offset}个月")
