"""The owner keeps a template alive, up to a point, and has another one when what it imported has changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.workflow.forkserver.sessions import LIGHT, Session
from tests.workflow.processes import PATIENCE, gone, wait_until
from voc_lib.workflow.forkserver import Plan, Template, TemplateGone, fork_kernel

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]


def plan_with(folder: Path, source: str) -> tuple[Plan, dict[str, str]]:
    """A plan with a module of that source, and the environment in which it is found."""
    (folder / "made_up.py").write_text(source)
    plan = Plan(modules=("made_up",), first_steps=False)
    return plan, {**os.environ, "PYTHONPATH": str(folder)}


def version(template: Template) -> int:
    """Status of a kernel that is asked for its version: 0 when all is well."""
    with Path(os.devnull).open("wb") as nowhere:
        kernel = fork_kernel(
            template.socket_path, argv=["--version"], env=dict(os.environ), cwd="/", stdout=nowhere, stderr=nowhere
        )
        return kernel.wait(timeout=PATIENCE)


def test_a_template_that_dies_is_started_again_and_who_asks_meanwhile_waits() -> None:
    with Template(LIGHT) as template:
        for _ in range(6):  # more often than it may die without having served
            assert version(template) == 0
            before = template.pid
            os.kill(before, signal.SIGKILL)
            assert version(template) == 0
            assert template.pid != before
        assert template.gave_up is None


def test_one_that_dies_over_and_over_is_given_up_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan, env = plan_with(tmp_path, "import os\nos._exit(3)")
    with Template(plan, env) as template:
        with pytest.raises(TemplateGone):
            version(template)
        assert template.gave_up == "it died 5 times in a row, last with status 3"
        assert not template.wait_ready()
        with pytest.raises(TemplateGone):
            version(template)
    assert caplog.text.count("ordinary kernels start instead") == 1


def test_one_whose_imports_start_threads_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plan, env = plan_with(
        tmp_path, "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()"
    )
    with Template(plan, env) as template:
        with pytest.raises(TemplateGone):
            version(template)
        assert template.gave_up is not None
        assert "started threads" in template.gave_up
    assert caplog.text.count("started threads") == 1


def test_what_cannot_be_imported_costs_no_kernel(tmp_path: Path) -> None:
    plan, env = plan_with(tmp_path, "raise ValueError('no such luck')")
    with Template(plan, env) as template:
        assert version(template) == 0
        assert template.wait_ready()  # its keeper may hear of that later than who asked for a kernel
        assert template.failed == {"made_up": "ValueError('no such luck')"}


def test_a_kernel_sees_source_as_it_is_and_kernels_that_run_are_left_alone(tmp_path: Path) -> None:
    plan, env = plan_with(tmp_path, "x = 1")
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder in folders:
        folder.mkdir()
    with Template(plan, env) as template:
        sessions = [Session(template.socket_path, folders[0], env)]
        first = template.pid
        assert sessions[0].run("import made_up\nresult = made_up.x") == 1
        (tmp_path / "made_up.py").write_text("x = 2  # and longer")
        sessions.append(Session(template.socket_path, folders[1], env))
        assert sessions[1].run("import made_up\nresult = made_up.x") == 2
        assert template.pid != first
        assert sessions[0].run("result = made_up.x") == 1
        sessions[0].stop()
        assert gone(first)  # with its last kernel
        sessions.append(Session(template.socket_path, folders[2], env))
        assert sessions[2].run("import made_up\nresult = made_up.x") == 2
        assert not sessions[1].process.was_lost
        for session in sessions[1:]:
            session.stop()


def test_closing_ends_a_template_in_the_middle_of_an_import_and_all_kernels(tmp_path: Path) -> None:
    plan, env = plan_with(tmp_path, "import time\ntime.sleep(100)")
    template = Template(plan, env)
    pid = template.pid
    template.close()
    template.close()
    assert gone(pid, within=0)
    with Template(LIGHT) as template:
        session = Session(template.socket_path, tmp_path)
        pids = template.pid, session.pid
    assert all(gone(pid) for pid in pids)
    assert not Path(template.socket_path).parent.exists()
    session.stop()


def test_a_template_in_the_middle_of_an_import_dies_with_its_owner(tmp_path: Path) -> None:
    (tmp_path / "made_up.py").write_text(
        f"import pathlib, time\npathlib.Path({str(tmp_path / 'flag')!r}).touch()\ntime.sleep(100)"
    )
    code = """
        import os, sys, time
        from voc_lib.workflow.forkserver import Plan, Template
        print(Template(Plan(modules=["made_up"]), {**os.environ, "PYTHONPATH": sys.argv[1]}).pid, flush=True)
        time.sleep(100)
        """
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert wait_until((tmp_path / "flag").exists)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone(pid)
