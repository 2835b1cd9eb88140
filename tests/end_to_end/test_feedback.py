"""Three months of one branch: forms go out, come back as branches send them, and the next reports tell what became.

Real files and the real command; the reports are made by the functions that the notebooks call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.builders import TZ
from tests.end_to_end.killing import killed_at
from tests.report.frames import branch_view, next_month, office_view
from tests.report.returned_forms import DECLINED, DONE, FIRST, HEADINGS, IN_HAND, answer, filled, opened, saved
from voc_lib import report
from voc_lib.cli import main
from voc_lib.errors import SourceError
from voc_lib.hotspot import concentrated_problems
from voc_lib.ingest import land_feedback
from voc_lib.params import Profile
from voc_lib.report import BranchView, actions_of, feedback_form
from voc_lib.store import Store, shift_month, window

PHONE = "13800138000"
SCRIPT = '<img src=x onerror="alert(1)">'


class Centre:
    """A data folder with the reports of a branch, month after month."""

    def __init__(self, root: Path, profile: Profile) -> None:
        self.root, self.profile = root, profile
        self.data = root / "data"
        self.store = Store(str(self.data), TZ)
        self.view = branch_view(profile, month="2013-05")
        self.actions = self._report()

    def _report(self) -> pd.DataFrame:
        land_feedback(self.profile, str(self.data))
        answers = self.store.read_many("answers", ["BJ"], window(self.view.month, -12, -1))
        self.view = replace(self.view, answers=answers)
        actions = actions_of(self.view, concentrated_problems(self.view.current, self.view.previous))
        self.store.write("actions", actions, "BJ", self.view.month)
        return actions

    def next(self) -> pd.DataFrame:
        """The report of the month after."""
        self.view = next_month(self.view, self.actions, 350)
        self.actions = self._report()
        return self.actions

    def form(self) -> bytes:
        """The form of the month's report."""
        return feedback_form(self.view, self.actions)

    def send(self, name: str, payload: bytes, *options: str) -> Result:
        """Hand a form to the command."""
        file = self.root / name
        file.write_bytes(payload)
        return self.voc(str(file), *options)

    def voc(self, *arguments: str) -> Result:
        """The command, on this data folder."""
        params = str(self.profile.folder)
        return CliRunner().invoke(main, ["feedback", *arguments, "--params", params, "--data", str(self.data)])

    def page(self, view: BranchView | None = None) -> str:
        """The follow-up chapter."""
        view = view or self.view
        pieces = (
            report.suggestions.follow_up_table(view, self.actions),
            report.followup.answer_history(view, self.actions),
        )
        return report.join(*pieces).markup


@pytest.fixture
def centre(tmp_path: Path, profile: Profile) -> Centre:
    return Centre(tmp_path, profile)


def _kept(data: Path) -> dict[str, bytes]:
    places = [data / "feedback", data / "answers"]
    files = [path for place in places for path in sorted(place.rglob("*")) if path.is_file()]
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


def test_three_months_of_answers_are_followed_up_rightly(centre: Centre) -> None:
    may = centre.form()
    first, second, third = centre.actions["action_id"][:3]
    told = centre.send(
        "may.xlsx",
        filled(
            may,
            {
                FIRST: answer(DONE, f"已修复，详询{PHONE} {SCRIPT}", on=date(2013, 6, 10), done=date(2013, 6, 9)),
                FIRST + 1: answer("办好了"),
                FIRST + 2: answer(IN_HAND, "六月上线", on="2013-07-02"),
            },
        ),
    )
    assert told.exit_code == 1 and f"第{FIRST + 1}行 I{FIRST + 1}：处理状态不在列表中" in told.output
    assert "2 answers taken, 1 refused" in told.output and PHONE not in told.output

    june = centre.next().set_index("action_id")
    assert june.loc[first, "status"] == "done" and june.loc[first, "done_on"] == pd.Timestamp("2013-06-09")
    assert june.loc[second, "status"] == "overdue", "its answer was refused"
    assert june.loc[third, "status"] == "overdue", "it was answered in July: in June nobody knew"
    page = centre.page()
    assert "已办结（6月9日）" in page and "逾期未答复（应于6月15日前）" in page
    assert PHONE not in page and "<img" not in page and "&lt;img" in page
    june_form = centre.form()
    assert first not in [row[0].value for row in opened(june_form)["反馈表"].iter_rows(min_row=FIRST)]

    rows = {row[0].value: row[0].row for row in opened(june_form)["反馈表"].iter_rows(min_row=FIRST) if row[0].value}
    done = centre.send(
        "june.xlsx", filled(june_form, {rows[second]: answer(DECLINED, "与制度不符", on=date(2013, 7, 5))})
    )
    assert done.exit_code == 0, done.output
    late = centre.send("may_again.xlsx", filled(may, {FIRST + 1: answer(DONE, "其实办了", on=date(2013, 7, 20))}))
    assert late.exit_code == 0 and "2013-06 has a later one, whose answers go before these" in late.output

    july = centre.next().set_index("action_id")
    assert (july.loc[second, "status"], july.loc[second, "answer"]) == ("answered", "declined"), "the later form wins"
    assert july.loc[second, "n_answers"] == 2 and july.loc[third, "answer"] == "adopted"
    page = centre.page()
    assert "其实办了" in page and "与制度不符" in page, "every earlier answer is kept"
    if july.loc[first, "n_reopened"]:
        assert july.loc[first, "status"] == "open" and "办结后于本月再度突出" in page
    assert july.loc[first, "due"] >= pd.Timestamp("2013-06-15") and len(july) >= len(june)

    office = office_view([centre.view], [centre.actions])
    rates = report.office_actions.answering_tables(office).markup
    assert "用时中位数" in rates and "合计" in rates
    back = report.office_actions.returned_matters(office).markup
    assert ("再度突出月份" in back) == bool(july["n_reopened"].any())


