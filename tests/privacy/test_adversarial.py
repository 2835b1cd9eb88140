"""Both kinds of error, sought with made-up data: personal data that come through, and plain words that do not."""

from __future__ import annotations

import random
import re

import pytest

from tests.privacy.made_up import NUMBER_FRAMES, STYLES, numbers
from voc_lib.privacy import Masker

MASKER = Masker.default()
_MASK = re.compile("〔[^〕]*〕")
_DIGIT = re.compile(r"[\d零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]")


def leaks(cases: list[tuple[str, str, str]]) -> list[str]:
    """Of texts, each with the mask it should get and what should remain beside it: those that are masked otherwise.

    A mask in place of another is no leak; one too few, or a character that should have gone, is.
    """
    masked, _ = MASKER.mask_all([text for _, text, _ in cases])
    return [
        f"{text} -> {result}, not {label}"
        for (label, text, beside), result in zip(cases, masked, strict=True)
        if f"〔{label}〕" not in result or _MASK.sub("", result) != beside
    ]


@pytest.mark.parametrize("style", STYLES)
def test_numbers_of_every_kind_go_in_every_writing_and_sentence(style: str) -> None:
    draw = random.Random(style)
    texts, kinds, frames = [], [], []
    for _ in range(6):
        for label, word, groups in numbers(draw):
            for frame in NUMBER_FRAMES:
                texts.append(frame.format(k=word, v=STYLES[style](groups)))
                kinds.append(label)
                frames.append(frame.format(k=word, v=""))
    masked, _ = MASKER.mask_all(texts)
    left = [
        f"{text} -> {result}"
        for text, frame, result in zip(texts, frames, masked, strict=True)
        # Where a number may be of two kinds the mask may name the other; no digit of it may stay.
        if len(_DIGIT.findall(_MASK.sub("", result))) > len(_DIGIT.findall(frame)) or not _MASK.search(result)
    ]
    assert left == []
    named = sum(f"〔{kind}〕" in result for kind, result in zip(kinds, masked, strict=True))
    assert named / len(texts) > 0.95


NAMES = (
    "王小明 李娜 张伟 欧阳子墨 诸葛嘉懿 陈建国 李向东 赵铁柱 孙悟空 周子琪 郭德友 司马小文 朱亚楠 马晓燕 徐若瑄".split()
)
RARE_NAMES = "于洋 时小雨 车晓 解晓东 单田芳 常建军 安小龙 关小羽 成小龙 阿依古丽·买买提 买买提·艾山江 古丽米热 尼玛次仁 殷素素".split()
NAME_FRAMES = (
    *(
        "我叫{v}，来办业务",
        "您好，我叫{v}",
        "我的名字是{v}。",
        "户名：{v}",
        "户名{v}，卡丢了",
        "姓名：{v} 电话打不通",
        "姓　名：{v}",
    ),
    *("名字叫{v}，", "本人叫{v}。", "机主：{v}", "我爱人叫{v}，", "收款人：{v}", "联系人：{v}，", "持卡人：{v}"),
)
PLAIN_NAME_FRAMES = (
    *(
        "我是{v}，卡丢了",
        "您好，我是{v}",
        "联系人{v}，",
        "联系人是{v}，",
        "收款人为{v}。",
        "付款人{v}的卡",
        "本人{v}，",
        "客户{v}来电",
    ),
    *(
        "客户{v}反映网银打不开",
        "法人{v}，",
        "柜员{v}态度差",
        "理财经理{v}推荐的",
        "我女儿{v}，",
        "我姓赵，叫{v}",
        "找{v}老师",
        "{v}经理",
    ),
    *("{v}先生来电", "请{v}女士接听", "与{v}小姐说过", "我叫{v}想咨询", "我叫{v}要投诉", "{v}（先生）"),
)


@pytest.mark.parametrize("frame", [*NAME_FRAMES, *PLAIN_NAME_FRAMES])
def test_names_go_in_the_usual_frames(frame: str) -> None:
    names = [*NAMES, *RARE_NAMES] if frame in NAME_FRAMES else NAMES
    texts = [frame.format(v=name) for name in names]
    masked, _ = MASKER.mask_all(texts)
    assert [text for text, name, result in zip(texts, names, masked, strict=True) if name[1:] in result] == []


def test_a_surname_before_a_title_goes_and_the_title_stays() -> None:
    for title in ("先生", "女士", "小姐", "太太", "老师", "经理", "师傅", "阿姨"):
        for frame in ("{}来过", "，{}说的", "找{}办的", "跟{}说过"):
            assert MASKER.mask(frame.format(f"王{title}"))[0] == frame.format(f"〔姓名〕{title}")
    assert MASKER.mask("我姓王")[0] == "我姓〔姓名〕"


