"""The recognisers: one table of what counts as personal data, how it looks, what proves it, and the mask it gets.

Patterns run on folded text (`fold.py`), so they are written for ASCII digits and signs. Each is linear in the length of
the text: a run has one possible start and a bounded length, since customers' texts may be hostile.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from voc_lib.privacy.checks import is_bank_card, is_mobile, is_resident_id
from voc_lib.privacy.names import COMPOUND_SURNAMES, NOT_IN_NAMES, SURNAMES

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
    """

    kind: str
    label: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool] | None = None
    in_digits: bool = False

    @property
    def mask(self) -> str:
        """What stands in the text instead."""
        return f"〔{self.label}〕"


_SEP = r"[\s\-]{0,2}"  # between digits, however somebody spaced them
_DOT = r"[\s\-._/·]{0,3}"  # between the usual groups of a mobile number, where more signs are seen
_COLON = r"(?:\s*[:=是为叫]){0,2}\s*"
_TITLE = "(?:先生|女士|小姐|太太)"
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_GIVEN = f"(?:(?!{_TITLE})(?![{NOT_IN_NAMES}])[\\u4e00-\\u9fff])"
_NAME = f"{_SURNAME}{_GIVEN}{{1,2}}"
_PLACE = "(?:[路街巷弄]|胡同|大道|小区|花园|公寓|大厦|家园|家属院|广场|新村|苑|庭|府|湾|[东南西北中]区|园区|开发区)"
_N = r"[0-9A-Za-z一二三四五六七八九十百零〇]{1,5}"
_BUILDING = "(?:号院|号楼|号|栋|幢|座|单元)"
_UNIT = "(?:号院|号楼|号|栋|幢|座|单元|弄|层|楼|室|户|房)"
_NO_MEASURE = r"(?!\s?[元块万千%岁年月日天期笔次倍分])"  # 微信 50000元 is an amount
_WECHAT = r"(?:微\s?信|薇信|威信|[VW]信|wechat|weixin|(?<![a-z])(?:wx|vx))"
_ID_WORD = "(?:号码|号|账号|帐号|ID)"
_WORD = "a-z0-9"


def _r(
    kind: str, label: str, pattern: str, is_valid: Callable[[str], bool] | None = None, *, in_digits: bool = False
) -> Recogniser:
    return Recogniser(kind, label, re.compile(pattern, re.IGNORECASE), is_valid, in_digits)


_NUMBERS = (
    _r("resident_id", "身份证号", rf"(?<!\d)[1-9](?:{_SEP}\d){{16}}{_SEP}[\dX](?!\d)", is_resident_id, in_digits=True),
    _r("resident_id", "身份证号", rf"(?<!\d)[1-9](?:{_SEP}\d){{14}}(?!\d)", is_resident_id, in_digits=True),
    _r(
        "mobile",
        "手机号",
        rf"(?<!\d)(?:\+?(?:00)?86{_SEP})?1{_SEP}[3-9](?:{_SEP}\d){{9}}(?!\d)",
        is_mobile,
        in_digits=True,
    ),
    _r("mobile", "手机号", rf"(?<![\d.])1[3-9]\d{_DOT}\d{{4}}{_DOT}\d{{4}}(?!\.?\d)", is_mobile, in_digits=True),
    _r("bank_card", "银行卡号", rf"(?<!\d)[1-9](?:{_SEP}\d){{12,18}}(?!\d)", is_bank_card, in_digits=True),
    # After its cue a number is somebody's account, whatever its check digit.
    _r(
        "bank_card",
        "银行卡号",
        rf"(?:卡号|账号|帐号|账户|帐户|卡){_COLON}(?P<hide>\d(?:{_SEP}\d){{11,20}})(?!\d)",
        in_digits=True,
    ),
    _r(
        "landline",
        "固定电话",
        rf"(?<!\d)\(?(?:\+?86{_SEP})?0(?:10|2\d|[3-9]\d\d)\)?{_SEP}[2-9]\d{{2,3}}{_SEP}\d{{4}}"
        r"(?:\s?(?:转|-|分机)\s?\d{1,6})?(?!\d)",
        in_digits=True,
    ),
    # Without its area code only after a cue, and never the bank's own 95533 or 400-….
    _r(
        "landline",
        "固定电话",
        rf"(?:电话|座机|固话|致电|来电|回电|联系){_COLON}"
        rf"(?P<hide>(?!400|800|95\d{{3}})[2-9]\d{{2,3}}{_SEP}\d{{4}})(?!{_SEP}\d){_NO_MEASURE}",
        in_digits=True,
    ),
    _r("passport", "护照号", rf"(?<![{_WORD}])(?:[EG]\d{{8}}|E[A-HJ-NP-Z]\d{{7}})(?![{_WORD}])"),
    _r(
        "passport",
        "证件号",
        rf"(?:护照|通行证|军官证|港澳证)(?:号码?|编号)?{_COLON}(?P<hide>[A-Z]{{0,2}}\d{{6,10}})(?![{_WORD}])",
    ),
    _r(
        "plate",
        "车牌号",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Z]\s?[·•.\-]?\s?"
        rf"(?=[A-Z0-9]{{0,4}}\d[A-Z0-9]?\d)[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![{_WORD}元万])",
    ),
)
_ACCOUNTS = (
    _r("email", "邮箱", rf"(?<![{_WORD}_.%+\-])[{_WORD}_.%+\-]+\s?@\s?[{_WORD}\-]+(?:\.[{_WORD}\-]+)+"),
    _r("wechat", "微信号", rf"(?<![{_WORD}])wxid_?[a-z0-9]{{4,20}}(?![{_WORD}])"),
    # Without 号 only what no plain word looks like: a digit or an underscore in it.
    _r(
        "wechat",
        "微信号",
        rf"{_WECHAT}{_ID_WORD}?{_COLON}(?P<hide>(?=[a-z_\-]*\d|[a-z\-]*_)[a-z][a-z0-9_\-]{{5,19}})(?![{_WORD}])",
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
        rf"(?<![0-9A-Za-z]){_N}{_BUILDING}\s?(?:{_N}{_UNIT}\s?){{0,3}}{_N}(?:号楼|栋|幢|单元|室|户|房)(?!间)",
    ),
    _r(
        "address",
        "门牌号",
        rf"(?<![走网线思一]){_PLACE}\s?"
        rf"(?P<hide>[0-9]{{1,4}}(?:号院|号楼|号|栋|幢|弄)(?:\s?[0-9A-Z]{{1,5}}{_UNIT}?)?)(?!线|[0-9])",
    ),
    _r("address", "门牌号", rf"{_PLACE}\s?(?P<hide>[0-9]{{1,4}}(?:-[0-9]{{1,5}}){{1,3}})(?![0-9\-])"),
)
# Where two overlap the longer wins, then the one that stands first here.
RECOGNISERS: tuple[Recogniser, ...] = (*_NUMBERS, *_ACCOUNTS, *_NAMES, *_ADDRESSES)
