"""`voc land` and `voc run`: from raw exports to reports."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, SourceError, nearest

if TYPE_CHECKING:
    from voc_lib.params import Profile
    from voc_lib.store import Store
    from voc_lib.workflow.plan import Plan
    from voc_lib.workflow.run import RunResult

__all__ = ["land", "run"]

_AS_OF = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])


@click.command()
@click.option("--as-of", type=_AS_OF, help="The moment the run stands for; later rows are refused.")
@with_places
def land(places: Places, as_of: datetime | None) -> None:
    """Read data/raw: map, check and mask every row, and write the landed tables."""
    from voc_lib.params import load_profile

    profile = load_profile(places.params)
    _require_raw(places)
    _land(places, profile, as_of)


@click.command()
@click.option("--branch", "branches", multiple=True, metavar="CODE", help="Only this branch (repeatable).")
@click.option("--month", "months", multiple=True, metavar="YYYY-MM", help="Only this month (repeatable).")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Notebooks run at once.")
@click.option("--plan", "plan_only", is_flag=True, help="Print what would run, and run nothing.")
@click.option("--no-pdf", is_flag=True, help="Render HTML only.")
@click.option("--as-of", type=_AS_OF, help="The moment the run stands for; later rows are refused.")
@click.option("--notebooks", metavar="DIR", help="The notebooks.  [default: notebooks/ beside the profile]")
@with_places
def run(
    places: Places,
    branches: tuple[str, ...],
    months: tuple[str, ...],
    jobs: int,
    plan_only: bool,
    no_pdf: bool,
    as_of: datetime | None,
    notebooks: str | None,
) -> None:
    """Land data/raw, run the notebooks of every branch and month, render the reports and build the index.

    The head office's roll-up of each month runs as well, on the branches that have been run. Earlier months whose
    tables are needed and were never written are run first.
    """
    from voc_lib.params import load_profile
    from voc_lib.store import Store
    from voc_lib.workflow.plan import discover_stages

    profile = load_profile(places.params)
    store = Store(places.data, profile.tz)
    stages = discover_stages(places.notebooks(notebooks))
    _check_branches(branches, profile)
    if not plan_only and _raw_files(places):
        _land(places, profile, as_of)
    plan = _plan(stages, store, profile, places, branches=branches, months=months)
    if plan_only:
        _print_plan(plan)
        return
    result = _run(plan, stages, places, jobs=jobs, pdf=not no_pdf)
    _build_index(store, profile, places, result)
    _conclude(result, places)


def _land(places: Places, profile: Profile, as_of: datetime | None) -> None:
    from voc_lib.ingest import land as land_raw

    report = land_raw(profile, places.data, as_of=as_of)
    refused = ", ".join(
        f"{n:,} {reason}" for reason, n in report.outcomes.items() if reason not in ("record", "duplicate")
    )
    months = f"{report.months[0]} to {report.months[-1]}" if report.months else "no month"
    click.echo(
        f"{'landed' if report.changed else 'landed before, nothing changed:'} {report.n_rows:,} rows of "
        f"{len(report.files)} files, {months}, as of {report.as_of}\n"
        f"  {report.n_records:,} records, {report.n_duplicates:,} repeated, {report.n_refused:,} refused"
        f"{f' ({refused})' if refused else ''}, {report.n_masked:,} personal data masked"
    )
    for name in report.unmatched:
        click.echo(f"  not an export of any source, left alone: {name}")


def _plan(
    stages: Any, store: Store, profile: Profile, places: Places, *, branches: tuple[str, ...], months: tuple[str, ...]
) -> Plan:
    from voc_lib.workflow.plan import make_plan

    codes = profile.branches.codes
    available = [(branch, month) for branch, month in store.partitions("landed") if branch in codes]
    if not available:
        _require_raw(places)
        raise SourceError("nothing has landed", folder=places.raw, hint="run `voc land`")
    known = sorted({month for _, month in available})
    for month in months:
        if month not in known:
            near = nearest(month, known)
            raise ProfileError(
                "no such month in the data",
                month=month,
                allowed=f"{known[0]} to {known[-1]}",
                hint=f"did you mean {near}?" if near else None,
            )
    return make_plan(
        stages,
        available=available,
        all_branches=codes,
        branches=branches or None,
        months=months or None,
        exists=store.exists,
    )


def _check_branches(branches: tuple[str, ...], profile: Profile) -> None:
    from voc_lib.schema import HEAD_OFFICE

    for code in branches:
        if code != HEAD_OFFICE:
            profile.branch(code)


def _raw_files(places: Places) -> bool:
    return places.raw.is_dir() and any(path.is_file() and path.name[0] != "." for path in places.raw.rglob("*"))


def _require_raw(places: Places) -> None:
    if not _raw_files(places):
        raise SourceError(
            "no raw exports found",
            folder=places.raw,
            hint="put the exports there, or make some with `voc demo DIR`",
        )


def _print_plan(plan: Plan) -> None:
    for task in plan:
        after = [*task.needs, *task.waits_for]
        note = "  (added: an earlier month that was never run)" if task.key in plan.added else ""
        click.echo(f"{task.key}{note}" + (f"\n    after {', '.join(map(str, after))}" if after else ""))
    click.echo(f"{len(plan)} notebooks; nothing was run")


def _run(plan: Plan, stages: Any, places: Places, *, jobs: int, pdf: bool) -> RunResult:
    from voc_lib.context import Context
    from voc_lib.workflow.progress import make_progress
    from voc_lib.workflow.run import run_plan
    from voc_lib.workflow.runlog import RunLog

    context = Context(params=places.params, data=places.data, output=places.output)
    return run_plan(
        plan,
        stages,
        context=context,
        project=str(places.project),
        jobs=jobs,
        pdf=pdf,
        observers=(make_progress(sys.stdout), RunLog(places.data)),
    )


def _build_index(store: Store, profile: Profile, places: Places, result: RunResult) -> None:
    from voc_lib.workflow.site import build_index, write_index
    from voc_lib.workflow.states import report_states

    def everything(table: str) -> Any:
        partitions = store.partitions(table)
        return store.read_many(table, sorted({b for b, _ in partitions}), sorted({m for _, m in partitions}))

    states = report_states(places.output, result.failed)
    page = build_index(everything("summary"), everything("ledger"), profile=profile, states=states)
    write_index(page, places.output)


def _conclude(result: RunResult, places: Places) -> None:
    """Say how it ended and where the result lies; exit code 1 when something failed."""
    total = len(result.done) + len(result.failed) + len(result.skipped)
    click.echo(f"{len(result.done)} of {total} notebooks done; reports: {Path(places.output) / 'index.html'}")
    for outcome in result.failed:
        click.echo(f"voc: {outcome.task.key} failed: {outcome.error}", err=True)
    for key, because in result.skipped:
        click.echo(f"voc: {key} skipped, for {because} failed", err=True)
    if result.failed:
        raise click.exceptions.Exit(1)
