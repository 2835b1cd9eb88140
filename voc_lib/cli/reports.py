"""`voc land` and `voc run`: from raw exports to reports."""

from __future__ import annotations

import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, SourceError, nearest

if TYPE_CHECKING:
    from voc_lib.params import Profile
    from voc_lib.store import Store
    from voc_lib.workflow.assess import Verdict
    from voc_lib.workflow.order import Outcome
    from voc_lib.workflow.plan import Plan, TaskKey
    from voc_lib.workflow.run import Fleet, RunResult
    from voc_lib.workflow.stages import Stage

__all__ = [
    "check_months",
    "drop_and_tell",
    "land",
    "land_and_tell",
    "purge_and_tell",
    "raw_files",
    "reads_databases",
    "rebuild_index",
    "require_folder",
    "run",
]

_AS_OF = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_LOOSE_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")


@click.command()
@click.option("--as-of", type=_AS_OF, help="The moment the run stands for; later rows are refused.")
@with_places("params", "data")
def land(places: Places, as_of: datetime | None) -> None:
    """Read data/raw: map, check and mask every row, and write the landed tables."""
    from voc_lib.params import load_profile
    from voc_lib.store import require_writable
    from voc_lib.workflow.lock import only_run

    profile = load_profile(places.params)
    if not reads_databases(profile):
        _require_raw(places)
    require_writable(places.data)
    with only_run(places.data):
        land_and_tell(places, profile, as_of)
        _land_editorial(places, profile)
        _land_feedback(places, profile)


@click.command()
@click.option("--branch", "branches", multiple=True, metavar="CODE", help="Only this branch (repeatable).")
@click.option("--month", "months", multiple=True, metavar="YYYY-MM", help="Only this month (repeatable).")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Tasks done at once.")
@click.option("--scheduler", metavar="ADDRESS", help="Do the tasks on the Dask cluster of this scheduler: tcp://…")
@click.option("--plan", "plan_only", is_flag=True, help="Print what would run and why, and run nothing.")
@click.option("--again", is_flag=True, help="Run what is up to date, too.")
@click.option(
    "--cell-timeout",
    type=click.IntRange(min=0),
    default=3600,
    show_default=True,
    metavar="SECONDS",
    help="A cell that takes longer counts as hanging, and fails its notebook; 0 waits for ever.",
)
@click.option("--no-pdf", is_flag=True, help="Render HTML only.")
@click.option("--as-of", type=_AS_OF, help="The moment the run stands for; later rows are refused.")
@click.option("--notebooks", metavar="DIR", help="The notebooks.  [default: notebooks/ beside the profile]")
@with_places("params", "data", "output")
def run(
    places: Places,
    branches: tuple[str, ...],
    months: tuple[str, ...],
    jobs: int,
    scheduler: str | None,
    plan_only: bool,
    again: bool,
    cell_timeout: int,
    no_pdf: bool,
    as_of: datetime | None,
    notebooks: str | None,
) -> None:
    """Land data/raw, bring the reports of every branch and month up to date, and build the index.

    A notebook runs only if something it is made from has changed: its source, what it uses of the profile, a table it
    reads, the library, or the lock. The head office's roll-up of each month runs as well, on the branches that are
    there, and so do the earlier months on which a report is built.
    """
    from voc_lib.params import load_profile
    from voc_lib.privacy import read_trail
    from voc_lib.store import require_writable
    from voc_lib.workflow.lock import only_run
    from voc_lib.workflow.stages import FORMATS, discover_stages

    profile = load_profile(places.params)
    stages = discover_stages(places.notebooks(notebooks))
    _check_branches(branches, profile)
    check_months(months)
    formats = tuple(format for format in FORMATS if not (no_pdf and format == "pdf"))
    with ExitStack() as stack:
        stack.enter_context(_stopped_once())
        if not plan_only:
            require_writable(places.data)
            require_writable(places.output)
            stack.enter_context(only_run(places.data))
            read_trail(places.data)  # one that somebody has changed is told before work begins
            if raw_files(places) or reads_databases(profile):
                land_and_tell(places, profile, as_of)
            _land_editorial(places, profile)
            _land_feedback(places, profile)
        plan = _plan(stages, profile, places, branches=branches, months=months, formats=formats)
        params = stack.enter_context(_profile_as_it_is(places))
        verdicts, sets = _assess(
            plan,
            stages,
            profile,
            places,
            params=params,
            formats=formats,
            again=again,
            cell_timeout=cell_timeout or None,
        )
        if plan_only:
            _print_plan(plan, verdicts)
            if raw_files(places):
                click.echo("planned on the tables that are there; `voc land` and `voc run` read data/raw", err=True)
            return
        result = _run(plan, verdicts, sets, places, fleet=_fleet(jobs, scheduler))
        drop_and_tell(places)
        rebuild_index(profile, places, result.failed)
    _conclude(result, places)


