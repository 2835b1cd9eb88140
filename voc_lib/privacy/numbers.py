"""Recognisers of numbers: resident IDs, bank cards and accounts, mobile numbers and fixed lines."""

from __future__ import annotations

from voc_lib.privacy.checks import is_account, is_bank_card, is_landline, is_local_number, is_mobile, is_resident_id
from voc_lib.privacy.plans import is_foreign_number
from voc_lib.privacy.recogniser import BETWEEN, COLON, GAP, NO_AMOUNT, NO_MEASURE, everywhere, number, word

__all__ = ["NUMBERS"]

_S, _G = BETWEEN, GAP
_NOUGHTS = "0o〇零○洞"
# Each digit by itself, and the same sign between any two.
_SIGN = r"(?P<sign>[ \-._/·*,|~]{1,3})"

# A date of birth may be written as one inside the number.
_RESIDENT_IDS = (
    number(
        "resident_id",
        "身份证号",
        15,
        r"(?<!\d)" + everywhere(rf"[1-9](?:{_G}\d){{16}}{_G}[\dx*](?!\d)"),
        is_resident_id,
        over_dates=True,
    ),
    number("resident_id", "身份证号", 15, rf"(?<!\d)[1-9](?:{_S}\d){{14}}(?!\d)", is_resident_id),
    number(
        "resident_id", "身份证号", 15, rf"(?<!\d)[1-9]\d{{5}}{_G}\d{{6}}{_G}\d{{3}}(?!\d){NO_AMOUNT}", is_resident_id
    ),
    number(
        "resident_id",
        "身份证号",
        15,
        rf"(?:身份证|证件)(?:号码?)?{COLON}(?P<hide>[1-9](?:{_S}\d){{14,17}}(?:{_S}[x*])?)(?!\d)",
        over_dates=True,
    ),
)

_CHINA = rf"(?:\(?\+?{_S}(?:0{_S}0{_S})?8{_S}6\)?{_G})?"


def _grouped(gap: str, *groups: tuple[int, ...]) -> str:
    return "|".join(
        rf"1[3-9]\d{{{first - 2}}}" + "".join(rf"{gap}\d{{{size}}}" for size in others) for first, *others in groups
    )


