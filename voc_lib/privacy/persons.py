"""Recognisers of personal names, in the frames in which people give them."""

from __future__ import annotations

from voc_lib.privacy.names import (
    BESIDE_DOT,
    COMPOUND_SURNAMES,
    GIVEN,
    LESSER_SURNAMES,
    NOT_IN_NAMES,
    RARE_SURNAMES,
    SURNAMES,
    TRANSCRIBED,
    is_name,
    is_plain_name,
)
from voc_lib.privacy.recogniser import COLON, word

__all__ = ["NAMES"]


def _any(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(words)})"


# After these a name follows, with a sign between or without.
_NAMED_WORDS = (
    "我叫 我叫做 我的名字 名字叫 名字是 名字: 真名 账户名称 本人叫 户名 户主 姓名 名叫 机主 人叫 账户名 曾用名 "
    "爱人叫 老公叫 老婆叫 丈夫叫 妻子叫 妈叫 爸叫 太太叫 先生叫 柜员叫 经理叫 业务员叫 客服叫 "
    "母亲叫 父亲叫 儿子叫 女儿叫 孩子叫 朋友叫 同事叫 实名是 实名为 实名叫 署名 落款"
)
# After these too, but they are also said without one.
_ROLE_WORDS = (
    "收款人 付款人 汇款人 持卡人 联系人 联络人 经办人 申请人 借款人 贷款人 担保人 保证人 开户人 存款人 法人 代表人 "
    "办理人 投保人 被保险人 受益人 收件人 寄件人 收货人 签名 投诉人 举报人 当事人 委托人 代理人 负责人 客户 用户 顾客 "
    "收款方 付款方 汇款方"
)
_PEOPLE_WORDS = (
    "我是 本人 柜员 客户经理 理财经理 大堂经理 业务员 信贷员 理财师 行长 主管 客服 爱人 老公 老婆 丈夫 妻子 妈妈 母亲 "
    "爸爸 父亲 儿子 女儿 同事 我妈 我爸 我太太 我先生 工作人员 转给 汇给 打给 ,叫"
)
_TITLE_WORDS = "老师 经理 主任 行长 师傅 同志 阿姨 大爷 大妈 叔叔 大姐 大哥"
# 一位叫…的柜员: whom somebody calls by name for what they did.
_CALLED_WORDS = "的柜员 的工作人员 的经理 的大堂 的客户经理 的理财 的客服 的员工 的业务员 的保安 的主管 的行长"
_NAMED = tuple(_NAMED_WORDS.split())
_ROLES, _PEOPLE, _TITLES = (tuple(words.split()) for words in (_ROLE_WORDS, _PEOPLE_WORDS, _TITLE_WORDS))
_CALLED = tuple(_CALLED_WORDS.split())
_POLITE = ("先生", "女士", "小姐", "太太")
_TITLED = (*_POLITE, *_TITLES)

_NOT_LONG = "(?<!行长(?=时|期|沙|途|春|大|线|久))"  # 平安银行长沙分行
_HAN = r"[\u4e00-\u9fff]"
_COMPOUND = _any(COMPOUND_SURNAMES)
_SURNAME = f"(?:{_COMPOUND}|[{SURNAMES}])"
_NO_TITLE = f"(?!{'|'.join(_POLITE)})"
_GIVEN = f"(?:{_NO_TITLE}(?![{NOT_IN_NAMES}]){_HAN})"
# 李向东: characters that also end names, between two that do not.
_GIVEN_NAME = f"(?:[向有元可来为先得本必以]{_GIVEN}|{_GIVEN}{{1,2}})"
_NAME = f"{_SURNAME}{_GIVEN_NAME}"
# 于 is also the end of 由于, 对于 and the like.
_PLAIN = f"(?!(?<=[由对关至等位处属基终鉴在])于)(?:{_COMPOUND}|[{SURNAMES}{LESSER_SURNAMES}]){_GIVEN_NAME}"
# What shows that a name is over: a sign, the end, or what is said of somebody.
_END = (
    r"(?= ?\(?(?:[^\u4e00-\u9fff ]|$|的|电话|手机|身份证|卡号|账号|来电|打来|致电|反映|反馈|投诉|咨询|表示|要求"
    r"|申请|称|说|态度|服务|推荐|没|不|先生|女士|小姐|太太))"
)
# Where a sign closes it a name may also hold those at its end, begin like an everyday word, and have blanks inside.
_OWN = f"(?:{_NO_TITLE}(?![的了在是我你您他她它们这那哪没不吗呢吧账户卡号]){_HAN})"
_ANY_SURNAME = f"(?:{_COMPOUND}|[{SURNAMES}{LESSER_SURNAMES}{RARE_SURNAMES}])"
_CLOSED = f"{_ANY_SURNAME}{_OWN}{{1,2}}(?!{_HAN})|{_ANY_SURNAME} {_OWN}(?: ?{_OWN})?(?= ?(?:[^\u4e00-\u9fff ]|$))"
_FOREIGN = rf"{_HAN}{{1,8}}(?:·{_HAN}{{1,8}}){{1,3}}|[{TRANSCRIBED}]{{3,8}}(?=[^\u4e00-\u9fff]|$)"
# After a surname that is a word too, only what given names are made of.
_UNUSUAL = f"[{RARE_SURNAMES}][{GIVEN}]{{1,2}}"
_SIDE = f"[{BESIDE_DOT}]"

