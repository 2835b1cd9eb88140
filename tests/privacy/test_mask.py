"""Masking: what is personal goes, however it was written; what is not stays; and doing it twice changes nothing."""

from __future__ import annotations

import json
import random
import re
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patterns import unbounded_inside
from tests.privacy.made_up import card, mobile, resident_id
from voc_lib.privacy import RECOGNISERS, Masker
from voc_lib.privacy.checks import is_bank_card, is_mobile, is_resident_id
from voc_lib.privacy.fold import fold, fold_digits, fold_width
from voc_lib.text import normalise

MASKER = Masker.default()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13800138000找我", "请打〔手机号〕找我"),
        ("请打 138 0013 8000 找我", "请打 〔手机号〕 找我"),
        ("电话138-0013-8000", "电话〔手机号〕"),
        ("手机１３８００１３８０００。", "手机〔手机号〕。"),
        ("手机一三八零零一三八零零零", "手机〔手机号〕"),
        ("座机010-62345678打不通", "座机〔固定电话〕打不通"),
        ("身份证11010519491231002X", "身份证〔身份证号〕"),
        ("卡号6222 0200 0000 0000 000", "卡号〔银行卡号〕"),
        ("请寄到someone.else@example.com", "请寄到〔邮箱〕"),
        ("加我微信wxid_ab12345", "加我微信〔微信号〕"),
        ("QQ号是12345678", "QQ号是〔QQ号〕"),
        ("车牌京A12345", "车牌〔车牌号〕"),
        ("我叫欧阳小明，来办业务", "我叫〔姓名〕，来办业务"),
        ("我叫張偉，來辦業務", "我叫〔姓名〕，來辦業務"),
        ("戶名——陳小明", "戶名——〔姓名〕"),
        ("我叫做王小明", "我叫做〔姓名〕"),
        ("陳小姐打過來", "〔姓名〕小姐打過來"),
        ("柜员叫李小梅，", "柜员叫〔姓名〕，"),
        ("住在28层2805", "住在〔门牌号〕"),
        ("建设路十二号", "建设路〔门牌号〕"),
        ("200弄15支弄3号", "〔门牌号〕"),
        ("5-1-1101室漏水", "〔门牌号〕漏水"),
        ("住在和平路12号3栋401室", "住在和平路〔门牌号〕"),
    ],
)
def test_personal_data_are_replaced_by_what_they_were(text: str, masked: str) -> None:
    assert MASKER.mask(text) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "转账 12345678 元还没有到账",
        "打95533等了20分钟",
        "2013-05-18 22:18:57 办的",
        "工单GD00459212还没有处理",
        "额度从5000提到50000",
        "5号线的网点几点开门",
        "年利率4.35%太高了",
        "一共三四次了，五六天没有回音",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert MASKER.mask(text) == (text, 0)


def test_a_column_keeps_its_index_and_missing_values() -> None:
    texts = pd.Series(["13800138000", None, "好"], index=[7, 3, 5], dtype="str")
    frame = MASKER.mask_series(texts)
    assert list(frame.index) == [7, 3, 5]
    assert frame["text"].isna().tolist() == [False, True, False]
    assert frame["n_masked"].tolist() == [1, 0, 0]