def land_and_tell(places: Places, profile: Profile, as_of: datetime | None) -> None:
    """Land data/raw and say what became of it. Raises: SourceError when no row became a record."""
    from voc_lib.ingest import land as land_raw
    from voc_lib.store import fetched

    if profile.run.keep_raw_days is not None:
        require_folder(places, "purge raw files")
    with fetched(places.raw) as raw:
        report = land_raw(profile, places.data, raw=raw, as_of=as_of)
    refused = ", ".join(
        f"{n:,} {reason}" for reason, n in report.outcomes.items() if reason not in ("record", "duplicate", "erased")
    )
    months = f"{report.months[0]} to {report.months[-1]}" if report.months else "no month"
    click.echo(
        f"{'landed' if report.changed else 'landed before, nothing changed:'} {report.n_rows:,} rows of "
        f"{len(report.files)} files, {months}, as of {report.as_of}\n"
        f"  {report.n_records:,} records, {report.n_duplicates:,} repeated, {report.n_refused:,} refused"
        f"{f' ({refused})' if refused else ''}, {report.n_masked:,} personal data masked"
        f"{f', {report.n_erased:,} of forgotten customers left out' if report.n_erased else ''}"
    )
    for name in report.unmatched:
        click.echo(f"  not an export of any source, left alone: {name}")
    for note in report.notes:
        click.echo(f"  {note}")
    if profile.run.keep_raw_days is not None:
        purge_and_tell(places, profile, as_of)
    if not report.n_records:
        late = "future_time" in report.outcomes
        raise SourceError(
            "no row became a record",
            refused=refused or None,
            hint=f"rows after {report.as_of} are future ones: see --as-of, and as_of in params/run.yaml"
            if late
            else "see the refused rows, and how params/ maps columns, branches and times",
        )


def _land_editorial(places: Places, profile: Profile) -> None:
    from voc_lib.ingest import land_editorial

    n_reports = land_editorial(profile, places.data)
    if n_reports:
        click.echo(f"analysts' decisions about {n_reports} report{'s' if n_reports > 1 else ''} (data/editorial)")


def _land_feedback(places: Places, profile: Profile) -> None:
    from voc_lib.ingest import land_feedback

    n_forms = land_feedback(profile, places.data)
    if n_forms:
        click.echo(f"branches' answers in {n_forms} form{'s' if n_forms > 1 else ''} (data/feedback)")


def purge_and_tell(places: Places, profile: Profile, as_of: datetime | None, *, plan_only: bool = False) -> None:
    """Take away raw files whose days are over, and say which."""
    from voc_lib.ingest import purge

    done = purge(profile, places.data, as_of=as_of, plan_only=plan_only)
    for name, last, n_refused in done.files:
        lost = f"; {n_refused:,} refused rows can no longer be corrected" if n_refused else ""
        click.echo(f"  {'would be purged' if plan_only else 'purged'}: {name}, last voice on {last}{lost}")
    for name in done.workbooks:
        click.echo(f"  purged: {name}, corrections of purged files")
    for name in done.held:
        click.echo(f"  not purged, for its archive holds files that are to stay: {name}")
    for name in done.undated:
        click.echo(f"  not purged, for no row of it has a date: {name}")
    if plan_only and not done.files:
        click.echo("  nothing to purge")


