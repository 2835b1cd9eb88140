"""The doctor finds what is missing, says how to mend it, and never dies of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from voc_lib import doctor
from voc_lib.doctor import Check, Diagnosis, diagnose
from voc_lib.fonts import CHINESE_FAMILIES


def look(checks: Diagnosis, name: str) -> Check:
    return next(check for check in checks.checks if check.name == name)


@pytest.fixture
def places(project: Path, tmp_path: Path) -> dict[str, Path]:
    return {"params": project / "params", "data": tmp_path / "data", "output": tmp_path / "output"}


@pytest.fixture(scope="module")
def here(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Diagnosis, Path]:
    """What the doctor says of this machine, and the folder that it was to look at."""
    root = tmp_path_factory.mktemp("doctor")
    return diagnose(params=project / "params", data=root / "data", output=root / "output"), root


@pytest.mark.parametrize("name", ["Python", "packages", "kernel", "profile", "data folder", "output"])
def test_what_is_here_is_found(here: tuple[Diagnosis, Path], name: str) -> None:
    check = look(here[0], name)
    assert check.ok, check


@pytest.mark.pdf
def test_a_font_that_is_here_is_found(here: tuple[Diagnosis, Path]) -> None:
    assert look(here[0], "Chinese font").found in CHINESE_FAMILIES


def test_it_changes_nothing(here: tuple[Diagnosis, Path]) -> None:
    assert len(here[0].checks) == 10
    assert list(here[1].iterdir()) == []


def test_a_wrong_profile_is_told_with_file_and_hint(places: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(places["params"], tmp_path / "params")
    run = tmp_path / "params" / "run.yaml"
    run.write_text(run.read_text(encoding="utf-8").replace("history_months:", "history_month:"), encoding="utf-8")
    diagnosis = diagnose(**{**places, "params": tmp_path / "params"})
    assert not diagnosis.ok
    assert "did you mean history_months?" in look(diagnosis, "profile").mend
    told = str(diagnosis)
    assert "WRONG    profile" in told
    assert "→ did you mean" in told
    assert "→   →" not in told
    assert "mend the profile first" in look(diagnosis, "models").mend


def test_missing_models_are_told_with_the_verb(
    places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    check = look(diagnose(**places), "models")
    assert not check.ok
    assert check.mend.splitlines() == ["voc train category --shipped", "voc train sentiment --shipped"]


def test_a_missing_font_is_told_with_apt_and_conda(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "known_families", lambda: frozenset({"DejaVu Sans"}))
    diagnosis = diagnose(**places)
    assert "apt-get install fonts-noto-cjk" in look(diagnosis, "Chinese font").mend
    assert re.search("conda install -c conda-forge .*font-ttf-noto-cjk", look(diagnosis, "Chinese font").mend)
    assert doctor.missing_apt_packages() == ["fonts-noto-cjk"]
    assert "MISSING  Chinese font" in str(diagnosis)
    assert str(diagnosis).endswith("checks failed")


@pytest.mark.parametrize(
    ("known", "ok", "found"),
    [
        (["AR PL UMing CN", "Noto Serif CJK SC"], False, "none that reports use: boxes in place of characters"),
        (["AR PL UMing CN", "Source Han Sans CN"], True, "Source Han Sans CN"),
        (["WenQuanYi Micro Hei", "Noto Sans CJK SC"], True, "Noto Sans CJK SC"),
        ([], False, "none that reports use: boxes in place of characters"),
    ],
)
def test_only_a_font_that_reports_use_will_do(
    known: list[str], ok: bool, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "known_families", lambda: frozenset(known))
    check = doctor._font()
    assert (check.ok, check.found) == (ok, found)


def test_charts_pages_and_paper_ask_for_the_same_fonts(project: Path) -> None:
    sheet = (project / "voc_lib" / "workflow" / "templates" / "base.css").read_text(encoding="utf-8")
    named = re.search(r"--sans: ([^;]+);", sheet)
    assert named
    families = re.findall(r'"([^"]+)"', named[1])
    assert [family for family in families if family in CHINESE_FAMILIES] == list(CHINESE_FAMILIES)
    others = [
        path.name
        for path in (project / "voc_lib").rglob("*.py")
        if path.name != "fonts.py" and "Noto Sans CJK" in path.read_text(encoding="utf-8")
    ]
    assert others == []


def test_a_failing_look_is_a_finding(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Check:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "_kernel", broken)
    check = look(diagnose(**places), "kernel")
    assert (check.ok, check.found) == (False, "RuntimeError: no such thing")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check = doctor._writable("output", str(tmp_path / "file" / "output"))
    assert (check.ok, check.is_there) == (False, True)
    assert "is no folder" in check.mend


def test_an_object_store_is_no_folder_here(places: dict[str, Path]) -> None:
    assert look(diagnose(**{**places, "output": "memory://x/y"}), "output").found == "an object store, not tried"


def test_set_up_gets_the_packages_on_one_line() -> None:
    call = [sys.executable, "-m", "voc_lib.doctor"]
    done = subprocess.run([*call, "--missing-apt-packages"], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert set(done.stdout.split()) <= {"fonts-noto-cjk"}
    refused = subprocess.run(call, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "voc doctor" in refused.stderr


def test_names_of_requirements() -> None:
    given = ["click>=8.1", "foo[bar]>=1", "baz ; python_version < '4'", "pytest>=8 ; extra == 'dev'"]
    assert doctor._names(given) == {"click", "foo", "baz"}
