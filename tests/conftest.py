"""What all tests share: the shipped profile, and the shared data where it lies beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from voc_lib.params import Profile, load_profile

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
