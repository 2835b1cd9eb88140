"""One branch's month in the demo: who said what, when, where."""

from __future__ import annotations

import calendar
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from voc_lib.demo.people import PII, mobile, person
from voc_lib.demo.texts import Texts
from voc_lib.demo.voices import HOT_ISSUES, HotIssue, Voice

__all__ = ["branch_month"]

T = TypeVar("T")

_ROWS = {"work_order": 96, "complaint_intent": 22, "survey": 78}  # a usual month of a middling branch
_KINDS = {
    "work_order": {"question": 0.52, "complaint": 0.3, "suggestion": 0.15, "none": 0.03},
    "complaint_intent": {"complaint": 1.0},
    "survey": {"praise": 0.3, "complaint": 0.22, "suggestion": 0.12, "remark": 0.1, "silent": 0.26},
}
_SCORES = {
    "question": {2: 0.1, 3: 0.4, 4: 0.4, 5: 0.1},
    "complaint": {1: 0.45, 2: 0.35, 3: 0.2},
    "suggestion": {2: 0.1, 3: 0.35, 4: 0.4, 5: 0.15},
    "praise": {4: 0.2, 5: 0.8},
    "silent": {1: 0.03, 2: 0.05, 3: 0.14, 4: 0.33, 5: 0.45},
}
_OUTLETS = (
    "和平支行",
    "解放路支行",
    "火车站支行",
    "新华街支行",
    "高新区支行",
    "大学城支行",
    "人民广场支行",
    "东风路支行",
)
_WEEKDAYS = (1.3, 1.15, 1.05, 1.0, 1.1, 0.6, 0.5)  # Monday … Sunday
_PAYDAYS = {10: 1.35, 15: 1.5, 25: 1.25}
_PAYDAY_CODES = {"72": 2.2, "34": 1.8, "63": 1.5}  # the queues, the payrolls, the cash machines
_HOURS = {8: 3, 9: 9, 10: 11, 11: 8, 12: 5, 13: 5, 14: 8, 15: 9, 16: 8, 17: 6, 18: 4, 19: 4, 20: 3, 21: 2, 22: 1}
_HOT_SOURCES = {"work_order": 0.64, "complaint_intent": 0.26, "survey": 0.1}
_HOT_KINDS = {"complaint": 0.74, "question": 0.18, "suggestion": 0.08}
_PII_SHARE = 0.045
_TWICE_SHARE = 0.18  # of complaint intents: a work order tells the same matter


def branch_month(texts: Texts, *, seed: int, branch: str, position: int, month: str, age: int) -> list[Voice]:
    """All voices of one branch and month, in time order.

    Args:
        texts: the templates.
        seed: of the whole demo; each branch-month draws from its own stream, whatever else is made.
        branch: its code.
        position: where it stands among the demo's branches; the planted issues go by it.
        month: YYYY-MM.
        age: months before the demo's last one.
    """
    taste = random.Random(f"{seed}/{branch}")  # what stays with the branch from month to month
    scene = _Scene(
        texts=texts,
        rng=random.Random(f"{seed}/{branch}/{month}"),
        branch=branch,
        days=_days(month),
        weights={code: weight * taste.uniform(0.7, 1.4) for code, weight in texts.weights.items()},
        customers=tuple(f"C{taste.randrange(10_000_000):07d}" for _ in range(420)),
    )
    size = taste.uniform(0.85, 1.1) * (1.15 if position == 0 else 1.0) * (1 - 0.03 * age)
    voices = [scene.usual(source) for source, rows in _ROWS.items() for _ in range(round(rows * size))]
    for issue in HOT_ISSUES:
        if issue.branch == position and issue.age == age:
            voices += [scene.hot(issue) for _ in range(issue.n)]
    voices += scene.told_twice(voices)
    return sorted((scene.with_pii(voice) for voice in voices), key=lambda v: (v.at, v.source, v.customer, v.text))


def _days(month: str) -> tuple[datetime, ...]:
    year, number = int(month[:4]), int(month[5:])
    return tuple(datetime(year, number, day) for day in range(1, calendar.monthrange(year, number)[1] + 1))


def _draw(rng: random.Random, weights: Mapping[T, float]) -> T:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


