"""The recognisers: one table of what counts as personal data, how it looks, what proves it, and the mask it gets.

Patterns run on folded text (`fold.py`), so they are written for ASCII digits and signs. Each is linear in the length of
the text, since customers' texts may be hostile: at every place it looks a bounded way ahead, or a run has one possible
start. A number found by a look-ahead is tried at every start, so that a false candidate does not hide a true one in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from voc_lib.privacy.checks import is_account, is_bank_card, is_landline, is_local_number, is_mobile, is_resident_id
from voc_lib.privacy.fold import GAP
from voc_lib.privacy.names import COMPOUND_SURNAMES, NOT_IN_NAMES, NOT_NAMES, SURNAMES

__all__ = ["RECOGNISERS", "Recogniser"]


@dataclass(frozen=True)
class Recogniser:
    """One kind of personal data.

    Args:
        kind: its name in code and reports of the masker.
        label: what the mask says was hidden.
        pattern: finds candidates in folded text; a group named `hide` narrows what is masked.
        is_valid: decides on a candidate (the hidden part, as folded); None accepts all.
        in_digits: also run where Chinese digits are folded to ASCII.
        over_dates: also look at the digits of dates and times of the day; else they belong to no number.
    """

    kind: str
    label: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool] | None = None
    in_digits: bool = False
    over_dates: bool = False

    @property
    def mask(self) -> str:
        """What stands in the text instead."""
        return f"〔{self.label}〕"


_S = r"[\s\-]{0,2}"  # between digits, however somebody spaced them
_G = GAP  # between the usual groups of a number, where every sign is seen
_COLON = r"(?:\s{0,4}[:=是为叫]){0,2}\s{0,4}(?:[(\"“'‘]|No\.?\s?)?"
_TITLE = "(?:先生|女士|小姐|太太)"
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_NOT_A_NAME = f"(?!{'|'.join(NOT_NAMES)})"
_GIVEN = f"(?:(?!{_TITLE})(?![{NOT_IN_NAMES}])[\\u4e00-\\u9fff])"
_NAME = f"{_NOT_A_NAME}{_SURNAME}{_GIVEN}{{1,2}}"
_PLACE = "(?:[路街巷弄]|胡同|大道|小区|花园|公寓|大厦|家园|家属院|广场|新村|苑|庭|府|湾|[东南西北中]区|园区|开发区)"
_N = r"[0-9A-Za-z一二三四五六七八九十百零〇]{1,5}"
_BUILDING = "(?:号院|号楼|号|栋|幢|座|单元)"
_UNIT = "(?:号院|号楼|号|栋|幢|座|单元|弄|层|楼|室|户|房)"
_NO_MEASURE = r"(?!\s?(?:[元块万千%岁年月日天期笔次倍分人个名条]|小时))"  # 微信 50000元 is an amount
# Spaced digits before a measure word are amounts side by side.
_NO_AMOUNT = r"(?!(?:\.\d{1,2})?\s?[元块万亿千期笔次年月日])"
_WECHAT = r"(?:微\s?信|薇信|威信|[VW]信|(?<![a-z])(?:wechat|weixin|wx|vx))"
_ID_WORD = "(?:号码|号|账号|帐号|ID)"
_WORD = "a-z0-9"


_AREA = r"(?:10|2\d|[3-9]\d\d)"
_CHINA = rf"(?:\(?\+?(?:00)?86\)?{_G})?"
_EXTENSION = r"(?:\s?(?:转|-|分机)\s?\d{1,6})?"
# How mobile numbers are written in groups: 3-4-4 above all.
_MOBILE_GROUPS = "|".join(
    rf"1[3-9]\d{{{first - 2}}}" + "".join(rf"{_G}\d{{{size}}}" for size in others)
    for first, *others in ((3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (3, 5, 3), (3, 4, 2, 2))
)
_MAIL_HOST = "(?:qq|foxmail|163|126|yeah|sina|sohu|gmail|hotmail|outlook|139|189|aliyun)"
_MAIL_END = rf"(?:com|cn|net|org|edu|gov|hk|tw|me|io|co)(?![{_WORD}])"
_MAIL_AT = r"\s?(?:@|\(at\)|艾特|\sat\s)\s?"
# After a blank or a sign that is no dot only a known ending, else the next word would go with the address.
_DOMAIN = (
    rf"[{_WORD}\-]{{1,63}}(?:\s?(?:[.。,·]|点|\sdot\s)\s?{_MAIL_END}|\.[{_WORD}\-]{{1,63}}){{1,6}}"
    rf"|{_MAIL_HOST}(?![{_WORD}])"
)


def _r(
    kind: str,
    label: str,
    pattern: str,
    is_valid: Callable[[str], bool] | None = None,
    *,
    in_digits: bool = False,
    over_dates: bool = True,
) -> Recogniser:
    return Recogniser(kind, label, re.compile(pattern, re.IGNORECASE | re.ASCII), is_valid, in_digits, over_dates)


def _n(
    kind: str, label: str, pattern: str, is_valid: Callable[[str], bool] | None = None, *, over_dates: bool = False
) -> Recogniser:
    return _r(kind, label, pattern, is_valid, in_digits=True, over_dates=over_dates)


def _everywhere(pattern: str) -> str:
    return f"(?=(?P<hide>{pattern}))"


_NUMBERS = (
    # A date of birth may be written as one inside the number.
    _n(
        "resident_id",
        "身份证号",
        r"(?<!\d)" + _everywhere(rf"[1-9](?:{_G}\d){{16}}{_G}[\dX*](?!\d)"),
        is_resident_id,
        over_dates=True,
    ),
    _n("resident_id", "身份证号", rf"(?<!\d)[1-9](?:{_S}\d){{14}}(?!\d)", is_resident_id),
    _n(
        "resident_id",
        "身份证号",
        rf"身份证(?:号码?)?{_COLON}(?P<hide>[1-9](?:{_S}\d){{14,17}}(?:{_S}[X*])?)(?!\d)",
        over_dates=True,
    ),
    _n("mobile", "手机号", rf"(?<!\d){_CHINA}0?1[3-9]\d{{9}}(?!\d)", is_mobile),
    _n("mobile", "手机号", r"(?<!\d)(?:1[3-9]\d{9}){2,3}(?!\d)"),
    _n(
        "mobile",
        "手机号",
        r"(?<!\d)(?<!\d\.)" + _everywhere(rf"{_CHINA}(?:0{_S})?(?:{_MOBILE_GROUPS})(?!\.?\d){_NO_AMOUNT}"),
        is_mobile,
    ),
    _n("mobile", "手机号", rf"(?<!\d){_CHINA}1[3-9]\d(?:{_S}\d){{8}}(?!\d){_NO_AMOUNT}", is_mobile),
    # Any other spacing only where no further number stands beside it: else it is a list of numbers.
    _n(
        "mobile",
        "手机号",
        rf"(?<!\d)(?<!\d[\s\-]){_CHINA}(?:0{_S})?1{_S}[3-9](?:{_S}\d){{9}}(?![\s\-]?\d){_NO_AMOUNT}",
        is_mobile,
    ),
    _n(
        "mobile",
        "手机号",
        r"(?<!\d)1(?P<sign>[\s\-._/·*,|~]{1,3})[3-9](?:(?P=sign)\d){9}(?!\d)",
        is_mobile,
    ),
    _n("bank_card", "银行卡号", r"(?<!\d)(?:[1-9]\d{12,18}|0[1-9]\d{14,17})(?!\d)", is_bank_card),
    *(
        _n("bank_card", "银行卡号", r"(?<!\d)" + _everywhere(rf"{groups}(?!\d){_NO_AMOUNT}"), is_bank_card)
        for groups in (
            rf"\d{{4}}(?:{_G}\d{{4}}){{3}}",
            rf"\d{{4}}(?:{_G}\d{{4}}){{3}}{_G}\d{{1,3}}",
            rf"\d{{4}}(?:{_G}\d{{4}}){{2}}{_G}\d{{1,3}}",
            rf"\d{{4}}{_G}\d{{6}}{_G}\d{{5}}",
            rf"\d{{6}}{_G}\d{{7,13}}",
        )
    ),
    _n("bank_card", "银行卡号", rf"(?<!\d)[1-9](?:{_S}\d){{12,18}}(?!\d){_NO_AMOUNT}", is_bank_card),
    _n(
        "bank_card",
        "银行卡号",
        r"(?<!\d)[1-9](?P<sign>[\s\-._/·*,|~]{1,3})\d(?:(?P=sign)\d){11,17}(?!\d)",
        is_bank_card,
    ),
    # After its cue a number is somebody's account, whatever its check digit.
    _n(
        "bank_card",
        "银行卡号",
        rf"(?:卡号|账号|帐号|账户|帐户|存折|折号|卡)(?:号码?)?{_COLON}"
        rf"(?P<hide>\d{{4}}(?:{_G}\d{{4}}){{2,4}}(?:{_G}\d{{1,3}})?|\d(?:{_S}\d){{10,20}})(?!\d){_NO_AMOUNT}",
        is_account,
    ),
    _n(
        "landline",
        "固定电话",
        rf"(?<!\d)\(?(?:(?:\+|00)86{_G}0?|86[\s\-()]{{1,4}}0?|0){_AREA}{_G}"
        rf"[2-9]\d{{2,3}}{_G}\d{{4}}{_EXTENSION}(?!\d)",
    ),
    _n("landline", "固定电话", rf"(?<!\d)\(?0{_AREA}{_G}[2-9](?:{_S}\d){{6,7}}(?![\s\-]?\d){_NO_AMOUNT}"),
    _n("landline", "固定电话", r"(?<!\d)0(?P<sign>[\s\-._/·*,|~]{1,3})\d(?:(?P=sign)\d){8,10}(?!\d)", is_landline),
    # Without its area code only after a cue, and never the bank's own 95533 or 400-….
    _n(
        "landline",
        "固定电话",
        rf"(?:电话|座机|固话|致电|来电|回电|拨打|打|联系|联系方式|联系号码|我的号码|我号码){_COLON}"
        rf"(?P<hide>(?!400|800|95\d{{3}})[2-9]\d{{2,3}}{_S}\d{{4}}{_EXTENSION})(?!{_S}\d){_NO_MEASURE}",
        is_local_number,
    ),
    _r("passport", "护照号", rf"(?<![{_WORD}])(?:[EG]\d{{8}}|E[A-HJ-NP-Z]\d{{7}})(?![{_WORD}])"),
    _r(
        "passport",
        "证件号",
        rf"(?:护照|通行证|军官证|港澳证|台胞证)(?:号码?|编号)?{_COLON}(?P<hide>[A-Z]{{0,2}}\d{{6,10}})(?![{_WORD}])",
    ),
    _r(
        "plate",
        "车牌号",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Z]\s?[·•.\-]?\s?"
        rf"(?=[A-Z0-9]{{0,4}}\d[A-Z0-9]?\d)[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![{_WORD}元万])",
    ),
)
_ACCOUNTS = (
    _r("email", "邮箱", rf"(?<![{_WORD}_.%+\-'])[{_WORD}_.%+\-']+{_MAIL_AT}(?:{_DOMAIN})"),
    _r("email", "邮箱", rf"(?<![{_WORD}_.%+\-'])[{_WORD}_.%+\-']+#{_MAIL_HOST}(?:\.{_MAIL_END})?(?![{_WORD}])"),
    _r("email", "邮箱", rf"[\u4e00-\u9fff]{{1,4}}@(?:{_DOMAIN})"),
    _r("wechat", "微信号", rf"(?<![{_WORD}])wxid_?[a-z0-9]{{4,20}}(?![{_WORD}])"),
    # Without 号 only what no plain word looks like: a digit or an underscore in it.
    _r(
        "wechat",
        "微信号",
        rf"{_WECHAT}{_ID_WORD}?{_COLON}(?P<hide>(?=[a-z_\-]{{0,19}}\d|[a-z\-]{{0,19}}_)[a-z][a-z0-9_\-]{{5,19}})(?![{_WORD}])",
    ),
    _r(
        "wechat",
        "微信号",
        rf"{_WECHAT}{_ID_WORD}{_COLON}(?P<hide>[a-z][a-z0-9_\-]{{5,19}}|\d{{6,11}})(?![{_WORD}]){_NO_MEASURE}",
        in_digits=True,
    ),
    _r(
        "qq",
        "QQ号",
        rf"(?:QQ|扣扣|企鹅){_ID_WORD}?群?{_COLON}(?P<hide>[1-9](?:[\s\-]?\d){{4,10}})(?!\d){_NO_MEASURE}",
        in_digits=True,
    ),
)
_NAMES = (
    _r("name", "姓名", rf"(?:我叫|我的名字|名字叫|本人叫|户名|户主|姓名|名叫|机主|持卡人叫){_COLON}(?P<hide>{_NAME})"),
    _r(
        "name",
        "姓名",
        rf"(?:收款人|付款人|持卡人|联系人|经办人|申请人|借款人|担保人|开户人|法人|客户)\s?:\s?(?P<hide>{_NAME})",
    ),
    _r("name", "姓名", rf"(?P<hide>{_NAME}){_TITLE}"),
    # A surname alone only where nothing stands before it that it could belong to.
    _r("name", "姓名", rf"(?<![\u4e00-\u9fff])(?P<hide>{_SURNAME}){_TITLE}"),
)
# Road and estate stay, since an issue is named by them; number, building, unit and room go.
_ADDRESSES = (
    _r(
        "address",
        "门牌号",
        rf"(?<![0-9A-Za-z]){_N}{_BUILDING}\s?(?:{_N}{_UNIT}\s?){{0,3}}{_N}(?:号楼|栋|幢|单元|室|房)(?!间)",
        over_dates=False,
    ),
    # 户 also counts households, so after a bare 号 it is none of the address.
    _r(
        "address",
        "门牌号",
        rf"(?<![0-9A-Za-z]){_N}(?:号院|号楼|栋|幢|座|单元)\s?(?:{_N}{_UNIT}\s?){{0,3}}{_N}户",
        over_dates=False,
    ),
    _r(
        "address",
        "门牌号",
        rf"(?<![走网线思一]){_PLACE}\s?"
        rf"(?P<hide>[0-9]{{1,4}}(?:号院|号楼|号|栋|幢|弄)(?:\s?[0-9A-Z]{{1,5}}{_UNIT}?)?)(?!线|[0-9]|支行|分理处|网点)",
        over_dates=False,
    ),
    _r(
        "address",
        "门牌号",
        rf"{_PLACE}\s?(?P<hide>[0-9]{{1,4}}(?:-[0-9]{{1,5}}){{1,3}})(?![0-9\-:])(?!\s?点){_NO_MEASURE}",
        over_dates=False,
    ),
)
# Where two overlap the longer wins, then the one that stands first here.
RECOGNISERS: tuple[Recogniser, ...] = (*_NUMBERS, *_ACCOUNTS, *_NAMES, *_ADDRESSES)
