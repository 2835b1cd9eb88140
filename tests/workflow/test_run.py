"""Real kernels on the miniature project: what a run leaves behind when all is well, and when something fails."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat
import pytest

from tests.workflow import tiny
from voc_lib.context import Context
from voc_lib.errors import ProfileError
from voc_lib.store import Store
from voc_lib.workflow.run import RunResult

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, project: Path) -> tuple[Context, RunResult]:
    context = tiny.project(tmp_path_factory.mktemp("finished"), project / "params")
    return context, tiny.run(context)


def test_every_branch_month_and_the_head_office_have_their_files(finished: tuple[Context, RunResult]) -> None:
    context, result = finished
    assert not result.failed
    assert len(result.done) == 2 * (2 * 3 + 2)  # for each month: two branches with a report each, and the head office
    files = set(tiny.hashes(Path(context.output)))
    for month in tiny.MONTHS:
        for branch in tiny.BRANCHES:
            wanted = ("01.ipynb", "04.ipynb", "report.html", "manifest.json")
            assert {f"{month}/{branch}/{name}" for name in wanted} <= files
        assert f"{month}/head_office/05.ipynb" in files
    assert not [name for name in files if name.endswith((".tmp", ".pdf"))]


def test_parameters_are_injected_and_each_kernel_reads_its_own_branch(finished: tuple[Context, RunResult]) -> None:
    context, _ = finished
    executed = nbformat.read(Path(context.output) / "2013-04" / "TJ" / "04.ipynb", as_version=4)
    assert executed.metadata.papermill == {"parameters": {"branch": "TJ", "month": "2013-04"}}
    assert "TJ行 2013-04 报告" in str(executed.cells)


def test_the_head_office_ran_after_all_branches_of_its_month(finished: tuple[Context, RunResult]) -> None:
    context, _ = finished
    assert "报告 BJ,TJ" in (Path(context.output) / "2013-05" / "head_office" / "05.ipynb").read_text(encoding="utf-8")


def test_the_manifest_tells_of_all_that_went_in_and_came_out_and_of_no_place(
    finished: tuple[Context, RunResult],
) -> None:
    context, _ = finished
    text = (Path(context.output) / "2013-05" / "BJ" / "manifest.json").read_text(encoding="utf-8")
    tasks = json.loads(text)["tasks"]
    assert list(tasks) == ["01_link", "04_report", "04_report.html"]
    assert list(tasks["04_report"]["inputs"]) == [
        f"data/records/branch=BJ/month={month}/part.parquet" for month in ("2013-04", "2013-05")
    ]
    assert tasks["04_report"]["inputs"].items() >= tasks["01_link"]["wrote"].items() - {
        ("output/2013-05/BJ/01.ipynb", tasks["01_link"]["wrote"]["output/2013-05/BJ/01.ipynb"])
    }
    report = Path(context.output) / "2013-05" / "BJ" / "report.html"
    wrote = {"output/2013-05/BJ/report.html": hashlib.sha256(report.read_bytes()).hexdigest()}
    assert tasks["04_report.html"]["wrote"] == wrote
    assert context.data not in text


def test_another_folder_order_and_number_of_jobs_give_the_same_bytes(
    finished: tuple[Context, RunResult], tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("LC_ALL", "C")
    context = tiny.project(tmp_path / "a folder, elsewhere {x}", project / "params")
    assert not tiny.run(context, jobs=1).failed
    assert tiny.hashes(Path(context.output)) == tiny.hashes(Path(finished[0].output))
    for table in ("records", "summary"):
        assert tiny.hashes(Path(context.data) / table) == tiny.hashes(Path(finished[0].data) / table)


def test_a_failing_branch_keeps_its_notebook_and_leaves_the_others_alone(tmp_path: Path, project: Path) -> None:
    made = tiny.notebooks()
    made["01_link.ipynb"].cells.insert(2, nbformat.v4.new_code_cell('if branch == "TJ":\n    raise ValueError(month)'))
    context = tiny.project(tmp_path, project / "params", made)
    Store(context.data, tiny.TZ).write("summary", tiny.summary("TJ", "2013-05"), "TJ", "2013-05")  # of an earlier run
    result = tiny.run(context)
    assert [str(outcome.task.key) for outcome in result.failed] == ["01_link TJ 2013-04", "01_link TJ 2013-05"]
    assert "ValueError" in str(result.failed[0].error)
    assert {str(outcome.task.key) for outcome in result.skipped} == {
        f"{kind} TJ {month}" for kind in ("04_report", "04_report.html") for month in tiny.MONTHS
    }
    output = Path(context.output)
    executed = nbformat.read(output / "2013-05" / "TJ" / "01.ipynb", as_version=4)
    assert "papermill-error-cell" in executed.cells[0].source
    assert [out for cell in executed.cells for out in cell.get("outputs", [])][-1].ename == "ValueError"
    assert str(tmp_path) not in str(executed)
    assert (output / "2013-05" / "BJ" / "report.html").is_file()
    assert not (output / "2013-05" / "TJ" / "report.html").exists()
    # The roll-up runs on what is there, and not on what an earlier run left of the branch that failed.
    assert "报告 BJ<" in (output / "2013-05" / "head_office" / "report.html").read_text(encoding="utf-8")


def test_a_dead_kernel_is_a_failure_with_a_clear_message(tmp_path: Path, project: Path) -> None:
    dying = tiny.notebook(["print('before')", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
    context = tiny.project(tmp_path, project / "params", {"01_dying.ipynb": dying})
    result = tiny.run(context, branches=["BJ"], months=["2013-05"])
    assert "kernel died" in str(result.failed[0].error)
    executed = nbformat.read(Path(context.output) / "2013-05" / "BJ" / "01.ipynb", as_version=4)
    texts = [str(cell.get("outputs", "")) for cell in executed.cells]
    assert any("before" in text for text in texts)
    assert any("kernel died" in text for text in texts)


def test_a_kernel_neither_knows_the_user_nor_the_machine(tmp_path: Path, project: Path) -> None:
    asking = tiny.notebook(
        [
            "import os, sys, time\nprint(os.environ['PYTHONHASHSEED'], os.environ['OMP_NUM_THREADS'], time.tzname[0])",
            "print(sorted(os.listdir('.')), sys.executable)",
            "get_ipython().history_manager.hist_file",
        ]
    )
    context = tiny.project(tmp_path, project / "params", {"01_asking.ipynb": asking})
    assert not tiny.run(context, branches=["BJ"], months=["2013-05"]).failed
    text = (Path(context.output) / "2013-05" / "BJ" / "01.ipynb").read_text(encoding="utf-8")
    assert "0 1 UTC" in text
    assert "<environment>/bin/python" in text
    assert ":memory:" in text


def test_a_wrong_parameter_is_refused_before_a_kernel_starts(tmp_path: Path, project: Path) -> None:
    wrong = tiny.notebook([])
    wrong.cells[1].source = 'brnch: str = "BJ"  # slip\nmonth: str = "2013-05"  # month'
    context = tiny.project(tmp_path, project / "params", {"01_wrong.ipynb": wrong})
    with pytest.raises(ProfileError, match="did you mean brnch"):
        tiny.run(context)
    assert not Path(context.output).exists()


def test_a_notebook_that_does_not_write_what_it_declares_has_failed(tmp_path: Path, project: Path) -> None:
    idle = tiny.notebook(["1 + 1"], writes=["records"])
    context = tiny.project(tmp_path, project / "params", {"01_idle.ipynb": idle})
    result = tiny.run(context, branches=["BJ"], months=["2013-05"])
    assert "did not write" in str(result.failed[0].error)


def test_a_cell_that_hangs_fails_its_notebook_and_the_others_go_on(tmp_path: Path, project: Path) -> None:
    hanging = tiny.notebook(["print('before')", "import time\nif branch == 'BJ':\n    time.sleep(600)"])
    context = tiny.project(tmp_path, project / "params", {"01_hanging.ipynb": hanging})
    result = tiny.run(context, months=["2013-05"], cell_timeout=15)  # long enough for 1 + 1 on a busy machine
    assert [str(outcome.task.key) for outcome in result.done] == ["01_hanging TJ 2013-05"]
    assert "a cell took longer than 15 s" in str(result.failed[0].error)
    assert "before" in (Path(context.output) / "2013-05" / "BJ" / "01.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("end", ["", "\\n"], ids=["one line", "many lines"])
def test_a_flood_of_output_holds_nobody_up(tmp_path: Path, project: Path, end: str) -> None:
    flooding = tiny.notebook([f"for _ in range(500):\n    print('x' * 20_000, end='{end}')"])
    context = tiny.project(tmp_path, project / "params", {"01_flooding.ipynb": flooding})
    result = tiny.run(context, months=["2013-05"], cell_timeout=600)
    assert len(result.done) == 2
    stored = (Path(context.output) / "2013-05" / "BJ" / "01.ipynb").read_text(encoding="utf-8")
    assert len(stored) < 200_000
    assert "characters left out" in stored