@dataclass(frozen=True)
class _Scene:
    """A branch-month while its voices are drawn."""

    texts: Texts
    rng: random.Random
    branch: str
    days: tuple[datetime, ...]
    weights: Mapping[str, float]
    customers: tuple[str, ...]

    def usual(self, source: str) -> Voice:
        """A voice as any month hears it."""
        at, outlet = self._moment(), self._outlet()
        kind = _draw(self.rng, _KINDS[source])
        if kind in ("silent", "remark"):
            return self._survey_remark(at, outlet, kind)
        payday = at.day in _PAYDAYS
        codes = {
            code: self.weights[code] * (_PAYDAY_CODES.get(code, 1.0) if payday else 1.0)
            for code in self.texts.codes_of(kind)
        }
        code = _draw(self.rng, codes)
        text = self.texts.speak(code, kind, self.rng, outlet=outlet, told=source != "survey")
        return self._voice(source, at, outlet, kind, code, text)

    def hot(self, issue: HotIssue) -> Voice:
        """A voice on a planted issue: days in the middle are the worst, one outlet where the issue has a place."""
        first, last = issue.days
        day = self.days[round(self.rng.triangular(first, last, first + (last - first) * 0.4)) - 1]
        at, outlet = self._at(day), _OUTLETS[0] if issue.name == "swallow" else self._outlet()
        source, kind = _draw(self.rng, _HOT_SOURCES), _draw(self.rng, _HOT_KINDS)
        kind = "complaint" if source == "complaint_intent" else kind
        text = self.texts.speak("", kind, self.rng, outlet=outlet, told=source != "survey", hot=issue.name)
        code = self.texts.hot[issue.name][0]
        return replace(self._voice(source, at, outlet, kind, code, text), hot=issue.name)

    def told_twice(self, voices: list[Voice]) -> list[Voice]:
        """Work orders that tell what some of the complaint intents tell, from the same customers, days later."""
        found = []
        for voice in voices:
            later = voice.at + timedelta(days=self.rng.randint(0, 3), minutes=self.rng.randint(20, 200))
            if voice.source != "complaint_intent" or self.rng.random() > _TWICE_SHARE or later > self._end():
                continue
            text = f"客户再次来电反映：{voice.text.rstrip('。')}，要求尽快处理。"
            found.append(replace(voice, source="work_order", at=later, text=text, told_twice=True))
        return found

    def with_pii(self, voice: Voice) -> Voice:
        """The voice, now and then with a personal datum in its text."""
        if not voice.text or voice.told_twice or self.rng.random() > _PII_SHARE:
            return voice
        kind = self.rng.choice(list(PII))
        make, said = PII[kind]
        value = make(self.rng)
        text = voice.text if voice.text[-1] in "。！？" else voice.text + "。"
        return replace(voice, text=f"{text}{said.format(value)}。", pii=(kind, value))

    def _voice(self, source: str, at: datetime, outlet: str, kind: str, code: str | None, text: str) -> Voice:
        return Voice(
            source=source,
            branch=self.branch,
            at=at,
            outlet=outlet,
            customer=self.rng.choice(self.customers),
            name=person(self.rng),
            phone=mobile(self.rng),
            text=text,
            kind=kind,
            category=code,
            score=_draw(self.rng, _SCORES[kind]) if source == "survey" and kind in _SCORES else None,
        )

    def _survey_remark(self, at: datetime, outlet: str, kind: str) -> Voice:
        voice = self._voice("survey", at, outlet, "silent", None, "")
        score = voice.score or 3
        if kind == "silent":
            return voice
        mood = "good" if score > 3 else "bad" if score < 3 else "middle"
        return replace(voice, kind="remark", text=self.rng.choice(self.texts.remarks[mood]))

    def _moment(self) -> datetime:
        weights = [_WEEKDAYS[day.weekday()] * _PAYDAYS.get(day.day, 1.0) for day in self.days]
        return self._at(self.rng.choices(self.days, weights=weights)[0])

    def _at(self, day: datetime) -> datetime:
        return day + timedelta(
            hours=_draw(self.rng, _HOURS), minutes=self.rng.randrange(60), seconds=self.rng.randrange(60)
        )

    def _end(self) -> datetime:
        return self.days[-1] + timedelta(hours=23)

    def _outlet(self) -> str:
        return self.rng.choice(_OUTLETS)
