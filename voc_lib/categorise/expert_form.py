"""The workbook in which experts decide: a row a text, a drop-down of the taxonomy; and what comes back of it, checked.

The same queue gives the same bytes. No cell holds a formula, and a text that looks like one stays a text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.categorise.judging import text_key
from voc_lib.errors import SourceError, nearest
from voc_lib.text import normalise
from voc_lib.workbook import put_text, workbook_bytes

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy

__all__ = ["FORM_HEADINGS", "expert_form", "read_expert_form"]

_SHEET, _CODES, _HELP = "待复核", "类别目录", "填写说明"
FORM_HEADINGS = ("序号", "内容", "同样的件数", "现判类别", "置信度", "判定方式", "依据", "专家类别", "备注", "核对码")
_WIDTHS = (6, 70, 10, 20, 8, 10, 26, 24, 24, 20)
_TEXT, _ANSWER, _KEY = (FORM_HEADINGS.index(name) for name in ("内容", "专家类别", "核对码"))
_VERSION = "类别目录版本"
_METHODS = {"rule": "规则", "model": "模型"}


def expert_form(queue: pd.DataFrame, *, taxonomy: Taxonomy, title: str) -> bytes:
    """The workbook for a queue.

    Args:
        queue: as `expert_queue` gives it.
        taxonomy: what experts choose from.
        title: for whom and which month.
    Returns: the .xlsx file.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = _SHEET
    _fill(sheet, [FORM_HEADINGS, *_rows(queue)])
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions[get_column_letter(_KEY + 1)].hidden = True
    sheet.freeze_panes = "C2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    asked = get_column_letter(_ANSWER + 1)
    for row in range(2, len(queue) + 2):
        sheet.cell(row, _TEXT + 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, _ANSWER + 1).fill = PatternFill("solid", fgColor="FFF2CC")
    choices = [f"{category.code} {category.name}" for category in taxonomy.categories]
    codes = book.create_sheet(_CODES)
    rows = [
        (choice, category.include, category.exclude)
        for choice, category in zip(choices, taxonomy.categories, strict=True)
    ]
    _fill(codes, [("类别", "包括", "不包括"), *rows, (_VERSION, str(taxonomy.version), "")])
    choose = DataValidation(
        type="list", formula1=f"'{_CODES}'!$A$2:$A${len(choices) + 1}", allow_blank=True, showErrorMessage=True
    )
    choose.errorTitle, choose.error = "类别不在目录中", "请从下拉列表中选择。"
    sheet.add_data_validation(choose)
    choose.add(f"{asked}2:{asked}{max(len(queue) + 1, 2)}")
    help_ = book.create_sheet(_HELP)
    _fill(help_, [(line,) for line in (title, *_INSTRUCTIONS, *taxonomy.rules)])
    for extra, widths in ((codes, (26, 60, 40)), (help_, (100,))):
        for column, width in enumerate(widths, start=1):
            extra.column_dimensions[get_column_letter(column)].width = width
    return workbook_bytes(book)


_INSTRUCTIONS = (
    "一、只填“专家类别”一栏：从下拉列表中选择；与现判类别相同的也请选，以便核对。拿不准的留空。",
    "二、请勿改动“内容”一栏，也不要删改隐藏的核对码；改动过的行不予收回。可以删除整行或重新排序。",
    "三、填好后交回，用 voc teach 收回：专家的判定对同样的内容始终优先，下次训练时模型也从中学习。",
    "归类原则：",
)