WRITTEN = {
    "手机号": """
        我的手机013800138000|电话+86 138 0013 8000|(86)13800138000|138,0013,8000|138、0013、8000|138*0013*8000
        138~0013~8000|138＿0013＿8000|138|0013/8000|138    0013    8000|138 -- 0013 -- 8000|1380013800013900139000
        138(0013)8000
        幺三八零零幺三八零零零|幺三八洞洞幺三八洞洞洞|138零零1三8000|【138】00138000|138o0138ooo|1.3.8.0.0.1.3.8.0.0.0
        1/3/8/0/0/1/3/8/0/0/0|138・0013・8000|138•0013•8000|1 3 8  0 0 1 3  8 0 0 0|1-3-8-0-0-1-3-8-0-0-0
        13800138000-1
        008613800138000|86 - 13800138000|13800138000.5|138⁃0013⁃8000|138➖0013➖8000|138。0013。8000|1380-0138-000
        𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎|①③⑧⓪⓪①③⑧⓪⓪⓪|١٣٨٠٠١٣٨٠٠٠|1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣|১৩৮০০১৩৮০০০
        138🄋0138000|138'0013'8000|138…0013…8000|138:0013:8000|138；0013；8000|138\\0013\\8000
    """,
    "固定电话": """
        010-62345678|(010)62345678|（010）62345678|010 6234 5678|010.62345678|010/62345678
        0755 - 82345678|010 -- 62345678|+86-10-62345678|+86 10 6234 5678|+86(10)62345678|86-010-62345678|0311-6234567
        010_62345678|零一零六二三四五六七八|010*62345678|010、62345678|座机62345678|我的号码是62345678
        单位电话：6234-5678|电话6234 5678转801
        010-62345678-801|0755-8234567 8|010- 6234 - 5678|0 1 0 6 2 3 4 5 6 7 8|打62345678找我
    """,
    "身份证号": """
        11010519491231002X|110105 19491231 002X|110105-19491231-002X|110105.19491231.002X|11010519491231002 X
        110105 1949-12-31 002X|一一零一零五一九四九一二三一零零二X|130503670401001|11010519491231002×
        11010519491231002Ⅹ
        11010519491231002*|110105,19491231,002X|身份证110105194912310|身份证号码是：1101 0519 4912 3100 2X
    """,
    "银行卡号": """
        卡号6222 0200 0000 0000 000|4111111111111111|4111.1111.1111.1111|4111_1111_1111_1111|4111,1111,1111,1111
        4111   1111   1111   1111|4111/1111/1111/1111|4111 - 1111 - 1111 - 1111|卡号是：4111*1111*1111*1111
        卡号622700001234|账号11001018800053011111|账号1100 1018 8000 5301 1111|存折11001018800053011111
        卡号（6227000012345678）|卡号“6227000012345678”|卡号为:【6227000012345678】|卡号 No.6227000012345678
        四一一一一一一一一一一一一一一一|0200003309020123459|卡号6222020000000000，500元
    """,
    "邮箱": """
        a.b@example.com|a.b ＠ example．com|zhang@example。com|zhang@example,com|zhang#qq.com|zhang(at)example.com
        zhang at example dot com|zhang@qq|张三@example.com|zhang @ example . com|zhang＠ｅｘａｍｐｌｅ．ｃｏｍ
        zhang@mail.example.com.cn|zhang@\texample.com|zhang艾特example.com|zhang@example点com
        zhang@vip.163.com|zhang爱特example.com|zhang@@example.com
    """,
}
VARIANTS = [
    (label, text.strip())
    for label, table in WRITTEN.items()
    # One example has the dividing sign of this table in it.
    for text in table.replace("138|0013/8000", "138¦0013/8000").replace("\n", "|").replace("¦", "\uff5c").split("|")
    if text.strip()
]


@pytest.mark.parametrize(("label", "text"), VARIANTS)
def test_numbers_are_masked_in_every_way_in_which_people_write_them(label: str, text: str) -> None:
    masked, _ = MASKER.mask(f"您好，{text}，谢谢")
    assert f"〔{label}〕" in masked
    left = re.sub("〔[^〕]*〕", "", masked).replace("500元", "")
    assert sum(unicodedata.numeric(char, None) is not None for char in left) <= 1, masked
    assert "@" not in left


UNSEEN = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
UNSEEN += [chr(code) for code in (*range(0xFE00, 0xFE10), 0x034F, 0x20E3, 0x3164, 0xE0100)]


def test_what_cannot_be_seen_divides_no_number_and_does_not_stay_in_the_mask() -> None:
    for unseen in UNSEEN:
        for number, label in (
            ("13800138000", "手机号"),
            ("11010519491231002X", "身份证号"),
            ("zhang@example.com", "邮箱"),
        ):
            divided = unseen.join(number)
            assert MASKER.mask(f"找{divided}。") == (f"找〔{label}〕。", 1), f"U+{ord(unseen):04X}"


