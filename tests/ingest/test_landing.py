"""Landing real files: every row ends somewhere, whatever is wrong is named, and nothing is written by halves."""

from __future__ import annotations

import codecs
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voc_lib.errors import SourceError
from voc_lib.ingest import LandReport, intake, land
from voc_lib.params import Profile
from voc_lib.schema import UNKNOWN
from voc_lib.store import Store

HEAD = "工单编号,受理时间,托管分行,网点,工单类型,渠道,客户号,客户姓名,联系电话,工单内容,处理状态"


def order(
    number: str = "GD1", time: str = "2013-05-02 10:00:00", branch: str = "北京市分行", text: str = "登录不上"
) -> str:
    return f"{number},{time},{branch},东城支行,疑难,柜面,C1,王小五,13800138000,{text},处理中"


def put(root: Path, *rows: str, name: str = "work_orders_201305.csv", encoding: str = "gb18030") -> Path:
    raw = root / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / name).write_bytes("\n".join((HEAD, *rows, "")).encode(encoding))
    return raw / name


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def everything(root: Path, profile: Profile, table: str) -> pd.DataFrame:
    store = Store(str(root), profile.tz)
    return store.read_partitions(table, store.partitions(table))


def outcomes(report: LandReport) -> dict[str, int]:
    total: dict[str, int] = {}
    for file in report.files:
        for outcome, n in file.outcomes.items():
            total[outcome] = total.get(outcome, 0) + n
    return total


def test_each_fault_has_its_reason_and_nothing_is_lost(root: Path, profile: Profile) -> None:
    good = [order(f"GD{i}") for i in range(20)]
    put(
        root, *good, good[0], order("GD1", text="说的是别的事"), order("X1", time="2013-02-30 10:00:00"),
        order("X2", time="2099-01-01 00:00:00"), order("X3", branch="火星分行"), order("X4", text=" "),
    )  # fmt: skip
    report = land(profile, root)
    assert outcomes(report) == {
        "record": 20, "duplicate": 1, "duplicate_id_conflict": 1, "impossible_time": 1, "future_time": 1,
        "unknown_branch": 1, "empty_text": 1,
    }  # fmt: skip
    assert sum(outcomes(report).values()) == report.files[0].n_rows == 26
    quarantine = everything(root, profile, "quarantine").set_index("record_id")
    assert quarantine["reason"]["X4"] == "empty_text"
    assert quarantine["origin_row"]["X1"] == 24
    shares = intake(everything(root, profile, "ledger"))
    assert shares["n_rows"].tolist() == [26]
    assert (shares["n_records"] + shares["n_duplicates"] + shares["n_refused"]).tolist() == [26]


def test_personal_columns_and_numbers_are_gone_and_customers_are_keys(root: Path, profile: Profile) -> None:
    put(root, order(text="请回电13912345678，我叫王小五"))
    land(profile, root)
    landed = everything(root, profile, "landed")
    assert landed["text"].tolist() == ["请回电〔手机号〕，我叫〔姓名〕"]
    stored = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file() and "raw" not in path.parts)
    for secret in ("王小五", "13800138000", "13912345678", '"C1"'):
        assert secret.encode() not in stored
    assert landed["customer_key"].str.fullmatch("[0-9a-f]{64}").all()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_the_usual_encodings_give_the_same_rows(root: Path, profile: Profile, encoding: str) -> None:
    put(root, order(text="㐀手机银行"), encoding=encoding)
    land(profile, root)
    assert everything(root, profile, "landed")["text"].tolist() == ["㐀手机银行"]


def test_a_second_landing_does_nothing_and_a_changed_file_lands_again(root: Path, profile: Profile) -> None:
    put(root, order())
    assert land(profile, root).changed
    assert not land(profile, root).changed
    put(root, order(), order("GD2"))
    assert land(profile, root).changed
    assert len(everything(root, profile, "landed")) == 2


def test_the_same_row_in_two_files_counts_once(root: Path, profile: Profile) -> None:
    put(root, order(), order("GD2"))
    put(root, order("GD2"), order("GD3"), name="work_orders_copy.csv")
    assert outcomes(land(profile, root)) == {"record": 3, "duplicate": 1}


def test_every_branch_has_a_partition_even_an_empty_one(root: Path, profile: Profile) -> None:
    put(root, order())
    land(profile, root)
    store = Store(str(root), profile.tz)
    assert [b for b, m in store.partitions("landed") if m == "2013-05"] == sorted(profile.branches.codes)
    assert store.read("landed", "TJ", "2013-05").empty


