"""`voc review` and `voc publish`: who approved which report, and the way of the approved ones to their branches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, PublishError

if TYPE_CHECKING:
    from voc_lib.params import Profile
    from voc_lib.workflow.publishing import ByMail, Ending, ToFolder

__all__ = ["publish", "review"]

_PACKAGE_PASSWORD, _SMTP_PASSWORD = "VOC_PACKAGE_PASSWORD", "VOC_SMTP_PASSWORD"


@click.command()
@click.argument("month", metavar="YYYY-MM")
@click.argument("branches", nargs=-1, metavar="[BRANCH]...")
@click.option("--approve", "verdict", flag_value="approve", help="It may go out as it is.")
@click.option("--reject", "verdict", flag_value="reject", help="It goes back to the analyst.")
@click.option("--withdraw", "verdict", flag_value="withdraw", help="The approval is taken back.")
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--why", default="", metavar="TEXT", help="The reason; personal data in it are masked.")
@with_places("params", "data", "output")
def review(
    places: Places, month: str, branches: tuple[str, ...], verdict: str | None, by: str | None, why: str
) -> None:
    """Approve the reports of a month, send them back, or list where they stand.

    BRANCH is a code, or head_office; without one all of the month are listed. An approval is of the bytes that lie
    there: HTML, records, PDF and form. When a run changes one of them, it holds no more. Every decision stays in the
    audit trail.
    """
    from voc_lib.cli.reports import check_months, drop_and_tell, rebuild_index, require_folder
    from voc_lib.params import load_profile
    from voc_lib.privacy import Masker
    from voc_lib.workflow import review as reviews
    from voc_lib.workflow.lock import only_run

    profile = load_profile(places.params)
    check_months((month,))
    _check_places(profile, branches)
    if verdict is None:
        if by or why:
            raise ProfileError("nothing decided", hint="say --approve, --reject or --withdraw")
        _list(profile, places, month, branches)
        return
    if not branches or not by:
        missing = "the branch" if not branches else "--by NAME"
        raise ProfileError("a decision needs a report and a name", hint=f"give {missing}")
    require_folder(places, "review")
    words, _ = Masker.of(profile.masking).mask(why)
    with only_run(places.data):
        drop_and_tell(places)
        for branch in branches:
            key = (branch, month)
            if verdict == "approve":
                approval = reviews.approve(places.data, places.output, key, by=by)
                told = ", ".join(f"{name} {sha256[:12]}" for name, sha256 in approval.files.items())
                click.echo(f"{branch} {month} approved by {approval.by} at {approval.at}: {told}")
                continue
            if verdict == "reject":
                reviews.reject(places.data, places.output, key, by=by, words=words)
            else:
                reviews.withdraw(places.data, places.output, key, by=by, words=words)
            click.echo(f"{branch} {month} {'rejected' if verdict == 'reject' else 'no longer approved'}")
        rebuild_index(profile, places)


@click.command()
@click.argument("month", metavar="YYYY-MM")
@click.option(
    "--branch", "branches", multiple=True, metavar="CODE", help="Only this branch, or head_office (repeatable)."
)
@click.option("--to-folder", "folder", metavar="DIR", help="Leave the packages there instead of sending them by mail.")
@click.option("--send", is_flag=True, help="Do it. Without this only what would be sent is said.")
@click.option("--again", is_flag=True, help="Also what was sent before, or is in doubt.")
@click.option("--arrived", is_flag=True, help="Send nothing; put down that what is in doubt has arrived.")
@with_places("params", "data", "output")
def publish(
    places: Places,
    month: str,
    branches: tuple[str, ...],
    folder: str | None,
    send: bool,
    again: bool,
    arrived: bool,
) -> None:
    """Send each branch its own approved report, its form and a manifest, as an encrypted archive; once.

    By mail to the recipients of params/publish.yaml, or into a folder. Before that every file is searched for personal
    data and for anything of another branch. A package's password is read from VOC_PACKAGE_PASSWORD_CODE or
    VOC_PACKAGE_PASSWORD, or asked for; the mail server's from VOC_SMTP_PASSWORD. Exit code 1 if a branch is left: not
    approved, refused, in doubt or not sent.
    """
    from voc_lib.cli.reports import check_months, rebuild_index, require_folder
    from voc_lib.params import load_profile
    from voc_lib.workflow.lock import only_run
    from voc_lib.workflow.publishing import Request
    from voc_lib.workflow.publishing import publish as publish_month

    profile = load_profile(places.params)
    check_months((month,))
    _check_places(profile, branches)
    require_folder(places, "publish")
    if arrived and (send or again):
        raise ProfileError("--arrived sends nothing", hint="leave out --send and --again")
    way = _way(profile, folder, asks=send)
    wanted = branches or _reported(profile, places, month)
    request = Request(month, wanted, send=send, again=again, arrived=arrived)
    n_left = n_done = 0
    with only_run(places.data):
        for ending in publish_month(
            profile, request, data=places.data, output=places.output, way=way, password_of=_package_password
        ):
            _tell(ending, month)
            n_done, n_left = n_done + ending.is_good, n_left + (not ending.is_good)
        rebuild_index(profile, places)
    if not send and not arrived and n_done:
        click.echo("nothing was sent: add --send")
    if arrived and not n_done:
        click.echo("nothing is in doubt")
    if n_left:
        raise click.exceptions.Exit(1)


def _check_places(profile: Profile, branches: tuple[str, ...]) -> None:
    from voc_lib.schema import HEAD_OFFICE

    for code in branches:
        if code != HEAD_OFFICE:
            profile.branch(code)


def _list(profile: Profile, places: Places, month: str, branches: tuple[str, ...]) -> None:
    from voc_lib.workflow.review import Review, read_reviews
    from voc_lib.workflow.states import report_states

    known = read_reviews(places.data, places.output)
    states = report_states(places.output)
    listed = branches or _reported(profile, places, month, with_head_office=True)
    for branch in listed:
        key = (branch, month)
        review = known.get(key, Review())
        if key not in states:
            told = "no report"
        elif states[key].state == "failed":
            told = "failed"
        elif review.approval is not None:
            sent = f", sent at {review.sent_at}" if review.sent_at else ""
            told = f"{review.state}: by {review.approval.by} at {review.approval.at}{sent}"
        else:
            told = f"draft: {review.why}" if review.why else "draft"
        click.echo(f"{branch:<12} {month}  {told}")


def _reported(profile: Profile, places: Places, month: str, *, with_head_office: bool = False) -> tuple[str, ...]:
    """The branches that have a report of the month, done or failed, as the profile orders them."""
    from voc_lib.schema import HEAD_OFFICE
    from voc_lib.workflow.states import report_states

    there = {branch for branch, when in report_states(places.output) if when == month}
    codes = (*profile.branches.codes, *([HEAD_OFFICE] if with_head_office else []))
    found = tuple(code for code in codes if code in there)
    if not found:
        raise PublishError(
            "no report of this month", month=month, folder=places.output, hint="make them with `voc run`"
        )
    return found


def _way(profile: Profile, folder: str | None, *, asks: bool) -> ByMail | ToFolder:
    from voc_lib.store import require_writable
    from voc_lib.workflow.publishing import ByMail, ToFolder

    if folder is not None:
        if asks:
            require_writable(folder)
        return ToFolder(Path(folder).absolute())
    server = profile.publishing.mail
    if server is None:
        raise ProfileError(
            "no mail server is named",
            file=str(profile.folder / "publish.yaml"),
            key="mail",
            hint="name it there, or leave the packages in a folder: --to-folder DIR",
        )
    password = None
    if server.user is not None and asks:
        password = os.environ.get(_SMTP_PASSWORD) or click.prompt(f"password of {server.user}", hide_input=True)
    return ByMail(profile, server, password)


def _package_password(branch: str) -> str:
    """From the environment, the branch's own first; else asked for, twice."""
    from voc_lib.workflow.publishing import check_password

    own = f"{_PACKAGE_PASSWORD}_{branch.upper().replace('-', '_')}"
    for name in (own, _PACKAGE_PASSWORD):
        if os.environ.get(name):
            return check_password(os.environ[name], where=name)
    asked = click.prompt(f"password of the package of {branch}", hide_input=True, confirmation_prompt=True, err=True)
    return check_password(str(asked), where="the prompt")


def _tell(ending: Ending, month: str) -> None:
    """One line for each branch and place: what is left to standard error."""
    package = ending.package
    what = ""
    if package is not None:
        files = f"{', '.join(package.files)}; {package.size / 1e6:.1f} MB, {package.content[:12]}"
        what = f", version {package.version} ({files})"
    to = f" to {ending.to}" if ending.to else ""
    told = f": {ending.told}" if ending.told else ""
    click.echo(f"{ending.branch} {month} {ending.end}{to}{what}{told}", err=not ending.is_good)
