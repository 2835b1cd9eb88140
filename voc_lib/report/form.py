"""The feedback form (反馈表): a workbook that a branch fills in, one row an action, and nothing else to change.

The same actions give the same bytes: what the clock would write is set to the end of the report's month.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name
from voc_lib.report.html import clean
from voc_lib.store import shift_month
from voc_lib.workbook import workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["FORM_COLUMNS", "answer_states", "feedback_form", "safe_cell"]

_ANSWER_STATES = ("已采纳（办理中）", "已办结", "暂不采纳")
# Heading, width in characters, and whether the branch fills it in.
FORM_COLUMNS = (
    ("编号", 20, False),
    ("提出月份", 12, False),
    ("问题类别", 16, False),
    ("事项", 26, False),
    ("本月件数", 10, False),
    ("建议", 46, False),
    ("责任部门", 16, False),
    ("答复期限", 12, False),
    ("处理状态", 16, True),
    ("处理措施及答复", 50, True),
    ("完成日期", 14, True),
    ("经办人", 12, True),
)
_FORM, _HELP = "反馈表", "填写说明"
_HEAD_ROW = 4
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_000  # characters; a cell holds 32,767


def feedback_form(view: BranchView, actions: pd.DataFrame) -> bytes:
    """The workbook for the actions that await an answer or are in hand.

    Args:
        view: the branch-month.
        actions: table `actions`; done ones are left out.
    Returns: the .xlsx file.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = _FORM
    rows = actions[actions["status"] != "done"].sort_values(["raised_month", "action_id"], kind="stable")
    _head(sheet, view)
    for position, row in enumerate(rows.itertuples(index=False), start=_HEAD_ROW + 1):
        _row(sheet, position, row)
    _guard(sheet, view, _HEAD_ROW + len(rows))
    _instructions(book.create_sheet(_HELP), view)
    stamp = datetime.fromisoformat(f"{shift_month(view.month, 1)}-01")
    book.properties.creator = view.profile.run.centre
    book.properties.title = f"{view.title} {_FORM}"
    book.properties.created = stamp
    return workbook_bytes(book, stamp)


def answer_states(view: BranchView) -> tuple[str, ...]:
    """The states that a branch may choose from."""
    return (*_ANSWER_STATES, f"需{view.profile.run.head_office}协调")


def safe_cell(value: str) -> str:
    """A text that no spreadsheet takes for a formula: a leading = + - @ tab or return gets an apostrophe before it."""
    shown = clean(value)
    is_risky = shown.startswith(_RISKY) or shown.lstrip().startswith(_RISKY)
    return (f"'{shown}" if is_risky else shown)[:_LONGEST]


def _head(sheet: Any, view: BranchView) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet["A1"] = safe_cell(f"{view.name} {month_name(view.month)} 建议反馈表")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = (
        f"{view.words.branch}代码：{view.branch}    报告月份：{view.month}    "
        f"黄色各栏由{view.words.branch}填写，其余各栏请勿改动"
    )
    for column, (heading, width, is_open) in enumerate(FORM_COLUMNS, start=1):
        cell = sheet.cell(_HEAD_ROW, column, heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFF2CC" if is_open else "E3E8ED")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 2)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _row(sheet: Any, position: int, row: Any) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection

    values = (
        row.action_id,
        row.raised_month,
        row.category_name,
        row.matter,
        int(row.n_records),
        row.suggestion,
        row.department,
        f"{row.due:%Y-%m-%d}",
        None,
        row.reply if isinstance(row.reply, str) else None,
        None,
        None,
    )
    for column, (value, (_, _, is_open)) in enumerate(zip(values, FORM_COLUMNS, strict=True), start=1):
        cell = sheet.cell(position, column)
        if isinstance(value, str):
            cell.value = safe_cell(value)
            cell.data_type = "s"
        else:
            cell.value = value
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if is_open:
            cell.protection = Protection(locked=False)
            cell.fill = PatternFill("solid", fgColor="FFFBEB")
            cell.number_format = "yyyy-mm-dd" if column == 11 else "@"


def _guard(sheet: Any, view: BranchView, last_row: int) -> None:
    """Only the open columns may change; states and dates are checked as they are typed."""
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    if last_row <= _HEAD_ROW:
        sheet.cell(_HEAD_ROW + 1, 1, "本期没有需要反馈的建议。")
        return
    states = DataValidation(
        type="list",
        formula1='"' + ",".join(state.replace(",", "，").replace('"', "”") for state in answer_states(view)) + '"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="处理状态",
        error="请从下拉列表中选择。",
    )
    days = DataValidation(
        type="date",
        operator="greaterThan",
        formula1="DATE(2000,1,1)",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="完成日期",
        error="请填写日期，如 2013-06-10。",
    )
    for rule, column in ((states, "I"), (days, "K")):
        sheet.add_data_validation(rule)
        rule.add(f"{column}{_HEAD_ROW + 1}:{column}{last_row}")


def _instructions(sheet: Any, view: BranchView) -> None:
    from openpyxl.styles import Alignment, Font

    lines = (
        f"{view.name} {month_name(view.month)} 建议反馈表填写说明",
        "1. 每行是一项建议。请只填写黄色的四栏：处理状态、处理措施及答复、完成日期、经办人。",
        f"2. 处理状态从下拉列表选择：{'；'.join(answer_states(view))}。",
        "3. 处理措施及答复请写明做了什么、何时见效；暂不采纳的请写明原因。",
        "4. 完成日期按 2013-06-10 的格式填写；尚未完成的留空。",
        "5. 请勿增删行列，勿改动编号；编号用于与下期报告对应。",
        f"6. 请在答复期限前将本表发回{view.profile.run.centre}。"
        f"请勿在表中填写{view.words.customer}姓名、电话、证件号码、账号。",
    )
    for position, line in enumerate(lines, start=1):
        cell = sheet.cell(position, 1, safe_cell(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 96
    sheet.protection.sheet = True