def test_a_matter_that_comes_back_after_being_done_is_open_again_and_answered_anew(centre: Centre) -> None:
    form = centre.form()
    ids = centre.actions["action_id"].tolist()
    rows = {FIRST + i: answer(DONE, "已办", on=date(2013, 6, 3), done=date(2013, 6, 3)) for i in range(len(ids))}
    assert centre.send("may.xlsx", filled(form, rows)).exit_code == 0
    assert set(centre.next().set_index("action_id").loc[ids, "status"]) == {"done"}
    july = centre.next()
    back = july[july["n_reopened"] > 0]
    assert len(back) and (back["status"] == "open").all() and (back["reopened_month"] == "2013-07").all()
    assert set(back["action_id"]) <= set(ids), "the same action, not a new one"
    again = centre.form()
    place = next(row[0].row for row in opened(again)["反馈表"].iter_rows(min_row=FIRST) if row[0].value in ids)
    action = opened(again)["反馈表"].cell(place, 1).value
    assert centre.send("july.xlsx", filled(again, {place: answer(IN_HAND, "再查", on=date(2013, 8, 9))})).exit_code == 0
    august = centre.next().set_index("action_id")
    assert (august.loc[action, "status"], august.loc[action, "answer"]) == ("answered", "adopted")


def test_neither_the_order_nor_the_number_of_times_matters(centre: Centre, tmp_path: Path, profile: Profile) -> None:
    may = centre.form()
    forms = [
        filled(may, {FIRST: answer(IN_HAND, "正在办", on=date(2013, 6, 5))}),
        filled(may, {FIRST: answer(DONE, "办好了", on=date(2013, 6, 20))}),
    ]
    centre.next()
    forms.append(filled(centre.form(), {FIRST: answer(IN_HAND, "又在办", on=date(2013, 7, 3))}))
    kept = []
    for name, order in (("a", (0, 1, 2)), ("b", (2, 1, 0)), ("c", (1, 1, 2, 0, 2, 1))):
        folder = tmp_path / name
        folder.mkdir()
        other = Centre(folder, profile)
        other.next()
        for place in order:
            assert other.send(f"{place}.xlsx", forms[place]).exit_code == 0
        kept.append(_kept(other.data))
    assert kept[0] == kept[1] == kept[2] and len(kept[0]) == 5
    again = other.send("0.xlsx", forms[0])
    assert "taken before, nothing new" in again.output and _kept(other.data) == kept[0]
    answers = other.store.read("answers", "BJ", "2013-05")
    assert answers["answer"].tolist() == ["adopted", "done"], "the latest given last"


@pytest.mark.parametrize(
    ("spoil", "options", "message"),
    [
        (lambda form: form, ("--branch", "TJ"), "form of another branch"),
        (lambda form: _head(form, "代码：TJ    报告月份：2013-05"), (), "no report of that branch and month"),
        (lambda form: _head(form, "代码：BJ    报告月份：2013-04"), (), "no report of that branch and month"),
        (lambda form: _head(form, "代码：../x    报告月份：2013-05"), (), "does not say whose it is"),
        (lambda form: _head(form, "代码：XX    报告月份：2013-05"), (), "no such branch"),
        (lambda form: b"no workbook", (), "not an Excel workbook"),
        (lambda form: form, ("--received", "2013-05-01"), "not a day on which the form can have come"),
    ],
)
def test_a_form_that_is_not_ours_is_refused_whole_and_leaves_nothing(
    centre: Centre, spoil: Callable[[bytes], bytes], options: tuple[str, ...], message: str
) -> None:
    form = filled(centre.form(), {FIRST: answer()})
    told = centre.send("f.xlsx", spoil(form), *options)
    assert told.exit_code == 2 and message in told.stderr and "Traceback" not in told.output
    assert _kept(centre.data) == {}


