"""Recognisers of addresses below the road.

Road, estate and district stay, since an issue is named by them; number, building, unit and room go.
"""

from __future__ import annotations

from voc_lib.privacy.recogniser import NO_MEASURE, word

__all__ = ["ADDRESSES"]

_HAN_DIGITS = "一二三四五六七八九十百零〇壹贰叁肆伍陆柒捌玖拾"
_N = rf"(?:[甲乙丙丁附]?[0-9](?: ?[0-9]){{0,4}}[a-z]?|[a-z][0-9]{{0,4}}|[{_HAN_DIGITS}]{{1,6}})"
_GAP = r"[ ,\-·]{0,2}"
# What begins with a number of its own, below the road; 号 and 座 also end other numbers.
_BUILDING = r"(?:号院|号大院|号楼|号|栋|幢|座|单元|支弄|弄|# ?楼)"
_UNIT = rf"(?:{_BUILDING}|层|楼|室|户|房|门)"
_ROOM = r"(?:号楼|栋|幢|单元|室|房(?![间贷产屋子价租东]))"
# 401 after 3栋: bare, so no number that something else follows.
_BARE = rf"(?:[0-9]{{3,4}}(?![0-9a-z.])|[{_HAN_DIGITS}]{{3,4}}){NO_MEASURE}"
_CHAIN = rf"(?:{_GAP}{_N} ?{_UNIT}){{0,4}}"
_PLACE = (
    "(?:(?:大道|[路街])[东南西北中]?|[巷弄段里村屯镇乡组]|胡同|街道|社区|小区|花园|公寓|大厦|家园|家属院|广场|新村|山庄|名苑|苑|庭|府|湾"
    "|[东南西北中a-z一二三四五六七八九十]区|园区|(?<![知渠频通报味行轨人])道|开发区|新城|门牌号?[:是]?)"
)
_ENDS = "路街道巷弄段里村屯镇乡组同区园寓厦院场庄苑庭府湾城号东南西北中牌"
_NOT_THERE = "(?!线|[0-9]|支行|分理处|网点|窗|柜|机|台|桌|车|出口|站|令|文|公告)"

_DIGIT = f"0123456789{_HAN_DIGITS}abcdefgh"
_NUMBERED = tuple(
    f"{digit}{blank}{unit}"
    for digit in _DIGIT
    for blank in ("", " ")
    for unit in ("号", "栋", "幢", "座", "单", "弄", "支", "#")
)
_AFTER_PLACE = tuple(f"{end}{blank}{digit}" for end in _ENDS for blank in ("", " ") for digit in "0123456789甲乙丙丁")

ADDRESSES = (
    word(
        "address",
        "门牌号",
        rf"(?<![0-9a-z]){_N} ?{_BUILDING}{_CHAIN}{_GAP}{_N} ?{_ROOM}(?!间)",
        _NUMBERED,
        over_dates=False,
    ),
    word(
        "address",
        "门牌号",
        rf"(?<![0-9a-z]){_N} ?{_BUILDING}{_CHAIN}(?<=[栋幢座楼#元门层]){_GAP}{_BARE}",
        _NUMBERED,
        over_dates=False,
    ),
    # 弄 ends nothing but a lane, and 28层2805 tells the floor twice.
    word(
        "address",
        "门牌号",
        rf"(?<![0-9a-z]){_N} ?(?:支弄|弄){_CHAIN}{_GAP}{_N} ?[号室]{_NOT_THERE}",
        _NUMBERED,
        over_dates=False,
    ),
    word(
        "address",
        "门牌号",
        r"(?<![0-9a-z])(?P<floor>[0-9]{1,2})[层楼] ?(?P=floor)[0-9]{2}(?![0-9.])(?:[室户房](?!间))?" + NO_MEASURE,
        tuple(f"{digit}{unit}" for digit in "0123456789" for unit in "层楼"),
        over_dates=False,
    ),
    # A number of three or four digits with 室 or 号房 is a room, and parts with dashes before it its building.
    word(
        "address",
        "门牌号",
        r"(?<![0-9a-z\-])(?:[0-9]{1,3}-){0,3}[0-9]{3,4} ?(?:室(?![内外温])|号房(?![间子贷产屋价]))",
        tuple(f"{digit}{unit}" for digit in "0123456789" for unit in ("室", "号")),
        over_dates=False,
    ),
    # Written out only after a road, where no day of the month stands.
    word(
        "address",
        "门牌号",
        rf"(?<![走网线思电套])(?:路|[东南西北中]街|大街|巷|弄|胡同|大道)[东南西北中]? ?"
        rf"(?P<hide>[{_HAN_DIGITS}]{{1,6}}号){_NOT_THERE}",
        tuple(f"{end}{digit}" for end in "路街巷弄同道东南西北中" for digit in _HAN_DIGITS),
        over_dates=False,
    ),
    # 户 also counts households, so after a bare 号 it is none of the address.
    word(
        "address",
        "门牌号",
        rf"(?<![0-9a-z]){_N} ?(?:号院|号楼|栋|幢|座|单元){_CHAIN}{_GAP}{_N} ?户",
        _NUMBERED,
        over_dates=False,
    ),
    word(
        "address",
        "门牌号",
        rf"(?<![走网线思])(?<!一(?=路)){_PLACE} ?"
        rf"(?P<hide>[甲乙丙丁]?[0-9](?: ?[0-9]){{0,3}} ?(?:号院|号楼|号|栋|幢|弄|# ?楼?)"
        rf"(?:{_CHAIN}{_GAP}(?:{_N} ?{_UNIT}|[附之][0-9]{{1,3}}号?|{_BARE})|之[一二三四五六七八九十])?)"
        rf"{_NOT_THERE}",
        _AFTER_PLACE,
        over_dates=False,
    ),
    word(
        "address",
        "门牌号",
        rf"{_PLACE} ?(?P<hide>[a-z]?[0-9]{{1,4}}(?:[之\-][0-9]{{1,5}}){{1,3}}号?)(?![0-9\-:])(?! ?点){NO_MEASURE}",
        _AFTER_PLACE,
        over_dates=False,
    ),
)
