import numpy as np
import pytest

from voc_lib.categorise import RuleBook
from voc_lib.categorise.decision import Blend, blended, decide, in_columns, learn_blend, likeliest
from voc_lib.categorise.rules import Ruling
from voc_lib.errors import ModelError
from voc_lib.params import Profile


def ruling(*scores: list[float]) -> Ruling:
    return Ruling(np.array(scores, dtype=float).reshape(len(scores), 2), [[] for _ in scores], ("a", "b"), nothing=1)


def test_rules_and_model_that_agree_are_surer_than_either() -> None:
    proba = np.array([[0.8, 0.2]])
    both = blended(ruling([2.0, 0.0]), proba, blend=Blend())
    rules_only = blended(ruling([2.0, 0.0]), np.array([[0.5, 0.5]]), blend=Blend())
    model_only = blended(ruling([0.0, 0.0]), proba, blend=Blend())
    assert both[0, 0] > max(rules_only[0, 0], model_only[0, 0])
    assert np.allclose(both.sum(axis=1), 1)


def test_where_the_rules_are_silent_the_model_decides_and_is_said_to() -> None:
    made = decide(
        ruling([0.0, 0.0], [4.0, 0.0]),
        np.array([[0.1, 0.9], [0.4, 0.6]]),
        blend=Blend(),
        levels=["x", "y"],
        rule_decides=0.8,
    )
    assert made.columns.tolist() == [1, 0]
    assert made.by_model.tolist() == [True, False]


def test_no_texts_no_decisions(small: Profile) -> None:
    nothing = RuleBook(small.taxonomy).judge([])
    made = decide(nothing, np.zeros((0, 3)), blend=Blend(), levels=["x"] * 3, rule_decides=0.8)
    assert len(made.columns) == len(made.confidence) == len(made.by_model) == 0


def test_without_labels_the_prior_holds() -> None:
    assert learn_blend(ruling(), np.zeros((0, 2)), []) == Blend()


def test_experts_say_whom_to_trust() -> None:
    rules = ruling(*[[3.0, 0.0]] * 40, *[[0.0, 3.0]] * 40)
    model = np.array([[0.9, 0.1], [0.1, 0.9]] * 40)
    rules_right = learn_blend(rules, model, [0] * 40 + [1] * 40)
    model_right = learn_blend(rules, model, [0, 1] * 40)
    assert rules_right.weight > model_right.weight
    assert rules_right.model < model_right.model


def test_the_order_of_the_labels_does_not_matter() -> None:
    rules, model = ruling([3.0, 0.0], [0.0, 1.0], [1.0, 2.0]), np.array([[0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    turned = ruling([1.0, 2.0], [0.0, 1.0], [3.0, 0.0])
    assert learn_blend(rules, model, [0, 1, 0]) == learn_blend(turned, model[::-1], [0, 1, 0])


def test_what_the_rules_cannot_tell_goes_to_the_category_that_experts_see_more_often() -> None:
    rules, model = ruling(*[[1.0, 1.0]] * 40), np.full((40, 2), 0.5)
    often = learn_blend(rules, model, [1] * 30 + [0] * 10)
    both = blended(ruling([1.0, 1.0], [3.0, 0.0]), np.full((2, 2), 0.5), blend=often)
    assert both[0, 1] > 0.6
    assert both[1, 0] > 0.9, "a word weighs more than a habit"
    few = learn_blend(ruling([1.0, 1.0]), np.full((1, 2), 0.5), [1])
    assert blended(ruling([1.0, 1.0]), np.full((1, 2), 0.5), blend=few)[0, 1] < both[0, 1], "one label is no habit"


def test_where_no_rule_matches_nothing_is_the_matter_unless_the_model_is_sure() -> None:
    unsure, sure = blended(ruling([0.0, 0.0], [0.0, 0.0]), np.array([[0.6, 0.4], [0.99, 0.01]]), blend=Blend())
    assert unsure[1] > unsure[0]
    assert sure[0] > sure[1]


def test_a_card_keeps_the_blend() -> None:
    blend = Blend(0.3, 1.0, 2.0, 0.5, added=(("a", 0.5), ("b", -0.25)))
    assert blend.added_to(["b", "new", "a"]).tolist() == [-0.25, 0.0, 0.5]
    assert Blend.of_card({"blend": blend.as_card()}) == blend
    assert Blend.of_card({}) == Blend()


def test_a_code_that_the_model_never_learnt_gets_nothing() -> None:
    assert in_columns(np.array([[0.3, 0.7]]), ["b", "a"], ["a", "x", "b"]).tolist() == [[0.7, 0.0, 0.3]]


def test_a_model_of_another_taxonomy_is_refused() -> None:
    with pytest.raises(ModelError, match=r"another taxonomy.*found: z"):
        in_columns(np.zeros((1, 2)), ["a", "z"], ["a", "b"])


def test_the_level_is_decided_before_the_category() -> None:
    proba = np.array([[0.4, 0.35, 0.25], [0.3, 0.1, 0.6], [0.5, 0.2, 0.3]])
    assert likeliest(proba, ["1", "2", "2"]).tolist() == [1, 2, 0]
    assert likeliest(proba, ["1", "2", "3"]).tolist() == proba.argmax(axis=1).tolist()
