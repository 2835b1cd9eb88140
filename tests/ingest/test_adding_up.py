"""Whatever is refused, corrected, repeated or erased: raw rows = records + duplicates + refused + erased, by file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.test_accounts import some_rows
from tests.ingest.test_forgetting import of
from tests.ingest.test_landing import everything, order, put
from tests.ingest.test_mends import fill_in, sent_out
from voc_lib.ingest import forget, intake, land
from voc_lib.params import Profile


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def check_sums(root: Path, profile: Profile, sizes: dict[str, int]) -> None:
    sums = intake(everything(root, profile, "ledger")).set_index("origin_file")
    assert sums["n_rows"].to_dict() == sizes
    parts = ["n_records", "n_duplicates", "n_refused", "n_erased"]
    assert (sums[parts].sum(axis=1) == sums["n_rows"]).all()
    landed, quarantine = everything(root, profile, "landed"), everything(root, profile, "quarantine")
    for name in sizes:
        assert (landed["origin_file"] == name).sum() == sums["n_records"][name]
        assert (quarantine["origin_file"] == name).sum() == sums["n_refused"][name]
    assert not landed.duplicated(["source", "record_id"]).any()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=some_rows(4), second=some_rows(5), owners=st.lists(st.sampled_from(["C1", "C2"]), min_size=20, max_size=20),
    time=st.sampled_from(["2013-04-09", "2013-05-09 10:00:00", "kein Tag"]), whom=st.sampled_from(["C1", "C2", "C3"]),
)  # fmt: skip
def test_it_adds_up_with_corrections_and_erasures(
    root: Path, profile: Profile, first: list[str], second: list[str], owners: list[str], time: str, whom: str
) -> None:
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(root.parent / "out", ignore_errors=True)
    rows = [row.replace(",C1,", f",{owner},") for row, owner in zip([*first, *second], owners, strict=False)]
    # Rows that are sure to land, whoever is forgotten, and one that is refused.
    safe = [of("C9", "Z1", time="2013-04-02 10:00:00"), of("C9", "Z2"), order("Z3", text=" ")]
    parts = {"work_orders_1.csv": [*safe, *rows[: len(first)]], "work_orders_2.csv": [order("Z4"), *rows[len(first) :]]}
    sizes = {name: len(part) for name, part in parts.items()}
    for name, part in parts.items():
        put(root, *part, name=name)
    land(profile, root)
    check_sums(root, profile, sizes)
    correct = {f"GD{i}": {"occurred_at": time, "branch": "TJ", "text": "排队太久了"} for i in range(13)}
    for path in sent_out(root, profile):
        fill_in(path, root / "raw" / path.name, {**correct, "Z3": {"text": "补的内容"}})
    land(profile, root)
    check_sums(root, profile, sizes)
    assert "Z3" in set(everything(root, profile, "landed")["record_id"])
    forget(profile, root, whom)
    land(profile, root)
    check_sums(root, profile, sizes)