def read_expert_form(file: str | Path, *, taxonomy: Taxonomy) -> pd.DataFrame:
    """What experts decided in a workbook that `expert_form` made.

    Returns: text (normalised), category (code), decided (code that rules and model had given), version (of the taxonomy
        with which the workbook was made); rows without an answer are left out; in the order of the sheet.
    Raises: SourceError when it is no such workbook; when a text was changed, an answer is no code of the taxonomy, is a
        formula, or one text got two answers.
    """
    import pandas as pd

    name = Path(file).name
    rows, version = _read(file, name)
    if version != str(taxonomy.version):
        raise SourceError(
            "workbook was made for another version of the taxonomy",
            file=name,
            found=version,
            expected=str(taxonomy.version),
            hint="make the queue again: voc queue",
        )
    answers: dict[str, tuple[str, str, int]] = {}
    for number, row in enumerate(rows, start=2):
        cells = [*row, *[""] * (len(FORM_HEADINGS) - len(row))]
        text, answer = normalise(cells[_TEXT]), cells[_ANSWER].strip()
        if not answer:
            continue
        if cells[_KEY] != text_key(text):
            raise SourceError(
                "text was changed after it was handed out", file=name, row=number, hint="leave the column 内容 as it is"
            )
        code = _code(answer, taxonomy, name, number)
        earlier = answers.setdefault(text, (code, cells[FORM_HEADINGS.index("现判类别")].split(" ")[0], number))
        if earlier[0] != code:
            raise SourceError(
                "one text has two answers",
                file=name,
                row=number,
                found=code,
                expected=f"{earlier[0]}, as in row {earlier[2]}",
            )
    return pd.DataFrame(
        [(text, code, decided, taxonomy.version) for text, (code, decided, _) in answers.items()],
        columns=["text", "category", "decided", "version"],
    ).astype({"text": "str", "category": "str", "decided": "str", "version": "int64"})


def _rows(queue: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [
        (
            number,
            row.text,
            int(row.n_records),
            f"{row.category} {row.category_name}",
            round(float(row.confidence), 2),
            _METHODS.get(row.method, row.method),
            "、".join(row.evidence),
            "",
            "",
            text_key(row.text),
        )
        for number, row in enumerate(queue.itertuples(index=False), start=1)
    ]


def _fill(sheet: Any, rows: Sequence[Sequence[Any]]) -> None:
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, str) and value:
                put_text(sheet.cell(place, column), value)
            elif not isinstance(value, str):
                sheet.cell(place, column).value = value


def _read(file: str | Path, name: str) -> tuple[list[list[str]], str]:
    """Rows of the sheet below its headings, as texts; and the version of the taxonomy."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    expected = "the workbook that voc queue wrote"
    if not Path(file).is_file():
        raise SourceError("file not found", file=name)
    try:
        book = load_workbook(file)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise SourceError("workbook cannot be read", file=name, expected=expected) from None
    if not {_SHEET, _CODES} <= set(book.sheetnames):
        raise SourceError("sheet missing", file=name, found=", ".join(book.sheetnames)[:80], expected=expected)
    cells = list(book[_SHEET].iter_rows())
    headings = [str(cell.value or "") for cell in cells[0]] if cells else []
    if tuple(headings[: len(FORM_HEADINGS)]) != FORM_HEADINGS:
        raise SourceError("columns are not those that were handed out", file=name, expected="、".join(FORM_HEADINGS))
    for row in cells[1:]:
        if len(row) > _ANSWER and row[_ANSWER].data_type == "f":
            raise SourceError("answer is a formula", file=name, row=row[0].row, expected="a category from the list")
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in cells[1:]]
    marks = [row for row in book[_CODES].iter_rows(values_only=True) if row and row[0] == _VERSION]
    return rows, str(marks[0][1]) if marks and len(marks[0]) > 1 else "none"


def _code(answer: str, taxonomy: Taxonomy, file: str, row: int) -> str:
    """The code of an answer: as in the list, or the code or the name alone."""
    names = {category.name: category.code for category in taxonomy.categories}
    code = answer.split(" ")[0].removesuffix(".0")
    if code in taxonomy.codes:
        return code
    if answer in names:
        return names[answer]
    near = nearest(answer, [*taxonomy.codes, *names])
    raise SourceError(
        "not a category of the taxonomy",
        file=file,
        row=row,
        found=answer[:20],
        hint=f"did you mean {near}?" if near else "choose from the list",
    )
