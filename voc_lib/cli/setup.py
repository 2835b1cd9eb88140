"""`voc demo` and `voc doctor`: something to try it on, and whether everything is there."""

from __future__ import annotations

import click

from voc_lib.cli.places import Places, with_places

__all__ = ["demo", "doctor"]


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--seed", type=int, default=95533, show_default=True, help="Of everything that is drawn.")
@click.option(
    "--branches", type=click.IntRange(min=1), default=3, show_default=True, help="The profile's first so many."
)
@click.option(
    "--months", type=click.IntRange(min=1), default=3, show_default=True, help="So many up to the last month."
)
@click.option("--last-month", default="2013-05", show_default=True, metavar="YYYY-MM", help="The last month.")
@with_places("params")
def demo(places: Places, folder: str, seed: int, branches: int, months: int, last_month: str) -> None:
    """Write made-up exports of all sources to DIR.

    DIR may be data/raw; it must hold nothing but earlier demo files.
    """
    from voc_lib.demo import write_demo
    from voc_lib.params import load_profile
    from voc_lib.store import require_writable

    profile = load_profile(places.params)
    require_writable(folder)
    written = write_demo(folder, profile=profile, seed=seed, branches=branches, months=months, last_month=last_month)
    for path in written:
        click.echo(path)


@click.command()
@click.option("--rules", is_flag=True, help="List the rules that never fire, contradict each other, or are overruled.")
@with_places("params", "data", "output")
def doctor(places: Places, rules: bool) -> None:
    """Check kernel, fonts, libraries, profile and models, and say how to mend what is missing."""
    from voc_lib.doctor import diagnose, rule_findings

    if rules:
        for finding in rule_findings(places.params, places.data):
            click.echo(finding)
        return

    diagnosis = diagnose(params=places.params, data=places.data, output=places.output)
    click.echo(diagnosis)
    if not diagnosis.ok:
        raise click.exceptions.Exit(1)
