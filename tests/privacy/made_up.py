"""Made-up personal data of every kind, in every way in which people write numbers, in the sentences around them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

__all__ = ["NUMBER_FRAMES", "STYLES", "card", "mobile", "numbers", "resident_id"]

_READ_OUT = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"


def _in(digits: str, text: str, one: str | None = None) -> str:
    own = dict(zip("0123456789", digits, strict=True)) | ({"1": one} if one else {})
    return "".join(own.get(char, char) for char in text)


def _wide(text: str) -> str:
    return "".join("\u3000" if char == " " else chr(ord(char) + 0xFEE0) for char in text)


def _each(sign: str) -> Callable[[list[str]], str]:
    return lambda groups: sign.join("".join(groups))


def _between(sign: str) -> Callable[[list[str]], str]:
    return lambda groups: sign.join(groups)


# A number, in its usual groups, as people write it.
STYLES: Mapping[str, Callable[[list[str]], str]] = {
    "plain": _between(""),
    "blanks": _between(" "),
    "wide blanks": _between("\u3000"),
    "tabs": _between("\t"),
    "dashes": _between("-"),
    "dashes and blanks": _between(" - "),
    "long dashes": _between("——"),
    "dots": _between("."),
    "middle dots": _between("·"),
    "underscores": _between("_"),
    "each by itself": _each(" "),
    "each with a dash": _each("-"),
    "unseen between": _each("\u200b"),
    "full width": lambda groups: _wide("".join(groups)),
    "full width, blanks": lambda groups: _wide(" ".join(groups)),
    "full width, dashes": lambda groups: _wide("-".join(groups)),
    "Chinese": lambda groups: _in(_READ_OUT, "".join(groups)),
    "Chinese, 幺": lambda groups: _in(_READ_OUT, "".join(groups), "幺"),
    "Chinese, blanks": lambda groups: _in(_READ_OUT, " ".join(groups)),
    "Chinese, commas": lambda groups: _in(_READ_OUT, "，".join(groups)),
    "Chinese, dashes": lambda groups: _in(_READ_OUT, "-".join(groups)),
    "Chinese, as on cheques": lambda groups: _in(_FORMAL, "".join(groups)),
    "half Chinese": lambda groups: "".join(
        _in(_READ_OUT, char) if place % 3 == 0 else char for place, char in enumerate("".join(groups))
    ),
}

NUMBER_FRAMES = (
    *(
        "我的{k}是{v}，请尽快处理",
        "{k}{v}",
        "{k}：{v}。",
        "（{v}）",
        "麻烦打{v}联系我",
        "请回电{v}。",
        "，{v}谢谢",
        "【{v}】办的",
    ),
    *("留的{k}{v}不对", "{k}:{v},下周再办", "昨天{v}来电", "您好 {v} 一直没人回", "到{v}上"),
)


def luhn(body: str) -> str:
    """The body with its check digit (ISO/IEC 7812-1)."""
    total = sum(d if i % 2 else d * 2 - 9 * (d > 4) for i, d in enumerate(int(c) for c in reversed(body)))
    return body + str(-total % 10)


def card(draw: random.Random, length: int) -> str:
    """A card number of that length."""
    first = draw.choice(("622848", "621700", "955880", "436742", "356833", "4", "51", "36"))
    return luhn((first + _digits(draw, 20))[: length - 1])


def mobile(draw: random.Random) -> str:
    """A mobile number of mainland China, of any range."""
    return f"1{draw.choice('3456789')}{_digits(draw, 9)}"


def resident_id(draw: random.Random) -> str:
    """A resident ID with a right check character (GB 11643)."""
    place = draw.choice(("110105", "320583", "440305", "510107", "650102", "810000", "429004", "460200"))
    body = f"{place}{draw.randint(1930, 2012)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{_digits(draw, 3)}"
    return body + "10X98765432"[sum(2 ** (17 - i) * int(c) for i, c in enumerate(body)) % 11]


def numbers(draw: random.Random) -> Iterator[tuple[str, str, list[str]]]:
    """One of each kind: the mask that it gets, the word that introduces it, its groups."""
    own = mobile(draw)
    for groups in ((3, 4, 4), (4, 3, 4), (3, 3, 5)):
        yield "手机号", "手机号", _grouped(own, *groups)
    for prefix in ("+86", "86", "0086"):
        yield "手机号", "电话", [prefix, *_grouped(own, 3, 4, 4)]
    yield "手机号", "联系方式", _grouped(f"0{own}", 4, 4, 4)
    for area in ("010", draw.choice(("021", "025", "028"))):
        line = draw.choice("2345678") + _digits(draw, 7)
        yield "固定电话", "电话", [area, line]
        yield "固定电话", "固话", [area, line[:4], line[4:]]
    line = draw.choice("2345678") + _digits(draw, draw.choice((6, 7)))
    yield "固定电话", "座机", [draw.choice(("0311", "0755", "0991", "0472")), line]
    identity = resident_id(draw)
    for groups in ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 4, 2, 2, 4)):
        yield "身份证号", "身份证号", _grouped(identity, *groups)
    yield "身份证号", "证件号码", _grouped(identity[:6] + identity[8:17], 6, 6, 3)
    for groups in (
        (4, 4, 4, 4, 3),
        (4, 4, 4, 4, 2),
        (4, 4, 4, 4, 1),
        (4, 4, 4, 4),
        (4, 6, 5),
        (4, 6, 4),
        (4, 4, 4, 1),
        (6, 13),
    ):
        yield "银行卡号", "卡号", _grouped(card(draw, sum(groups)), *groups)


def _grouped(number: str, *sizes: int) -> list[str]:
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    return [number[start : start + size] for start, size in zip(starts, sizes, strict=True)]


def _digits(draw: random.Random, n: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(n))
