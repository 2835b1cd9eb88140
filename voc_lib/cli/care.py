"""`voc refused`, `voc purge` and `voc forget`: rows sent back to be mended, raw files and customers that are to go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, SourceError

if TYPE_CHECKING:
    from voc_lib.params import Profile

__all__ = ["forget", "purge", "refused"]


@click.command()
@click.option("--branch", "branches", multiple=True, metavar="CODE", help="Only this branch, or unknown (repeatable).")
@click.option("-o", "--out", "folder", metavar="DIR", help="Where to.  [default: refused/ in the output folder]")
@with_places("params", "data", "output")
def refused(places: Places, branches: tuple[str, ...], folder: str | None) -> None:
    """Write the refused rows as a workbook for each branch to correct, and one for the rows that name no branch.

    A corrected workbook goes into data/raw, under whatever name: the next `voc land` or `voc run` takes it in.
    """
    from voc_lib.ingest.refusal_files import write_refused
    from voc_lib.params import load_profile
    from voc_lib.schema import UNKNOWN
    from voc_lib.store import require_writable

    profile = load_profile(places.params)
    for code in branches:
        if code != UNKNOWN:
            profile.branch(code)
    target = Path(folder).absolute() if folder else Path(places.output) / "refused"
    require_writable(str(target))
    written = write_refused(profile, places.data, target, branches=branches)
    for path, n_rows in written:
        click.echo(f"{n_rows:,} refused rows → {path}")
    if not written:
        click.echo("no row is refused")


@click.command()
@click.option("--plan", "plan_only", is_flag=True, help="Say what would go, and take nothing away.")
@with_places("params", "data")
def purge(places: Places, plan_only: bool) -> None:
    """Take away raw files older than keep_raw_days of params/run.yaml; their rows stay, masked.

    `voc land` and `voc run` do the same.
    """
    from voc_lib.cli.reports import purge_and_tell, require_folder
    from voc_lib.params import load_profile
    from voc_lib.store import require_writable
    from voc_lib.workflow.lock import only_run

    profile = load_profile(places.params)
    if profile.run.keep_raw_days is None:
        raise ProfileError(
            "nothing says how long raw files are kept",
            file=str(Path(places.params) / "run.yaml"),
            key="keep_raw_days",
            hint="give the number of days",
        )
    require_folder(places, "purge raw files")
    require_writable(places.data)
    with only_run(places.data):
        purge_and_tell(places, profile, None, plan_only=plan_only)


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--file", "files", multiple=True, metavar="FILE", help="Numbers, one a line (repeatable).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_places("params", "data")
def forget(places: Places, numbers: tuple[str, ...], files: tuple[str, ...], yes: bool) -> None:
    """Erase customers by their numbers from every table, now and whenever a raw file is read again.

    Without NUMBER and --file it asks for one, unseen: what is given on the command line stays in the shell's history.
    Raw files are left as they are, and named; in copies of databases rows are blanked. Models hold no text and stay.
    """
    from voc_lib.cli.reports import require_folder
    from voc_lib.params import load_profile
    from voc_lib.store import require_writable
    from voc_lib.workflow.lock import only_run

    profile = load_profile(places.params)
    require_folder(places, "forget")
    require_writable(places.data)
    wanted = list(dict.fromkeys((*numbers, *_numbers_in(files))))
    if not wanted and not files:
        wanted = [click.prompt("customer's number", hide_input=True)]
    with only_run(places.data):
        _forget_all(places, profile, wanted, ask=not yes)


def _forget_all(places: Places, profile: Profile, wanted: list[str], *, ask: bool) -> None:
    from voc_lib.cli.reports import land_and_tell, raw_files, reads_databases
    from voc_lib.ingest import forget as forget_customer
    from voc_lib.ingest import trace

    # First, so that every table knows the customers under today's key.
    lands = raw_files(places) or reads_databases(profile)
    if lands:
        land_and_tell(places, profile, None)
    reports: set[tuple[str, str]] = set()
    models: set[str] = set()
    for place, number in enumerate(wanted, start=1):
        name = f"customer {place} of {len(wanted)}"
        found = trace(profile, places.data, number)
        told = ", ".join(f"{n:,} of {table}" for table, n in found.rows.items()) or "no table"
        click.echo(f"{name}: in {told}")
        if ask and not click.confirm(f"forget {name} for good?"):
            continue
        found = forget_customer(profile, places.data, number)
        reports |= set(found.reports)
        models |= set(found.models)
        for raw in found.raw_files:
            click.echo(f"  still told in data/raw, and left out from now on: {raw}")
        for copy in found.databases:
            click.echo(f"  taken out of data/raw/{copy}; the database itself still has it, ask who keeps that")
        for by_hand in found.by_hand:
            click.echo(f"  mentioned in what people wrote, look at it yourself: data/{by_hand}")
    if lands:
        land_and_tell(places, profile, None)
    for model in sorted(models):
        click.echo(f"  kept, for it holds words and no text: data/{model}; where theirs was a label, train without it")
    for branch, month in sorted(reports, key=lambda report: (report[1], report[0])):
        click.echo(f"  report that would change: {branch} {month}")
    if reports:
        click.echo(
            "make them anew with `voc run`; later months look back on these: `voc run --plan` names all that change"
        )


def _numbers_in(files: tuple[str, ...]) -> list[str]:
    found = []
    for file in files:
        try:
            lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise SourceError(
                "file of numbers cannot be read", file=file, expected="UTF-8, one number a line"
            ) from None
        found += [line.strip() for line in lines if line.strip()]
    return found