@given(
    number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    parts=st.lists(
        st.sampled_from(["", "\u200f", "\u2066", "\ufe0f", "\x07", "\ue000", "－"]), min_size=10, max_size=10
    ),
    zero=st.sampled_from("0٠০０𝟎𝟶⓪"),
)
def test_no_mobile_number_can_be_read_once_the_masked_text_is_normalised(
    number: str, parts: list[str], zero: str
) -> None:
    written = "".join(a + b for a, b in zip(number.replace("0", zero), [*parts, ""], strict=True))
    masked, _ = MASKER.mask(f"手机{written}，谢谢")
    assert number not in re.sub(r"[\s\-\ue000]", "", normalise(masked))


@pytest.mark.parametrize("kind", ["〇零○一二三四五六七八九"])
def test_places_lead_back_to_the_original(kind: str) -> None:
    text = f"A\u200b{kind}\u200b13"
    for before in ([], ["好"], ["\u200b", "一\n二", ""]):
        folded = fold([*before, text, "１"])
        assert folded.text.split("\n")[-2:] == [f"a{kind}13", "1"]
        line, start = len(before), int(folded.starts[len(before)])
        assert folded.span(line, start + 1, start + 1 + len(kind)) == (2, 2 + len(kind))
        assert folded.span(line, start, start + len(kind) + 3) == (0, len(text))
        assert folded.lines_of([start, start + 2]).tolist() == [line, line]


@pytest.mark.parametrize(
    "text",
    """
    2013-05-18 2013-05-20 9点到
    从2013-05-18 2013-05-20 9:30
    5月18 2013-05-20 3笔
    18-22 2013-05-18
    刷卡 2013-05-18 22 30
    取卡2013-05-18 1200元
    办卡 2013-05-18 20000元
    账户2013.05.18 22-30
    卡 2013 05 18 1530
    账户20130518120000转出
    转账1380013.80元
    交易流水20130518221857
    150-2000-3000元
    13 5000 2000 300元
    第1 3 5 7 9 11 13 15 17期
    2013-05-18至2013-06-18
    8:30-17:30 9:00-16:00
    电话2000 3000元
    来电 8000-9000元左右
    联系 2013-0518
    小区2013-05-18
    南区2-3天
    万达广场10-12点
    公寓100-200元
    QQ群12345人
    3号柜台5号窗口2户
    12号6000户
    和平路12号支行
    解放路5号线
    2012 2013 2014 2015
    客户：高度重视
    客户：何时到账
    收款人：石家庄
    客户:马上要求
    谢谢先生
    """.strip().splitlines(),
)
def test_dates_times_amounts_and_plain_words_can_still_be_read(text: str) -> None:
    assert MASKER.mask(text.strip()) == (text.strip(), 0)


def test_a_number_beside_an_amount_or_a_date_goes_and_the_rest_stays() -> None:
    assert MASKER.mask("卡号6222020000000000，5000元，2013-05-18 9:30") == (
        "卡号〔银行卡号〕，5000元，2013-05-18 9:30",
        1,
    )
    assert MASKER.mask("13800138000 2013-05-18 5000元") == ("〔手机号〕 2013-05-18 5000元", 1)
    assert MASKER.mask("15 138 0013 8000") == ("15 〔手机号〕", 1)


def test_recognisers_look_no_further_the_longer_a_text_is() -> None:
    assert unbounded_inside(r"wechat(?=[a-z]*\d)") != []
    for recogniser in RECOGNISERS:
        found = unbounded_inside(recogniser.pattern.pattern)
        # The name before an address of mail has one possible start, since none of its characters may stand before it.
        assert not found or (recogniser.kind == "email" and recogniser.pattern.pattern.startswith("(?<![")), recogniser


@pytest.mark.parametrize("unit", ["13800138000 ", "路12号", "ab@c.cn ", "wechat", "1 ", "卡 ", "1号1号楼"])
def test_the_work_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    def steps(repeats: int) -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            MASKER.find(unit * repeats)
        finally:
            sys.setprofile(None)
        return counted

    MASKER.find(unit)  # whatever is made once is made now
    assert steps(400) <= 2.2 * steps(200)


DIGITS = st.text("0123456789０１２３一二三零〇 -", max_size=30)


