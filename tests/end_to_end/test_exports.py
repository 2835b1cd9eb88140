"""The main job on the shared raw exports: two branches and two months here, all of it in `make test-full`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end import exports_contract as contract
from tests.end_to_end.conftest import Run, make_run
from voc_lib.params import Profile

pytestmark = [pytest.mark.shared, pytest.mark.kernel, pytest.mark.pdf]

# The first two months: later ones would have all before them run as well, for their history.
NARROW = ("--branch", "BJ", "--branch", "TJ", "--month", "2013-01", "--month", "2013-02")


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(NARROW, id="2x2"),
        pytest.param((), id="all", marks=pytest.mark.full),
    ],
)
def run(
    request: pytest.FixtureRequest,
    exports: tuple[list[Path], dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
    project: Path,
    profile: Profile,
) -> Run:
    """A run on copies of the exports."""
    files, expected = exports
    root = tmp_path_factory.mktemp("exports run")
    return make_run(root, files, *request.param, project=project, profile=profile, expected=expected)


def test_the_run_succeeds(run: Run) -> None:
    assert run.status == 0, run.said[-3000:]


def test_every_raw_row_is_accounted_for(run: Run) -> None:
    contract.check_counts(run)


def test_no_planted_personal_data_is_left(run: Run) -> None:
    contract.check_privacy(run)


def test_hostile_texts_are_kept_and_harmless(run: Run) -> None:
    contract.check_hostile_texts(run)


@pytest.mark.full
def test_planted_hotspots_are_among_the_first_five(run: Run, profile: Profile) -> None:
    if len(run.store.partitions("hotspots")) < 36:
        pytest.skip("the planted hotspots are in months that this narrow run left out")
    assert contract.check_hotspots(run, profile, among=5) == 3


def test_reports_and_index_are_complete(run: Run) -> None:
    n_branch_months = len(run.store.partitions("hotspots"))
    n_months = len({month for _, month in run.store.partitions("hotspots")})
    assert n_branch_months in (4, 36)
    contract.check_pages(run, reports=n_branch_months + n_months)
