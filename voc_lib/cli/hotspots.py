"""`voc hotspots`: the hottest issues of any span of months, of one branch or of all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ModelError, ProfileError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile
    from voc_lib.store import Store

__all__ = ["hotspots"]


@click.command()
@click.option("--from", "first", required=True, metavar="YYYY-MM", help="The first month.")
@click.option("--to", "last", required=True, metavar="YYYY-MM", help="The last month.")
@click.option("--branch", metavar="CODE", help="Only this branch.")
@click.option("--all-branches", is_flag=True, help="All branches together, which is what happens without --branch.")
@click.option("--top", type=click.IntRange(min=1), help="So many issues.  [default: max_issues of the profile]")
@click.option("-o", "--to-file", "file", metavar="FILE", help="Write the table there: .csv or .xlsx.")
@with_places("params", "data")
def hotspots(
    places: Places, first: str, last: str, branch: str | None, all_branches: bool, top: int | None, file: str | None
) -> None:
    """Gather what was told in a span of months into issues, hottest first.

    A span has no month before it to be held against: an issue is hot when many people tell it, in bursts, and are
    dissatisfied, not because it grew. Months that have only landed are linked, categorised and scored on the way.
    """
    from voc_lib.cli.labels import check_target, write_table
    from voc_lib.hotspot import issues_of_span
    from voc_lib.params import load_profile
    from voc_lib.store import Store

    if branch is not None and all_branches:
        raise ProfileError("--branch and --all-branches contradict each other", hint="give one of them")
    profile = load_profile(places.params)
    months = _months(first, last)
    codes = tuple(profile.branches.codes) if branch is None else (profile.branch(branch).code,)
    if file is not None:
        check_target(file, places.params)
    scored = _scored(Store(places.data, profile.tz), profile, places.data, codes, months)
    found = issues_of_span(scored, profile=profile, max_issues=top)
    _print(found, profile, n_records=int((scored["text"].str.strip() != "").sum()), months=months)
    if file is not None:
        write_table(_flat(found, scored, profile), file)
        click.echo(f"written: {file}")


def _months(first: str, last: str) -> list[str]:
    """All months from the first to the last. Raises: ProfileError."""
    from voc_lib.cli.reports import check_months
    from voc_lib.store import window

    check_months((first, last))
    if first > last:
        raise ProfileError("--from is after --to", found=f"{first} to {last}", hint=f"--from {last} --to {first}")
    n = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])
    return window(first, 0, n)


def _scored(store: Store, profile: Profile, data: str, codes: tuple[str, ...], months: list[str]) -> pd.DataFrame:
    """Table scored of these branches and months; what has only landed is brought that far in memory.

    Raises: TableError when nothing of them has landed.
    """
    import pandas as pd

    landed = set(store.partitions("landed")) | set(store.partitions("scored"))
    wanted = [(code, month) for month in months for code in codes if (code, month) in landed]
    if not wanted:
        known = sorted({month for _, month in landed if month[:1].isdigit()})
        raise TableError(
            "nothing has landed of this span",
            span=f"{months[0]} to {months[-1]}",
            allowed=f"{known[0]} to {known[-1]}" if known else None,
            hint="run `voc land`",
        )
    parts = [store.read_partitions("scored", [pair for pair in wanted if store.exists("scored", *pair)])]
    rest = [pair for pair in wanted if not store.exists("scored", *pair)]
    if rest:
        parts.append(_scored_on_the_way(store, profile, data, rest))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _scored_on_the_way(store: Store, profile: Profile, data: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Linked, categorised and scored as notebooks 01 to 03 do it, without writing anything.

    Where the profile has no model, categories or feelings stay missing: the texts are gathered without them.
    """
    import pandas as pd

    from voc_lib.categorise import Categoriser
    from voc_lib.ingest import link_matters
    from voc_lib.sentiment import SentimentScorer
    from voc_lib.store import shift_month

    linked = [
        link_matters(
            store.read_many("landed", [code], [shift_month(month, -1), month]),
            month=month,
            settings=profile.thresholds.ingest,
        )
        for code, month in pairs
    ]
    rows = pd.concat(linked, ignore_index=True)
    try:
        rows = Categoriser.load(profile, data).categorise(rows)
    except ModelError as error:
        click.echo(f"without categories: {error}", err=True)
        rows = rows.assign(category=None, category_name=None, confidence=float("nan"), needs_review=False)
    try:
        return SentimentScorer.load(profile, data).score(rows)
    except ModelError as error:
        click.echo(f"without feelings: {error}", err=True)
        return rows.assign(sentiment_label=None, intent=None, escalation_risk=float("nan"))


def _print(found: pd.DataFrame, profile: Profile, *, n_records: int, months: list[str]) -> None:
    import pandas as pd

    click.echo(
        f"{n_records:,} records with a text, {months[0]} to {months[-1]}: {len(found)} issues, hottest first; "
        "no baseline, so heat is volume, bursts, dissatisfaction and risk, not growth"
    )
    for row in found.itertuples(index=False):
        names = "、".join(profile.branch(code).name for code in row.branches[:3])
        more = f" and {len(row.branches) - 3} more" if len(row.branches) > 3 else ""
        negative = "" if pd.isna(row.negative_share) else f"{row.negative_share:.0%} negative; "
        click.echo(
            f"{row.rank:>3}  {row.heat:5.1f}  {row.label}\n"
            f"            {row.n_records} records, {row.n_customers} customers, {row.first_seen:%Y-%m-%d} to "
            f"{row.last_seen:%Y-%m-%d}; {negative}{names}{more}"
        )


def _flat(found: pd.DataFrame, scored: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """The table as a file holds it: lists as text, and the typical cases in words."""
    from voc_lib.hotspot import shortened

    keys = scored["source"] + ":" + scored["record_id"]
    texts = dict(zip(keys, scored["text"], strict=True))
    flat = found.copy()
    for column, mark in (("terms", "、"), ("monthly_counts", " "), ("record_ids", " "), ("typical_record_ids", " ")):
        flat[column] = [mark.join(map(str, values)) for values in found[column]]
    flat["branches"] = ["、".join(profile.branch(code).name for code in codes) for codes in found["branches"]]
    for column in ("first_seen", "last_seen", "burst_first", "burst_last"):
        flat[column] = ["" if day != day else f"{day:%Y-%m-%d}" for day in found[column]]
    for column in (
        "heat",
        "heat_volume",
        "heat_burst",
        "heat_negative",
        "heat_escalation",
        "negative_share",
        "likeness",
    ):
        flat[column] = found[column].astype("float64").round(4)
    flat["typical_cases"] = [
        " ‖ ".join(shortened(" ".join(texts[key].split())) for key in ids) for ids in found["typical_record_ids"]
    ]
    for column in ("label", "place", "terms", "typical_cases"):
        # What customers wrote is no formula, in whatever program the file is opened.
        flat[column] = [f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t" and v else v for v in flat[column]]
    return flat
