"""Recognisers of passports and permits, of vehicle plates, and of what one is reached by: mail, WeChat, QQ."""

from __future__ import annotations

from voc_lib.privacy.fold import CHINESE_DIGITS
from voc_lib.privacy.recogniser import BETWEEN, COLON, NO_MEASURE, number, word

__all__ = ["DOCUMENTS"]

_S = BETWEEN
_WORD = "a-z0-9"
_HAN = r"\u4e00-\u9fff"

_PAPER_WORDS = "护照|passport|通行证|军官证|士官证|士兵证|警官证|港澳证|台胞证|回乡证|居留证|居住证|驾驶证|驾照|签证"
_PAPERS = (
    number(
        "passport",
        "护照号",
        7,
        rf"(?<![{_WORD}])(?:[eg][ \-]?\d{{4}}[ \-]?\d{{4}}|(?:e[a-hj-np-z]|[dps]e)\d{{7}})(?![{_WORD}])",
    ),
    number(
        "passport",
        "证件号",
        6,
        rf"(?:{_PAPER_WORDS})本?(?:证?号码?|编号)?{COLON}"
        rf"(?P<hide>(?:[{_HAN}]字第?)?[a-z]{{0,3}}[ \-]?\d(?:{_S}\d){{5,11}}(?:\(\d\))?)(?![{_WORD}]){NO_MEASURE}",
    ),
    # Of Hong Kong and Macao: one digit of them stands in brackets.
    number(
        "resident_id",
        "身份证号",
        6,
        rf"(?:身份证|id)(?:号码?)?{COLON}(?P<hide>(?:[a-z]{{1,2}}{_S}|[157])\d{{6}} ?\(?[\da]\)?)(?![{_WORD}])",
    ),
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_OFFICE = "abcdefghjklmnopqrstuvwxyz"
# People also read the digits out in Chinese, and put blanks between any two.
_D = f"0-9{CHINESE_DIGITS}"
_PLATE = (
    rf" ?[·.\-_/:,()]? ?(?=(?:[a-z] ?){{0,3}}[{_D}] ?[a-z]? ?[{_D}])(?:[a-hj-np-z{_D}] ?){{4,5}}"
    rf"[a-hj-np-z{_D}挂学警港澳领使](?![{_WORD}])(?!\.\d){NO_MEASURE}"
)
_PLATES = (
    word(
        "plate",
        "车牌号",
        rf"[{_PROVINCES}][ (牌]?[{_OFFICE}]{_PLATE}\)?",
        [f"{province}{sign}{office}" for province in _PROVINCES for office in _OFFICE for sign in ("", " ", "(", "牌")],
    ),
    word("plate", "车牌号", rf"(?<![{_WORD}])wj ?[{_PROVINCES}]? ?\d{{4,5}}[a-z]?(?![{_WORD}])", ["wj"]),
    word("plate", "车牌号", rf"车牌(?:号码?)?{COLON}(?P<hide>[{_OFFICE}]{_PLATE})", ["车牌"]),
)

_MAIL_HOST = "(?:qq|foxmail|163|126|yeah|sina|sohu|gmail|hotmail|outlook|139|189|aliyun)"
_MAIL_END = rf"(?:com|cn|net|org|edu|gov|hk|tw|me|io|co)(?![{_WORD}])"
_MAIL_AT = r" ?(?:@{1,2}|\(at\)|艾特|爱特|小老鼠|圈a| at ) ?"
# After a blank or a sign that is no dot only a known ending, else the next word would go with the address.
_DOMAIN = (
    rf"[{_WORD}\-]{{1,63}}(?:\.[0-9][{_WORD}\-]{{0,62}}){{0,2}}"
    rf"(?: ?(?:[.。,·]|点| dot ) ?{_MAIL_END}|\.[a-z][{_WORD}\-]{{1,62}}){{1,6}}"
    rf"|{_MAIL_HOST}(?![{_WORD}])|[{_WORD}{_HAN}\-]{{1,20}}[.。](?:公司|网络|中国|在线|cn|com)"
)
_MAIL_CUES = ("@", "(at)", "艾特", "爱特", "小老鼠", "圈a", " at ")
_MAILS = (
    word(
        "email",
        "邮箱",
        rf"(?<![{_WORD}_.%+\-'])[{_WORD}_.%+\-']+{_MAIL_AT}(?:{_DOMAIN})",
        _MAIL_CUES,
        in_digits=True,
    ),
    word(
        "email",
        "邮箱",
        rf"(?<![{_WORD}_.%+\-'])[{_WORD}_.%+\-']+#{_MAIL_HOST}(?:\.{_MAIL_END})?(?![{_WORD}])",
        ["#"],
        in_digits=True,
    ),
    word("email", "邮箱", rf"[{_HAN}]{{1,4}}@(?:{_DOMAIN})", ["@"]),
)

# What no plain word looks like: it has a digit or an underscore.
_NO_WORD = r"(?=[a-z_\-]{0,19}\d|[a-z\-]{0,19}_)[a-z][a-z0-9_\-]{5,19}"
_ID_WORD = "(?:号码|号|账号|帐号|id)"
_WECHAT = r"(?:微 ?信|薇信|威信|维信|微芯|微x|绿泡泡|我微|我v|[vw]信|(?<![a-z])(?:wechat|weixin|wx|vx))"
_WECHAT_CUES = (
    "维信",
    "微芯",
    "微x",
    "泡泡",
    "我微",
    "我v",
    "微信",
    "微 信",
    "薇信",
    "威信",
    "v信",
    "w信",
    "wechat",
    "weixin",
    "wx",
    "vx",
)
_ACCOUNTS = (
    word("wechat", "微信号", rf"(?<![{_WORD}])wxid[_\- ]?[{_WORD}{CHINESE_DIGITS}]{{4,20}}(?![{_WORD}])", ["wxid"]),
    # Without 号 only what no plain word looks like.
    word(
        "wechat",
        "微信号",
        rf"{_WECHAT} ?{_ID_WORD}?(?:搜索?|名|联系(?:方式)?|添?加)?(?:{COLON}|[ :,/>→@\-]{{1,4}})"
        rf"(?P<hide>{_NO_WORD})(?![{_WORD}])",
        _WECHAT_CUES,
    ),
    word(
        "wechat",
        "微信号",
        rf"(?:{_WECHAT}(?: ?{_ID_WORD}{COLON}| ?[:是为叫] ?)|加 ?(?:一?下|我|你|您)?(?:的)?{_WECHAT} ?(?:[:是为])? ?)"
        rf"(?P<hide>[a-z][a-z0-9_\-]{{5,19}}|[a-z](?: [a-z0-9_]){{5,19}}|"
        rf"(?=[a-z]{{1,8}} \d)[a-z]{{1,8}} \d{{2,8}}(?: \d{{2,4}})?|\d{{6,11}})"
        rf"(?![{_WORD}]){NO_MEASURE}",
        _WECHAT_CUES,
        in_digits=True,
    ),
    word(
        "wechat",
        "微信号",
        rf"[加+] ?(?:我|你|您)? ?v{COLON}(?P<hide>{_NO_WORD})(?![{_WORD}])",
        [f"{add}{who}v" for add in ("加", "+") for who in ("", " ", "我", "你", "您", "我 ")],
    ),
    word(
        "qq",
        "QQ号",
        rf"(?:q[ .\-]?q|扣扣|抠抠|口口|[球丘]{{2}}|企鹅|[加的我] ?q|(?<![a-z0-9])q(?=号? ?[: ]))"
        rf"(?:[/同和或、,]?{_WECHAT})?{_ID_WORD}?"
        rf"(?:群|邮箱)?(?:联系(?:我|方式)?|找我|咨询|交流|私聊|加|我?给你)?(?:{COLON}|[ ,/>→\-]{{1,4}})"
        rf"(?P<hide>[1-9](?:[ \-.,·]{{0,2}}\d){{4,10}})(?!\d){NO_MEASURE}",
        [
            "qq",
            "q q",
            "q.q",
            "q-q",
            "q:",
            "q号",
            "我q",
            "我 q",
            "口口",
            "抠抠",
            "球球",
            "丘丘",
            "扣扣",
            "企鹅",
            "加q",
            "加 q",
            "的q",
            "的 q",
        ],
        in_digits=True,
    ),
)

DOCUMENTS = (*_PAPERS, *_PLATES, *_MAILS, *_ACCOUNTS)
