"""The feedback form (反馈表): a workbook that a branch fills in, one row an action, and nothing else to change.

The same actions give the same bytes: what the clock would write is set to the end of the report's month.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name
from voc_lib.report.html import clean
from voc_lib.schema import STATUS_NAMES
from voc_lib.store import shift_month
from voc_lib.workbook import workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = [
    "FORM_COLUMNS",
    "NOTHING_ASKED",
    "answer_names",
    "answer_states",
    "feedback_form",
    "locked_cells",
    "safe_cell",
]

# What a branch may answer, as the form writes it, by the word of table `answers`; the last one names the head office.
_ANSWER_STATES = {"adopted": "已采纳（办理中）", "done": "已办结", "declined": "暂不采纳", "escalated": "需{}协调"}
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
    ("答复日期", 14, True),
    ("经办人", 12, True),
    ("目前情况", 40, False),
)
NOTHING_ASKED = "本期没有需要反馈的建议。"
_FORM, _HELP = "反馈表", "填写说明"
_DATES = ("完成日期", "答复日期")
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
        _row(sheet, position, row, view.profile.run.head_office)
    _guard(sheet, view, _HEAD_ROW + len(rows))
    _instructions(book.create_sheet(_HELP), view)
    stamp = datetime.fromisoformat(f"{shift_month(view.month, 1)}-01")
    book.properties.creator = view.profile.run.centre
    book.properties.title = f"{view.title} {_FORM}"
    book.properties.created = stamp
    return workbook_bytes(book, stamp)


def answer_names(head_office: str) -> dict[str, str]:
    """What the form calls each answer of table `answers`; a workbook's list holds neither comma nor quotation mark."""
    name = head_office.replace(",", "，").replace('"', "”")
    return {answer: told.format(name) for answer, told in _ANSWER_STATES.items()}


def answer_states(view: BranchView) -> tuple[str, ...]:
    """The states that a branch may choose from."""
    return tuple(answer_names(view.profile.run.head_office).values())


def locked_cells(row: Any, head_office: str) -> dict[str, str | int]:
    """What the form says of one action in the columns that may not change: heading → value.

    Args:
        row: of table `actions`.
        head_office: as reports write it.
    """
    told: dict[str, str | int] = {
        "编号": row.action_id,
        "提出月份": row.raised_month,
        "问题类别": row.category_name,
        "事项": row.matter,
        "本月件数": int(row.n_records),
        "建议": row.suggestion,
        "责任部门": row.department,
        "答复期限": f"{row.due:%Y-%m-%d}",
        "目前情况": _so_far(row, head_office),
    }
    return {heading: safe_cell(value) if isinstance(value, str) else value for heading, value in told.items()}


def _so_far(row: Any, head_office: str) -> str:
    """Where an action stands, and the last answer to it."""
    pieces = [STATUS_NAMES[row.status]]
    if isinstance(row.answer, str):
        pieces.append(answer_names(head_office)[row.answer])
    if isinstance(row.reply, str):
        pieces.append(f"上次答复：{row.reply}")
    return "；".join(pieces)


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


def _row(sheet: Any, position: int, row: Any, head_office: str) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection

    told = locked_cells(row, head_office)
    for column, (heading, _, is_open) in enumerate(FORM_COLUMNS, start=1):
        value = told.get(heading)
        cell = sheet.cell(position, column)
        if isinstance(value, str):
            cell.value = value
            cell.data_type = "s"
        else:
            cell.value = value
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if is_open:
            cell.protection = Protection(locked=False)
            cell.fill = PatternFill("solid", fgColor="FFFBEB")
            cell.number_format = "yyyy-mm-dd" if heading in _DATES else "@"


def _guard(sheet: Any, view: BranchView, last_row: int) -> None:
    """Only the open columns may change; states and dates are checked as they are typed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    if last_row <= _HEAD_ROW:
        sheet.cell(_HEAD_ROW + 1, 1, NOTHING_ASKED)
        return
    states = DataValidation(
        type="list",
        formula1='"' + ",".join(answer_states(view)) + '"',
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
        errorTitle="日期",
        error="请填写日期，如 2013-06-10。",
    )
    headings = [heading for heading, _, _ in FORM_COLUMNS]
    for rule, named in ((states, ("处理状态",)), (days, _DATES)):
        sheet.add_data_validation(rule)
        for column in (get_column_letter(headings.index(heading) + 1) for heading in named):
            rule.add(f"{column}{_HEAD_ROW + 1}:{column}{last_row}")


def _instructions(sheet: Any, view: BranchView) -> None:
    from openpyxl.styles import Alignment, Font

    lines = (
        f"{view.name} {month_name(view.month)} 建议反馈表填写说明",
        "1. 每行是一项建议。请只填写黄色的五栏：处理状态、处理措施及答复、完成日期、答复日期、经办人。",
        f"2. 处理状态从下拉列表选择：{'；'.join(answer_states(view))}。",
        "3. 处理措施及答复请写明做了什么、何时见效；暂不采纳的请写明原因。",
        "4. 日期按 2013-06-10 的格式填写；完成日期为办结或预计办结之日，尚不能确定的留空；答复日期为填写本行之日。",
        "5. 请勿增删行列，勿改动编号，勿填写公式；编号用于与下期报告对应。没有新进展的行可以留空，上次答复仍然有效。",
        f"6. 请在答复期限前将本表发回{view.profile.run.centre}。"
        f"请勿在表中填写{view.words.customer}姓名、电话、证件号码、账号。",
    )
    for position, line in enumerate(lines, start=1):
        cell = sheet.cell(position, 1, safe_cell(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 96
    sheet.protection.sheet = True
