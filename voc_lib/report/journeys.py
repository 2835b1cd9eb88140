"""Customer events (客户事件): customers of the branch with whom one matter went from bad to worse, over months.

Two courses count, each ending in the report's month, each step within `report.journey_days` of the one before:

- stepped: a question, later a complaint about the same, later a low score;
- repeated: `report.journey_contacts` contacts or more about the same, the last one the first complaint intent.

"The same" is the same matter or the same category, for a customer who asks about a card and complains of a loan has not
escalated. What was told twice on one day about one matter is one contact. A number under which far more is heard than
from any person (a company's, a placeholder) is left out. Customers are told by their place in the list, never by a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voc_lib.numbers.wording import month_name, number
from voc_lib.report.cases import typical_cases
from voc_lib.report.html import Html, join, list_of, note, render, table
from voc_lib.schema import SCORES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["Contact", "Journey", "cases_and_events", "customer_events", "escalations"]

_LOW = SCORES[1]  # a score up to this is low
_MOST_CONTACTS = 24  # of one number in the thirteen months that a report looks at
_MOST_TOLD = 10
_LOOKED_AT = [
    *("customer_key", "occurred_at", "source", "record_id", "matter_id"),
    *("score", "intent", "category", "category_name"),
]
_KINDS = {"stepped": "逐步升级", "repeated": "反复反映"}
_QUESTION, _COMPLAINT, _LOW_SCORE, _OTHER = "咨询", "投诉", "低分", "反映"


@dataclass(frozen=True)
class Contact:
    """What one customer told on one day about one matter.

    Args:
        day: when (midnight).
        step: question, complaint, low score or other, as the report calls it.
        is_intent: it was registered as a complaint intent.
        matter, category, category_name: what it is about; no category where nothing was said in words.
        told: the record as the report names it.
        key: source:record_id of its first record.
    """

    day: pd.Timestamp
    step: str
    is_intent: bool
    matter: str
    category: str | None
    category_name: str
    told: str
    key: str


@dataclass(frozen=True)
class Journey:
    """One customer's course: its kind (stepped, repeated), what it is about, and its contacts, earliest first."""

    kind: str
    category_name: str
    contacts: tuple[Contact, ...]

    @property
    def days(self) -> int:
        """From its first contact to its last."""
        return int((self.contacts[-1].day - self.contacts[0].day).days)


def cases_and_events(view: BranchView) -> Html:
    """The typical cases, and below them the customers' courses that somebody should take up."""
    heading = render("<h3>{{ title }}</h3>", title=f"需跟进的{view.words.customer}事件")
    return join(typical_cases(view), heading, customer_events(view))


def customer_events(view: BranchView) -> Html:
    """The courses that ended in the month, the longest first, as a table without any name or key."""
    import pandas as pd

    settings = view.profile.thresholds.report
    found = escalations(
        view.scored,
        month=view.month,
        days=settings.journey_days,
        contacts=settings.journey_contacts,
        nothing=view.profile.taxonomy.nothing,
        source_names=view.profile.source_names,
    )
    shown = found[:_MOST_TOLD]
    customer = view.words.customer
    frame = pd.DataFrame(
        {
            customer: [f"{customer}{place}" for place in range(1, len(shown) + 1)],
            "类型": [_KINDS[one.kind] for one in shown],
            "类别": [one.category_name for one in shown],
            "次数": [number(len(one.contacts)) for one in shown],
            "历时（天）": [number(one.days) for one in shown],
            "经过": [list_of(contact.told for contact in one.contacts) for one in shown],
        }
    )
    more = f"另有{number(len(found) - len(shown), '位')}{customer}未列。" if len(found) > len(shown) else ""
    return join(
        table(
            frame,
            caption=f"在{month_name(view.month)}升级的{customer}事件（同一{customer}、同一事项或类别；编号见明细）",
            numeric=["次数", "历时（天）"],
            empty=f"本月没有同一{customer}就同一事项逐步升级的情况。",
        ),
        note(
            f"逐步升级：先咨询、后投诉、再给低分；反复反映：{settings.journey_contacts}次以上、最后成为投诉意向。{more}"
        )
        if found
        else None,
    )