# How mobile numbers are written in groups: 3-4-4 above all. Two large groups are two amounts as well as one number,
# unless there is nothing between them but a blank or a hyphen.
_MOBILE_GROUPS = "|".join(
    (
        _grouped(_G, (3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (3, 5, 3), (3, 4, 2, 2)),
        _grouped(r"[ \-]", (5, 6), (6, 5), (2, 3, 3, 3), (3, 2, 2, 2, 2)),
    )
)
_MOBILES = (
    number("mobile", "手机号", 11, rf"(?<!\d){_CHINA}0?1[3-9]\d{{9}}(?!\d)", is_mobile),
    number("mobile", "手机号", 11, r"(?<!\d)(?:1[3-9]\d{9}){2,3}(?!\d)"),
    number(
        "mobile",
        "手机号",
        11,
        r"(?<!\d)(?<!\d\.)" + everywhere(rf"{_CHINA}(?:0{_S})?(?:{_MOBILE_GROUPS})(?!\.?\d){NO_AMOUNT}"),
        is_mobile,
    ),
    number("mobile", "手机号", 11, rf"(?<!\d){_CHINA}1[3-9]\d(?:{_S}\d){{8}}(?!\d){NO_AMOUNT}", is_mobile),
    # Any other spacing only where no further number stands beside it: else it is a list of numbers.
    number(
        "mobile",
        "手机号",
        11,
        rf"(?<!\d)(?<!\d[ \-]){_CHINA}(?:0{_S})?1{_S}[3-9](?:{_S}\d){{9}}(?![ \-]?\d){NO_AMOUNT}",
        is_mobile,
    ),
    number("mobile", "手机号", 11, rf"(?<!\d)1{_SIGN}[3-9](?:(?P=sign)\d){{9}}(?!\d)", is_mobile),
    # Of other countries only what begins with their code and is a number by their plan.
    word(
        "mobile",
        "境外电话",
        rf"(?:\+{_S}|(?<!\d)00{_S})(?!8{_S}6)[1-9](?:{_G}\d){{7,14}}(?!\d){NO_AMOUNT}",
        ["+", *(first + second for first in _NOUGHTS for second in _NOUGHTS)],
        is_foreign_number,
        in_digits=True,
        over_dates=False,
    ),
)

_BANK_CARDS = (
    number("bank_card", "银行卡号", 13, r"(?<!\d)(?:[1-9]\d{12,18}|0[1-9]\d{14,17})(?!\d)", is_bank_card),
    *(
        number("bank_card", "银行卡号", 13, r"(?<!\d)" + everywhere(rf"{groups}(?!\d){NO_AMOUNT}"), is_bank_card)
        for groups in (
            rf"\d{{4}}(?:{_G}\d{{4}}){{3}}",
            rf"\d{{4}}(?:{_G}\d{{4}}){{3}}{_G}\d{{1,3}}",
            rf"\d{{4}}(?:{_G}\d{{4}}){{2}}{_G}\d{{1,3}}",
            rf"\d{{4}}{_G}\d{{6}}{_G}\d{{4,5}}",
            rf"\d{{6}}{_G}\d{{7,13}}",
        )
    ),
    number("bank_card", "银行卡号", 13, rf"(?<!\d)[1-9](?:{_S}\d){{12,18}}(?!\d){NO_AMOUNT}", is_bank_card),
    number("bank_card", "银行卡号", 13, rf"(?<!\d)[1-9]{_SIGN}\d(?:(?P=sign)\d){{11,17}}(?!\d)", is_bank_card),
    # After its cue a number is somebody's account, whatever its check digit.
    number(
        "bank_card",
        "银行卡号",
        11,
        rf"(?:卡号|账号|帐号|账户|帐户|存折|折号|卡)(?:号码?)?{COLON}"
        rf"(?P<hide>\d{{4}}(?:{_G}\d{{4}}){{2,4}}(?:{_G}\d{{1,3}})?|\d(?:{_S}\d){{10,20}})(?!\d){NO_AMOUNT}",
        is_account,
    ),
)

_AREA = r"(?:10|2\d|[3-9]\d\d)"
_EXTENSION = r"(?: ?\(?(?:转接?|-|分机号?|ext\.?) ?\d{1,6}\)?)?"
_LANDLINES = (
    number(
        "landline",
        "固定电话",
        10,
        rf"(?<!\d)\(?(?:(?:\+|00)86{_G}0?|86[ \-()]{{1,4}}0?|0){_AREA}{_G}[2-9]\d{{2,3}}{_G}\d{{4}}{_EXTENSION}(?!\d)",
    ),
    number("landline", "固定电话", 10, rf"(?<!\d)\(?0{_AREA}{_G}[2-9](?:{_S}\d){{6,7}}(?![ \-]?\d){NO_AMOUNT}"),
    number("landline", "固定电话", 10, rf"(?<!\d)0{_SIGN}\d(?:(?P=sign)\d){{8,10}}(?!\d)", is_landline),
    # Without its area code only after a cue, and never the bank's own 95533 or 400-….
    number(
        "landline",
        "固定电话",
        7,
        rf"(?:电话|座机|固话|传真|分机|致电|来电|回电|拨打|打|联系|联系方式|联系号码|我的号码|我号码){COLON}"
        rf"(?P<hide>(?!400|800|95\d{{3}})[2-9]\d{{2,3}}{_S}\d{{4}}{_EXTENSION})(?!{_S}\d){NO_MEASURE}",
        is_local_number,
    ),
)

NUMBERS = (*_RESIDENT_IDS, *_MOBILES, *_BANK_CARDS, *_LANDLINES)
