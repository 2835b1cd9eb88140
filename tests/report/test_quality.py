"""Every raw row is accounted for, and the sentence says so."""

from __future__ import annotations

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report.quality import intake_table, method_notes, quality_sentences


def test_the_table_sums_up_and_names_the_reasons() -> None:
    ledger = rows(
        "ledger",
        [
            {"origin_file": "a.csv", "outcome": "record", "n_rows": 1200},
            {"origin_file": "a.csv", "outcome": "future_time", "n_rows": 2},
            {"origin_file": "b.csv", "outcome": "record", "n_rows": 3},
            {"origin_file": "b.csv", "outcome": "duplicate", "n_rows": 4, "branch": "TJ"},
        ],
    )
    markup = intake_table(ledger, caption="总账", empty="无").markup
    assert (
        '<th scope="row">合计</th><td class="nowrap"></td><td class="num">1,209</td><td class="num">1,203</td>'
        in markup
    )
    assert "时间晚于数据截止2行" in markup and markup.count("<tr") == 4


def test_the_branchs_share_is_told(profile: Profile) -> None:
    told = quality_sentences(branch_view(profile, sizes=(80,))).markup
    assert "原始数据86行，其中入库80行、重复4行、拒收2行" in told and "内容为空2行" in told


def test_an_empty_month_is_told(profile: Profile) -> None:
    view = branch_view(profile, sizes=(0,))
    assert "没有归属本分行的原始数据" in quality_sentences(view).markup
    assert "没有" in intake_table(view.ledger, caption="x", empty="没有。").markup
    assert "10%" in method_notes(view).markup


def test_the_notes_say_what_is_done_with_few(profile: Profile) -> None:
    told = method_notes(branch_view(profile, sizes=(20,))).markup
    assert "样本较少时：总数不足10件" in told and "不足50件的，变化只给件数" in told and "小数" not in told
