import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.builders import TZ, rows
from voc_lib.categorise import train_category
from voc_lib.categorise.judging import text_key
from voc_lib.errors import ModelError, SourceError
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


def test_a_new_model_is_held_against_the_one_in_use(small: Profile, tmp_path: Path) -> None:
    labels = pd.DataFrame({"text": ["想把额度提上去", "年费收得没道理", "没别的事"], "category": ["12", "16", "90"]})
    _, first = train_category(small, data_root=tmp_path, labels=labels)
    kept = json.loads((tmp_path / "models" / small.name / "category" / "judged.json").read_text(encoding="utf-8"))
    assert len(kept) == 3
    _, second = train_category(small, data_root=tmp_path, labels=labels)
    assert second["before_and_after"] == {
        "n": 3,
        "before": first["decision_on_expert_labels"]["accuracy"],
        "after": first["decision_on_expert_labels"]["accuracy"],
        "gained": 0,
        "lost": 0,
    }


def test_a_worse_model_is_refused_and_nothing_is_changed(small: Profile, tmp_path: Path) -> None:
    texts = [f"我想提额{i}" for i in range(12)]
    train_category(small, data_root=tmp_path, labels=pd.DataFrame({"text": texts, "category": "12"}))
    folder = tmp_path / "models" / small.name / "category"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    # What the model in use had said is right of every text; the new one cannot be.
    keys = {text_key(text): "16" if i % 2 else "90" for i, text in enumerate(texts)}
    (folder / "judged.json").write_text(json.dumps(keys), encoding="utf-8")
    torn = pd.DataFrame({"text": texts, "category": ["16" if i % 2 else "90" for i in range(12)]})
    with pytest.raises(ModelError, match=r"worse than the one.*before: 1.000"):
        train_category(small, data_root=tmp_path, labels=torn)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "judged.json"}
    assert after == {name: payload for name, payload in before.items() if name != "judged.json"}
    _, card = train_category(small, data_root=tmp_path, labels=torn, even_if_worse=True)
    assert card["before_and_after"]["lost"] > 0


def test_the_card_says_how_sure_and_how_right_the_decisions_are(small: Profile, tmp_path: Path) -> None:
    labels = pd.DataFrame({"text": ["想把额度提上去", "年费收得没道理", "没别的事"], "category": ["12", "16", "90"]})
    _, card = train_category(small, data_root=tmp_path, labels=labels)
    assert (tmp_path / "models" / small.name / "category" / "reliability.svg").read_bytes().startswith(b"<svg")
    figures = card["decision_on_expert_labels"]
    assert sum(bin_["n"] for bin_ in figures["reliability"]) == 3
    assert set(figures["by_class"]) >= {"12", "16", "90"}
    assert figures["level1_accuracy"] >= figures["accuracy"]
    assert set(card["blend"]) == {"model", "weight", "rule", "silence", "added"}