NAMES = (
    word(
        "name",
        "姓名",
        rf"(?:{_any(_NAMED)}|[姓户] {{1,4}}名)(?:{COLON}|[ _/>→\-]{{1,3}})"
        rf"(?P<hide>{_FOREIGN}|{_CLOSED}|{_NAME})",
        _NAMED,
        is_name,
    ),
    word("name", "姓名", rf"{_any(_ROLES)} ?(?:姓名)? ?: ?(?P<hide>{_FOREIGN}|{_CLOSED}|{_NAME})", _ROLES, is_name),
    word("name", "姓名", rf"{_any(_ROLES)}[是为叫]? ?(?P<hide>{_PLAIN}|{_UNUSUAL}){_END}", _ROLES, is_plain_name),
    word("name", "姓名", rf"{_any(_PEOPLE)} ?(?P<hide>{_PLAIN}|{_UNUSUAL}){_END}", _PEOPLE, is_plain_name),
    word(
        "name",
        "姓名",
        rf"(?:叫|名为|姓名为?) ?(?P<hide>{_PLAIN}|{_UNUSUAL})(?={_any(_CALLED)})",
        _CALLED,
        is_plain_name,
    ),
    word("name", "姓名", rf"(?P<hide>{_NAME}) ?[()]?{_any(_POLITE)}", _POLITE, is_name),
    word("name", "姓名", rf"(?P<hide>{_PLAIN}|{_UNUSUAL}) ?[()]?{_any(_TITLED)}{_NOT_LONG}", _TITLED, is_plain_name),
    # Names of other peoples by themselves: no frame is needed where such characters stand on both sides of a dot.
    word("name", "姓名", rf"(?P<hide>{_SIDE}{{2,8}}(?:[·.]{_SIDE}{{2,8}}){{1,3}})", ["·", "."]),
    word(
        "name",
        "姓名",
        rf"(?<!{_HAN})(?![给请找和跟与由向让对被是叫])(?P<hide>{_HAN}{{1,8}}(?:·{_HAN}{{1,8}}){{1,3}}) ?[()]?"
        rf"{_any(_TITLED)}",
        ["·"],
    ),
    word(
        "name", "姓名", rf"(?<!{_HAN})(?P<hide>{_ANY_SURNAME}{_OWN}{{1,2}}) ?\(?{_any(_POLITE)}", _POLITE, is_plain_name
    ),
    # A surname alone only where nothing stands before it that it could belong to.
    word(
        "name",
        "姓名",
        rf"(?:(?<!{_HAN})|(?<=[找跟给向问由让请是的位个了说和与叫被]))(?P<hide>{_SURNAME}) ?"
        rf"{_any(_TITLED)}{_NOT_LONG}",
        _TITLED,
    ),
    word("name", "姓名", rf"(?<!{_HAN})(?!向)(?P<hide>{_ANY_SURNAME}) ?{_any(_POLITE)}", _POLITE),
    word("name", "姓名", rf"(?:我|免贵|本人|贵|客户)姓(?P<hide>{_ANY_SURNAME})", ["姓"]),
)
