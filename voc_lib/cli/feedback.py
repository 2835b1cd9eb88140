"""`voc feedback`: what the branches wrote into their feedback forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, SourceError, VocError

if TYPE_CHECKING:
    from datetime import datetime

    from voc_lib.params import Profile
    from voc_lib.privacy import Masker
    from voc_lib.report.intake import Checked
    from voc_lib.report.returned import ReturnedForm
    from voc_lib.store import Store

__all__ = ["feedback"]


@click.command()
@click.argument("forms", nargs=-1, required=True, metavar="FORM.xlsx…")
@click.option("--branch", metavar="CODE", help="Whoever sent them: forms of another branch are refused.")
@click.option(
    "--received",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day on which they came, for rows that name no 答复日期.",
)
@with_places("params", "data")
def feedback(places: Places, forms: tuple[str, ...], branch: str | None, received: datetime | None) -> None:
    """Take in feedback forms that branches sent back: what fits is kept, the rest is refused with its cell and reason.

    Forms may come in any order, late, corrected, or twice. The next `voc run` makes the reports anew that they concern.
    Exit code 1: something was refused, the rest was taken; 2: no form could be read.
    """
    from voc_lib.ingest import land_feedback
    from voc_lib.params import load_profile
    from voc_lib.privacy import Masker
    from voc_lib.store import Store, require_writable
    from voc_lib.workflow.lock import only_run

    profile = load_profile(places.params)
    if branch is not None:
        profile.branch(branch)
    require_writable(places.data)
    desk = _Desk(
        profile,
        Store(places.data, profile.tz),
        Masker.of(profile.masking),
        branch,
        f"{received:%Y-%m-%d}" if received else None,
    )
    with only_run(places.data):
        read = [desk.take(form) for form in forms]
        land_feedback(profile, places.data)
    if not all(result is True for result in read):
        raise click.exceptions.Exit(2 if all(result is None for result in read) else 1)


@dataclass(frozen=True)
class _Desk:
    """Where forms are taken in, one after the other; a bad one does not keep the next from being read."""

    profile: Profile
    store: Store
    masker: Masker
    branch: str | None
    received: str | None

    def take(self, form: str) -> bool | None:
        """Take in one form and say what became of it. Returns: whether all of it was taken; None if it is no form."""
        from voc_lib.ingest import keep_answers
        from voc_lib.report.intake import check_form
        from voc_lib.report.returned import read_returned
        from voc_lib.store import shift_month

        try:
            returned = read_returned(_payload(form), file=form)
            self._check_place(returned, form)
            if self.received and not returned.month < self.received[:7] <= shift_month(returned.month, 24):
                raise ProfileError("not a day on which the form can have come", file=form, received=self.received)
            actions = self.store.read("actions", returned.branch, returned.month)
            checked = check_form(
                returned,
                actions,
                head_office=self.profile.run.head_office,
                masker=self.masker,
                received=self.received,
            )
        except VocError as error:
            click.echo(f"{form}: refused\n  {error}", err=True)
            return None
        is_new = bool(checked.answers) and keep_answers(
            self.store.root,
            checked.answers,
            branch=returned.branch,
            month=returned.month,
            saved_at=returned.saved_at,
        )
        click.echo(_told(form, returned, checked, is_new=is_new))
        self._tell_later(returned)
        return not checked.refused

    def _check_place(self, form: ReturnedForm, file: str) -> None:
        if form.branch not in self.profile.branches.codes:
            raise SourceError(
                "no such branch", file=file, branch=form.branch, allowed=", ".join(self.profile.branches.codes)
            )
        if self.branch is not None and form.branch != self.branch:
            raise SourceError("form of another branch", file=file, found=form.branch, expected=self.branch)
        if not self.store.exists("actions", form.branch, form.month):
            raise SourceError(
                "no report of that branch and month has been made here",
                file=file,
                branch=form.branch,
                month=form.month,
                hint="is it a form of this data folder, with its head unchanged?",
            )

    def _tell_later(self, form: ReturnedForm) -> None:
        later = [m for b, m in self.store.partitions("actions") if b == form.branch and m > form.month]
        if later:
            click.echo(
                f"  note: a form of an earlier month; {later[-1]} has a later one, whose answers go before these"
            )


def _payload(form: str) -> bytes:
    from voc_lib.report.returned import LARGEST
    from voc_lib.store import locate

    try:
        fs, path = locate(form)
        if fs.isdir(path):
            raise SourceError(
                "a folder, not a form", file=form, hint=f"name the forms in it: {form.rstrip('/')}/*.xlsx"
            )
        if fs.size(path) > LARGEST:
            raise SourceError("file is too large for a feedback form", file=form)
        return bytes(fs.cat_file(path))
    except FileNotFoundError:
        raise SourceError("file not found", file=form) from None


def _told(form: str, returned: ReturnedForm, checked: Checked, *, is_new: bool) -> str:
    n = len(checked.answers)
    state = "taken" if is_new else "taken before, nothing new"
    told = f"{n} {'answer' if n == 1 else 'answers'} {state}" if n else "no answer taken"
    lines = [
        f"{form}: {returned.branch} {returned.month}, {told}, "
        f"{len(checked.refused)} refused, {len(checked.blank)} left blank"
        + (f", {checked.n_masked} personal data masked" if checked.n_masked else "")
    ]
    lines += [f"  refused: {remark}" for remark in checked.refused]
    lines += [f"  note: {remark}" for remark in checked.noted]
    if checked.missing:
        lines.append(f"  note: rows gone from the form, still open: {', '.join(checked.missing)}")
    return "\n".join(lines)
