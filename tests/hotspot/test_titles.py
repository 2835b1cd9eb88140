"""Titles of gathered matters: the clause that most of the people would sign."""

from __future__ import annotations

from voc_lib.hotspot.titles import issue_title
from voc_lib.text import Segmenter

SEGMENTER = Segmenter(stop_words=["的", "了", "在", "请", "是", "我", "已经", "一直"])


def test_one_person_who_writes_often_does_not_word_the_title() -> None:
    texts = ["柳溪花园物业提供虚假场地证明", "柳溪花园物业公司的场地证明是虚假的", "柳溪花园物业出具虚假场地证明"]
    texts += ["柳溪花园楼下违规开饭店", "柳溪花园楼下开饭店油烟扰民"]
    by_one = issue_title(texts, segmenter=SEGMENTER, name="柳溪花园", tellers=["a", "a", "a", "b", "c"])
    assert by_one is not None
    assert "饭店" in by_one
    by_five = issue_title(texts, segmenter=SEGMENTER, name="柳溪花园")
    assert by_five is not None
    assert "场地证明" in by_five


def test_a_clause_that_states_something_goes_before_one_that_only_names_it() -> None:
    texts = ["枫桥新村的架空层、出入口", "枫桥新村架空层出入口被封堵", "枫桥新村架空层出入口"]
    assert issue_title(texts, segmenter=SEGMENTER, name="枫桥新村") == "枫桥新村架空层出入口被封堵"


def test_an_open_bracket_is_cut_off() -> None:
    texts = ["枫桥新村电梯停运（见，照片）", "枫桥新村电梯停运（见，录像）"]
    assert issue_title(texts, segmenter=SEGMENTER, name="枫桥新村") == "枫桥新村电梯停运"


def test_a_title_is_found_further_down_where_the_beginning_has_none() -> None:
    opening = "您好！我是一名普通市民。我写信给您。我很着急。"
    texts = [f"{opening}枫桥新村电梯停运半年无人维修。", f"{opening}枫桥新村电梯停运无人维修。"]
    assert issue_title(texts, segmenter=SEGMENTER, name="枫桥新村") == "枫桥新村电梯停运无人维修"


def test_the_name_goes_before_a_clause_without_a_place() -> None:
    texts = ["电梯停运半个月没人修。枫桥新村", "电梯停运半个月没人修，枫桥新村业主"]
    assert issue_title(texts, segmenter=SEGMENTER, name="枫桥新村") == "枫桥新村：电梯停运半个月没人修"
    part = issue_title(["枫桥新村电梯停运没人修"] * 2, segmenter=SEGMENTER, name="天顶街道枫桥新村")
    assert part == "枫桥新村电梯停运没人修"
