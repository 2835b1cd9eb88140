"""Set-up from the outside: the real Makefile and script, with stand-ins for the interpreter, apt and conda."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
LOCK = """\
jieba==0.42.1 \\
    --hash=sha256:aa
setuptools==84.2.1 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
six==1.17.0 \\
    --hash=sha256:dd
"""
# An interpreter that keeps a diary: what it was called with, and what the lock of each pip call held.
PYTHON = """\
#!/bin/sh
say() { printf '%s\\n' "NAME: $*" >> "$DIARY"; }
case "$*" in
    *base_prefix*) echo NAME ;;
    "-c "*) exec "REAL" "$@" ;;
    --version) echo "Python NAME" ;;
    "-m venv "*)
        say "venv $3"
        [ ! -f "$BROKEN/venv" ] || exit 1
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        touch "$3/pyvenv.cfg" ;;
    "-m pip "*)
        say "$*"
        for last; do :; done
        [ ! -f "$last" ] || grep -o '^[a-z]*' "$last" | sed 's/^/  locked: /' >> "$DIARY" ;;
    "-m voc_lib.doctor "*) [ ! -f "$BROKEN/libraries" ] || echo fonts-noto-cjk ;;
    *) say "$*" ;;
esac
"""
APT = """\
#!/bin/sh
echo "apt-get: $*" >> "$DIARY"
case "$1" in
    update) [ ! -f "$BROKEN/update" ] || { echo "E: a dead source" >&2; exit 100; } ;;
    install) [ ! -f "$BROKEN/install" ] || { echo "E: Unable to locate package" >&2; exit 100; }
             rm -f "$BROKEN/libraries" ;;
esac
"""


@dataclass
class Machine:
    """A project whose set-up is about to be called, on a machine of stand-ins."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        return self.root / "a project"

    def program(self, place: str, text: str) -> Path:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def python(self, place: str, name: str) -> Path:
        return self.program(place, PYTHON.replace("NAME", name).replace("REAL", sys.executable))

    def breaks(self, *what: str) -> None:
        for name in what:
            (self.root / "broken" / name).touch()

    def call(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "DIARY": str(self.root / "diary")}
        kept |= {"BROKEN": str(self.root / "broken"), "HOME": str(self.root)}
        (self.root / "diary").unlink(missing_ok=True)
        return subprocess.run(
            command, cwd=self.project, env=kept | environment, capture_output=True, text=True, check=False
        )

    def set_up(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.call("make", "setup", *options, **environment)

    @property
    def diary(self) -> list[str]:
        path = self.root / "diary"
        return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    for name in ("Makefile", "pyproject.toml", "environment.yml"):
        made.project.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, made.project)
    shutil.copytree(PROJECT / "scripts", made.project / "scripts")
    (made.project / "requirements.lock").write_text(LOCK, encoding="utf-8")
    for folder in ("params", *(f"voc_lib/{room}" for room in ("text", "learning", "categorise", "sentiment"))):
        (made.project / folder).mkdir(parents=True)
        (made.project / folder / "x.yaml").touch()
    (tmp_path / "broken").mkdir()
    made.python("bin/python3", "usual")
    made.program("bin/apt-get", APT)
    made.program("bin/id", "#!/bin/sh\necho 0\n")
    return made


def test_a_second_call_does_nothing(machine: Machine) -> None:
    first = machine.set_up()
    assert first.returncode == 0, first.stderr
    assert "usual: -m voc_lib train category --shipped" in machine.diary
    assert machine.set_up().stdout == ""
    assert machine.diary == []


def test_source_packages_are_built_by_the_setuptools_of_the_lock(machine: Machine) -> None:
    machine.set_up()
    calls = [line for line in machine.diary if "requirements.lock" in line or "build.lock" in line or "locked" in line]
    assert [line.strip() for line in calls[1:2] + calls[3:]] == [
        "locked: setuptools",
        "locked: jieba",
        "locked: setuptools",
        "locked: six",
    ]
    assert all("--require-hashes" in calls[place] for place in (0, 2))
    assert "--no-build-isolation" in calls[2]


@pytest.mark.parametrize("way", ["environment", "option"])
def test_python_chooses_what_the_environment_is_made_with(machine: Machine, way: str) -> None:
    machine.set_up()
    chosen = str(machine.python("elsewhere/python3.12", "chosen"))
    done = machine.set_up(PYTHON=chosen) if way == "environment" else machine.set_up(f"PYTHON={chosen}")
    assert done.returncode == 0, done.stderr
    assert machine.diary[0].startswith("chosen: venv")
    # and from then on the environment's own is used, whatever PYTHON says
    shown = machine.call("make", "-n", "demo", PYTHON=chosen).stdout
    assert '".venv/bin/python" -m voc_lib run' in shown
    assert "elsewhere" not in shown
    assert machine.set_up(PYTHON=chosen).stdout == ""


