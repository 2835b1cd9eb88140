"""Linking: one customer telling one matter twice is one matter; two customers or two matters are two."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import rows
from voc_lib.ingest import land, link_matters, linking
from voc_lib.ingest.linking import is_same_matter
from voc_lib.params import Profile
from voc_lib.params.thresholds import IngestSettings
from voc_lib.privacy import Masker
from voc_lib.store import Store, shift_month

SETTINGS = IngestSettings()


def voices(*given_rows: dict[str, object]) -> pd.DataFrame:
    return rows("landed", [{"customer_key": "a", "text": "手机银行登录不上去了", **row} for row in given_rows])


@pytest.mark.parametrize(
    ("second", "n_matters"),
    [
        ({}, 1),
        ({"text": "客户来电反映：手机银行登录不上去了，请尽快处理"}, 1),
        ({"text": "手机银行，登录不上去了！"}, 1),
        ({"text": "手机银行登录不上去了，请回电〔手机号〕。"}, 1),
        ({"text": "坐席记录：手机银行登录不上去（联系 〔手机号〕 ）"}, 1),
        ({"text": "信用卡年费怎么收了两次，请回电〔手机号〕。"}, 2),
        ({"text": "信用卡年费怎么收了两次"}, 2),
        ({"customer_key": "b"}, 2),
        ({"customer_key": None}, 2),
        ({"occurred_at": "2013-06-20 10:00:00", "month": "2013-05"}, 2),
    ],
)
def test_what_is_one_matter(second: dict[str, object], n_matters: int) -> None:
    first = {"occurred_at": "2013-05-02 09:00:00"}
    linked = link_matters(
        voices(first, {"occurred_at": "2013-05-03 09:00:00", **second}), month="2013-05", settings=SETTINGS
    )
    assert linked["matter_id"].nunique() == n_matters


def test_a_matter_that_began_last_month_keeps_its_first_voice() -> None:
    window = voices({"occurred_at": "2013-04-30 09:00:00"}, {"occurred_at": "2013-05-02 09:00:00"})
    linked = link_matters(window, month="2013-05", settings=SETTINGS)
    assert linked["record_id"].tolist() == ["R00002"]
    assert linked["matter_id"].tolist() == ["work_order:R00001"]


def test_an_empty_month_is_an_empty_table() -> None:
    assert link_matters(rows("landed", []), month="2013-05", settings=SETTINGS).empty


@given(st.permutations(range(4)))
def test_row_order_does_not_matter(order: list[int]) -> None:
    window = voices({}, {"text": "别的事情来问一下"}, {"customer_key": "b"}, {})
    linked = link_matters(window, month="2013-05", settings=SETTINGS)
    shuffled = link_matters(window.iloc[order], month="2013-05", settings=SETTINGS)
    pd.testing.assert_frame_equal(linked, shuffled)


def test_a_number_that_many_share_is_compared_with_its_last_voices_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the voices are ten times the comparisons, not a hundred times; equal texts link however far apart."""
    n_compared = 0

    def counted(first: str, second: str, *, similarity: float) -> bool:
        nonlocal n_compared
        n_compared += 1
        return is_same_matter(first, second, similarity=similarity)

    monkeypatch.setattr(linking, "is_same_matter", counted)
    texts = ["手机银行登录不上去了", *(chr(0x4E00 + 7 * i) * 8 for i in range(300)), "手机银行登录不上去了"]
    linked = link_matters(voices(*({"text": text} for text in texts)), month="2013-05", settings=SETTINGS)
    assert n_compared <= 60 * len(texts)
    assert linked["matter_id"].iloc[-1] == linked["matter_id"].iloc[0] and linked["matter_id"].nunique() == 301


@pytest.mark.shared
def test_the_planted_pairs_of_the_shared_exports_are_found_and_no_others(
    tmp_path: Path, profile: Profile, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    folder = shared_data / "exports"
    shutil.copytree(folder, tmp_path / "raw", ignore=shutil.ignore_patterns("*.json"))
    report = land(profile, tmp_path)
    store = Store(str(tmp_path), profile.tz)
    linked = pd.concat(
        link_matters(
            store.read_many("landed", [branch], [shift_month(month, -1), month]), month=month, settings=SETTINGS
        )
        for branch in report.branches
        for month in report.months
    )
    planted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["duplicates"]
    told = linked.groupby("matter_id").agg(sources=("source", "nunique"), text=("text", " ".join))
    across = told.loc[told["sources"] > 1, "text"]
    masked = {Masker.default().mask(text)[0] for text in planted}
    found = {text for text in masked if across.str.contains(text, regex=False).any()}
    right = across.map(lambda text: any(other in text for other in masked))
    assert len(found) >= 0.97 * len(masked)
    assert right.mean() >= 0.97
