"""Made-up people, and personal data that is valid in form and nobody's: number blocks of zeros, births in 1900."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

__all__ = ["PII", "mobile", "person"]

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = ("示例", "样本", "虚构", "演示", "假名")
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person(rng: random.Random) -> str:
    """A name that reads as made up."""
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def mobile(rng: random.Random) -> str:
    """A mobile number in a block of zeros."""
    return f"{rng.choice(('138', '139', '150', '186'))}0000{rng.randrange(10_000):04d}"


def _mobile_spaced(rng: random.Random) -> str:
    number = mobile(rng)
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def _mobile_full_width(rng: random.Random) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in mobile(rng))


def _landline(rng: random.Random) -> str:
    return f"{rng.choice(('010', '022', '0311'))}-6600{rng.randrange(10_000):04d}"


def _resident_id(rng: random.Random) -> str:
    body = f"1101011900{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randrange(1000):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]  # check digit of GB 11643-1999


def _bank_card(rng: random.Random) -> str:
    body = f"622700000000{rng.randrange(1_000_000):06d}"
    digits = [int(digit) for digit in reversed(body)]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    return body + str(-total % 10)  # check digit of ISO/IEC 7812 (Luhn)


def _bank_card_spaced(rng: random.Random) -> str:
    card = _bank_card(rng)
    return " ".join(card[start : start + 4] for start in range(0, len(card), 4))


def _email(rng: random.Random) -> str:
    return f"demo{rng.randrange(10_000):04d}@example.com"


PII: Mapping[str, tuple[Callable[[random.Random], str], str]] = {
    "mobile": (mobile, "我的电话是{}"),
    "mobile_spaced": (_mobile_spaced, "回电请打 {} "),
    "mobile_full_width": (_mobile_full_width, "手机{}"),
    "landline": (_landline, "单位电话{}"),
    "resident_id": (_resident_id, "身份证号{}"),
    "bank_card": (_bank_card, "卡号{}"),
    "bank_card_spaced": (_bank_card_spaced, "卡号是 {} "),
    "email": (_email, "材料请发到 {} "),
}
"""Kind of personal data: how to make one, and how people say it."""