def test_a_bad_form_does_not_keep_the_next_from_being_taken(centre: Centre) -> None:
    good = centre.root / "good.xlsx"
    good.write_bytes(filled(centre.form(), {FIRST: answer()}))
    told = centre.voc(str(centre.root / "none.xlsx"), str(centre.root), str(good), "--received", "2013-06-04")
    assert told.exit_code == 1 and "file not found" in told.stderr and "a folder, not a form" in told.stderr
    assert centre.store.read("answers", "BJ", "2013-05")["replied_on"].tolist() == [pd.Timestamp("2013-06-04")]


def _head(form: bytes, told: str) -> bytes:
    book = opened(form)
    book["反馈表"]["A2"] = told
    return saved(book)


def test_kept_answers_that_somebody_edited_are_named(centre: Centre) -> None:
    assert centre.send("f.xlsx", filled(centre.form(), {FIRST: answer()})).exit_code == 0
    file = next((centre.data / "feedback").rglob("*.json"))
    file.write_text(file.read_text(encoding="utf-8").replace("已安排", "没安排"), encoding="utf-8")
    with pytest.raises(SourceError, match="kept answers are not what was written"):
        land_feedback(centre.profile, str(centre.data))
    assert centre.voc(str(centre.root / "f.xlsx")).exit_code == 0, "taking the form in again mends it"
    assert centre.store.read("answers", "BJ", "2013-05")["reply"].tolist() == ["已安排"]


def test_a_kill_at_any_step_loses_nothing(centre: Centre) -> None:
    """Of two forms: killed before and after each write and each renaming, then the same call again."""
    may = centre.form()
    for name, row in (("1.xlsx", FIRST), ("2.xlsx", FIRST + 1)):
        (centre.root / name).write_bytes(filled(may, {row: answer(on=date(2013, 6, 5))}))
    forms = [str(centre.root / name) for name in ("1.xlsx", "2.xlsx")]
    call = ["feedback", *forms, "--params", str(centre.profile.folder), "--data", str(centre.data)]

    whole = killed_at(0, call)
    assert whole.returncode == 0, whole.stderr
    n_steps = int(whole.stdout.split("steps")[-1])
    expected = _kept(centre.data)
    assert n_steps == 9 and len(expected) == 3  # two forms and a table: written, before and after being renamed
    for step in range(1, n_steps + 1):
        for file in expected:
            (centre.data / file).unlink()
        killed_at(step, call)
        # Whole files or none: what the next run finds is the truth, and taking the forms in again completes it.
        land_feedback(centre.profile, str(centre.data))
        there = {
            name: content
            for name, content in _kept(centre.data).items()
            if name.startswith("feedback/") and name.endswith(".json")
        }
        assert all(expected[name] == content for name, content in there.items())
        assert len(there) == (step >= 3) + (step >= 6)
        assert centre.voc(*forms).exit_code == 0
        assert _kept(centre.data) == expected


def test_tables_under_a_url_take_answers_too(centre: Centre, profile: Profile) -> None:
    import fsspec

    root = "memory://feedback-test"
    Store(root, TZ).write("actions", centre.actions, "BJ", "2013-05")
    (centre.root / "f.xlsx").write_bytes(filled(centre.form(), {FIRST: answer()}))
    call = ["feedback", str(centre.root / "f.xlsx"), "--params", str(profile.folder), "--data", root]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0, told.output
    assert len(Store(root, TZ).read("answers", "BJ", "2013-05")) == 1
    fsspec.filesystem("memory").rm("/feedback-test", recursive=True)


def test_a_month_that_was_skipped_forgets_no_answer(centre: Centre) -> None:
    """Answers to May's form reach the report of July though June has none."""
    assert centre.send("f.xlsx", filled(centre.form(), {FIRST: answer(on=date(2013, 6, 5))})).exit_code == 0
    first = centre.actions["action_id"].iloc[0]
    centre.view = replace(next_month(centre.view, centre.actions, 350), month=shift_month("2013-06", 0))
    skipped = next_month(centre.view, centre.actions, 350)
    centre.view = skipped
    assert centre._report().set_index("action_id").loc[first, "status"] == "answered"


def test_the_headings_are_those_that_the_helpers_fill() -> None:
    filled_in: dict[str, Any] = answer()
    assert set(filled_in) < set(HEADINGS)
