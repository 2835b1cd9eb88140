"""A returned form held against the suggestions that it was sent out with, row by row.

A row is taken or refused as a whole, with the cell and the reason; no reason quotes what the branch wrote. Reasons are
in Chinese: whoever takes the form in sends them back to the branch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from voc_lib.report.form import NOTHING_ASKED, answer_names, locked_cells
from voc_lib.report.returned import Cell, ReturnedForm
from voc_lib.store import shift_month

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.privacy import Masker

__all__ = ["Checked", "Remark", "check_form"]

_IDENTITY = ("编号", "提出月份", "问题类别", "事项")  # what says which suggestion a row answers
_MONTHS_TO_ANSWER = 24  # a date so long after the report is a slip of the pen
_EARLIEST = date(2000, 1, 1)
# Written as text, the year first: no other order of day and month can be told from its opposite.
_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?:[ T]00:00(?::00)?)?")


@dataclass(frozen=True)
class Remark:
    """What is to be said of one row: its cell, and what about it."""

    row: int
    place: str
    reason: str

    def __str__(self) -> str:
        return f"第{self.row}行 {self.place}：{self.reason}"


@dataclass(frozen=True)
class Checked:
    """What became of a form.

    Args:
        answers: what was taken: action_id, answer, reply (masked), replied_on, done_on (YYYY-MM-DD or None), by row.
        refused: rows that were not taken, by row.
        noted: rows that were taken, but not as they stand, by row.
        blank: suggestions whose row is there and says nothing.
        missing: suggestions whose row is gone from the form.
        n_masked: personal data masked in the replies.
    """

    answers: tuple[dict[str, str | None], ...]
    refused: tuple[Remark, ...]
    noted: tuple[Remark, ...]
    blank: tuple[str, ...]
    missing: tuple[str, ...]
    n_masked: int


class _Refusal(Exception):
    def __init__(self, cell: Cell, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = cell.place, reason


def check_form(
    form: ReturnedForm, actions: pd.DataFrame, *, head_office: str, masker: Masker, received: str | None = None
) -> Checked:
    """Take from a form what fits, and say of the rest why not.

    Args:
        form: as `read_returned` gives it.
        actions: table `actions` of the form's branch and month.
        head_office: as reports write it; one of the states names it.
        masker: for the replies.
        received: day on which it came (YYYY-MM-DD), for rows that do not tell.
    """
    known = {row.action_id: row for row in actions.itertuples(index=False)}
    asked = {action for action, row in known.items() if row.status != "done"}
    states = {_bare(told): answer for answer, told in answer_names(head_office).items()}
    rows = {n: row for n, row in form.rows.items() if row["编号"].plain != NOTHING_ASKED}
    times = Counter(row["编号"].plain for row in rows.values())
    answers, refused, noted, blank, n_masked = [], [], [], [], 0
    for number, row in rows.items():
        try:
            told = _identified(row, known, head_office, times)
            answer = _answer(row, states, form.month)
        except _Refusal as refusal:
            refused.append(Remark(number, refusal.place, refusal.reason))
            continue
        if answer is None:
            blank.append(told.action_id)
            continue
        noted += [Remark(number, cell.place, reason) for cell, reason in _changed(row, told, head_office)]
        reply, n = masker.mask(answer["reply"]) if answer["reply"] else (None, 0)
        n_masked += n
        replied_on = answer["replied_on"] or received
        answers.append({"action_id": told.action_id, **answer, "reply": reply, "replied_on": replied_on})
    missing = asked - set(times)
    return Checked(tuple(answers), tuple(refused), tuple(noted), tuple(blank), tuple(sorted(missing)), n_masked)


def _identified(row: Mapping[str, Cell], known: Mapping[str, Any], head_office: str, times: Counter[str]) -> Any:
    """The suggestion that the row answers. Raises: _Refusal when it is none of the form's, or another one's words."""
    cell = row["编号"]
    if not cell.text:
        raise _Refusal(cell, "没有编号，无法判断是哪项建议")
    if cell.kind == "f":
        raise _Refusal(cell, "编号是公式")
    if cell.plain not in known:
        raise _Refusal(cell, "编号不是本表发出的编号")
    if times[cell.plain] > 1:
        raise _Refusal(cell, "同一编号在表中出现多次，无法判断以哪一行为准")
    told = known[cell.plain]
    sent = locked_cells(told, head_office)
    for heading in _IDENTITY[1:]:
        if row[heading].kind == "f" or row[heading].text != str(sent[heading]).strip():
            raise _Refusal(row[heading], f"“{heading}”与编号不符，行可能被移动或改动")
    return told


def _changed(row: Mapping[str, Cell], told: Any, head_office: str) -> Iterator[tuple[Cell, str]]:
    """The other locked cells that are not as they were sent; what they hold is not used."""
    for heading, value in locked_cells(told, head_office).items():
        if heading not in _IDENTITY and row[heading].text != str(value).strip():
            yield row[heading], f"“{heading}”与发出时不同，未采用"


def _answer(row: Mapping[str, Cell], states: Mapping[str, str], month: str) -> dict[str, Any] | None:
    """What the open cells say; None where they say nothing. Raises: _Refusal."""
    state, words = row["处理状态"], row["处理措施及答复"]
    opened = (state, words, row["完成日期"], row["答复日期"])
    if not any(cell.text for cell in opened):
        return None
    for cell in opened:
        if cell.kind == "f":
            raise _Refusal(cell, "是公式，请填写文字或日期")
        if cell.kind == "e":
            raise _Refusal(cell, "是错误值")
    if not state.text:
        raise _Refusal(state, "没有选择处理状态")
    answer = states.get(_bare(state.text))
    if answer is None:
        raise _Refusal(state, "处理状态不在列表中，请从下拉列表选择")
    if words.kind == "d":
        raise _Refusal(words, "是日期，请填写文字")
    if answer == "declined" and not words.text:
        raise _Refusal(words, "暂不采纳的，请写明原因")
    replied = _day(row["答复日期"])
    done = _day(row["完成日期"])
    if replied and not month < replied[:7] <= shift_month(month, _MONTHS_TO_ANSWER):
        raise _Refusal(row["答复日期"], f"答复日期应在报告月份（{month}）之后、{_MONTHS_TO_ANSWER}个月以内")
    return {"answer": answer, "reply": words.text or None, "replied_on": replied, "done_on": done}


def _day(cell: Cell) -> str | None:
    """The day of a cell, be it a date or a date written out. Raises: _Refusal."""
    if not cell.text:
        return None
    day = None
    if cell.kind == "d" and isinstance(cell.value, datetime):
        day = cell.value.date()
    elif cell.kind == "d" and isinstance(cell.value, date):
        day = cell.value
    elif cell.kind == "s" and (match := _DAY.fullmatch(cell.plain)):
        year, *parts = [int(part) for part in match.groups() if part is not None]
        try:
            day = date(year, parts[0], parts[1])
        except ValueError:
            day = None
    if day is None:
        raise _Refusal(cell, "不是日期，请按 2013-06-10 的格式填写")
    if day < _EARLIEST:
        raise _Refusal(cell, "日期过早，可能有误")
    return day.isoformat()


def _bare(state: str) -> str:
    """A state without what differs between keyboards: width, spaces, the form of brackets."""
    import unicodedata

    return re.sub(r"\s", "", unicodedata.normalize("NFKC", state))
