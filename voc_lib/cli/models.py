"""`voc train`, `voc evaluate` and `voc predict`: the models apart from the run, which never trains."""

from __future__ import annotations

import click

from voc_lib.cli.places import Places, with_places

__all__ = ["evaluate", "predict", "train"]


@click.command()
@with_places
def train(places: Places) -> None:
    """Train."""


@click.command()
@with_places
def evaluate(places: Places) -> None:
    """Evaluate."""


@click.command()
@with_places
def predict(places: Places) -> None:
    """Predict."""
