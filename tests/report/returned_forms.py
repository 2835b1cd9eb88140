"""Forms as a branch would send them back: filled in with openpyxl, rightly and wrongly."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl

from voc_lib.report.form import FORM_COLUMNS

HEADINGS = [heading for heading, _, _ in FORM_COLUMNS]
FIRST = 5
DONE, IN_HAND, DECLINED = "已办结", "已采纳（办理中）", "暂不采纳"


def opened(form: bytes) -> Any:
    """The workbook."""
    return openpyxl.load_workbook(io.BytesIO(form))


def saved(book: Any) -> bytes:
    """Its bytes."""
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def filled(form: bytes, answers: Mapping[int, Mapping[str, Any]]) -> bytes:
    """The form with cells put in: row → heading → value."""
    book = opened(form)
    for row, cells in answers.items():
        for heading, value in cells.items():
            book["反馈表"].cell(row, HEADINGS.index(heading) + 1).value = value
    return saved(book)


def answer(
    state: str = IN_HAND, words: str | None = "已安排", *, on: date | str | None = None, done: Any = None
) -> dict[str, Any]:
    """The open cells of one row."""
    return {"处理状态": state, "处理措施及答复": words, "答复日期": on, "完成日期": done}
