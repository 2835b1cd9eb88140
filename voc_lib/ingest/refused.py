"""The workbook of refused rows: what a branch is sent to mend, and sends back.

Each row tells where it came from and why it was refused, never what it said or of whom; beside that are blank cells for
what is right, with a list to choose from where the profile knows the words. It comes back through data/raw, under
whatever name, and `mends.py` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voc_lib.params import Profile
from voc_lib.schema import REASON_NAMES, SCORES, SOURCE_NAMES
from voc_lib.workbook import put_text, workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALWAYS_MENDABLE", "MARK_DIGITS", "MENDABLE", "ORIGIN", "SHEET", "refused_workbook"]

SHEET = "拒收行"
_WORDS = "词表"
# Heading of each column that says which row it is.
ORIGIN = {
    "file": "原始文件",
    "mark": "文件指纹",
    "sheet": "工作表",
    "row": "行号",
    "source": "来源",
    "record_id": "编号",
    "reason": "拒收原因",
    "detail": "说明",
}
# Heading of the blank column of each field.
MENDABLE = {
    "record_id": "更正编号",
    "occurred_at": "更正时间",
    "branch": "更正分行",
    "text": "更正内容",
    "score": "更正满意度",
    "outlet": "补填网点",
    "order_type": "补填类型",
    "channel": "补填渠道",
    "customer": "补填客户号",
    "level": "补填等级",
    "status": "补填状态",
    "reply": "补填答复",
    "replied_at": "补填答复时间",
}
ALWAYS_MENDABLE = (
    "record_id",
    "occurred_at",
    "branch",
    "text",
    "score",
)  # the others are for rows that nobody could read
MARK_DIGITS = 16
_WANTED = {
    "impossible_time": ("occurred_at",),
    "future_time": ("occurred_at",),
    "unknown_branch": ("branch",),
    "empty_text": ("text",),
    "bad_score": ("score",),
    "duplicate_id_conflict": ("record_id",),
    "unreadable_row": tuple(MENDABLE),
}
_DETAILS = {
    "no text": "内容一栏是空的",
    "no number of its own": "没有编号",
    "an earlier row with this number says something else": "同一编号此前已有内容不同的一行",
    "all cells are empty": "整行是空的",
    "a quote is not closed": "引号没有配对",
}
_HELP = (
    "一、每一行是原始文件中未能入库的一行。灰色各栏说明出处和原因，请勿改动。",
    "二、请在黄色格中填写正确的值；有下拉框的请从中选择。暂不能更正的留空，该行仍为拒收。",
    "三、“行格式无法读取”的行需补填编号、时间、分行和内容（回访为满意度），其余各栏能填则填。",
    "四、时间写作 2013-05-31 14:15:00，可只写日期。内容中请勿填写电话、证件号码和姓名。",
    "五、填好后把本文件交回电话银行中心，放入 data/raw 后重新入库即可；重复提交不会重复计算。",
)
_WIDTHS = {"file": 30, "mark": 18, "detail": 34, "occurred_at": 20, "branch": 20, "text": 44}


def refused_workbook(quarantine: pd.DataFrame, profile: Profile, *, sha256: Mapping[str, str]) -> bytes:
    """The refused rows as a workbook; the same rows give the same bytes.

    Args:
        quarantine: rows of the table.
        profile: its branches are what can be chosen.
        sha256: of each raw file's bytes, by origin_file; a row of another file is left out.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    grey, yellow = (PatternFill("solid", start_color=colour) for colour in ("EEEEEE", "FFF6CC"))
    columns = [*ORIGIN, *(f"new {field}" for field in MENDABLE)]
    for place, name in enumerate(columns, start=1):
        cell = sheet.cell(1, place)
        put_text(cell, [*ORIGIN.values(), *MENDABLE.values()][place - 1])
        cell.font, cell.fill = Font(bold=True), grey
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name.removeprefix("new "), 12)
    order = ["origin_file", "origin_sheet", "origin_row"]
    rows = quarantine[quarantine["origin_file"].isin(set(sha256))].sort_values(order, ignore_index=True)
    for number, row in enumerate(rows.to_dict("records"), start=2):
        for place, text in enumerate(_origin(row, sha256), start=1):
            cell = sheet.cell(number, place)
            put_text(cell, text)
            cell.fill, cell.alignment = grey, Alignment(wrap_text=True, vertical="top")
        for place, field in enumerate(MENDABLE, start=len(ORIGIN) + 1):
            cell = sheet.cell(number, place)
            cell.protection = Protection(locked=False)
            cell.number_format = "@"  # what is typed stays as typed: 0012 keeps its zeros
            if field in _WANTED[row["reason"]]:
                cell.fill = yellow
    _add_lists(book, sheet, profile, last=len(rows) + 1)
    _add_help(book)
    sheet.freeze_panes = "A2"
    sheet.protection.enable()  # without a password: against slips, not against people
    return workbook_bytes(book)


def _origin(row: Mapping[Any, Any], sha256: Mapping[str, str]) -> tuple[str, ...]:
    number = row["record_id"]
    return (
        row["origin_file"],
        sha256[row["origin_file"]][:MARK_DIGITS],
        row["origin_sheet"],
        str(row["origin_row"]),
        SOURCE_NAMES[row["source"]],
        number if isinstance(number, str) else "",
        REASON_NAMES[row["reason"]],
        _DETAILS.get(row["detail"], row["detail"]),
    )


def _add_lists(book: Any, sheet: Any, profile: Profile, *, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    words = book.create_sheet(_WORDS)
    words.sheet_state = "hidden"
    lists = {"branch": [branch.name for branch in profile.branches.branches], "score": [str(score) for score in SCORES]}
    for place, (field, values) in enumerate(lists.items(), start=1):
        for number, value in enumerate(values, start=1):
            put_text(words.cell(number, place), value)
        letter = get_column_letter(place)
        rule = DataValidation(
            type="list",
            formula1=f"{_WORDS}!${letter}$1:${letter}${len(values)}",
            allow_blank=True,
            showErrorMessage=True,
        )
        rule.error, rule.errorTitle = "请从下拉框中选择", "无此选项"
        column = get_column_letter(len(ORIGIN) + 1 + list(MENDABLE).index(field))
        rule.add(f"{column}2:{column}{max(last, 2)}")
        sheet.add_data_validation(rule)


def _add_help(book: Any) -> None:
    sheet = book.create_sheet("填写说明")
    sheet.column_dimensions["A"].width = 100
    for number, line in enumerate(_HELP, start=1):
        put_text(sheet.cell(number, 1), line)