def test_scores_out_of_range_are_refused_and_score_only_rows_are_kept(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    rows = ["回访编号,回访时间,分行,网点,客户号,满意度,回访意见"]
    rows += [f"H{i},2013-05-0{i + 1} 09:00:00,北京市分行,东城支行,C{i},{score},"
             for i, score in enumerate(["5", "5.5", "0", "nan", "", "满意", "１"])]  # fmt: skip
    (root / "raw" / "survey_callbacks_x.csv").write_bytes(codecs.BOM_UTF8 + "\r\n".join(rows).encode())
    assert outcomes(land(profile, root)) == {"record": 2, "bad_score": 5}


def test_a_workbook_is_read(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["意向编号", "来电时间", "分行", "网点", "客户号", "联系电话", "意向等级", "投诉内容", "是否升级"])
    sheet.append(["YX1", "2013/05/28 19:05", "北京市分行", "东城支行", "C1", "13800138000", "高", "要投诉", "是"])
    book.save(root / "raw" / "complaint_intents_x.xlsx")
    land(profile, root)
    landed = everything(root, profile, "landed")
    assert landed[["level", "status", "channel"]].iloc[0].tolist() == ["高", "已升级", "电话银行"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("complaint_intents_1.xlsx", b"not a workbook", "workbook cannot be read .*complaint_intents_1.xlsx"),
        ("work_orders_1.csv", b"\xff\xfe\xff\xff\x80", "none of the encodings|heading|missing"),
        ("work_orders_1.csv", b"", "no heading row .*work_orders_1.csv"),
        ("work_orders_1.csv", HEAD.replace("受理时间", "受理日期").encode(), "column: 受理时间, .*nearest: 受理日期"),
    ],
)
def test_a_bad_file_is_one_clear_error_and_nothing_is_written(
    root: Path, profile: Profile, name: str, content: bytes, said: str
) -> None:
    put(root, order(), name="work_orders_good.csv")
    (root / "raw" / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        land(profile, root)
    assert not list(root.rglob("*.parquet"))


def test_an_empty_folder_and_a_folder_of_strangers_are_named(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    with pytest.raises(SourceError, match="no raw files"):
        land(profile, root)
    (root / "raw" / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match="no raw file belongs to a source"):
        land(profile, root)


def test_a_faulty_file_leaves_nothing_behind_not_even_a_key(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOC_CUSTOMER_KEY")
    put(root, order())
    (root / "raw" / "complaint_intents_1.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match="workbook cannot be read"):
        land(profile, root)
    assert [path.name for path in root.iterdir()] == ["raw"]


def test_a_row_that_does_not_fit_is_refused_and_takes_no_other_with_it(root: Path, profile: Profile) -> None:
    broken = order("X2").replace("登录不上", '"登录不上')
    put(root, order("A1"), order("X1") + ",多一列", broken, order("A2"), order("A3"))
    report = land(profile, root)
    assert outcomes(report) == {"record": 3, "unreadable_row": 2}
    assert everything(root, profile, "landed")["origin_row"].tolist() == [2, 5, 6]
    assert everything(root, profile, "quarantine")["origin_row"].tolist() == [3, 4]


def test_texts_keep_their_wording_up_to_the_limit(root: Path, profile: Profile) -> None:
    limit = profile.thresholds.ingest.max_text_chars
    longest, longer = "转" * limit, "账" * (limit + 1)
    odd = "=1+1\u0007<b>网点"
    put(root, order("A1", text=longest), order("A2", text=longer), order("A3", text=odd), encoding="utf-8")
    land(profile, root)
    texts = everything(root, profile, "landed").set_index("record_id")["text"]
    assert texts["A1"] == longest
    assert texts["A2"] == longer[:-1] + "〔过长，已截断〕"
    assert texts["A3"] == "=1+1<b>网点"


def test_a_stray_month_is_kept_but_stretches_no_range(root: Path, profile: Profile) -> None:
    put(root, *(order(f"GD{i}") for i in range(30)), order("OLD", time="1970-01-01 00:00:00"))
    report = land(profile, root)
    assert (report.months, report.stray_months) == (("2013-05",), ("1970-01",))
    assert Store(str(root), profile.tz).read("landed", "BJ", "1970-01")["record_id"].tolist() == ["OLD"]
    late = land(profile, root, as_of="2013-05-01")
    assert outcomes(late) == {"future_time": 30, "record": 1}


def test_a_landing_that_was_cut_off_is_done_again_and_ends_the_same(
    root: Path, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tables(folder: Path) -> dict[str, bytes]:
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}

    put(root, order())
    land(profile, root)
    put(root, order(), order("GD2", time="2013-06-03 08:00:00"))
    write = Store.write

    def full_disk(self: Store, table: str, frame: pd.DataFrame, branch: str, month: str) -> str:
        if table == "ledger":
            raise OSError(28, "No space left on device")
        return write(self, table, frame, branch, month)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", full_disk)
        with pytest.raises(OSError, match="No space left"):
            land(profile, root)
    assert land(profile, root).changed
    fresh = tmp_path / "elsewhere"
    put(fresh, order(), order("GD2", time="2013-06-03 08:00:00"))
    land(profile, fresh)
    assert tables(root) == tables(fresh)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_land_or_raise_the_documented_error(root: Path, profile: Profile, content: bytes) -> None:
    shutil.rmtree(root, ignore_errors=True)
    put(root, order())
    (root / "raw" / "work_orders_odd.csv").write_bytes(HEAD.encode() + b"\n" + content)
    try:
        report = land(profile, root)
    except SourceError:
        return
    assert sum(outcomes(report).values()) == sum(file.n_rows for file in report.files)


@pytest.mark.shared
def test_the_shared_exports_land_as_expected(root: Path, profile: Profile, shared_data: Path) -> None:
    folder = shared_data / "exports"
    shutil.copytree(folder, root / "raw", ignore=shutil.ignore_patterns("*.json"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    got = outcomes(land(profile, root))
    planted = expected["planted"]
    assert got.pop("record") == sum(expected["rows"].values()) - sum(got.values())
    assert got.pop("duplicate") == planted["repeated_rows"]
    assert got == {key: planted[key] for key in got}
    assert set(got) == {"impossible_time", "unknown_branch", "empty_text", "future_time", "bad_score"}
    assert everything(root, profile, "landed")["branch"].ne(UNKNOWN).all()
