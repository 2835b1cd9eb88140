"""What runs again and what does not: real kernels, and a fleet that counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from tests.workflow import tiny
from voc_lib.context import Context
from voc_lib.store import Store
from voc_lib.workflow.order import Outcome
from voc_lib.workflow.plan import RunTask
from voc_lib.workflow.pool import LocalFleet
from voc_lib.workflow.run import Graph, RunResult

pytestmark = pytest.mark.kernel


class NoFleet:
    """For a run that has nothing to do."""

    jobs = 1

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        raise AssertionError(f"to be done: {', '.join(map(str, graph.orders))}")


@dataclass
class Counting:
    """A fleet that remembers what it was given."""

    given: set[str] = field(default_factory=set)
    jobs: int = 2

    def run(self, graph: Graph) -> Iterator[RunTask | Outcome]:
        self.given = {str(key) for key in graph.orders}
        return LocalFleet(self.jobs).run(graph)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Context:
    made = tiny.notebooks()
    made["01_link.ipynb"].metadata["voc"]["uses"] = ["thresholds.ingest"]
    context = tiny.project(tmp_path_factory.mktemp("finished"), project / "params", made)
    assert not tiny.run(context).failed
    return context


@pytest.fixture
def copy(finished: Context, tmp_path: Path) -> Context:
    """A copy of the finished project, to be changed."""
    shutil.copytree(Path(finished.params).parent, tmp_path / "copy")
    return Context(*(str(tmp_path / "copy" / name) for name in ("params", "data", "output")))


def folder(context: Context) -> Path:
    return Path(context.params).parent


def edit(context: Context, name: str, change: Callable[[nbformat.NotebookNode], None]) -> None:
    path = folder(context) / "notebooks" / name
    node = nbformat.read(path, as_version=4)
    change(node)
    nbformat.write(node, path)


def done(result: RunResult) -> set[str]:
    return {str(outcome.task.key) for outcome in result.done}


def of_stage(*kinds: str) -> set[str]:
    """The tasks of those kinds, of every branch and month."""
    places = {True: ["head_office"], False: list(tiny.BRANCHES)}
    return {f"{kind} {place} {month}" for kind in kinds for place in places["05" in kind] for month in tiny.MONTHS}


def test_nothing_to_do_starts_nothing_even_in_another_folder_and_after_a_touch(copy: Context) -> None:
    before = tiny.hashes(folder(copy))
    for path in folder(copy).rglob("*"):
        os.utime(path, (0, 0))
    result = tiny.run(copy, fleet=NoFleet())
    assert len(result.unchanged) == 16
    assert tiny.hashes(folder(copy)) == before


def test_an_edited_notebook_runs_again_with_what_comes_after_it(copy: Context) -> None:
    edit(copy, "04_report.ipynb", lambda node: node.cells[-1].update(source=node.cells[-1].source + "\nprint(1)"))
    judged = tiny.judge(copy)
    assert set(judged.stale()) == of_stage("04_report")
    assert set(judged.stale().values()) == {("notebook changed",)}
    result = tiny.run(copy)
    # The key figures came out as they were: the roll-up is looked at, and not run.
    assert done(result) == of_stage("04_report", "04_report.html")
    assert of_stage("05_office") <= {str(outcome.task.key) for outcome in result.unchanged}
    tiny.run(copy, fleet=NoFleet())


def test_a_rerun_that_writes_the_same_tables_stops_there(copy: Context) -> None:
    edit(copy, "01_link.ipynb", lambda node: node.cells[-1].update(source=node.cells[-1].source + "\n# a remark"))
    fleet = Counting()
    assert done(tiny.run(copy, fleet=fleet)) == of_stage("01_link")
    assert of_stage("04_report") <= fleet.given


def test_a_part_of_the_profile_reruns_what_uses_it_and_nothing_else(copy: Context) -> None:
    path = Path(copy.params) / "taxonomy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("version: ", "version: 1"), encoding="utf-8")
    result = tiny.run(copy)
    assert done(result) == of_stage("04_report", "05_office")
    assert {outcome.reasons for outcome in result.done} == {("profile taxonomy changed",)}


def test_a_table_that_is_not_what_its_task_wrote_is_made_anew(copy: Context, finished: Context) -> None:
    store = Store(copy.data, tiny.TZ)
    records = store.read("records", "BJ", "2013-04")
    store.write("records", records.head(1), "BJ", "2013-04")
    assert tiny.judge(copy).stale() == {"01_link BJ 2013-04": ("table records of BJ 2013-04 is not what was written",)}
    assert done(tiny.run(copy)) == {"01_link BJ 2013-04"}
    assert tiny.hashes(copy.output) == tiny.hashes(finished.output)
    assert store.read("records", "BJ", "2013-04").equals(records)


def test_a_report_that_is_gone_is_only_rendered(copy: Context, finished: Context) -> None:
    page = Path(copy.output) / "2013-05" / "TJ" / "report.html"
    page.unlink()
    assert done(tiny.run(copy)) == {"04_report.html TJ 2013-05"}
    assert tiny.hashes(copy.output) == tiny.hashes(finished.output)


def test_another_format_later_runs_no_notebook(copy: Context) -> None:
    assert done(tiny.run(copy, formats=("html", "pdf"))) == of_stage("04_report.pdf", "05_office.pdf")
    manifest = Path(copy.output) / "2013-05" / "TJ" / "manifest.json"
    assert '"font"' in manifest.read_text(encoding="utf-8")


def test_a_rendering_of_an_older_notebook_does_not_stay(copy: Context) -> None:
    tiny.run(copy, formats=("html", "pdf"))
    edit(copy, "04_report.ipynb", lambda node: node.cells[-1].update(source=node.cells[-1].source + "\nprint(1)"))
    tiny.run(copy, branches=["BJ"])
    assert not (Path(copy.output) / "2013-05" / "BJ" / "report.pdf").exists()
    assert (Path(copy.output) / "2013-05" / "TJ" / "report.pdf").exists()


def test_a_new_month_runs_alone_where_nothing_looks_ahead(copy: Context) -> None:
    store = Store(copy.data, tiny.TZ)
    for branch in tiny.BRANCHES:
        landed = store.read("landed", branch, "2013-05").assign(month="2013-06")
        store.write("landed", landed.assign(record_id=landed["record_id"] + "x"), branch, "2013-06")
    result = tiny.run(copy)
    assert {outcome.task.month for outcome in result.done} == {"2013-06"}
    assert len(result.done) == 8


def test_a_late_row_reruns_its_month_and_those_that_read_it(copy: Context) -> None:
    store = Store(copy.data, tiny.TZ)
    landed = store.read("landed", "BJ", "2013-04")
    store.write("landed", landed.head(2), "BJ", "2013-04")
    judged = tiny.judge(copy)
    assert judged.stale() == {
        "01_link BJ 2013-04": ("table landed of BJ 2013-04 changed",),
        "01_link BJ 2013-05": ("table landed of BJ 2013-04 changed",),
    }
    # May's records come out as they were; its report reads April's as well, and the roll-ups the key figures of both.
    assert done(tiny.run(copy)) == {
        *("01_link BJ 2013-04", "01_link BJ 2013-05", "04_report BJ 2013-04", "04_report BJ 2013-05"),
        *("05_office head_office 2013-04", "05_office head_office 2013-05"),
    }


def test_what_is_asked_for_again_is_done_again_with_the_same_bytes(copy: Context, finished: Context) -> None:
    result = tiny.run(copy, again=True, branches=["BJ"], months=["2013-05"])
    assert {"01_link BJ 2013-05", "04_report BJ 2013-05"} <= done(result)
    assert "01_link BJ 2013-04" not in done(result)
    assert tiny.hashes(copy.output) == tiny.hashes(finished.output)


def test_a_failure_takes_its_tables_and_record_away_and_the_next_run_makes_good(
    copy: Context, finished: Context
) -> None:
    good = (folder(copy) / "notebooks" / "01_link.ipynb").read_bytes()
    edit(
        copy,
        "01_link.ipynb",
        lambda node: node.cells.insert(2, nbformat.v4.new_code_cell('assert branch != "TJ"')),
    )
    assert {str(outcome.task.key) for outcome in tiny.run(copy).failed} == {"01_link TJ 2013-04", "01_link TJ 2013-05"}
    assert not Store(copy.data, tiny.TZ).exists("records", "TJ", "2013-05")
    assert not (Path(copy.output) / "2013-05" / "TJ" / "report.html").exists()
    (folder(copy) / "notebooks" / "01_link.ipynb").write_bytes(good)
    assert not tiny.run(copy).failed
    assert tiny.hashes(copy.output) == tiny.hashes(finished.output)
    assert tiny.hashes(Path(copy.data) / "records") == tiny.hashes(Path(finished.data) / "records")