def test_a_python_that_is_none_is_refused_and_nothing_is_lost(machine: Machine) -> None:
    machine.set_up()
    done = machine.set_up(PYTHON=str(machine.program("elsewhere/python2", "#!/bin/sh\nexit 1\n")))
    assert done.returncode == 2
    assert "is no Python 3.11" in done.stderr
    assert (machine.project / ".venv" / "bin" / "python").exists()


def test_a_moved_project_is_not_set_up_with_its_own_old_environment(machine: Machine) -> None:
    machine.set_up()
    (machine.project / ".venv" / "stamps" / "place").write_text("/where/it/was", encoding="utf-8")
    done = machine.set_up(PYTHON=".venv/bin/python")
    assert done.returncode == 0, done.stderr
    assert machine.diary[0] == "usual: venv .venv"
    assert (machine.project / ".venv" / "bin" / "python").exists()


def test_an_environment_stays_until_the_next_one_is_made(machine: Machine) -> None:
    machine.set_up()
    (machine.project / ".venv" / "stamps" / "place").write_text("/where/it/was", encoding="utf-8")
    machine.breaks("venv")
    done = machine.set_up()
    assert done.returncode == 2
    assert "apt-get install python3-venv" in done.stderr
    assert (machine.project / ".venv" / "bin" / "python").exists()
    assert not (machine.project / ".venv.aside").exists()


def test_a_folder_that_is_no_environment_is_left_alone(machine: Machine) -> None:
    (machine.project / ".venv").mkdir()
    (machine.project / ".venv" / "notes").write_text("mine", encoding="utf-8")
    done = machine.set_up()
    assert done.returncode == 2
    assert "left alone" in done.stderr
    assert (machine.project / ".venv" / "notes").exists()


@pytest.mark.parametrize("way", ["active", "named"])
def test_a_conda_environment_is_filled_and_used(machine: Machine, way: str) -> None:
    prefix = machine.root / "conda" / "envs" / "voc-report"
    (prefix / "conda-meta").mkdir(parents=True)
    machine.python("conda/envs/voc-report/bin/python", "conda")
    variables = {
        "active": {"CONDA_DEFAULT_ENV": "voc-report", "CONDA_PREFIX": str(prefix)},
        "named": {"VOC_ENVIRONMENT": str(prefix), "CONDA_DEFAULT_ENV": "base", "CONDA_PREFIX": "/opt/conda"},
    }[way]
    done = machine.set_up(**variables)
    assert done.returncode == 0, done.stderr
    assert not (machine.project / ".venv").exists()
    assert not [line for line in machine.diary if "venv" in line.split()]
    assert "conda: -m voc_lib train category --shipped" in machine.diary
    assert f'"{prefix}/bin/python" -m voc_lib run' in machine.call("make", "-n", "demo", **variables).stdout


def test_another_conda_environment_is_not_touched(machine: Machine) -> None:
    shown = machine.call("make", "-n", "demo", CONDA_DEFAULT_ENV="base", CONDA_PREFIX="/opt/conda").stdout
    assert '".venv/bin/python" -m voc_lib run' in shown


def test_a_dead_source_of_apt_does_not_stop_what_can_be_installed(machine: Machine) -> None:
    machine.breaks("libraries", "update")
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in machine.diary if line.startswith("apt-get")] == ["update", "install"]


def test_apt_that_fails_says_what_to_do(machine: Machine) -> None:
    machine.breaks("libraries", "update", "install")
    done = machine.call("sh", "scripts/setup.sh")
    assert done.returncode == 2
    assert "apt could not install fonts-noto-cjk" in done.stderr
    assert "apt said: E: Unable to locate package" in done.stderr
    assert "sudo apt-get install --yes --no-install-recommends fonts-noto-cjk" in done.stderr
    assert "conda install -c conda-forge" in done.stderr
    (machine.root / "broken" / "install").unlink()
    assert machine.set_up().returncode == 0


def test_jupyterlab_starts_as_root_as_well(machine: Machine) -> None:
    assert "-m jupyterlab --allow-root notebooks" in machine.call("make", "-n", "lab").stdout
    machine.program("bin/id", "#!/bin/sh\necho 1000\n")
    assert "allow-root" not in machine.call("make", "-n", "lab").stdout