@given(st.lists(st.one_of(DIGITS, st.text(max_size=12), st.sampled_from(["手机", "卡号", "我叫", "@a.cn", "QQ"]))))
def test_masking_twice_is_masking_once(parts: list[str]) -> None:
    once, _ = MASKER.mask("".join(parts))
    assert MASKER.mask(once) == (once, 0)


def _spaced(number: str, separators: list[str]) -> str:
    return "".join(a + b for a, b in zip(number, [*separators, *[""] * len(number)], strict=False))


@given(
    before=st.text("好的卡号手机 ，（：", max_size=6),
    draw=st.randoms(use_true_random=False),
    separators=st.lists(st.sampled_from(["", " ", "-", "  ", "\u3000", "\u200b", "－"]), min_size=18, max_size=18),
    zero=st.sampled_from(["0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇幺二三四五六七八九"]),
)
def test_no_mobile_number_resident_id_or_card_comes_through_however_it_is_spaced(
    before: str, draw: random.Random, separators: list[str], zero: str
) -> None:
    for number in (mobile(draw), resident_id(draw), card(draw, draw.randint(13, 19))):
        written = _spaced(number.translate(str.maketrans("0123456789", zero)), separators)
        masked, n = MASKER.mask(f"{before}{written}，谢谢")
        read = fold_digits(fold_width(masked))
        assert number.lower() not in re.sub(r"[ \-]", "", read) and n == 1, masked


PIECES = (
    "手机|卡号|我叫|王小明|先生|@a.cn|QQ|微信|京A|路|12号|3栋|401室|2013-05-18"
    "|\n|\u200b|〔手机号〕|护照E|+852|#qq| |客户|姓"
)
TEXTS = st.lists(
    st.lists(
        st.one_of(
            DIGITS,
            st.text(max_size=8),
            st.sampled_from(PIECES.split("|")),
        ),
        max_size=6,
    ).map("".join),
    max_size=8,
)
# Every recogniser sees every text.
UNSIFTED = Masker(replace(recogniser, needs=frozenset()) for recogniser in RECOGNISERS)


@given(TEXTS)
def test_texts_masked_together_are_masked_as_each_alone_and_the_sieve_hides_none(texts: list[str]) -> None:
    masked, counts = MASKER.mask_all(texts)
    assert list(zip(masked, counts, strict=True)) == [MASKER.mask(text) for text in texts]
    assert (masked, counts) == UNSIFTED.mask_all(texts)


@pytest.mark.shared
def test_the_sieve_hides_no_finding_in_real_texts(shared_data: Path) -> None:
    texts = pd.read_csv(shared_data / "bank_questions.csv", dtype=str, keep_default_na=False)
    together = [*texts["text"], *texts["reply"]]
    assert MASKER.mask_all(together) == UNSIFTED.mask_all(together)


def test_checks_follow_their_standards() -> None:
    assert is_resident_id("11010519491231002X")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")
    assert is_mobile("13800138000")
    assert not is_mobile("12800138000")


@pytest.mark.shared
def test_every_planted_item_of_all_kinds_is_masked(shared_data: Path) -> None:
    planted = json.loads((shared_data / "exports" / "expected.json").read_text(encoding="utf-8"))["pii"]
    texts = pd.concat(
        [
            pd.read_csv(file, encoding="gb18030", dtype=str, keep_default_na=False)["工单内容"]
            for file in sorted((shared_data / "exports").glob("work_orders_*.csv"))
        ]
    )
    masked = "\n".join(MASKER.mask_series(texts)["text"])
    raw = "\n".join(texts)
    assert len({item["kind"] for item in planted}) == 14
    in_orders = [item for item in planted if item["value"] in raw]
    assert len(in_orders) > 200
    assert [item["kind"] for item in in_orders if item["value"] in masked] == []


@pytest.mark.shared
def test_texts_without_personal_data_are_left_alone(shared_data: Path) -> None:
    files = [shared_data / "bank_comments.csv", shared_data / "bank_questions.csv"]
    texts = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False)["text"] for file in files])
    touched = (MASKER.mask_series(texts)["n_masked"] > 0).sum()
    # Public texts hold next to no personal data; what fires here is false or a number somebody did publish.
    assert touched / len(texts) <= 0.001
