"""The joined classifier: it learns from runs and numbers alike, whatever their order, and is stored as arrays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from voc_lib.errors import ModelError
from voc_lib.learning import JoinedClassifier, JoinedOptions, load_joined, save_joined

TEXTS = [
    f"{thing}{word}" for word in ("太慢", "几点", "很好") for thing in ("网点", "柜台", "热线", "账单", "系统", "转账")
]
LABELS = ["bad"] * 6 + ["ask"] * 6 + ["good"] * 6
NUMBERS = np.array([[float(i % 2), 1.0] for i in range(18)])


@pytest.fixture(scope="module")
def model() -> JoinedClassifier:
    return JoinedClassifier().fit(TEXTS, NUMBERS, LABELS)


def said(model: JoinedClassifier, texts: list[str], numbers: np.ndarray) -> list[str]:
    return [model.classes[i] for i in model.predict_proba(texts, numbers).argmax(axis=1)]


def test_it_learns_from_the_text(model: JoinedClassifier) -> None:
    assert said(model, ["窗口太慢", "窗口几点", "窗口很好"], NUMBERS[:3]) == ["bad", "ask", "good"]
    assert model.out_of_fold is not None
    np.testing.assert_allclose(model.out_of_fold.sum(axis=1), 1)


def test_it_learns_from_the_numbers_where_the_text_tells_nothing() -> None:
    numbers = np.array([[0.0], [1.0]] * 10)
    model = JoinedClassifier(JoinedOptions(scale=1.0)).fit(["网点"] * 20, numbers, ["no", "yes"] * 10)
    assert said(model, ["网点", "网点"], numbers[:2]) == ["no", "yes"]


def test_the_order_of_the_lessons_changes_nothing(model: JoinedClassifier) -> None:
    order = np.random.default_rng(0).permutation(len(TEXTS))
    again = JoinedClassifier().fit([TEXTS[i] for i in order], NUMBERS[order], [LABELS[i] for i in order])
    np.testing.assert_array_equal(model.predict_proba(TEXTS, NUMBERS), again.predict_proba(TEXTS, NUMBERS))
    assert model.out_of_fold is not None and again.out_of_fold is not None
    np.testing.assert_array_equal(model.out_of_fold[order], again.out_of_fold)


@pytest.mark.parametrize(
    "options", [JoinedOptions(contrast=0.5), JoinedOptions(crossed=True)], ids=["contrast", "crossed"]
)
def test_what_may_be_chosen_keeps_order_storage_and_sums(options: JoinedOptions, tmp_path: Path) -> None:
    model = JoinedClassifier(options).fit(TEXTS, NUMBERS, LABELS)
    again = JoinedClassifier(options).fit(TEXTS[::-1], NUMBERS[::-1], LABELS[::-1])
    save_joined(tmp_path, model, {})
    known = model.predict_proba(TEXTS, NUMBERS)
    np.testing.assert_array_equal(known, again.predict_proba(TEXTS, NUMBERS))
    np.testing.assert_array_equal(known, load_joined(tmp_path)[0].predict_proba(TEXTS, NUMBERS))
    np.testing.assert_allclose(known.sum(axis=1), 1)
    assert said(model, ["窗口太慢", "窗口几点", "窗口很好"], NUMBERS[:3]) == ["bad", "ask", "good"]


def test_a_run_that_tells_no_class_learns_nothing_with_contrast() -> None:
    texts, numbers = ["网点太慢", "网点很好"] * 10, np.zeros((20, 0))
    model = JoinedClassifier(JoinedOptions(low=1, high=1, contrast=1.0)).fit(texts, numbers, ["bad", "good"] * 10)
    weights = np.sort(np.abs(model._of_grams[0]))
    assert len(weights) == 6 and (weights[:2] < 1e-6).all() and (weights[2:] > 0.1).all()


def test_crossed_decisions_are_calibrated_on_texts_that_were_not_seen() -> None:
    rng = np.random.default_rng(0)
    labels = [("a", "b", "c")[i] for i in rng.integers(3, size=300)]
    numbers = np.array([[ord(label) - ord("b") + rng.normal(0, 1)] for label in labels])
    model = JoinedClassifier(JoinedOptions(scale=1.0, crossed=True)).fit(
        [f"网点{i}" for i in range(300)], numbers, labels
    )
    assert model.out_of_fold is not None
    for number, name in enumerate(model.classes):
        share = np.mean([label == name for label in labels])
        assert abs(model.out_of_fold[:, number].mean() - share) < 0.01


def test_a_model_with_a_temperature_is_still_read(model: JoinedClassifier, tmp_path: Path) -> None:
    save_joined(tmp_path, model, {})
    with np.load(tmp_path / "arrays.npz") as arrays:
        kept = {name: arrays[name] for name in arrays if name != "mixing"}
        temperature = 1 / arrays["mixing"][0, 0]
    np.savez(tmp_path / "arrays.npz", **kept)
    stored = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps({**stored, "temperature": temperature}))
    found = load_joined(tmp_path)[0].predict_proba(TEXTS, NUMBERS)
    np.testing.assert_allclose(found, model.predict_proba(TEXTS, NUMBERS))


def test_a_heavier_lesson_counts_more() -> None:
    texts, numbers = ["网点"] * 4 + ["柜台"] * 4, np.zeros((8, 0))
    labels = ["a", "b"] * 4
    light = JoinedClassifier().fit(texts, numbers, labels)
    heavy = JoinedClassifier().fit(texts, numbers, labels, weights=[5.0, 1.0] * 4)
    assert heavy.predict_proba(["网点"], numbers[:1])[0, 0] > light.predict_proba(["网点"], numbers[:1])[0, 0]


def test_what_is_stored_comes_back_the_same_byte_for_byte(model: JoinedClassifier, tmp_path: Path) -> None:
    save_joined(tmp_path / "a", model, {"kind": "test"})
    save_joined(tmp_path / "b", model, {"kind": "test"})
    for name in ("arrays.npz", "model.json", "card.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    loaded, card = load_joined(tmp_path / "a")
    assert card == {"kind": "test"}
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS, NUMBERS), model.predict_proba(TEXTS, NUMBERS))


def test_no_word_of_a_text_is_stored(model: JoinedClassifier, tmp_path: Path) -> None:
    save_joined(tmp_path, model, {})
    assert all("网点".encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_one_class_is_not_enough() -> None:
    with pytest.raises(ModelError, match="not enough classes"):
        JoinedClassifier().fit(["a"], np.zeros((1, 0)), ["x"])


def test_a_class_of_one_text_leaves_the_model_uncalibrated() -> None:
    model = JoinedClassifier().fit(["a", "b", "c"], np.zeros((3, 0)), ["x", "x", "y"])
    assert model.out_of_fold is None
    np.testing.assert_allclose(model.predict_proba(["a"], np.zeros((1, 0))).sum(), 1)


@pytest.mark.parametrize(
    ("file", "payload", "message"),
    [
        ("model.json", None, "incomplete"),
        ("arrays.npz", b"PK", "cannot be read"),
        ("model.json", b"[]", "cannot be read"),
        ("model.json", b'{"format": 1}', "another format"),
    ],
)
def test_a_broken_model_is_told(
    model: JoinedClassifier, tmp_path: Path, file: str, payload: bytes | None, message: str
) -> None:
    save_joined(tmp_path, model, {})
    (tmp_path / file).unlink()
    if payload is not None:
        (tmp_path / file).write_bytes(payload)
    with pytest.raises(ModelError, match=message):
        load_joined(tmp_path)


def test_arrays_of_another_model_are_told(model: JoinedClassifier, tmp_path: Path) -> None:
    save_joined(tmp_path, model, {})
    stored = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    stored["classes"] = ["a", "b"]
    (tmp_path / "model.json").write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ModelError, match="another shape"):
        load_joined(tmp_path)
