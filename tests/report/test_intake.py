"""A returned form is taken row by row: what fits is taken, what does not is refused with its cell and a reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.builders import rows
from tests.report.frames import branch_view
from tests.report.returned_forms import DECLINED, DONE, FIRST, HEADINGS, IN_HAND, answer, filled, opened, saved
from voc_lib.errors import SourceError
from voc_lib.params import Profile
from voc_lib.privacy import Masker
from voc_lib.report.form import feedback_form
from voc_lib.report.intake import Checked, check_form
from voc_lib.report.returned import read_returned

Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def actions() -> pd.DataFrame:
    given = [
        {
            "action_id": f"BJ-{code}-201305",
            "category": code,
            "category_name": name,
            "matter": name,
            "suggestion": "改进",
        }
        for code, name in (("12", "额度"), ("61", "手机银行"), ("72", "排队"))
    ]
    return rows("actions", given)


@pytest.fixture(scope="module")
def form(profile: Profile, actions: pd.DataFrame) -> bytes:
    return feedback_form(branch_view(profile, sizes=(20,)), actions)


@pytest.fixture(scope="module")
def check(profile: Profile, actions: pd.DataFrame) -> Callable[[bytes], Checked]:
    masker, office = Masker.default(), profile.run.head_office
    return lambda payload: check_form(read_returned(payload, file="f.xlsx"), actions, head_office=office, masker=masker)


def _edited(form: bytes, edit: Edit) -> bytes:
    book = opened(filled(form, {FIRST: answer(), FIRST + 1: answer(DONE), FIRST + 2: answer()}))
    edit(book["反馈表"])
    return saved(book)


def _cell(heading: str, row: int = FIRST) -> str:
    return f"{openpyxl.utils.get_column_letter(HEADINGS.index(heading) + 1)}{row}"


def test_what_fits_is_taken_with_its_days(form: bytes, check: Callable[[bytes], Checked]) -> None:
    told = check(
        filled(
            form,
            {
                FIRST: answer(IN_HAND, "六月上线", on=date(2013, 6, 10), done=date(2013, 6, 30)),
                FIRST + 1: answer(DONE, None, on="2013年6月12日", done=datetime(2013, 6, 11)),
            },
        )
    )
    assert [tuple(row.values()) for row in told.answers] == [
        ("BJ-12-201305", "adopted", "六月上线", "2013-06-10", "2013-06-30"),
        ("BJ-61-201305", "done", None, "2013-06-12", "2013-06-11"),
    ]
    assert told.blank == ("BJ-72-201305",) and not (told.refused or told.noted or told.missing)


def test_a_form_that_nobody_filled_in_says_nothing(form: bytes, check: Callable[[bytes], Checked]) -> None:
    told = check(form)
    assert len(told.blank) == 3 and not (told.answers or told.refused or told.noted)


@pytest.mark.parametrize(
    ("heading", "value", "reason"),
    [
        ("编号", "BJ-99-201305", "不是本表发出的编号"),
        ("编号", "TJ-12-201305", "不是本表发出的编号"),
        ("编号", "=A6", "编号是公式"),
        ("编号", None, "没有编号"),
        ("事项", "别的事", "“事项”与编号不符"),
        ("处理状态", "办完了", "处理状态不在列表中"),
        ("处理状态", None, "没有选择处理状态"),
        ("处理状态", '=IF(1=1,"已办结","")', "是公式"),
        ("处理措施及答复", '=HYPERLINK("http://x","y")', "是公式"),
        ("完成日期", "六月中旬", "不是日期"),
        ("完成日期", "06/10/2013", "不是日期"),
        ("完成日期", "2013-06-31", "不是日期"),
        ("完成日期", "41435", "不是日期"),
        ("完成日期", 7, "日期过早"),
        ("完成日期", "=TODAY()", "是公式"),
        ("完成日期", date(1913, 6, 1), "日期过早"),
        ("答复日期", date(2013, 5, 20), "答复日期应在报告月份（2013-05）之后"),
        ("答复日期", date(2031, 6, 1), "24个月以内"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_cell_and_the_rest_is_taken(
    form: bytes, check: Callable[[bytes], Checked], heading: str, value: Any, reason: str
) -> None:
    def edit(sheet: Any) -> None:
        sheet[_cell(heading)] = value

    told = check(_edited(form, edit))
    assert [remark.row for remark in told.refused] == [FIRST] and reason in told.refused[0].reason
    assert str(told.refused[0]).startswith(f"第{FIRST}行 {_cell(heading)}：")
    assert [row["action_id"] for row in told.answers] == ["BJ-61-201305", "BJ-72-201305"]


def test_declining_takes_a_reason(form: bytes, check: Callable[[bytes], Checked]) -> None:
    told = check(filled(form, {FIRST: answer(DECLINED, None), FIRST + 1: answer(DECLINED, "与总行规定不符")}))
    assert [str(remark) for remark in told.refused] == [f"第5行 {_cell('处理措施及答复')}：暂不采纳的，请写明原因"]
    assert told.answers[0]["answer"] == "declined"


def test_rows_may_be_moved_gone_or_told_twice(form: bytes, check: Callable[[bytes], Checked]) -> None:
    told = check(_edited(form, lambda sheet: sheet.delete_rows(FIRST)))
    assert told.missing == ("BJ-12-201305",) and len(told.answers) == 2 and not told.refused

    def repeat(sheet: Any) -> None:
        for column in range(1, len(HEADINGS) + 1):
            sheet.cell(FIRST + 2, column).value = sheet.cell(FIRST, column).value

    told = check(_edited(form, repeat))
    assert [remark.row for remark in told.refused] == [FIRST, FIRST + 2] and "多次" in told.refused[0].reason
    assert [row["action_id"] for row in told.answers] == ["BJ-61-201305"]


def test_columns_are_found_by_their_headings(form: bytes, check: Callable[[bytes], Checked]) -> None:
    def turn(sheet: Any) -> None:
        for row in range(FIRST - 1, FIRST + 3):
            values = [sheet.cell(row, column).value for column in range(1, len(HEADINGS) + 1)]
            for column, value in enumerate(reversed(values), start=1):
                sheet.cell(row, column).value = value

    told = check(_edited(form, turn))
    assert len(told.answers) == 3 and not (told.refused or told.noted)


def test_a_locked_cell_that_changed_is_not_used_and_told(form: bytes, check: Callable[[bytes], Checked]) -> None:
    told = check(_edited(form, lambda sheet: sheet.__setitem__(_cell("建议"), "另一条建议")))
    assert len(told.answers) == 3 and [remark.place for remark in told.noted] == [_cell("建议")]
    assert "另一条" not in str(told.noted[0])


def test_replies_are_masked_and_a_text_that_looks_like_a_formula_stays_text(
    form: bytes, check: Callable[[bytes], Checked], profile: Profile
) -> None:
    book = opened(filled(form, {FIRST: answer(words="已致电13800138000说明"), FIRST + 1: answer()}))
    cell = book["反馈表"][_cell("处理措施及答复", FIRST + 1)]
    cell.value, cell.data_type = "=1+1已处理", "s"
    told = check(saved(book))
    assert told.n_masked == 1 and "13800138000" not in str(told.answers)
    assert told.answers[1]["reply"] == "=1+1已处理"
    action = rows("actions", [{"reply": told.answers[1]["reply"], "status": "answered", "answer": "adopted"}])
    again = opened(feedback_form(branch_view(profile, sizes=(20,)), action))["反馈表"]
    assert all(cell.data_type != "f" for row in again.iter_rows() for cell in row)


def _with_part(form: bytes, name: str, content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, content if part == name else source.read(part))
        if name not in source.namelist():
            target.writestr(name, content)
    return sink.getvalue()


def _renamed(form: bytes) -> bytes:
    book = opened(form)
    book["反馈表"].title = "表一"
    return saved(book)


def _without_head(form: bytes) -> bytes:
    book = opened(form)
    book["反馈表"]["A2"] = "另一个表头"
    return saved(book)


def _without_column(form: bytes) -> bytes:
    book = opened(form)
    book["反馈表"].delete_cols(HEADINGS.index("完成日期") + 1)
    return saved(book)


def _long(form: bytes) -> bytes:
    book = opened(form)
    book["反馈表"]["A9000"] = "x"
    return saved(book)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda form: b"", "not an Excel workbook"),
        (lambda form: b"\xd0\xcf\x11\xe0 password", "not an Excel workbook"),
        (lambda form: form[: len(form) // 2], "not an Excel workbook"),
        (lambda form: _with_part(form, "xl/workbook.xml", b"<workbook"), "workbook cannot be read"),
        (lambda form: _with_part(form, "xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "document type"),
        (lambda form: _with_part(form, "xl/media/a.bin", bytes(210_000_000)), "too large"),
        (lambda form: bytes(20_000_001), "too large"),
        (_long, "more rows than a feedback form has"),
        (_renamed, r"sheet missing .*反馈表"),
        (_without_head, "does not say whose it is"),
        (_without_column, "columns are not those of the form .*missing: 完成日期"),
    ],
)
def test_what_is_no_form_is_refused_whole(form: bytes, broken: Callable[[bytes], bytes], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_returned(broken(form), file="f.xlsx")


def test_a_form_without_suggestions_asks_nothing(profile: Profile, check: Callable[[bytes], Checked]) -> None:
    view = branch_view(profile, sizes=(20,))
    payload = feedback_form(view, rows("actions", []))
    told = check_form(
        read_returned(payload, file="f.xlsx"), rows("actions", []), head_office="总行", masker=Masker.default()
    )
    assert not (told.answers or told.refused or told.blank or told.missing)


def test_a_form_says_whose_it_is_whatever_the_centre_calls_a_branch(profile: Profile, actions: pd.DataFrame) -> None:
    run = profile.run.model_copy(update={"words": profile.run.words.model_copy(update={"branch": "区县"})})
    view = replace(branch_view(profile, sizes=(20,)), profile=replace(profile, run=run))
    returned = read_returned(feedback_form(view, actions), file="f.xlsx")
    assert (returned.branch, returned.month, len(returned.rows)) == ("BJ", "2013-05", 3)
    assert returned.saved_at == "2013-06-01T00:00:00"
