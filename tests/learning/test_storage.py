import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.learning.lessons import LABELS, TEXTS, characters
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier, load_model, model_card, model_folder, save_model
from voc_lib.store import read_bytes


def trained() -> tuple[TextClassifier, dict[str, object]]:
    model = TextClassifier(segment=characters).fit(TEXTS, LABELS)
    return model, model_card("category", model, TEXTS, LABELS, data="made up")


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    model, card = trained()
    back, card_back = load_model(save_model(tmp_path / "m", model, card), segment=characters)
    assert back.classes == model.classes
    assert np.array_equal(back.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert card_back == json.loads(json.dumps(card))
    assert back.options == model.options


def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [save_model(tmp_path / name, *trained()) for name in ("one", "two")]
    names = sorted(path.name for path in folders[0].iterdir())
    assert names == ["arrays.npz", "card.json", "model.json"]
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_nothing_is_pickled(tmp_path: Path) -> None:
    folder = save_model(tmp_path, *trained())
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        kinds = {name: arrays[name].dtype.kind for name in arrays.files}
    assert kinds == {"bias": "f", "idf_0": "f", "idf_1": "f", "weights": "f"}
    for name in ("model.json", "card.json"):
        assert json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_card_says_what_it_was_made_from(tmp_path: Path) -> None:
    _, card = trained()
    assert card["kind"] == "category"
    assert card["n"] == len(TEXTS)
    assert card["classes"] == {"card": 6, "loan": 6, "other": 6}
    assert card["metrics"]["n"] == len(TEXTS)  # type: ignore[index]
    assert len(str(card["data_sha256"])) == 64
    text = json.dumps(card, ensure_ascii=False)
    assert str(Path.cwd()) not in text
    assert not any(said in text for said in TEXTS)


@pytest.mark.parametrize("name", ["arrays.npz", "model.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (save_model(tmp_path, *trained()) / name).unlink()
    with pytest.raises(ModelError, match=rf"incomplete.*{name}"):
        load_model(tmp_path, segment=characters)


@pytest.mark.parametrize("name", ["arrays.npz", "model.json", "card.json"])
def test_a_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    (save_model(tmp_path, *trained()) / name).write_bytes(b"not this")
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path, segment=characters)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = save_model(tmp_path, *trained()) / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8")
    with pytest.raises(ModelError, match="another format"):
        load_model(tmp_path, segment=characters)


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    model, card = trained()
    model.bias = model.bias[:1]
    with pytest.raises(ModelError, match="another shape"):
        load_model(save_model(tmp_path, model, card), segment=characters)


def test_the_data_folder_comes_before_the_shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    assert model_folder("category", profile_name="p", data_root=tmp_path) is None
    shipped = save_model(tmp_path / "env" / "share" / "voc_lib" / "models" / "p" / "category", *trained())
    assert model_folder("category", profile_name="p", data_root=tmp_path) == shipped
    own = save_model(tmp_path / "models" / "p" / "category", *trained())
    assert model_folder("category", profile_name="p", data_root=tmp_path) == own
    assert model_folder("category", profile_name="q", data_root=tmp_path) is None


def test_a_model_lies_in_an_object_store_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    root, (model, card) = "memory://voc-models", trained()
    assert model_folder("category", profile_name="p", data_root=root) is None
    folder = save_model(f"{root}/models/p/category", model, card)
    assert model_folder("category", profile_name="p", data_root=root) == folder
    back, _ = load_model(folder, segment=characters)
    assert np.array_equal(back.predict_proba(TEXTS), model.predict_proba(TEXTS))
    on_disk = save_model(tmp_path / "m", model, card)
    assert read_bytes(f"{folder}/arrays.npz") == (on_disk / "arrays.npz").read_bytes()
