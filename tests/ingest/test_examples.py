"""The messages of a city's board, read through their profile alone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.ingest.test_landing import everything, outcomes
from voc_lib.ingest import land
from voc_lib.params import Profile, load_profile


@pytest.fixture
def city(project: Path) -> Profile:
    return load_profile(project / "params" / "examples" / "city-government")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path / "data"


def test_messages_with_replies_land_by_district(root: Path, city: Profile) -> None:
    book = openpyxl.Workbook()
    book.active.append(["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间", "点赞数"])
    for number, subject, text, reply, replied in (
        (1, "A3区路灯不亮", "\n\t晚上太黑", "已经修好，请致电13912345678", "2019/3/9 9:00:00"),
        (2, "路灯不亮", "A市A 7县的路口", None, None),
        (3, "K4县的问题", "没有路灯", None, None),
        (4, "路灯不亮", "", None, None),
    ):
        book.active.append([number, f"A00{number}", subject, "2019/3/2 8:05:00", text, reply, replied, 0])
    book.save(root / "raw" / "messages_2019.xlsx")
    report = land(city, root)
    assert outcomes(report) == {"record": 4} and report.files[0].extra_columns == ()
    landed = everything(root, city, "landed").set_index("record_id")
    assert landed["branch"].to_dict() == {"1": "A3", "2": "A7", "3": "OTHER", "4": "CITY"}
    assert landed["text"]["1"] == "A3区路灯不亮\n晚上太黑"
    assert landed["reply"]["1"] == "已经修好，请致电〔手机号〕"
    assert str(landed["replied_at"]["1"]) == "2019-03-09 09:00:00+08:00"
    assert landed["reply"].isna().sum() == 3


@pytest.mark.shared
def test_the_shared_messages_land_whole(root: Path, city: Profile, shared_data: Path) -> None:
    file = shared_data / "gov" / "messages_2019H1.xlsx"
    (root / "raw" / file.name).write_bytes(file.read_bytes())
    report = land(city, root)
    assert outcomes(report) == {"record": 2109}
    named = everything(root, city, "landed")["branch"].isin(["CITY", "OTHER"])
    assert 0.25 < named.mean() < 0.5, "a third of them names no district"
