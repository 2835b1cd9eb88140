"""Who approved which bytes of a report, and what became of that: read off the audit trail, never stored beside it.

An approval is of bytes: of the files that go out, by their SHA-256. As soon as one of them is another, it holds no
more; a run says so in the trail, so that going back to the old bytes does not bring the approval back. What was sent
stands in the trail too (see `publishing.delivery`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from voc_lib.errors import PublishError
from voc_lib.privacy import read_trail, record_event
from voc_lib.workflow.content import digest_of_set, file_digests
from voc_lib.workflow.site import REPORT_FILES, ReviewState

__all__ = [
    "Approval",
    "Review",
    "approve",
    "content_of",
    "drop_changed",
    "read_reviews",
    "reject",
    "report_digests",
    "review_states",
    "withdraw",
]

Key = tuple[str, str]  # branch (or head_office), month

APPROVED, REJECTED, WITHDRAWN, DROPPED = "approved", "rejected", "approval withdrawn", "approval dropped"
SENDING, SENT, NOT_SENT = "sending", "sent", "not sent"
_DECISIONS = frozenset((APPROVED, REJECTED, WITHDRAWN, DROPPED))
_LONGEST_NAME, _LONGEST_WORDS = 64, 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Approval:
    """Who approved what, and when.

    Args:
        by: the reviewer.
        at: time of the clock, UTC (ISO 8601).
        files: SHA-256 of each file approved, by name.
    """

    by: str
    at: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Review:
    """Where a report stands between being made and being sent.

    Args:
        state: draft, approved, or published: what is approved has been sent, to somebody at least.
        approval: the one that holds; None for a draft.
        decision: the last event about it in the trail, None where there is none.
        changed: files that are others than the approved ones, where that ended the approval.
        was_published: some version of it was sent, maybe an earlier one.
        sent_at: when the approved version was last sent (UTC); None where it was not.
    """

    state: Literal["draft", "approved", "published"] = "draft"
    approval: Approval | None = None
    decision: Mapping[str, Any] | None = None
    changed: tuple[str, ...] = ()
    was_published: bool = False
    sent_at: str | None = None

    @property
    def why(self) -> str | None:
        """Why it is a draft, in a few words; None where nobody has decided yet, or it is none."""
        if self.state != "draft" or self.decision is None:
            return None
        if self.changed:
            return f"approval of {self.decision['by']} dropped: {', '.join(self.changed)} changed"
        words = f": {self.decision['words']}" if self.decision.get("words") else ""
        return f"{self.decision['what']} by {self.decision['by']}{words}"


def report_digests(output: str, key: Key) -> dict[str, str]:
    """SHA-256 of each file of a report that goes out and is there, by name.

    Args:
        output: folder or fsspec URL of the reports.
        key: branch and month.
    """
    branch, month = key
    urls = {name: f"{output.rstrip('/')}/{month}/{branch}/{name}" for name in REPORT_FILES}
    found = file_digests(urls.values())
    return {name: found[url] for name, url in sorted(urls.items()) if url in found}


def content_of(key: Key, files: Mapping[str, str]) -> str:
    """One hash for what goes out of a report: the same bytes of the same branch and month are the same content."""
    return digest_of_set({"branch": key[0], "month": key[1], "files": dict(files)})


def read_reviews(data: str, output: str) -> dict[Key, Review]:
    """Where each report stands about which the trail tells something, by branch and month.

    Raises: TableError when the trail is not whole.
    """
    decided: dict[Key, dict[str, Any]] = {}
    sent: dict[Key, dict[str, str]] = {}
    for event in read_trail(data):
        if event["what"] in _DECISIONS:
            decided[event["branch"], event["month"]] = event
        elif event["what"] == SENT:
            sent.setdefault((event["branch"], event["month"]), {})[event["content"]] = event["at"]
    return {
        key: _review(key, decided.get(key), sent.get(key, {}), output)
        for key in sorted({*decided, *sent}, key=lambda key: (key[1], key[0]))
    }


def _review(key: Key, decision: dict[str, Any] | None, sent: Mapping[str, str], output: str) -> Review:
    if decision is None or decision["what"] != APPROVED:
        return Review(decision=decision, changed=tuple((decision or {}).get("changed", ())), was_published=bool(sent))
    approval = Approval(decision["by"], decision["at"], dict(decision["files"]))
    changed = _differing(approval.files, report_digests(output, key))
    if changed:
        return Review(decision=decision, changed=changed, was_published=bool(sent))
    sent_at = sent.get(content_of(key, approval.files))
    return Review("published" if sent_at else "approved", approval, decision, was_published=bool(sent), sent_at=sent_at)


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*before, *now} if before.get(name) != now.get(name)))


def approve(data: str, output: str, key: Key, *, by: str) -> Approval:
    """Record that somebody approved the report as it lies there.

    Raises: PublishError when there is no report, or the name is none.
    """
    files = report_digests(output, key)
    _require_report(files, key)
    event = record_event(data, APPROVED, branch=key[0], month=key[1], by=_name(by), files=files)
    return Approval(event["by"], event["at"], files)


def reject(data: str, output: str, key: Key, *, by: str, words: str = "") -> None:
    """Record that somebody sent the report back; it needs no approval before. Words: why, without personal data.

    Raises: PublishError when there is no report.
    """
    _require_report(report_digests(output, key), key)
    _decide(data, REJECTED, key, by=by, words=words)


def withdraw(data: str, output: str, key: Key, *, by: str, words: str = "") -> None:
    """Take an approval back. What was sent stays sent.

    Raises: PublishError when none holds.
    """
    review = read_reviews(data, output).get(key, Review())
    if review.approval is None:
        raise PublishError("no approval to withdraw", branch=key[0], month=key[1], found=review.why or "a draft")
    _decide(data, WITHDRAWN, key, by=by, words=words)


def _decide(data: str, what: str, key: Key, *, by: str, words: str) -> None:
    told = {"words": _CONTROL.sub(" ", words).strip()[:_LONGEST_WORDS]} if words.strip() else {}
    record_event(data, what, branch=key[0], month=key[1], by=_name(by), **told)


def _require_report(files: Mapping[str, str], key: Key) -> None:
    if "report.html" not in files:
        raise PublishError(
            "no report to decide about", branch=key[0], month=key[1], hint="make it with `voc run`, and look at it"
        )


def _name(by: str) -> str:
    name = by.strip()
    if not name or len(name) > _LONGEST_NAME or _CONTROL.search(name):
        raise PublishError("not a reviewer's name", expected=f"1 to {_LONGEST_NAME} characters on one line")
    return name


def drop_changed(data: str, output: str) -> dict[Key, Review]:
    """Record in the trail that the approvals of reports that are others by now hold no more.

    Returns: those reviews, by branch and month; the decision of each is the approval that it had.
    """
    dropped = {}
    for key, review in read_reviews(data, output).items():
        if review.decision is not None and review.decision["what"] == APPROVED and review.changed:
            facts = {"by": review.decision["by"], "changed": list(review.changed)}
            record_event(data, DROPPED, branch=key[0], month=key[1], **facts)
            dropped[key] = review
    return dropped


def review_states(reviews: Mapping[Key, Review]) -> dict[Key, ReviewState]:
    """What the index says of each report that somebody has decided about (see `site`), in Chinese."""
    return {key: ReviewState(review.state, _told(review)) for key, review in reviews.items()}


def _told(review: Review) -> str:
    decision = review.decision
    if review.approval is not None:
        return f"{review.approval.by}审定"
    if decision is None:
        return "已发布的是较早的版本" if review.was_published else ""
    if review.changed:
        told = f"{decision['by']}审定后内容有变（{'、'.join(review.changed)}），审定失效"
    else:
        told = f"{decision['by']}{'退回' if decision['what'] == REJECTED else '撤回审定'}"
        told += f"：{decision['words']}" if decision.get("words") else ""
    return told + ("；已发布的是较早的版本" if review.was_published else "")
