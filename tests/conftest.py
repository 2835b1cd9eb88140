"""What all tests share: the shipped profile, and the shared data where it lies beside the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from voc_lib.params import Profile, load_profile

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Run

# A slow machine is no fault: what is checked is what a function does, never how long it takes.
settings.register_profile("voc", deadline=None)
settings.load_profile("voc")

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def profile(project: Path) -> Profile:
    """The profile that ships."""
    return load_profile(project / "params")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real texts and raw exports kept beside the project; never copied into it."""
    folder = Path(os.environ.get("VOC_SHARED_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"shared data not found beside the project ({folder.name}/)")
    return folder


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory, project: Path, profile: Profile) -> Run:
    """A run of `voc run` on a small demo, two branches and two months: made once, looked at by many tests."""
    from tests.end_to_end.conftest import make_run
    from voc_lib.demo import write_demo

    root = tmp_path_factory.mktemp("demo")
    files = write_demo(root / "exports", profile=profile, branches=2, months=2)
    expected = json.loads(files[-1].read_text(encoding="utf-8"))
    return make_run(root, files[:-1], project=project, profile=profile, expected=expected)
