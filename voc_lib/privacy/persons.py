"""Recognisers of personal names, in the frames in which people give them."""

from __future__ import annotations

from voc_lib.privacy.names import (
    COMPOUND_SURNAMES,
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
    "母亲叫 父亲叫 儿子叫 女儿叫 孩子叫 朋友叫 同事叫"
)
# After these too, but they are also said without one.
_ROLE_WORDS = (
    "收款人 付款人 汇款人 持卡人 联系人 联络人 经办人 申请人 借款人 贷款人 担保人 保证人 开户人 存款人 法人 代表人 "
    "办理人 投保人 被保险人 受益人 收件人 寄件人 收货人 签名 投诉人 举报人 当事人 委托人 代理人 负责人 客户"
)
_PEOPLE_WORDS = (
    "我是 本人 柜员 客户经理 理财经理 大堂经理 业务员 信贷员 理财师 行长 主管 客服 爱人 老公 老婆 丈夫 妻子 妈妈 母亲 "
    "爸爸 父亲 儿子 女儿 同事 我妈 我爸 我太太 我先生 工作人员 转给 汇给 打给 ,叫"
)
_TITLE_WORDS = "老师 经理 主任 行长 师傅 同志 阿姨 大爷 大妈 叔叔 大姐 大哥"
_NAMED = tuple(_NAMED_WORDS.split())
_ROLES, _PEOPLE, _TITLES = (tuple(words.split()) for words in (_ROLE_WORDS, _PEOPLE_WORDS, _TITLE_WORDS))
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
    word("name", "姓名", rf"{_any(_ROLES)}[是为叫]? ?(?P<hide>{_PLAIN}){_END}", _ROLES, is_plain_name),
    word("name", "姓名", rf"{_any(_PEOPLE)} ?(?P<hide>{_PLAIN}){_END}", _PEOPLE, is_plain_name),
    word("name", "姓名", rf"(?P<hide>{_NAME}) ?\(?{_any(_POLITE)}", _POLITE, is_name),
    word("name", "姓名", rf"(?P<hide>{_PLAIN}) ?\(?{_any(_TITLED)}{_NOT_LONG}", _TITLED, is_plain_name),
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
