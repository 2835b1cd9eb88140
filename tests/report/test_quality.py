"""Every raw row is accounted for, and the sentence says so."""

from __future__ import annotations

from tests.builders import rows
from tests.report.frames import branch_view
from voc_lib.params import Profile
from voc_lib.report.quality import intake_table, method_notes, odd_day_sentences, quality_sentences
from voc_lib.schema import SOURCE_NAMES


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
    markup = intake_table(ledger, source_names=SOURCE_NAMES, caption="总账", empty="无").markup
    assert (
        '<th scope="row">合计</th><td class="nowrap">–</td><td class="num">1,209</td><td class="num">1,203</td>'
        in markup
    )
    assert "时间晚于数据截止2行" in markup and markup.count("<tr") == 4


def test_the_branchs_share_is_told(profile: Profile) -> None:
    told = quality_sentences(branch_view(profile, sizes=(80,))).markup
    assert "原始数据86行，其中入库80行、重复4行、拒收2行" in told and "内容为空2行" in told


def test_an_empty_month_is_told(profile: Profile) -> None:
    view = branch_view(profile, sizes=(0,))
    assert "没有归属本分行的原始数据" in quality_sentences(view).markup
    assert "没有" in intake_table(view.ledger, source_names=SOURCE_NAMES, caption="x", empty="没有。").markup
    assert "10%" in method_notes(view).markup


def test_the_notes_say_what_is_done_with_few(profile: Profile) -> None:
    told = method_notes(branch_view(profile, sizes=(20,))).markup
    assert "样本较少时：总数不足10件" in told and "不足50件的，变化只给件数" in told and "小数" not in told


def test_days_without_data_and_out_of_line_are_named_by_source() -> None:
    given = [
        {"source": "survey", "occurred_at": f"2013-05-{day:02d} 10:00:00"}
        for day in range(1, 32)
        for _ in range(0 if day in (8, 9, 10, 20) else 80 if day == 16 else 30)
    ]
    told = odd_day_sentences(
        rows("landed", [*given, {"source": "work_order"}]), month="2013-05", source_names=SOURCE_NAMES
    )
    assert told == [
        "满意度回访逐日件数：8日至10日、20日没有数据（这些日子平常约每日30件），请核对导出是否完整；16日80件，明显偏多（平常约30件）。"
    ]
    assert odd_day_sentences(rows("landed", given[:3]), month="2013-05", source_names=SOURCE_NAMES) == []


def test_rows_of_forgotten_customers_are_part_of_the_sum() -> None:
    ledger = rows("ledger", [{"outcome": "record", "n_rows": 3}, {"outcome": "erased", "n_rows": 2}])
    markup = intake_table(ledger, source_names=SOURCE_NAMES, caption="总账", empty="无").markup
    assert "按本人要求删除" in markup and '<td class="num">5</td><td class="num">3</td>' in markup
