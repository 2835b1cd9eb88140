"""Publishing a month: for each branch its approved report, looked through, packed, encrypted, and handed over once.

What goes out are the bytes that were approved, read once and checked against the approval; what is wrong with one
branch stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Protocol

from voc_lib.errors import PublishError
from voc_lib.numbers.wording import month_name
from voc_lib.params import Profile
from voc_lib.params.publishing import MailServer
from voc_lib.privacy import Masker
from voc_lib.schema import HEAD_OFFICE
from voc_lib.store import read_bytes, write_bytes
from voc_lib.workflow.content import digest
from voc_lib.workflow.publishing.delivery import Deliveries, Delivery, Stage, message_id
from voc_lib.workflow.publishing.holdings import Holdings
from voc_lib.workflow.publishing.inspection import inspect
from voc_lib.workflow.publishing.mail import InDoubt, Mailer, message_of
from voc_lib.workflow.publishing.package import Package
from voc_lib.workflow.review import Review, read_reviews

__all__ = ["ByMail", "End", "Ending", "Request", "ToFolder", "Way", "publish"]

_TOLD = 8  # findings told of a package that is refused


class End(StrEnum):
    """How the sending of one report to one place ended."""

    SENT = "sent"
    WOULD_SEND = "would send"
    SENT_BEFORE = "sent before"
    SETTLED = "settled"
    IN_DOUBT = "in doubt"
    NOT_APPROVED = "not approved"
    REFUSED = "refused"
    NOT_SENT = "not sent"


_GOOD = frozenset((End.SENT, End.WOULD_SEND, End.SENT_BEFORE, End.SETTLED))


@dataclass(frozen=True)
class Ending:
    """How it ended for one branch and place, and what a person should know of it."""

    branch: str
    end: End
    to: str | None = None
    told: str = ""
    package: Package | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing is left to do."""
        return self.end in _GOOD


@dataclass(frozen=True)
class Request:
    """What to publish.

    Args:
        month: of which month.
        branches: of whom, in this order; head_office for the head office's report.
        send: hand the packages over; else only say what would be.
        again: also what went before, or is in doubt.
        arrived: nothing is sent; what is in doubt is put down as having arrived.
    """

    month: str
    branches: Sequence[str]
    send: bool = False
    again: bool = False
    arrived: bool = False


class Way(Protocol):
    """How packages get to their branches."""

    def places(self, branch: str) -> Sequence[str]:
        """Where the branch's package goes. Raises: PublishError where nothing is said about it."""

    def hand_over(self, package: Package, delivery: Delivery, archive: bytes, deliveries: Deliveries) -> None:
        """Hand it over and put that down. Raises: PublishError when it was not taken, InDoubt when nobody can tell."""


@dataclass(frozen=True)
class ToFolder:
    """Packages are left in a folder, from which somebody takes them."""

    folder: Path

    def places(self, branch: str) -> Sequence[str]:
        """The folder, for every branch."""
        return (f"folder {self.folder}",)

    def hand_over(self, package: Package, delivery: Delivery, archive: bytes, deliveries: Deliveries) -> None:
        """Write the archive, whole or not at all: a second try after a crash writes the same file."""
        write_bytes(str(self.folder / package.name), archive)
        deliveries.done(delivery, file=package.name, sha256=digest(archive))


@dataclass(frozen=True)
class ByMail:
    """Packages go by mail, to the recipients of the profile.

    Args:
        profile: with the recipients.
        server: the mail server.
        password: of the user who logs in there.
    """

    profile: Profile
    server: MailServer
    password: str | None = None

    def places(self, branch: str) -> Sequence[str]:
        """The branch's addresses."""
        found = self.profile.publishing.recipients.get(branch, ())
        if not found:
            raise PublishError(
                "nobody to send it to",
                branch=branch,
                hint=f"name its addresses under recipients.{branch} in publish.yaml",
            )
        return found

    def hand_over(self, package: Package, delivery: Delivery, archive: bytes, deliveries: Deliveries) -> None:
        """Send one message; from the moment before the server gets it until it answers, the trail says so."""
        identity = message_id(delivery, self.server.sender)
        message = message_of(
            package,
            archive,
            title=_title(self.profile, package.branch, package.month),
            sender=self.server.sender,
            to=delivery.to,
            identity=identity,
            at=datetime.now(UTC),
        )
        begun = False

        def about_to() -> None:
            nonlocal begun
            deliveries.begin(delivery)
            begun = True

        with Mailer(self.server, folder=self.profile.folder, password=self.password) as mailer:
            try:
                mailer.post(message, about_to=about_to)
            except PublishError:
                if begun:
                    deliveries.failed(delivery)
                raise
            deliveries.done(delivery, message=identity, sha256=digest(archive))


def publish(
    profile: Profile, request: Request, *, data: str, output: str, way: Way, password_of: Callable[[str], str]
) -> Iterator[Ending]:
    """Publish a month, a branch at a time, each as soon as it has ended.

    Args:
        profile: the centre.
        request: what.
        data, output: folders of the tables and of the reports.
        way: by mail, or into a folder.
        password_of: the password of a branch's package; asked for only when there is something to close.
    Raises: TableError when the audit trail is not whole. What is wrong with one branch is its ending.
    """
    desk = _Desk(profile, request, data=data, output=output, way=way)
    for branch in request.branches:
        try:
            yield from desk.settle(branch) if request.arrived else desk.publish(branch, password_of)
        except PublishError as error:
            yield Ending(branch, End.REFUSED, told=str(error))


