import numpy as np
import pytest

from voc_lib.categorise import RuleBook
from voc_lib.categorise.decision import combine, decide, in_columns
from voc_lib.errors import ModelError
from voc_lib.learning import TextClassifier
from voc_lib.params import Profile
from voc_lib.text import Segmenter


def test_the_model_shares_out_what_the_rules_leave() -> None:
    both = combine(np.array([[0.6, 0.1], [0.0, 0.0]]), np.array([[0.5, 0.5], [0.2, 0.8]]))
    assert np.allclose(both, [[0.75, 0.25], [0.2, 0.8]])


def test_a_code_that_the_model_never_learnt_gets_nothing() -> None:
    assert in_columns(np.array([[0.3, 0.7]]), ["b", "a"], ["a", "x", "b"]).tolist() == [[0.7, 0.0, 0.3]]


def test_a_model_of_another_taxonomy_is_refused() -> None:
    with pytest.raises(ModelError, match=r"another taxonomy.*found: z"):
        in_columns(np.zeros((1, 2)), ["a", "z"], ["a", "b"])


def test_sure_rules_decide_without_the_model(small: Profile, model: TextClassifier) -> None:
    rules, segmenter = RuleBook(small.taxonomy), Segmenter.from_profile(small)
    texts = ["信用卡提额", "激活"]
    ruling, words = rules.judge(texts), [segmenter.words(text) for text in texts]
    made = decide(ruling, words, model=model, codes=small.taxonomy.codes, rule_decides=0.8)
    assert made.columns.tolist() == [0, 1]
    assert made.by_model.tolist() == [False, True]
    assert made.confidence[0] == ruling.probabilities[0].max()


def test_no_texts_no_decisions(small: Profile, model: TextClassifier) -> None:
    made = decide(RuleBook(small.taxonomy).judge([]), [], model=model, codes=small.taxonomy.codes, rule_decides=0.8)
    assert len(made.columns) == len(made.confidence) == len(made.by_model) == 0
