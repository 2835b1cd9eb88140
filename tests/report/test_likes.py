"""Aspects counted by record, and shown without trusting their words."""

from __future__ import annotations

import pandas as pd

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report.likes import likes, likes_table


def records(*aspects: list[str]) -> pd.DataFrame:
    return rows("scored", [{"record_id": f"r{i}", "aspects": said} for i, said in enumerate(aspects)])


def test_a_record_counts_once_for_an_aspect_and_a_side() -> None:
    found = likes(records(["态度:-差", "态度:-冷淡"], ["态度:-差", "态度:+耐心"], ["额度:-低"], [])).set_index("aspect")
    assert found.loc["态度", ["n_good", "n_bad"]].tolist() == [1, 2]
    assert found.loc["态度", "bad_words"] == "差2、冷淡1"
    assert found.loc["额度", ["n_good", "n_bad"]].tolist() == [0, 1]
    assert found.loc["额度", "good_words"] == ""
    assert found.index.tolist() == ["态度", "额度"]


def test_the_order_of_the_records_changes_nothing() -> None:
    table = records(["态度:-差"], ["额度:-低"], ["态度:+好"])
    pd.testing.assert_frame_equal(likes(table), likes(table.iloc[::-1]))


def test_a_month_without_aspects_says_so(profile: Profile) -> None:
    assert likes(records([], [])).empty
    assert "没有客户评价具体方面" in likes_table(branch_view(profile)).markup
