from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.workflow.forkserver.sessions import LIGHT, Session
from tests.workflow.processes import PATIENCE
from voc_lib.workflow.forkserver import Template


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with Template(LIGHT) as made:
        assert made.wait_ready(PATIENCE)
        assert not made.failed
        yield made


@pytest.fixture
def start(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Session]]:
    """Starts a forked kernel, with words added to its environment."""
    sessions: list[Session] = []

    def begin(**env: str) -> Session:
        sessions.append(Session(template.socket_path, tmp_path_factory.mktemp("k"), {**os.environ, **env}))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.stop()
