"""The last look at a package before it is closed: personal data, and anything that is another branch's.

It refuses rather than lets pass, and says where; what it says never holds the datum itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from voc_lib.privacy import Masker
from voc_lib.schema import HEAD_OFFICE
from voc_lib.workflow.publishing.holdings import Holdings, grams, squeezed
from voc_lib.workflow.publishing.passages import Passage, RecordRow, passages_of

__all__ = ["Finding", "inspect"]

_KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_MONTH = r"\d{4}年\d{1,2}月"
_WORD = re.compile(r"[A-Za-z0-9]")
_TOKEN = re.compile(r"[A-Za-z0-9_:#.\-]+")
_ELLIPSIS = re.compile(r"\.+$")  # as squeezing leaves it, where a quotation is cut


@dataclass(frozen=True, order=True)
class Finding:
    """Something that must not go out: in which file, where, and what it is."""

    file: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.what}"


def inspect(files: Mapping[str, bytes], *, branch: str, holdings: Holdings, masker: Masker) -> list[Finding]:
    """What of the files must not go to the branch, in the order of files and places; empty where they are clean.

    Args:
        files: the bytes of each file, by name.
        branch: whose package it is; the head office may hold what is any branch's, but no personal data.
        holdings: what is whose.
        masker: what personal data are.
    Raises: PublishError for a file that cannot be searched.
    """
    found = [part for name in sorted(files) for part in passages_of(name, files[name])]
    passages = [part for part in found if isinstance(part, Passage)]
    search = _Search(branch, holdings)
    told = [*_personal(passages, masker, search.own_numbers), *search.customer_keys(passages)]
    if branch != HEAD_OFFICE:
        told += search.rows(part for part in found if isinstance(part, RecordRow))
        told += search.foreign(passages)
    return list(dict.fromkeys(told))


def _personal(passages: list[Passage], masker: Masker, own_numbers: frozenset[str]) -> Iterator[Finding]:
    """Personal data that masking would find, but for what is part of a number of the branch's own records."""
    read = [part for part in passages if part.kind != "page"]  # its lines are read one by one
    _, counts = masker.mask_all([part.text for part in read])
    for part, n in zip(read, counts, strict=True):
        if not n or part.text in own_numbers:
            continue
        own = [match.span() for match in _TOKEN.finditer(part.text) if match[0] in own_numbers]
        for datum in masker.find(part.text):
            if not any(start <= datum.start and datum.end <= end for start, end in own):
                yield Finding(part.file, part.place, f"personal data ({datum.kind})")


