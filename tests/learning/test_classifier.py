import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learning.lessons import LABELS, TEXTS, characters
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier
from voc_lib.learning.classifier import Options


@pytest.fixture(scope="module")
def model() -> TextClassifier:
    return TextClassifier(segment=characters).fit(TEXTS, LABELS)


def test_it_learns_what_it_is_taught(model: TextClassifier) -> None:
    assert model.classes == ("card", "loan", "other")
    assert model.predict(["信用卡提额", "贷款怎么办", "天气"]) == ["card", "loan", "other"]


@pytest.mark.parametrize("loss", ["logistic", "hinge"])
@pytest.mark.parametrize("shape", [(2, (1, 3)), (1, (0, 0)), (0, (2, 3))], ids=["both", "words", "characters"])
def test_every_kind_gives_probabilities(loss: str, shape: tuple[int, tuple[int, int]]) -> None:
    options = Options(loss=loss, word_ngrams=shape[0], char_ngrams=shape[1], balanced=True)  # type: ignore[arg-type]
    proba = TextClassifier(segment=characters, options=options).fit(TEXTS, LABELS).predict_proba([*TEXTS, "", "xyz"])
    assert proba.shape == (len(TEXTS) + 2, 3)
    assert np.allclose(proba.sum(axis=1), 1)
    assert (proba >= 0).all()


def test_no_texts_no_rows(model: TextClassifier) -> None:
    assert model.predict_proba([]).shape == (0, 3)
    assert model.explain_words([], []) == []


@given(order=st.permutations(range(len(TEXTS))))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_lessons_does_not_matter(order: list[int], model: TextClassifier) -> None:
    other = TextClassifier(segment=characters).fit([TEXTS[i] for i in order], [LABELS[i] for i in order])
    assert np.array_equal(other.weights, model.weights)
    assert other.temperature == model.temperature
    assert other.out_of_fold is not None
    assert model.out_of_fold is not None
    assert np.array_equal(other.out_of_fold, model.out_of_fold[order])


def test_batches_change_nothing(model: TextClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = model.predict_proba(TEXTS)
    monkeypatch.setattr("voc_lib.learning.classifier._BATCH", 5)
    assert np.array_equal(model.predict_proba(TEXTS), whole)


def test_neither_hash_seed_nor_threads_change_the_weights() -> None:
    code = (
        "import hashlib; from tests.learning.lessons import *; from voc_lib.learning import TextClassifier;"
        "m = TextClassifier(segment=characters).fit(TEXTS, LABELS);"
        "print(hashlib.sha256(m.weights.tobytes()).hexdigest(), m.temperature)"
    )
    said = set()
    for seed, threads in (("1", "1"), ("2", "2")):
        env = os.environ | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1


def test_it_says_which_words_spoke_for_a_class(model: TextClassifier) -> None:
    words = [characters("信用卡贷款")]
    assert set(model.explain_words(words, ["card"])[0]) <= set("信用卡")
    assert set(model.explain_words(words, ["loan"])[0]) <= set("贷款")


def test_weights_tell_how_much_a_lesson_counts() -> None:
    texts, labels = [*TEXTS, "天气贷款"], [*LABELS, "loan"]
    heavy = TextClassifier(segment=characters).fit(texts, labels, weights=[1.0] * len(TEXTS) + [5.0])
    light = TextClassifier(segment=characters).fit(texts, labels, weights=[1.0] * len(TEXTS) + [0.01])
    loan = heavy.classes.index("loan")
    assert heavy.predict_proba(["天气"])[0, loan] > light.predict_proba(["天气"])[0, loan]


def test_one_class_is_no_lesson() -> None:
    with pytest.raises(ModelError, match="not enough classes"):
        TextClassifier(segment=characters).fit(["a", "b"], ["x", "x"])


def test_a_class_with_one_text_cannot_be_cross_validated() -> None:
    model = TextClassifier(segment=characters).fit([*TEXTS, "招聘"], [*LABELS, "job"])
    assert model.out_of_fold is None
    assert model.predict(["招聘"]) == ["job"]
