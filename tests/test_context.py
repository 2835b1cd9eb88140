"""A notebook learns its surroundings from a context file, and may read and write only what it declares."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import TZ, rows
from voc_lib.context import CONTEXT_VARIABLE, Context, Read, Task, parse_read
from voc_lib.errors import ProfileError, TableError
from voc_lib.schema import HEAD_OFFICE, TABLES
from voc_lib.store import Store


@pytest.fixture
def context(project: Path, tmp_path: Path) -> Context:
    return Context(
        params=str(project / "params"), data=str(tmp_path / "data"), output=str(tmp_path / "output"), scratch=False
    )


@given(st.sampled_from(sorted(TABLES)), st.integers(-60, 0), st.integers(-60, 0), st.booleans())
def test_a_declaration_reads_back_as_it_is_printed(table: str, a: int, b: int, everywhere: bool) -> None:
    read = Read(table, min(a, b), max(a, b), everywhere)
    assert parse_read(str(read)) == read


@pytest.mark.parametrize("text", ["landed[0..-1]", "landed[1]", "landed(0)", "landed[]", "nowhere", "landed of all"])
def test_a_wrong_declaration_is_refused(text: str) -> None:
    with pytest.raises((ProfileError, TableError)):
        parse_read(text)


def test_the_context_file_survives_the_way_to_the_kernel(context: Context, tmp_path: Path) -> None:
    context.save(tmp_path / "context.json")
    assert Context.load({CONTEXT_VARIABLE: str(tmp_path / "context.json")}) == context


def test_without_a_context_file_the_project_around_is_used_and_writes_go_to_scratch(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "params" / "lexicon")
    found = Context.load({})
    assert (found.params, found.scratch) == (str(project / "params"), True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProfileError, match="no project found"):
        Context.load({})


def test_scratch_reads_the_official_table_and_spares_it(context: Context) -> None:
    data = context.data
    Store(data, TZ).write("landed", rows("landed"), "BJ", "2013-05")
    task = Task(Context(params=context.params, data=data, output=context.output), branch="BJ", month="2013-05")
    task.write("landed", task.read("landed").assign(text="edited"))
    assert list(task.read("landed")["text"]) == ["x"]
    task.write_file("form.xlsx", b"1")
    assert Path(data, "scratch/output/2013-05/BJ/form.xlsx").read_bytes() == b"1"
    assert not Path(context.output).exists()


def test_only_declared_tables_are_read_and_written(context: Context) -> None:
    Store(context.data, TZ).write("landed", rows("landed"), "BJ", "2013-05")
    declared = Context(**{**vars(context), "notebook": "01_x", "reads": ("landed[-1..0]",), "writes": ("records",)})
    task = Task(declared, branch="BJ", month="2013-05")
    assert len(task.read("landed", -1, 0)) == 1
    for wrong in (
        lambda: task.read("landed", -2, 0),
        lambda: task.read("scored"),
        lambda: task.read("landed", branch="TJ"),
    ):
        with pytest.raises(TableError, match="does not declare to read"):
            wrong()
    with pytest.raises(TableError, match="does not declare to write"):
        task.write("scored", rows("scored"))


def test_the_months_own_partition_must_be_there_but_earlier_ones_need_not(context: Context) -> None:
    task = Task(context, branch="BJ", month="2013-05")
    with pytest.raises(TableError, match="has not been written"):
        task.read("landed", -1, 0)
    assert task.read("landed", -2, -1).empty
    Store(context.data, TZ).write("landed", rows("landed", [{"month": "2013-03"}]), "BJ", "2013-03")
    assert task.months_before("landed", -12) == ["2013-03"]


@pytest.mark.parametrize(
    ("branch", "month", "said"), [("BX", "2013-05", "did you mean"), ("BJ", "2013-5", "not a month")]
)
def test_a_wrong_branch_or_month_is_refused(context: Context, branch: str, month: str, said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        Task(context, branch=branch, month=month)


def test_the_head_office_is_named_by_the_profile(context: Context) -> None:
    assert Task(context, branch=HEAD_OFFICE, month="2013-05").branch_name == "总行"


@pytest.mark.parametrize("name", ["../x", ".hidden", "a/b"])
def test_a_file_cannot_leave_its_folder(context: Context, name: str) -> None:
    with pytest.raises(TableError, match="not a plain file name"):
        Task(context, branch="BJ", month="2013-05").write_file(name, b"")