class _Search:
    """Looks for what is another branch's and not this one's as well."""

    def __init__(self, branch: str, holdings: Holdings) -> None:
        self._branch = branch
        self._holdings = holdings

    @cached_property
    def own_numbers(self) -> frozenset[str]:
        """Numbers of its records and actions, bare and with their source."""
        own = self._holdings.landed
        own = own if self._branch == HEAD_OFFICE else self._holdings.own(self._branch)
        actions = self._holdings.actions
        return frozenset(
            (
                *own["record_id"],
                *(own["source"] + ":" + own["record_id"]),
                *actions.loc[actions["branch"] == self._branch, "action_id"],
            )
        )

    @cached_property
    def _own_words(self) -> str:
        """All that it has told itself, to see whether a hit is its own too."""
        return "\n".join(sorted(self._holdings.told[self._branch]))

    @cached_property
    def _own_records(self) -> dict[tuple[str, str], str]:
        own = self._holdings.own(self._branch)
        return dict(zip(zip(own["source"], own["record_id"], strict=True), own["text"], strict=True))

    @cached_property
    def _others(self) -> list[str]:
        return [code for code in self._holdings.profile.branches.codes if code != self._branch]

    @cached_property
    def _foreign_action(self) -> re.Pattern[str] | None:
        codes = "|".join(sorted(map(re.escape, self._others), key=len, reverse=True))
        return re.compile(rf"(?<![A-Za-z0-9_-])(?:{codes})-[A-Za-z0-9.]+-\d{{6}}(?!\d)") if codes else None

    @cached_property
    def _titles(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """How its own documents are headed (branch and month), and those of the others and of the head office."""
        profile = self._holdings.profile
        own = re.escape(squeezed(profile.branch(self._branch).name))
        others = "|".join(re.escape(squeezed(profile.branch(code).name)) for code in self._others)
        report, office = (squeezed(title) for title in (profile.run.report_title, profile.run.head_office_title))
        foreign = [rf"(?:{others}){_MONTH}"] if others else []
        # Where both reports are called alike, a title without a branch before it is no sign.
        foreign += [rf"{_MONTH}{re.escape(office)}"] if office != report else []
        return re.compile(rf"{own}{_MONTH}"), re.compile("|".join(foreign) or "(?!)")

    def customer_keys(self, passages: Iterable[Passage]) -> Iterator[Finding]:
        """Customers' keys, which never leave the data folder."""
        for part in passages:
            if any(key in self._holdings.keys for key in _KEY.findall(part.text)):
                yield Finding(part.file, part.place, "a customer's key")

    def rows(self, rows: Iterable[RecordRow]) -> Iterator[Finding]:
        """Records that a page lists and that are not the branch's, or are not told as they are."""
        for row in rows:
            key = (row.source, row.record_id)
            if key not in self._own_records:
                owners = self._holdings.numbers.get(":".join(key), frozenset())
                whose = f"of {', '.join(sorted(owners))}" if owners else "that is (or is no more) in no table"
                yield Finding(row.file, row.place, f"record {':'.join(key)} {whose}")
            elif squeezed(row.text) != squeezed(self._own_records[key]):
                yield Finding(row.file, row.place, f"record {':'.join(key)} with other words than in its table")

    def foreign(self, passages: Iterable[Passage]) -> Iterator[Finding]:
        """Numbers, titles, names that stand alone, and words of the other branches."""
        words = {piece: (code, what) for code in self._others for piece, what in self._holdings.words[code].items()}
        for part in passages:
            plain = squeezed(part.text)
            for whose, what in (
                *self._numbers(part.text),
                *self._title(plain),
                *(self._name(plain) if part.kind == "cell" else ()),
                *self._words(plain, words),
                *self._short_words(plain),
            ):
                yield Finding(part.file, part.place, f"{what} of {whose}")
            if part.kind == "quote" and not self._is_own(_ELLIPSIS.sub("", plain)):
                yield Finding(part.file, part.place, "a quotation that no customer of the branch said")

    def _numbers(self, text: str) -> Iterator[tuple[str, str]]:
        for end, number in self._holdings.number_search.iter(text):
            start = end - len(number) + 1
            is_part = _WORD.match(text[end + 1 : end + 2]) or _WORD.match(text[start - 1 : start] if start else "")
            owners = self._holdings.numbers[number]
            if not is_part and self._branch not in owners and not self._is_own(number):
                yield ", ".join(sorted(owners)), f"number {number}"
        if self._foreign_action is not None:
            for match in self._foreign_action.finditer(text):
                if match[0] not in self._holdings.numbers and not self._is_own(match[0]):
                    yield "another branch", f"suggestion {match[0]}"

    def _title(self, plain: str) -> Iterator[tuple[str, str]]:
        own, foreign = self._titles
        match = foreign.search(own.sub("", plain))
        if match and not self._is_own(match[0]):
            yield "another branch or the head office", f"the heading “{match[0]}”"

    def _name(self, plain: str) -> Iterator[tuple[str, str]]:
        owners = self._holdings.names.get(plain, frozenset())
        if owners and self._branch not in owners and plain not in self._holdings.told[self._branch]:
            yield ", ".join(sorted(owners)), "a row under the name"

    def _words(self, plain: str, words: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Each record of another branch that is quoted, once."""
        told = set()
        for piece in grams(plain) & words.keys():
            if words[piece] not in told and not self._is_own(piece):
                told.add(words[piece])
        yield from sorted((code, f"words of {what}") for code, what in told)

    def _short_words(self, plain: str) -> Iterator[tuple[str, str]]:
        """A record of another branch in a few words, where nothing else stands beside them."""
        code, what = self._holdings.short_words.get(plain, (self._branch, ""))
        if code != self._branch and not self._is_own(plain):
            yield code, f"words of {what}"

    def _is_own(self, text: str) -> bool:
        return squeezed(text) in self._own_words
