"""Spans: tags and back, a model that learns a few made-up sentences, and files that are not what was trained."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from voc_lib.errors import ModelError, SourceError
from voc_lib.params import Profile
from voc_lib.sentiment import SpanTagger, judge_spans, train_spans
from voc_lib.sentiment.spans import Span, spans_of

BANKS, NOUNS, WORDS = ("东行", "西行", "南行"), ("利率", "额度", "客服"), ("高", "低", "差")


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    tags = "B-BANK I-BANK O B-COMMENTS_N I-COMMENTS_N O B-COMMENTS_ADJ"
    texts = [f"{bank}的{noun}太{word}" for bank in BANKS for noun in NOUNS for word in WORDS]
    return pd.DataFrame({"text": texts, "spans": [tags] * len(texts)})


def test_tags_give_spans() -> None:
    assert spans_of(["B-A", "I-A", "B-A", "I-B", "O", "B-B"]) == [Span(0, 2, "A"), Span(2, 3, "A"), Span(5, 6, "B")]
    assert spans_of([]) == []


def test_a_trained_model_finds_what_it_learnt(profile: Profile, labels: pd.DataFrame, tmp_path: Path) -> None:
    _, card = train_spans(profile, labels=labels, data_root=tmp_path)
    assert card["n"] == 27 and card["classes"] == {"BANK": 27, "COMMENTS_ADJ": 27, "COMMENTS_N": 27}
    tagger = SpanTagger.load(profile, tmp_path)
    assert tagger.find(["北行的利率太高", ""])[1] == []
    judged = judge_spans(tagger, labels)
    assert judged["f1"] == 1 and judged["by_class"]["BANK"]["n"] == 27


def test_spans_are_counted_in_the_text_as_it_came(profile: Profile, labels: pd.DataFrame, tmp_path: Path) -> None:
    train_spans(profile, labels=labels, data_root=tmp_path)
    (spans,) = SpanTagger.load(profile, tmp_path).find(["东行的利率太高\u200b㎡ \n"])
    assert Span(0, 2, "BANK") in spans


def test_the_order_of_the_labels_changes_no_byte(profile: Profile, labels: pd.DataFrame) -> None:
    assert train_spans(profile, labels=labels) == train_spans(profile, labels=labels.iloc[::-1])


def test_a_text_with_another_number_of_tags_is_left_out_and_counted(profile: Profile, labels: pd.DataFrame) -> None:
    more = pd.concat([labels, pd.DataFrame({"text": ["东行"], "spans": ["O"]})])
    assert train_spans(profile, labels=more)[1]["n_left_out"] == 1


def test_labels_that_fit_nowhere_are_refused(profile: Profile) -> None:
    with pytest.raises(SourceError, match="no text has a tag for each character"):
        train_spans(profile, labels=pd.DataFrame({"text": ["东行"], "spans": ["O"]}))
    with pytest.raises(ModelError, match="need labels"):
        train_spans(profile)


def test_a_changed_model_does_not_reach_the_library(profile: Profile, labels: pd.DataFrame, tmp_path: Path) -> None:
    train_spans(profile, labels=labels, data_root=tmp_path)
    path = tmp_path / "models" / profile.name / "spans" / "spans.crfsuite"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="not the one that was trained"):
        SpanTagger.load(profile, tmp_path)


def test_no_model_says_how_to_make_one(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voc_lib.learning.storage.sys.prefix", str(tmp_path))
    with pytest.raises(ModelError, match=r"no model of spans.*\n.*voc train spans"):
        SpanTagger.load(profile, tmp_path)