def _plan(
    stages: tuple[Stage, ...],
    profile: Profile,
    places: Places,
    *,
    branches: tuple[str, ...],
    months: tuple[str, ...],
    formats: tuple[str, ...],
) -> Plan:
    from voc_lib.store import Store
    from voc_lib.workflow.plan import make_plan

    codes = profile.branches.codes
    available = _available(Store(places.data, profile.tz), codes, places, branches=branches, months=months)
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
        formats=formats,
    )


def _available(
    store: Store, codes: tuple[str, ...], places: Places, *, branches: tuple[str, ...], months: tuple[str, ...]
) -> list[tuple[str, str]]:
    """The branch-months to report on: of branches that have data, in the months that have a usual number of rows.

    A mistyped year, or a branch that sends nothing, makes no report unless it is named.
    """
    from voc_lib.ingest import landed_months

    usual = landed_months(places.data)
    landed = [
        (branch, month)
        for branch, month in store.partitions("landed")
        if branch in codes and (usual is None or month in usual or month in months)
    ]
    known = set(branches)
    for branch, month in landed:
        if branch not in known and store.n_rows("landed", branch, month):
            known.add(branch)
    return [(branch, month) for branch, month in landed if branch in known]


@contextmanager
def _stopped_once() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal stop the run, and once only: a second must not cut its tidying short."""

    def stop(number: int, frame: object) -> None:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in handlers.items() if handler not in (None, signal.SIG_IGN)}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _profile_as_it_is(places: Places) -> Iterator[str]:
    """A copy of the profile for the run: what an analyst edits meanwhile is the next run's."""
    with tempfile.TemporaryDirectory(prefix="voc-profile-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "params"
        shutil.copytree(places.params, copy)
        yield str(copy)


def _assess(
    plan: Plan,
    stages: tuple[Stage, ...],
    profile: Profile,
    places: Places,
    *,
    params: str,
    formats: tuple[str, ...],
    again: bool,
    cell_timeout: int | None,
) -> tuple[dict[TaskKey, Verdict], dict[str, dict[str, str]]]:
    from voc_lib.context import Context
    from voc_lib.workflow.assess import assess
    from voc_lib.workflow.fingerprint import gather

    project = str(places.project)
    ingredients = gather(stages, profile, data_root=places.data, project=project, formats=formats)
    context = Context(params=params, data=places.data, output=places.output)
    verdicts = assess(
        plan,
        ingredients,
        context=context,
        profile=profile,
        project=project,
        again=again,
        cell_timeout=cell_timeout,
    )
    return verdicts, ingredients.sets


def _check_branches(branches: tuple[str, ...], profile: Profile) -> None:
    from voc_lib.schema import HEAD_OFFICE

    for code in branches:
        if code != HEAD_OFFICE:
            profile.branch(code)


def check_months(months: tuple[str, ...]) -> None:
    """Whether they are months at all; which months there are shows only when everything has landed."""
    for month in months:
        if not _MONTH.fullmatch(month):
            loose = _LOOSE_MONTH.fullmatch(month)
            near = f"{loose[1]}-{int(loose[2]):02d}" if loose and 1 <= int(loose[2]) <= 12 else None
            raise ProfileError(
                "not a month", month=month, expected="YYYY-MM", hint=f"did you mean {near}?" if near else None
            )


def require_folder(places: Places, what: str) -> None:
    """Raises: ProfileError when the data folder is a URL."""
    if "://" in places.data:
        raise ProfileError(f"can {what} in a folder only", data=places.data)


def raw_files(places: Places) -> bool:
    """Whether there is any raw file, or was one that is purged and whose rows are kept."""
    from voc_lib.store import files_below

    if (Path(places.data) / "state" / "purged.json").exists():
        return True
    return any(not path.rsplit("/", 1)[-1].startswith(".") for path in files_below(places.raw))


def reads_databases(profile: Profile) -> bool:
    """Whether a source of the profile is a query to a database."""
    return any(settings.queries for _, settings in profile.sources.items())


def _require_raw(places: Places) -> None:
    if not raw_files(places):
        raise SourceError(
            "no raw exports found",
            folder=places.raw,
            hint="put the exports there, or make some with `voc demo DIR`",
        )


def _print_plan(plan: Plan, verdicts: Mapping[TaskKey, Verdict]) -> None:
    """What would run and why; of what merely builds on a task that runs, only with which."""
    n_run = n_maybe = 0
    for task in plan:
        verdict = verdicts[task.key]
        if verdict.reasons:
            n_run += 1
            why = "; ".join(verdict.reasons)
        elif verdict.after:
            n_maybe += 1
            more = f" and {len(verdict.after) - 1} more" if len(verdict.after) > 1 else ""
            why = f"only if what it reads has changed, after {verdict.after[0]}{more}"
        else:
            continue
        added = "  (added: what was asked for builds on it)" if task.key in plan.added else ""
        click.echo(f"{task.key}{added}\n    {why}")
    click.echo(
        f"{n_run} tasks would run, {n_maybe} more may have to, {len(plan) - n_run - n_maybe} are up to date; "
        "nothing was run"
    )


def _fleet(jobs: int, scheduler: str | None) -> Fleet:
    if scheduler is not None:
        from voc_lib.workflow.cluster import ClusterFleet

        return ClusterFleet(scheduler)
    from voc_lib.workflow.pool import LocalFleet

    return LocalFleet(jobs)


def _run(
    plan: Plan,
    verdicts: Mapping[TaskKey, Verdict],
    sets: Mapping[str, Mapping[str, str]],
    places: Places,
    *,
    fleet: Fleet,
) -> RunResult:
    from voc_lib.workflow.progress import make_progress
    from voc_lib.workflow.run import run_plan
    from voc_lib.workflow.runlog import RunLog

    observers = (make_progress(sys.stdout), RunLog(places.data))
    return run_plan(plan, verdicts, sets=sets, fleet=fleet, observers=observers)


def drop_and_tell(places: Places) -> None:
    """End the approvals of reports that are others by now, and say so."""
    from voc_lib.workflow.review import drop_changed

    for (branch, month), review in drop_changed(places.data, places.output).items():
        click.echo(f"voc: {branch} {month} is no longer approved: {review.why}", err=True)


def rebuild_index(profile: Profile, places: Places, failed: Iterable[Outcome] = ()) -> None:
    """Bring the index up to date with the reports and with what was decided about them."""
    from voc_lib.workflow.index import update_index
    from voc_lib.workflow.review import read_reviews, review_states
    from voc_lib.workflow.states import report_states

    reviews = review_states(read_reviews(places.data, places.output))
    states = report_states(places.output, failed, reviews)
    update_index(profile, data=places.data, output=places.output, states=states)


def _conclude(result: RunResult, places: Places) -> None:
    """Say how it ended and where the result lies; exit code 1 when something failed."""
    n = {"done": len(result.done), "up to date": len(result.unchanged)}
    n |= {"failed": len(result.failed), "skipped": len(result.skipped)}
    told = ", ".join(f"{count} {word}" for word, count in n.items() if count)
    click.echo(f"{told}; reports: {places.index}")
    for outcome in result.failed:
        click.echo(f"voc: {outcome.task.key} failed: {outcome.error}", err=True)
    for outcome in result.skipped:
        click.echo(f"voc: {outcome.task.key} skipped, for {outcome.because} failed", err=True)
    if result.failed:
        raise click.exceptions.Exit(1)
