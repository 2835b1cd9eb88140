from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.builders import TZ, rows
from voc_lib.categorise import train_category
from voc_lib.errors import SourceError
from voc_lib.params import Profile
from voc_lib.store import Store


def test_examples_alone_make_a_model(small: Profile) -> None:
    model, card = train_category(small)
    assert model.classes == ("12", "16", "90")
    assert (card["n"], card["n_examples"], card["n_expert"], card["n_weak"]) == (18, 18, 0, 0)
    assert card["metrics"]["n"] == 18
    assert card["decision_on_expert_labels"] is None


def test_texts_on_which_the_rules_are_sure_teach_too(small: Profile) -> None:
    model, card = train_category(small, texts=["信用卡提额啊", "信用卡提额啊", "信用卡", "我想提额", "打错电话"])
    # The repeated text counts once, the unsure one not at all, the example stays an example.
    assert card["n_weak"] == 2
    assert model.classes == ("12", "16", "90")


def test_the_same_input_in_any_order_gives_the_same_model(small: Profile) -> None:
    texts = ["信用卡提额啊", "打错电话", "免年费信用卡"]
    one, card = train_category(small, texts=texts)
    two, again = train_category(small, texts=texts[::-1])
    assert np.array_equal(one.weights, two.weights)
    assert card == again


def test_an_experts_word_comes_before_the_rules(small: Profile) -> None:
    labels = pd.DataFrame({"text": ["信用卡提额啊"], "category": ["16"]})
    _, card = train_category(small, texts=["信用卡提额啊"], labels=labels)
    assert (card["n_expert"], card["n_weak"]) == (1, 0)
    assert card["classes"]["16"] == 7
    assert card["decision_on_expert_labels"]["n"] == 1


def test_texts_and_labels_come_from_the_data_folder(small: Profile, tmp_path: Path) -> None:
    landed = rows("landed", [{"text": "信用卡提额啊"}, {"text": "天气"}, {"text": ""}])
    Store(str(tmp_path), TZ).write("landed", landed, "BJ", "2013-05")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "category.csv").write_text("text,category\n天气,90\n", encoding="utf-8")
    _, card = train_category(small, data_root=tmp_path)
    assert (card["n_expert"], card["n_weak"]) == (1, 1)
    assert (tmp_path / "models" / small.name / "category" / "card.json").is_file()


def test_a_label_that_is_not_of_the_taxonomy_is_refused(small: Profile) -> None:
    with pytest.raises(SourceError, match=r"not a code of the taxonomy.*found: 77"):
        train_category(small, labels=pd.DataFrame({"text": ["天气"], "category": ["77"]}))


@pytest.mark.shared
def test_rules_and_model_on_real_texts(profile: Profile, shared_data: Path) -> None:
    """The half of the labels that the words were written with; the other half is kept for judging."""
    from voc_lib.categorise import Categoriser

    labels = pd.read_csv(shared_data / "bank_labels.csv", dtype="str").iloc[::2].dropna(subset=["category"])
    assert len(labels) == 198
    model, _ = train_category(profile)
    said = Categoriser(profile, model=model).decide_texts(list(labels["text"]))
    truth = labels["category"].reset_index(drop=True)
    assert (said["category"] == truth).mean() >= 0.75
    assert (said["level1"] == truth.str[0]).mean() >= 0.85
    decided = ~said["needs_review"]
    assert decided.mean() >= 0.75
    assert (said["category"] == truth)[decided].mean() >= 0.86
