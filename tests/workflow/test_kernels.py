"""A seat gives a notebook a kernel of its own, says what kind it was, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import DeadKernelError

from tests.workflow.processes import is_kernel, is_template, left_of
from voc_lib.context import Context
from voc_lib.workflow.forkserver import SOCKET_VARIABLE, Template
from voc_lib.workflow.kernels import KernelSeat, kernel_seat, kernel_template
from voc_lib.workflow.surroundings import kernel_environment

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

KINDS = ("forked", "ordinary")


@pytest.fixture(scope="module")
def notebook_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("n") / "n.ipynb"
    nbformat.write(notebook("import matplotlib, numpy, random"), file)
    return file


@pytest.fixture(scope="module")
def template(notebook_file: Path) -> Iterator[Template]:
    with kernel_template(notebooks=[notebook_file]) as made:
        assert made is not None
        yield made


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(params=str(tmp_path), data=str(tmp_path), output=str(tmp_path))


def notebook(*cells: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    )
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return made


def run(seat: KernelSeat, *cells: str) -> list[Any]:
    """What the cells show as text."""
    done = papermill.execute_notebook(notebook(*cells), None, progress_bar=False, **seat.options)
    return [output for cell in done.cells for output in cell.outputs]


def results(outputs: Sequence[Any]) -> list[str]:
    return [output["data"]["text/plain"] for output in outputs if output["output_type"] == "execute_result"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_one_notebook_is_seen_by_the_next(
    template: Template, context: Context, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "ordinary":
        monkeypatch.delenv(SOCKET_VARIABLE)
    look = (
        "import matplotlib, numpy, os, random\n"
        "['x' in globals(), 'VOC_LEAK' in os.environ, matplotlib.rcParams['font.size'], os.path.exists('file'),"
        " random.random(), float(numpy.random.rand())]"
    )
    change = (
        "x = 1; random.seed(1); numpy.random.seed(1); os.environ['VOC_LEAK'] = '1'\n"
        "matplotlib.rcParams['font.size'] = 99; open('file', 'w').close()"
    )
    seen = []
    for _ in range(2):
        with kernel_seat(context) as seat:
            seen.append(results(run(seat, look, change, look)))
        assert seat.kind == kind
    (before, after), (before_too, _) = seen
    assert after.startswith("[True, True, 99.0, True, 0.134")
    for look in (before, before_too):
        assert look.startswith("[False, False, 10.0, False, ")
    assert before != before_too != after


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_notebook_draws_is_in_it(
    template: Template, context: Context, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "ordinary":
        monkeypatch.delenv(SOCKET_VARIABLE)
    with kernel_seat(context) as seat:
        outputs = run(seat, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "print('x')")
    assert [output["output_type"] for output in outputs] == ["display_data", "stream"]
    assert outputs[0]["data"]["image/png"].startswith("iVBOR")


@pytest.mark.parametrize("kind", KINDS)
def test_a_seat_leaves_no_process_descriptor_or_file(
    template: Template, context: Context, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "ordinary":
        monkeypatch.delenv(SOCKET_VARIABLE)
    counts = []
    for _ in range(3):
        with kernel_seat(context) as seat:
            run(seat, "import subprocess\nsubprocess.Popen(['sleep', '100']);")
            assert seat.peak_memory is None
            child = psutil.Process(seat.process.pid).children()  # type: ignore[union-attr]
            seat.end()
            seat.end()
        assert seat.kind == kind
        assert seat.peak_memory is not None
        assert 30e6 < seat.peak_memory < 500e6
        assert not seat.was_lost()
        assert not seat.folder.exists()
        assert child
        assert not left_of(child)
        assert not any(is_kernel(one) for one in psutil.Process().children(recursive=True))
        gc.collect()  # what the engines leave in circles may hold descriptors, and goes when it pleases
        counts.append(psutil.Process().num_fds())
    assert counts[2] <= counts[1]


def test_a_kernel_that_was_lost_is_told_from_one_that_died(template: Template, context: Context) -> None:
    kill = "import os, signal, time\nos.kill({}, signal.SIGKILL)\ntime.sleep(60)"
    seats = []
    for victim in ("os.getpid()", "os.getppid()"):  # a forked kernel's parent is the template
        with kernel_seat(context) as seat, pytest.raises(DeadKernelError):
            run(seat, kill.format(victim))
        seats.append(seat)
    assert [seat.was_lost() for seat in seats] == [False, True]
    assert [seat.kind for seat in seats] == ["forked", "forked"]
    assert seats[0].peak_memory is not None
    with kernel_seat(context) as seat:
        assert results(run(seat, "1 + 1")) == ["2"]
    assert seat.kind == "forked"


def test_a_kernel_that_dies_before_it_is_ready_is_told_as_one_that_dies_later(context: Context) -> None:
    with kernel_seat(context) as seat:
        seat.options["km"]._kernel_spec.argv = [sys.executable, "-c", "pass"]
        with pytest.raises(DeadKernelError):
            run(seat, "1 + 1")


def test_last_words_are_what_no_cell_caught(template: Template, context: Context) -> None:
    with kernel_seat(context) as seat, pytest.raises(DeadKernelError):
        run(seat, "import faulthandler, os, sys\nfaulthandler.enable(sys.__stderr__)\nos.abort()")
        assert "Aborted" in seat.last_words()
    assert seat.last_words() == ""


def test_without_a_kernel_a_seat_has_nothing_to_say(context: Context) -> None:
    with kernel_seat(context) as seat:
        pass
    assert (seat.kind, seat.peak_memory, seat.was_lost(), seat.process) == (None, None, False, None)


def test_one_template_serves_all_that_is_inside(notebook_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)
    with kernel_template(notebooks=[notebook_file]) as outer:
        assert outer is not None
        assert os.environ[SOCKET_VARIABLE] == outer.socket_path
        with kernel_template() as inner:
            assert inner is None
        assert os.environ[SOCKET_VARIABLE] == outer.socket_path
        assert is_template(psutil.Process(outer.pid))
    assert SOCKET_VARIABLE not in os.environ


def test_a_template_that_cannot_be_had_costs_a_line_in_the_log(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)
    with ExitStack() as stack:
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(sys, "platform", "another")
            assert stack.enter_context(kernel_template()) is None
        with kernel_seat(context) as seat:
            assert results(run(seat, "1 + 1")) == ["2"]
    assert seat.kind == "ordinary"
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["no kernel template"]


def test_a_kernels_environment_depends_on_no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TZ": "Asia/Shanghai",
        "LC_TIME": "zh_CN.UTF-8",
        "MPLBACKEND": "pdf",
        "PYTHONPATH": "/x",
    }.items():
        monkeypatch.setenv(name, value)
    environment = kernel_environment(tmp_path)
    assert environment["TZ"] == "UTC"
    assert environment["PYTHONHASHSEED"] == "0"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert not {"LC_TIME", "MPLBACKEND", "PYTHONPATH"} & environment.keys()
