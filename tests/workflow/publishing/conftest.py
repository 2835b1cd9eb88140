from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.publishing import office


@pytest.fixture
def centre(tmp_path: Path, project: Path) -> Path:
    """Two branches with their reports of one month."""
    office.lay_out(tmp_path, project / "params")
    return tmp_path
