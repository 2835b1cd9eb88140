"""`voc queue` and `voc teach`: what the experts are asked, and what they answered."""

from __future__ import annotations

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import ProfileError, SourceError, TableError

__all__ = ["queue", "teach"]


@click.command()
@click.argument("month", metavar="YYYY-MM")
@click.option("--branch", "branches", multiple=True, metavar="CODE", help="Only of this branch (repeatable).")
@click.option("--top", type=click.IntRange(min=1), default=50, show_default=True, help="So many texts.")
@click.option("-o", "--out", required=True, metavar="OUT.xlsx", help="The workbook to write.")
@with_places("params", "data")
def queue(places: Places, month: str, branches: tuple[str, ...], top: int, out: str) -> None:
    """Hand the month's doubtful texts to the experts: a workbook, what teaches and matters most first."""
    from pathlib import Path

    from voc_lib.categorise import expert_form, expert_queue
    from voc_lib.params import load_profile
    from voc_lib.schema import HEAD_OFFICE, UNKNOWN
    from voc_lib.store import Store, require_writable, write_bytes

    if Path(out).suffix.lower() != ".xlsx":
        raise ProfileError("cannot write that kind of file", file=out, expected=".xlsx")
    require_writable(str(Path(out).absolute().parent))
    profile = load_profile(places.params)
    store = Store(places.data, profile.tz)
    found = [b for b, m in store.partitions("categorised") if m == month and b not in (HEAD_OFFICE, UNKNOWN)]
    chosen = [branch for branch in found if branch in branches] if branches else found
    if not chosen:
        raise TableError(
            "nothing is categorised there", month=month, branch=", ".join(branches) or "any", hint="run `voc run` first"
        )
    asked = expert_queue(store.read_many("categorised", chosen, [month]), top=top)
    title = f"{profile.run.centre} {month} {'、'.join(chosen)}"
    write_bytes(str(Path(out).absolute()), expert_form(asked, taxonomy=profile.taxonomy, title=title))
    click.echo(f"{len(asked):,} texts of {month} ({', '.join(chosen)}) → {out}")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="QUEUE.xlsx…")
@click.option("--by", required=True, metavar="NAME", help="Who decided.")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month of the queue.")
@with_places("params", "data")
def teach(places: Places, files: tuple[str, ...], by: str, month: str) -> None:
    """Take the experts' workbooks back: their word wins from now on, and the next training learns from it.

    All files are read before anything is stored; one mistake, and nothing is.
    """
    import re

    import pandas as pd

    from voc_lib.categorise import add_expert_labels, read_expert_form
    from voc_lib.params import load_profile

    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ProfileError("not a month", found=month, expected="YYYY-MM, such as 2013-05")
    profile = load_profile(places.params)
    answers = pd.concat([read_expert_form(file, taxonomy=profile.taxonomy) for file in files], ignore_index=True)
    if answers.empty:
        raise SourceError("no answer found", files=", ".join(files), hint="choose a category in the column 专家类别")
    torn = answers.groupby("text")["category"].nunique()
    if (torn > 1).any():
        raise SourceError(
            "workbooks disagree on a text", n_texts=int((torn > 1).sum()), hint="settle it among the experts"
        )
    answers = answers.drop_duplicates("text")
    same = int((answers["category"] == answers["decided"]).sum())
    n_new, n_changed = add_expert_labels(places.data, answers, by=by, month=month)
    click.echo(
        f"{len(answers):,} answers: {same:,} as decided before, {len(answers) - same:,} otherwise; "
        f"{n_new:,} texts new, {n_changed:,} decided anew. Now: voc train category"
    )