class _Desk:
    """One call of `publish`: what all branches share."""

    def __init__(self, profile: Profile, request: Request, *, data: str, output: str, way: Way) -> None:
        self._profile = profile
        self._request = request
        self._data = data
        self._output = output.rstrip("/")
        self._way = way
        self._reviews = read_reviews(data, output)
        self._deliveries = Deliveries(data)

    @cached_property
    def _holdings(self) -> Holdings:
        return Holdings.read(self._profile, self._data, self._request.month)

    @cached_property
    def _masker(self) -> Masker:
        return Masker.of(self._profile.masking)

    def publish(self, branch: str, password_of: Callable[[str], str]) -> Iterator[Ending]:
        """One branch, to each of its places."""
        review = self._reviews.get((branch, self._request.month), Review())
        if review.approval is None:
            yield Ending(branch, End.NOT_APPROVED, told=review.why or "a draft nobody has decided about")
            return
        places = self._way.places(branch)
        package = self._package(branch, review)
        waiting: list[Delivery] = []
        for place in places:
            delivery = Delivery(branch, self._request.month, package.content, place)
            stage = self._deliveries.stage(delivery)
            if stage is Stage.NEW or self._request.again:
                waiting.append(delivery)
            else:
                yield self._held_back(delivery, stage, package)
        if not waiting:
            return
        self._inspect(package)
        if not self._request.send:
            yield from (Ending(branch, End.WOULD_SEND, delivery.to, package=package) for delivery in waiting)
            return
        archive = package.encrypted(password_of(branch))
        for delivery in waiting:
            yield self._hand_over(package, delivery, archive)

    def settle(self, branch: str) -> Iterator[Ending]:
        """Put down of each delivery in doubt that it arrived: somebody has asked."""
        review = self._reviews.get((branch, self._request.month), Review())
        if review.approval is None:
            return
        content = self._package(branch, review).content
        for place in self._way.places(branch):
            delivery = Delivery(branch, self._request.month, content, place)
            if self._deliveries.stage(delivery) is Stage.DOUBTFUL:
                self._deliveries.done(delivery, told_by_hand=True)
                yield Ending(branch, End.SETTLED, place, "put down as arrived")

    def _package(self, branch: str, review: Review) -> Package:
        """The approved files, read once. Raises: PublishError when they are others by now."""
        approval = review.approval
        assert approval is not None
        folder = f"{self._output}/{self._request.month}/{branch}"
        try:
            files = {name: read_bytes(f"{folder}/{name}") for name in sorted(approval.files)}
        except FileNotFoundError as error:
            raise PublishError("approved file is gone", file=str(error.filename), hint="run `voc run`") from None
        changed = [name for name, payload in files.items() if digest(payload) != approval.files[name]]
        if changed:
            raise PublishError("file is another than the approved one", file=", ".join(changed), hint="approve it anew")
        package = Package(branch, self._request.month, self._profile.run.centre, approval, files)
        version = self._deliveries.version(branch, self._request.month, package.content)
        return Package(branch, self._request.month, self._profile.run.centre, approval, files, version)

    def _inspect(self, package: Package) -> None:
        found = inspect(package.files, branch=package.branch, holdings=self._holdings, masker=self._masker)
        if found:
            told = "".join(f"\n  {finding}" for finding in found[:_TOLD])
            more = f"\n  and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
            raise PublishError(f"package holds what must not leave the house:{told}{more}")

    def _held_back(self, delivery: Delivery, stage: Stage, package: Package) -> Ending:
        at = self._deliveries.last_at(delivery)
        if stage is Stage.DONE:
            return Ending(delivery.branch, End.SENT_BEFORE, delivery.to, f"on {at}", package)
        told = (
            f"sending began at {at} and no answer is known: ask whether it arrived, then say --arrived, "
            "or --again to send it once more (it bears the same Message-ID)"
        )
        return Ending(delivery.branch, End.IN_DOUBT, delivery.to, told, package)

    def _hand_over(self, package: Package, delivery: Delivery, archive: bytes) -> Ending:
        try:
            self._way.hand_over(package, delivery, archive, self._deliveries)
        except InDoubt as doubt:
            return Ending(
                package.branch,
                End.IN_DOUBT,
                delivery.to,
                f"the server gave no answer ({doubt}): ask whether it arrived, then say --arrived, or --again",
                package,
            )
        except PublishError as error:
            return Ending(package.branch, End.NOT_SENT, delivery.to, str(error), package)
        return Ending(package.branch, End.SENT, delivery.to, package=package)


def _title(profile: Profile, branch: str, month: str) -> str:
    if branch == HEAD_OFFICE:
        return f"{month_name(month)} {profile.run.head_office_title}"
    return f"{profile.branch(branch).name} {month_name(month)} {profile.run.report_title}"