WORDED = {
    "微信号": """
        加我微信号：{abc_123}|微信{abc12345}|加微信{abcdefgh}|VX：{zhang-san88}|vx {zhangsan88}|wx:{zhangsan88}
        微信：{zhangsan}|我微信是{zhangsan99}|微信号码是{ＺｈａｎｇＳ99}|薇信{zhang1988}|weixin: {zhang1988}|加V {zhang1988}
        加v：{zhang1988}|+V {zhang1988}|V信{zhang1988}|微 信 号 {zhang1988}|微信号 {zhang 1988}|{wxid_8s7d6f5g4h3j}
        {wxid-41644}|微信{wxid四一六四四}|微信号{7654321}|微信号{七六五四三二一}
    """,
    "QQ号": """
        QQ：{12345678}|QQ {1234 5678}|QQ号{1234-5678-9}|Q Q {12345678}|ＱＱ{１２３４５６７８}|扣扣{一二三四五六七八}|QQ联系{12345678}
        加Q{12345678}|企鹅号{12345678}|我的QQ群是{12345678}|QQ{1.2.3.4.5.6.7.8}|QQ:{123,456,789}|qq是{1 2 3 4 5 6 7 8}|QQ{12345678}联系
    """,
    "车牌号": """
        我的车牌{京A12345}|{京A·12345}|{京 A 12345}|{京A 123 45}|{京A-12345}|{京a12345}|{粤BD12345}|{粤B D12345}|{粤B·D12345}
        {粤B12345D}|{粤B1234警}|{粤Z1234港}|{京Ａ１２３４５}|{京A一二三四五}|{京A一二三45}|{鲁B·8K2G6}|{沪AF12345}|车牌号是{浙A 8 8 K 6 6}
        车牌{A12345}|{京AT123挂}|{京A•12345}|{苏E8M88G}的车
    """,
    "护照号": "护照{E12345678}|{G12345678}|护照{EA1234567}|护照{Ｅ１２３４５６７８}|护照{E一二三四五六七八}|护照号{e12345678}",
    "证件号": """
        护照 {E 1234 5678}|护照号码：{E-12345678}|护照是{K01234567}|护照{PE1234567}|港澳通行证{C12345678}|来往港澳通行证号{CA1234567}
        回乡证{H12345678}|回乡证号{M1234567890}|台胞证{12345678}|台湾居民来往大陆通行证{12345678}|台胞证号{1234567801}|士官证{12345678}
        军官证{南字第1234567}号|台胞证{一二三四五六七八}
    """,
    "身份证号": "香港身份证{A123456(7)}|香港身份证号{A1234567}|澳门身份证{1234567(8)}|身份证{A123456（7）}",
    "境外电话": "香港电话{+852 9123 4567}|{+852-91234567}|{+886 912 345 678}|{+853 6612 3456}|{+1 415 555 2671}|{0044 20 7946 0958}",
    "邮箱": """
        邮箱：{a.b@example.com}|电邮 {zhang_san@163.com}|{zhangsan＠163．com}|{zhangsan @ 163 . com}|{zhangsan#163.com}
        {一三八一二三四五六七八@qq.com}|我的邮箱是{zhangsan艾特qq点com}|{zhang.san-1@mail.example.com.cn}|{张三@例子.公司}|{zhangsan[at]example.com}
    """,
    "固定电话": "电话：{0755-82345678转801}|电话{0755-82345678-801}|电话{（0755）82345678}|电话{0755 82345678 转 801}|联系电话 {8234567}|分机{62345678}",
    "门牌号": """
        家住幸福小区{56号9栋2404室}|幸福小区{3栋2单元401}|幸福小区{3-2-401}|幸福小区{3号楼401室}|建设路{12号}|建设路{１２号３栋４０１室}
        建设路{十二号三栋四零一室}|建设路 {12 号 3 栋 401 室}|建设路{12号-3栋-401室}|建设路{12号院3号楼2单元401}|建设路{12弄34号506室}
        建设路{12号3楼}|建设路{12号401}|建设路{12号附3号}|建设路{12-3号}|建设路{甲12号}|幸福花园{A座1203}|幸福花园{A座12层1203室}
        幸福家园B区{3栋1202}|幸福里{5幢1单元302室}|金地名苑{8座15楼B室}|张家村{12号}|李家屯3组{12号}|人民南路一段{12号2楼}
        中山大道西{123号之5}|住{5栋2404室}|和谐家园{12#楼3单元502}|和谐家园{12#502}|和谐家园{12-502}|学府街道{56号}
        小区门牌号 {56 号 9 栋}|建设路{五十六号九栋二四零四室}|建设路{伍拾陆号玖栋}|建设路{56号9栋2404房}|建设路{56號9棟2404室}
        三元里大道5巷{6号}|滨江路{88弄6支弄12号203}|龙湖天街2期{3号楼1202}|建设路{5 6 号 9 栋 2 4 0 4 室}
    """,
}


@pytest.mark.parametrize("label", WORDED)
def test_what_words_introduce_goes_and_the_words_stay(label: str) -> None:
    cases = []
    for written in WORDED[label].replace("\n", "|").split("|"):
        if written := written.strip():
            before, own, after = re.split("[{}]", written)
            cases += [
                (label, f"{ahead}{before}{own}{after}{behind}", f"{ahead}{before}{after}{behind}")
                for ahead in ("", "您好，", "麻烦了 ")
                for behind in ("", "，谢谢", "。请回复", " ")
            ]
    assert leaks(cases) == []
