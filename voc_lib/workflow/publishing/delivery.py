"""What has been sent to whom, in the audit trail: so that nothing goes twice, whenever the machine stops.

Before the server gets the first byte of a package, the trail says "sending"; once the server has taken it, "sent". A
"sending" that neither "sent" nor "not sent" follows is in doubt: the server may have it. Nobody but the one who was to
get it can tell, so it is not sent again unless somebody says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from voc_lib.privacy import read_trail, record_event
from voc_lib.workflow.review import NOT_SENT, SENDING, SENT

__all__ = ["Deliveries", "Delivery", "Stage", "message_id"]


class Stage(StrEnum):
    """How far a delivery has come."""

    NEW = "new"
    DOUBTFUL = "doubtful"
    DONE = "done"


@dataclass(frozen=True)
class Delivery:
    """One content on its way to one place.

    Args:
        branch, month: whose report.
        content: hash of what goes out.
        to: an address, or a folder.
    """

    branch: str
    month: str
    content: str
    to: str

    @property
    def facts(self) -> dict[str, str]:
        """As the trail tells it."""
        return {"branch": self.branch, "month": self.month, "content": self.content, "to": self.to}


class Deliveries:
    """The deliveries of the trail, and how new ones are put down.

    Args:
        data: the data folder.
    """

    def __init__(self, data: str) -> None:
        self._data = data
        self._last: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._contents: dict[tuple[str, str], list[str]] = {}
        for event in read_trail(data):
            if event["what"] in (SENDING, SENT, NOT_SENT):
                self._take(event)

    def stage(self, delivery: Delivery) -> Stage:
        """How far it has come."""
        last = self._last.get((delivery.content, delivery.to))
        if last is None or last["what"] == NOT_SENT:
            return Stage.NEW
        return Stage.DONE if last["what"] == SENT else Stage.DOUBTFUL

    def last_at(self, delivery: Delivery) -> str | None:
        """When the trail last told of it (UTC)."""
        last = self._last.get((delivery.content, delivery.to))
        return None if last is None else str(last["at"])

    def version(self, branch: str, month: str, content: str) -> int:
        """Its number among the contents that were on their way to the branch for that month; a new one is the next."""
        known = self._contents.get((branch, month), [])
        return known.index(content) + 1 if content in known else len(known) + 1

    def begin(self, delivery: Delivery) -> None:
        """Put down that the next thing is to send it."""
        self._record(SENDING, delivery)

    def done(self, delivery: Delivery, **facts: Any) -> None:
        """Put down that it was taken."""
        self._record(SENT, delivery, **facts)

    def failed(self, delivery: Delivery, **facts: Any) -> None:
        """Put down that it was certainly not taken."""
        self._record(NOT_SENT, delivery, **facts)

    def _record(self, what: str, delivery: Delivery, **facts: Any) -> None:
        self._take(record_event(self._data, what, **delivery.facts, **facts))

    def _take(self, event: Mapping[str, Any]) -> None:
        self._last[event["content"], event["to"]] = event
        contents = self._contents.setdefault((event["branch"], event["month"]), [])
        if event["what"] != NOT_SENT and event["content"] not in contents:
            contents.append(event["content"])


def message_id(delivery: Delivery, sender: str) -> str:
    """The same for the same content to the same place, so that a second copy can be told for one."""
    told: Iterable[str] = (delivery.branch, delivery.month, delivery.content, delivery.to)
    digest = hashlib.sha256("\0".join(told).encode("utf-8")).hexdigest()
    return f"<voc.{digest[:40]}@{sender.rpartition('@')[2]}>"
