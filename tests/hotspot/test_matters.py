"""Texts on one matter: gathered by names and words, kept apart by place, and untouched by what is unrelated."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from voc_lib.hotspot.likeness import read_texts
from voc_lib.hotspot.linkage import average_linkage
from voc_lib.hotspot.matters import gather_matters, main_name, telling_words
from voc_lib.text import Segmenter

SEGMENTER = Segmenter(stop_words=["的", "了", "在", "请", "是", "我", "已经", "一直"])
OIL = (
    "柳溪花园楼下烧烤店油烟直排，半夜噪音扰民",
    "柳溪花园楼下的烧烤店油烟太大，居民开不了窗",
    "柳溪花园烧烤店油烟扰民，晚上噪音不断",
    "投诉柳溪花园烧烤店油烟直排",
)
LIFT = (
    "枫桥新村电梯经常停运，老人出行困难",
    "枫桥新村电梯停运半个月，物业不维修",
    "枫桥新村的电梯停运，物业一直不维修",
)
OTHERS = (
    "车管所周末是否办理驾照换证",
    "图书馆开放时间能否延长",
    "社保卡补办需要哪些材料",
    "路口红绿灯时间太短，过马路来不及",
    "快递柜超时收费标准不合理",
    "体育馆羽毛球场地预约不上",
    "献血证丢失怎样补办",
    "公积金提取审核进度查询",
)


def groups_of(texts: list[str]) -> list[set[str]]:
    found = gather_matters(texts, segmenter=SEGMENTER)
    return [{texts[row] for row in group} for group in found.groups]


def test_texts_on_one_matter_at_one_place_are_one_group() -> None:
    assert groups_of([*OIL, *OTHERS, *LIFT]) == [set(OIL), set(LIFT)]


def test_the_same_matter_at_another_place_is_another_group() -> None:
    other = [text.replace("柳溪花园", "青石小区") for text in OIL]
    found = groups_of([*OIL, *other, *OTHERS])
    assert {frozenset(group) for group in found} == {frozenset(OIL), frozenset(other)}


def test_texts_that_are_the_same_word_for_word_draw_nothing_else_to_themselves() -> None:
    once = groups_of([*OIL, *OTHERS])
    assert groups_of([*OIL, *[OIL[0]] * 20, *OTHERS]) == once


def test_a_group_is_named_by_its_place_and_told_by_its_words() -> None:
    texts = [*OIL, *LIFT, *OTHERS]
    found = gather_matters(texts, segmenter=SEGMENTER)
    rows = [int(found.row_of[text]) for text in found.groups[0]]
    assert main_name(rows, found.told) == "柳溪花园"
    assert any("油烟" in word for word in telling_words(rows, found.told, top=3))
    assert main_name([int(found.row_of[len(OIL)]), int(found.row_of[0])], found.told) is None


def test_a_matter_that_very_many_tell_in_their_own_words_is_one_group() -> None:
    random = Random(5)
    openings = ("投诉", "坚决反对", "关于", "举报", "", "再次反映", "关注")
    names = ("柳溪花园", "A市柳溪花园", "柳溪花园小区", "A2区柳溪花园")
    deeds = ("捆绑销售车位", "强制购买车位", "买房必须买车位", "搭售车位", "不买车位就取消购房资格")
    details = (
        "我家没有车",
        "价格比周边还要高",
        "认购书里没有写",
        "销售人员态度强硬",
        "希望尽快查处",
        "多次沟通没有结果",
        "普通家庭承担不起",
        "要求全款购买",
    )
    said = [[random.choice(part) for part in (openings, names, deeds)] for _ in range(60)]
    sold = [f"{''.join(first)}。{'，'.join(random.sample(details, 3))}。" for first in said]
    others = ["".join(chr(random.randint(0x4E00, 0x9000)) for _ in range(12)) for _ in range(600)]
    found = groups_of([*sold, *others, *OTHERS, *LIFT])
    assert found == [set(sold), set(LIFT)]


def test_a_verb_before_a_name_is_no_part_of_it() -> None:
    told = read_texts(["反对柳溪花园装电梯", "柳溪花园电梯停运", "关注柳溪花园的绿化"], segmenter=SEGMENTER)
    assert told.name_list == ("柳溪花园",)


def test_no_text_and_a_single_text_make_no_group() -> None:
    assert gather_matters([], segmenter=SEGMENTER).groups == ()
    assert gather_matters(["电梯停运"], segmenter=SEGMENTER).groups == ()


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_one_unrelated_text_leaves_every_group_as_it_was(seed: int) -> None:
    random = Random(seed)
    texts = [*OIL, *LIFT, *OTHERS]
    before = groups_of(texts)
    strange = "".join(random.choice("谷蚕岱磬瓮邻鹤椽砚釉棠琴萤笺帆霁") for _ in range(12))
    texts.insert(random.randint(0, len(texts)), strange)
    assert groups_of(texts) == before


@given(st.integers(0, 10_000))
def test_groups_do_not_depend_on_the_order_of_the_texts(seed: int) -> None:
    texts = [*OIL, *LIFT, *OTHERS]
    Random(seed).shuffle(texts)
    assert {frozenset(group) for group in groups_of(texts)} == {frozenset(OIL), frozenset(LIFT)}


def test_average_linkage_of_a_worked_example() -> None:
    # 0 and 1 join at 0.9; with 2 their mean is (0.6 + 0.2) / 2 = 0.4.
    alike = np.array([[0, 0.9, 0.6, 0], [0.9, 0, 0.2, 0], [0.6, 0.2, 0, 0], [0, 0, 0, 0]])
    assert average_linkage(csr_matrix(alike), at_least=0.4) == [[0, 1, 2], [3]]
    assert average_linkage(csr_matrix(alike), at_least=0.41) == [[0, 1], [2], [3]]


@given(st.integers(0, 500))
def test_average_linkage_is_that_of_the_full_matrix(seed: int) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    random = np.random.default_rng(seed)
    alike = np.triu(random.random((12, 12)), 1)
    alike += alike.T
    found = average_linkage(csr_matrix(alike), at_least=0.5)
    tree = linkage(squareform(1.0 - alike, checks=False), "average")
    labels = fcluster(tree, 0.5, "distance")
    assert sorted(map(sorted, found)) == sorted(np.flatnonzero(labels == label).tolist() for label in set(labels))


@given(st.integers(0, 500))
def test_average_linkage_of_sparse_neighbours_is_that_of_the_full_matrix(seed: int) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    random = np.random.default_rng(seed)
    alike = np.triu(random.random((40, 40)) * (random.random((40, 40)) < 0.2), 1)
    alike += alike.T
    found = average_linkage(csr_matrix(alike), at_least=0.25)
    tree = linkage(squareform(1.0 - alike, checks=False), "average")
    labels = fcluster(tree, 0.75, "distance")
    assert sorted(found) == sorted(np.flatnonzero(labels == label).tolist() for label in set(labels))


def test_equally_alike_texts_are_joined_all_the_same() -> None:
    alike = np.ones((7, 7)) - np.eye(7)
    assert average_linkage(csr_matrix(alike), at_least=0.5) == [[0, 1, 2, 3, 4, 5, 6]]


@pytest.mark.parametrize("n", [50, 600])
def test_a_text_has_neighbours_in_proportion(n: int) -> None:
    from voc_lib.hotspot.likeness import likeness

    texts = [f"枫桥新村电梯停运第{number}次，物业{chr(0x5000 + number)}不维修" for number in range(n)]
    alike = likeness(read_texts(texts, segmenter=SEGMENTER), at_least=0.01)
    assert alike.nnz <= 2 * 200 * n
    assert (alike != alike.T).nnz == 0
    assert alike.diagonal().sum() == 0