def escalations(
    scored: pd.DataFrame,
    *,
    month: str,
    days: int,
    contacts: int,
    nothing: str | None,
    source_names: Mapping[str, str],
) -> list[Journey]:
    """The courses of customers that ended in a month.

    Args:
        scored: table `scored` of one branch, the month and those before it.
        month: in which they ended.
        days: between one step and the next, at most.
        contacts: that make a matter a repeated one, the last included.
        nothing: the category of texts that are about nothing in particular: no two of it are about the same.
        source_names: what the centre calls its sources.
    Returns: one for each customer at most, a stepped one before a repeated one; most contacts first, then by the
        number of their last record. The customers' keys decide no order.
    """
    known = scored[scored["customer_key"].notna() & (scored["month"] <= month)]
    is_low = (known["score"] <= _LOW).fillna(False).astype(bool)
    is_end = (known["month"] == month) & (is_low | (known["source"] == "complaint_intent"))
    known = known[known["customer_key"].isin(known.loc[is_end, "customer_key"])]
    known = known[_LOOKED_AT].sort_values(["occurred_at", "source", "record_id"], kind="stable")
    of_customer: dict[str, list[Any]] = {}
    for row in known.itertuples(index=False):
        of_customer.setdefault(row.customer_key, []).append(row)
    found = []
    for records in of_customer.values():
        course = _contacts(records, source_names)
        if 3 <= len(course) <= _MOST_CONTACTS:
            journey = _stepped(course, month, days, nothing) or _repeated(course, month, days, contacts, nothing)
            found += [journey] if journey is not None else []
    return sorted(found, key=lambda one: (one.kind != "stepped", -len(one.contacts), one.contacts[-1].key))


def _contacts(records: list[Any], source_names: Mapping[str, str]) -> list[Contact]:
    """One customer's records, in order of time, as contacts."""
    found: dict[tuple[Any, str], list[Any]] = {}
    for row in records:
        found.setdefault((row.occurred_at.normalize(), row.matter_id), []).append(row)
    return [_contact(day, rows, source_names) for (day, _), rows in found.items()]


def _contact(day: pd.Timestamp, rows: list[Any], source_names: Mapping[str, str]) -> Contact:
    import pandas as pd

    scores = [int(row.score) for row in rows if not pd.isna(row.score)]
    is_intent = any(row.source == "complaint_intent" for row in rows)
    if scores and min(scores) <= _LOW and not is_intent:
        step = _LOW_SCORE
    elif is_intent or any(row.intent == "complaint" for row in rows):
        step = _COMPLAINT
    else:
        step = _QUESTION if any(row.intent == "question" for row in rows) else _OTHER
    named = next((row for row in rows if isinstance(row.category, str)), None)
    sources = "、".join(dict.fromkeys(source_names[row.source] for row in rows))
    parts = [f"{day.year}年{day.month}月{day.day}日 {sources} {step}{''.join(f' {score}分' for score in scores)}"]
    parts += [named.category_name] if named is not None else []
    parts += ["、".join(row.record_id for row in rows)]
    return Contact(
        day=day,
        step=step,
        is_intent=is_intent,
        matter=rows[0].matter_id,
        category=None if named is None else named.category,
        category_name="" if named is None else named.category_name,
        told=" · ".join(parts),
        key=f"{rows[0].source}:{rows[0].record_id}",
    )


def _stepped(course: list[Contact], month: str, days: int, nothing: str | None) -> Journey | None:
    """The latest low score of the month that follows a complaint that follows a question, all about the same."""
    for last, low in _backwards(course):
        if low.step != _LOW_SCORE or f"{low.day:%Y-%m}" != month:
            continue
        for middle, complaint in _backwards(course[:last]):
            if complaint.step != _COMPLAINT or not _follows(complaint, low, days):
                continue
            if low.category is not None and not _same(complaint, low, nothing):
                continue
            for first, question in _backwards(course[:middle]):
                is_begin = question.step == _QUESTION and _follows(question, complaint, days)
                if is_begin and _same(question, complaint, nothing):
                    between = [one for one in course[first:last] if _same(one, complaint, nothing)]
                    return Journey("stepped", complaint.category_name, (*between, low))
    return None


def _repeated(course: list[Contact], month: str, days: int, least: int, nothing: str | None) -> Journey | None:
    """The first complaint intent of the month that ends so many contacts about the same."""
    for last, end in enumerate(course):
        if not end.is_intent or f"{end.day:%Y-%m}" != month:
            continue
        chain = [end]
        for _, earlier in _backwards(course[:last]):
            if _same(earlier, end, nothing) and earlier.day < chain[0].day:
                if earlier.is_intent or not _follows(earlier, chain[0], days):
                    break
                chain.insert(0, earlier)
        if len(chain) >= least:
            return Journey("repeated", end.category_name, tuple(chain))
    return None


def _follows(earlier: Contact, later: Contact, days: int) -> bool:
    """On a later day, and not too late. On one day nobody can tell which came first."""
    return 0 < int((later.day - earlier.day).days) <= days


def _same(one: Contact, other: Contact, nothing: str | None) -> bool:
    if one.matter == other.matter:
        return True
    return one.category is not None and one.category == other.category and one.category != nothing


def _backwards(course: list[Contact]) -> Iterator[tuple[int, Contact]]:
    yield from reversed(list(enumerate(course)))
