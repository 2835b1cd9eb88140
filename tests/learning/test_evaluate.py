import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.learning import calibration_error, evaluate


def test_the_figures_by_hand() -> None:
    result = evaluate(["a", "a", "b", "c"], ["a", "b", "b", "b"], [0.9, 0.6, 0.8, 0.3], threshold=0.5)
    assert result["n"] == 4
    assert result["accuracy"] == 0.5
    assert result["by_class"]["a"] == {"n": 2, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}
    assert result["by_class"]["c"] == {"n": 1, "precision": None, "recall": 0.0, "f1": 0.0}
    assert result["macro_f1"] == pytest.approx((2 / 3 + 2 / 4 + 0) / 3)
    assert result["coverage"] == 0.75
    assert result["accuracy_decided"] == pytest.approx(2 / 3)
    # One text a bin: gaps 0.1, 0.6, 0.2, 0.3.
    assert result["ece"] == pytest.approx((0.1 + 0.6 + 0.2 + 0.3) / 4)


def test_small_classes_can_be_left_out_of_macro_f1() -> None:
    result = evaluate(["a", "a", "b"], ["a", "a", "a"], min_support=2)
    assert result["macro_f1"] == pytest.approx(0.8)
    assert "ece" not in result


def test_nothing_to_rest_on_is_none() -> None:
    result = evaluate([], [], np.zeros((0, 3)), threshold=0.5)
    assert [result[key] for key in ("accuracy", "macro_f1", "ece", "coverage", "accuracy_decided")] == [None] * 5
    assert evaluate(["a"], ["a"], [0.2], threshold=0.5)["accuracy_decided"] is None


def test_a_matrix_counts_with_its_largest_entry() -> None:
    by_matrix = evaluate(["a", "b"], ["a", "a"], np.array([[0.7, 0.3], [0.6, 0.4]]))
    assert by_matrix["ece"] == evaluate(["a", "b"], ["a", "a"], [0.7, 0.6])["ece"]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_calibration_error_is_a_share(pairs: list[tuple[bool, float]]) -> None:
    right, sure = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    error = calibration_error(right, sure)
    assert error is not None
    assert 0 <= error <= 1 + 1e-9


def test_the_surest_and_right_is_calibrated() -> None:
    assert calibration_error(np.array([True, True]), np.array([1.0, 1.0])) == 0.0
