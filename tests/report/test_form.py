"""The feedback form: only its open columns may change, it is no formula, and its bytes do not depend on the clock."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report import BranchView
from voc_lib.report.form import FORM_COLUMNS, answer_states, feedback_form, safe_cell

HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture(scope="module")
def view(profile: Profile) -> BranchView:
    return branch_view(profile, sizes=(60,))


@pytest.fixture(scope="module")
def actions() -> pd.DataFrame:
    return rows("actions", [{"matter": HOSTILE, "reply": "@SUM(1)"}, {"matter": "登录"}, {"status": "done"}])


def _sheet(payload: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(payload))["反馈表"]


def test_one_row_an_action_and_none_for_what_is_done(view: BranchView, actions: pd.DataFrame) -> None:
    sheet = _sheet(feedback_form(view, actions))
    assert [cell.value for cell in sheet[4]] == [heading for heading, _, _ in FORM_COLUMNS]
    assert [sheet.cell(row, 1).value for row in range(5, sheet.max_row + 1)] == ["R00001", "R00002"]


def test_only_the_open_columns_may_change(view: BranchView, actions: pd.DataFrame) -> None:
    sheet = _sheet(feedback_form(view, actions))
    assert sheet.protection.sheet
    for cell, (_, _, is_open) in zip(sheet[5], FORM_COLUMNS, strict=True):
        assert cell.protection.locked is not is_open


def test_states_are_chosen_from_a_list(view: BranchView, actions: pd.DataFrame) -> None:
    rules = _sheet(feedback_form(view, actions)).data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list", "date"}
    states = next(rule for rule in rules if rule.type == "list")
    assert states.formula1.strip('"').split(",") == list(answer_states(view))
    assert str(states.sqref) == "I5:I6" and len(states.formula1) < 256


def test_the_profile_names_the_head_office_in_the_states(view: BranchView, actions: pd.DataFrame) -> None:
    run = view.profile.run.model_copy(update={"head_office": '总"部,一'})
    other = replace(view, profile=replace(view.profile, run=run))
    rules = _sheet(feedback_form(other, actions)).data_validations.dataValidation
    states = next(rule for rule in rules if rule.type == "list").formula1[1:-1].split(",")
    assert states[-1] == "需总”部，一协调" and len(states) == len(answer_states(other))


def test_no_cell_is_a_formula(view: BranchView, actions: pd.DataFrame) -> None:
    payload = feedback_form(view, actions)
    assert all(cell.data_type != "f" for row in _sheet(payload).iter_rows() for cell in row)
    assert _sheet(payload)["D5"].value == "'" + HOSTILE
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


@example("\x1f\t=1+1")
@example("\x1f\t")
@given(st.text())
def test_a_safe_cell_starts_no_formula(text: str) -> None:
    assert not safe_cell(text).lstrip().startswith(("=", "+", "-", "@"))
    assert not safe_cell(text).startswith(("\t", "\r"))


def test_the_same_actions_give_the_same_bytes(
    view: BranchView, actions: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    first = feedback_form(view, actions)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert feedback_form(view, actions) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2013, 6, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2013-06-01T00:00:00Z") == 2


def test_without_actions_the_form_says_so(view: BranchView) -> None:
    sheet = _sheet(feedback_form(view, rows("actions", [])))
    assert sheet["A5"].value == "本期没有需要反馈的建议。"
