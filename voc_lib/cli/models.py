"""`voc train`, `voc evaluate` and `voc predict`: the models apart from the run, which never trains."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voc_lib.cli.places import Places, with_places
from voc_lib.errors import SourceError, nearest
from voc_lib.schema import INTENTS, SENTIMENTS

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Profile

__all__ = ["evaluate", "predict", "train"]

_KINDS = click.Choice(["category", "sentiment", "intent", "spans"])
_LABELS = "File with labelled texts, CSV or .xlsx (repeatable)."


@click.command()
@click.argument("what", type=_KINDS)
@click.option("--labels", "files", multiple=True, metavar="FILE", help=_LABELS)
@click.option(
    "--shipped", is_flag=True, help="Keep the model in the environment, as set-up does, not in the data folder."
)
@click.option("--even-if-worse", is_flag=True, help="Store a model of categories that does worse than the one in use.")
@with_places("params", "data")
def train(places: Places, what: str, files: tuple[str, ...], shipped: bool, even_if_worse: bool) -> None:
    """Train the model of WHAT: on labelled texts, or without any on what the profile and the environment hold."""
    from voc_lib.cli.labels import read_labels
    from voc_lib.learning import JoinedClassifier, save_joined, save_model
    from voc_lib.params import load_profile

    profile = load_profile(places.params)
    labels = read_labels(files, what, profile) if files else None
    root = str(Path(sys.prefix) / "share" / "voc_lib") if shipped else places.data.rstrip("/")
    if what == "spans":
        from voc_lib.sentiment import train_spans

        _, card = train_spans(profile, labels=labels, data_root=root)
        click.echo(
            f"spans model: {card['n']:,} texts, {len(card['classes'])} kinds, {card['n_left_out']} left out → {root}"
        )
        return
    # Of its own accord a trainer keeps the model in the data folder, and learns from what has landed there as well.
    more = {"even_if_worse": even_if_worse} if what == "category" else {}
    model, card = _trainers()[what](profile, labels=labels, data_root=None if shipped else places.data, **more)
    folder = f"{root}/models/{profile.name}/{what}"
    if shipped:
        (save_joined if isinstance(model, JoinedClassifier) else save_model)(folder, model, card)
    click.echo(f"{what} model: {card['n']:,} texts, {len(model.classes)} classes → {folder}")
    compared = card.get("before_and_after")
    if compared:
        click.echo(
            f"right on {compared['n']:,} texts of experts that neither had seen: before {compared['before']:.3f}, "
            f"after {compared['after']:.3f} ({compared['gained']} gained, {compared['lost']} lost)"
        )


@click.command()
@click.argument("what", type=_KINDS)
@click.option("--labels", "files", multiple=True, required=True, metavar="FILE", help=_LABELS)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_places("params")
def evaluate(places: Places, what: str, files: tuple[str, ...], as_json: bool) -> None:
    """Judge the model of WHAT on labelled texts."""
    from voc_lib.cli.labels import read_labels
    from voc_lib.params import load_profile

    profile = load_profile(places.params)
    labels = read_labels(files, what, profile)
    if what != "spans":
        _check_labels(labels, what, profile)
    judges = {
        "category": _judge_category,
        "sentiment": _judge_sentiment,
        "intent": _judge_intent,
        "spans": _judge_spans,
    }
    result = judges[what](profile, places, labels)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, sort_keys=True))
        return
    for name, value in result.items():
        if name != "by_class":
            click.echo(f"{name:<22} {value:.3f}" if isinstance(value, float) else f"{name:<22} {value}")
    for label, figures in result["by_class"].items():
        f1 = "-" if figures["f1"] is None else f"{figures['f1']:.3f}"
        click.echo(f"  {label:<20} n {figures['n']:>6,}  f1 {f1}")


@click.command()
@click.argument("what", type=_KINDS)
@click.argument("source", metavar="IN.csv")
@click.option("-o", "--out", required=True, metavar="OUT.csv", help="The file to write; .xlsx for a workbook.")
@with_places("params")
def predict(places: Places, what: str, source: str, out: str) -> None:
    """Add to every row of IN.csv what the model says of its text; the columns and their order stay.

    In a workbook every text is a text, whatever it looks like. A CSV holds the cells as they came: what begins with
    = + - @ is a formula to the spreadsheet that opens it, so give a spreadsheet the .xlsx.
    """
    from voc_lib.cli.labels import check_target, read_table, texts_of, write_table
    from voc_lib.params import load_profile

    profile = load_profile(places.params)
    check_target(out, source)
    table = read_table(source)
    texts = texts_of(table, profile, file=source)
    said = _SAYS.get(what, _sentiments)(profile, places, texts)
    columns = {
        "category": ["category", "category_name", "confidence", "method", "needs_review"],
        "sentiment": ["sentiment", "sentiment_label"],
        "intent": ["intent", "confidence"],
        "spans": ["spans"],
    }[what]
    write_table(table.assign(**{name: said[name].to_numpy() for name in columns}), out)
    click.echo(f"{len(table):,} rows → {out}")


def _check_labels(labels: pd.DataFrame, what: str, profile: Profile) -> None:
    """Raises: SourceError for a label that the model cannot give; it would be scored as one that it never finds."""
    known = {"category": profile.taxonomy.codes, "sentiment": SENTIMENTS, "intent": INTENTS}[what]
    strange = labels.loc[~labels[what].isin(known), what]
    if len(strange):
        found = str(strange.iloc[0])
        near = nearest(found, known)
        raise SourceError(
            f"not a {what}",
            found=found[:20],
            n_rows=len(strange),
            expected="a code of params/taxonomy.yaml" if what == "category" else ", ".join(known),
            hint=f"did you mean {near}? " * bool(near) + "values are mapped by labels.values in params/sources.yaml",
        )


def _trainers() -> dict[str, Any]:
    from voc_lib.categorise import train_category
    from voc_lib.sentiment import train_intent, train_sentiment

    return {"category": train_category, "sentiment": train_sentiment, "intent": train_intent}


def _categories(profile: Profile, places: Places, texts: pd.Series) -> pd.DataFrame:
    from voc_lib.categorise import Categoriser

    return Categoriser.load(profile, places.trained).decide_texts(texts.tolist())


def _sentiments(profile: Profile, places: Places, texts: pd.Series) -> pd.DataFrame:
    from voc_lib.sentiment import SentimentScorer

    return SentimentScorer.load(profile, places.trained).score_texts(texts.tolist())


def _spans(profile: Profile, places: Places, texts: pd.Series) -> pd.DataFrame:
    """Spans of each text as KIND:start-end, set apart by blanks: what stands there is in the text itself."""
    import pandas as pd

    from voc_lib.sentiment import SpanTagger

    found = SpanTagger.load(profile, places.trained).find(texts.tolist())
    told = [" ".join(f"{span.kind}:{span.start}-{span.end}" for span in spans) for spans in found]
    return pd.DataFrame({"spans": pd.Series(told, dtype="str")})


_SAYS = {"category": _categories, "spans": _spans}


def _judge_spans(profile: Profile, places: Places, labels: pd.DataFrame) -> dict[str, Any]:
    from voc_lib.sentiment import SpanTagger, judge_spans

    return judge_spans(SpanTagger.load(profile, places.trained), labels)


def _judge_category(profile: Profile, places: Places, labels: pd.DataFrame) -> dict[str, Any]:
    from voc_lib.learning import evaluate as judge

    said = _categories(profile, places, labels["text"])
    decided = said["category"].fillna("").astype("str").tolist()
    sure = said["confidence"].fillna(0.0).tolist()
    result = judge(labels["category"].tolist(), decided, sure, threshold=profile.thresholds.categorise.review_below)
    level1 = {child.code: level.code for level in profile.taxonomy.levels for child in level.children}
    same = [level1.get(t, t) == level1.get(p, p) for t, p in zip(labels["category"], decided, strict=True)]
    return {**result, "level1_accuracy": sum(same) / len(same)}


def _judge_sentiment(profile: Profile, places: Places, labels: pd.DataFrame) -> dict[str, Any]:
    from voc_lib.learning import evaluate as judge

    said = _sentiments(profile, places, labels["text"])
    proba = said[list(SENTIMENTS)].astype("float64")
    true = labels["sentiment"]
    result = judge(true.tolist(), said["sentiment_label"].fillna("").tolist(), proba.max(axis=1).fillna(0.0).tolist())
    polar = true.isin(["positive", "negative"])
    balance = said["sentiment"].astype("float64").fillna(0.0)
    return {
        **result,
        "auc_positive_negative": _auc(true[polar] == "positive", balance[polar]),
        "auc_negative_rest": _auc(true == "negative", proba["negative"].fillna(0.0)),
    }


def _judge_intent(profile: Profile, places: Places, labels: pd.DataFrame) -> dict[str, Any]:
    from voc_lib.learning import evaluate as judge

    said = _sentiments(profile, places, labels["text"])
    found = said["intent"].fillna("none").astype("str").tolist()
    return judge(labels["intent"].tolist(), found, said["confidence"].astype("float64").fillna(0.0).tolist())


def _auc(is_positive: pd.Series, score: pd.Series) -> float | None:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(is_positive, score)) if is_positive.nunique() == 2 else None
