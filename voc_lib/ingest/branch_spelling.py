"""Branches as sources spell them: in either case, in brackets, with the bank before or an outlet of theirs behind.

What the profile writes counts first. Else a spelling has to leave no doubt: a row under the wrong branch is worse than
one that is refused and told with the nearest name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from voc_lib.ingest.spelling import plain_name

if TYPE_CHECKING:
    from voc_lib.params.branches import Branches

__all__ = ["BranchNames"]

_SIGNS = re.compile(r"[\s\-_/|:·,、;.()\[\]{}<>【】〔〕「」《》\"'“”]+")
_BANK = re.compile(r".{0,6}?(?:银行(?:股份有限公司)?|[建工农中交招]行|邮储)")
_OFFICE = re.compile(r"(?:支行|分行|分行本部|营业[部室厅所]|分理处|储蓄所|网点)$")
_KIND = re.compile(r"(?:(?:[壮回]族|维吾尔)?自治区|[省市])?(?:分行|支行|中心支行|分公司)?$")
# What makes the name before it a street's or another place's: 北京东路支行 is an outlet of wherever that street is, and
# 河北区 a district of another city.
_ELSEWHERE = re.compile(
    "[东西南北中前后大小新老一二三四五六七八九十]*(?:[路街道巷桥村庄镇乡县州港]|胡同)|区(?!分行)|[大新]区|银行"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")


class BranchNames:
    """Tells which branch a cell means.

    Args:
        branches: those of the profile.
    """

    def __init__(self, branches: Branches) -> None:
        names = branches.by_name()
        self._exact = {plain_name(name): code for name, code in names.items()}
        self._bare = _unequivocal((_bare(name), code) for name, code in self._exact.items())
        stems = ((_KIND.sub("", _bare(name), count=1), code) for name, code in self._exact.items())
        places = (*self._bare.items(), *_unequivocal(stems).items(), *_with_district(self._bare.items()))
        # A word, not a code: what follows a code is as likely another code.
        own = _unequivocal((name, code) for name, code in places if _HAN.match(name))
        self._places = sorted(own.items(), key=lambda place: (-len(place[0]), place[0]))

    def code_of(self, name: str) -> str | None:
        """The code of the branch that a cell names, or of the branch whose outlet it names; None where neither is sure.

        Beside the names of the profile: these without regard to case, brackets and signs (bj, (北京)); with a number, a
        code or a bank before them (01-北京, BJ 北京分行, 建设银行北京分行); with an outlet behind them
        (北京市分行营业部, 北京朝阳支行).
        """
        if (code := self._exact.get(plain_name(name))) is not None:
            return code
        told = plain_name(name)
        if (code := self._bare.get(_bare(told))) is not None:
            return code
        parts = [part for part in _SIGNS.split(unicodedata.normalize("NFKC", name)) if part and not part.isdecimal()]
        found = {part: self._part(_bare(plain_name(part))) for part in parts}
        codes = set(filter(None, found.values()))
        is_clear = all(code is not None or _OFFICE.search(part) for part, code in found.items())
        return codes.pop() if len(codes) == 1 and is_clear else None

    def _part(self, part: str) -> str | None:
        """The branch of a name without signs."""
        if (code := self._bare.get(part)) is not None:
            return code
        for place, code in self._places:
            if part == place:
                return code
            if part.startswith(place) and self._is_outlet(part.removeprefix(place)):
                return code
        bank = _BANK.match(part)
        return self._part(part[bank.end() :]) if bank and bank.end() < len(part) else None

    def _is_outlet(self, rest: str) -> bool:
        """Whether what follows a branch's name is an outlet of it."""
        is_office = _OFFICE.search(rest) is not None and _ELSEWHERE.match(rest) is None
        return is_office and not any(place in rest for place, _ in self._places)


def _bare(name: str) -> str:
    return _SIGNS.sub("", name).casefold()


def _with_district(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """北京市 of 北京市分行."""
    return [(name.removesuffix("分行"), code) for name, code in names if name.endswith("分行")]


def _unequivocal(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names that mean one branch alone."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in names:
        if name:
            found[name].add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}
