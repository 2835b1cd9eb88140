import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import TZ, rows
from voc_lib import schema
from voc_lib.categorise import Categoriser, train_category
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier
from voc_lib.params import CategoriseSettings, Profile

ADDED = [name for name in schema.TABLES["categorised"].names if name not in schema.TABLES["records"].names]


@pytest.fixture(scope="module")
def categoriser(small: Profile, model: TextClassifier) -> Categoriser:
    return Categoriser(small, model=model, experts={"随便说说app": "16"})


def test_the_result_fits_the_table_and_keeps_the_rows(categoriser: Categoriser) -> None:
    records = rows("records", [{"text": text} for text in ("信用卡提额", "", "激活", "随便说说APP", "。。。")])
    before = records.copy(deep=True)
    result = categoriser.categorise(records)
    pd.testing.assert_frame_equal(records, before)
    pd.testing.assert_frame_equal(result[list(records.columns)], records)
    pd.testing.assert_frame_equal(schema.conform(result, "categorised", tz=TZ)[ADDED], result[ADDED], check_dtype=False)
    assert result["category"].fillna("").tolist() == ["12", "", "16", "16", "90"]
    assert result["method"].tolist() == ["rule", "none", "model", "expert", "rule"]


def test_no_records_give_an_empty_table(categoriser: Categoriser) -> None:
    result = categoriser.categorise(schema.empty("records", tz=TZ))
    assert len(schema.conform(result, "categorised", tz=TZ)) == 0


def test_each_decision_keeps_its_words(categoriser: Categoriser) -> None:
    decided = categoriser.decide_texts(["信用卡提额", "卡片激活了"])
    assert decided["evidence"].tolist() == [["提额", "信用卡"], ["激活", "卡片"]]
    assert decided["product"].fillna("").tolist() == ["信用卡", ""]
    assert decided["level1_name"].tolist() == ["信用卡", "信用卡"]
    assert decided["concerns"].tolist() == ["product", "product"]


def test_without_text_there_is_no_category(categoriser: Categoriser) -> None:
    decided = categoriser.decide_texts(["", " \n", None, float("nan")])
    assert decided["category"].isna().all()
    assert decided["confidence"].isna().all()
    assert decided["method"].tolist() == ["none"] * 4
    assert not decided["needs_review"].any()


@pytest.mark.parametrize("text", ["。。。", "123456", "😀😀", "〔手机号〕", "?!"])
def test_a_text_without_a_word_says_nothing(categoriser: Categoriser, text: str) -> None:
    decided = categoriser.decide_texts([text]).iloc[0]
    assert (decided["category"], decided["method"], bool(decided["needs_review"])) == ("90", "rule", False)


def test_an_expert_wins_for_every_spelling(categoriser: Categoriser) -> None:
    decided = categoriser.decide_texts(["随便说说ＡＰＰ"]).iloc[0]
    assert (decided["category"], decided["method"], decided["confidence"]) == ("16", "expert", 1.0)
    assert decided["concerns_channel"] == "手机银行"


def test_what_is_unsure_goes_to_review(small: Profile, model: TextClassifier) -> None:
    thresholds = small.thresholds.model_copy(update={"categorise": CategoriseSettings(review_below=0.8)})
    strict = Categoriser(dataclasses.replace(small, thresholds=thresholds), model=model)
    decided = strict.decide_texts(["信用卡", "信用卡提额"])
    assert decided["needs_review"].tolist() == (decided["confidence"] < 0.8).tolist() == [True, False]


@given(texts=st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=6), turn=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_decision_depends_on_its_text_alone(
    texts: list[str | None], turn: object, small: Profile, model: TextClassifier
) -> None:
    categoriser = Categoriser(small, model=model)
    order = list(range(len(texts)))
    turn.shuffle(order)  # type: ignore[attr-defined]
    whole = categoriser.decide_texts(texts)
    turned = categoriser.decide_texts([texts[i] for i in order])
    pd.testing.assert_frame_equal(turned, whole.iloc[order].reset_index(drop=True))


def test_batches_change_nothing(categoriser: Categoriser, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["信用卡提额", "激活", "天气", "年费", "额度"]
    whole = categoriser.decide_texts(texts)
    monkeypatch.setattr("voc_lib.categorise.categoriser._BATCH", 2)
    pd.testing.assert_frame_equal(categoriser.decide_texts(texts), whole)


def test_without_a_model_it_says_what_to_run(small: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "env"))
    with pytest.raises(ModelError, match=r"no model for categories.*\n.*voc train category"):
        Categoriser.load(small, tmp_path)


def test_a_model_of_another_taxonomy_is_refused(profile: Profile, small: Profile, tmp_path: Path) -> None:
    train_category(small, data_root=tmp_path)
    one = small.taxonomy.model_copy(update={"levels": small.taxonomy.levels[1:]})
    with pytest.raises(ModelError, match=r"another taxonomy.*found: 12, 16"):
        Categoriser.load(dataclasses.replace(small, taxonomy=one), tmp_path)


def test_what_was_trained_is_loaded_with_the_experts_word(small: Profile, tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "category.csv").write_text("text,category\n信用卡提额,16\n", encoding="utf-8")
    train_category(small, data_root=tmp_path)
    decided = Categoriser.load(small, tmp_path).decide_texts(["信用卡提额", "我想提额"])
    assert decided["method"].tolist() == ["expert", "rule"]
    assert decided["category"].tolist() == ["16", "12"]
