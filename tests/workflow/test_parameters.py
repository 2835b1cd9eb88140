"""What a parameters cell declares, and what does not fit it."""

from __future__ import annotations

from typing import Any

import pytest

from voc_lib.errors import ProfileError
from voc_lib.workflow.parameters import check_parameters, declared_parameters

SOURCE = """\
branch: str = "BJ"  # branch code, as in params/branches.yaml
month: str = "2013-05"    # reporting month, with a "#" and a = in it
top: int = 5
share: float | None = None  # between 0 and 1
kinds: list[str] = [
    "a=b",  # not this one
    "c",
]  # the kinds
tone: Literal["plain", "formal"] = "plain"
flags: dict[str, bool] = {"x": True}
"""


def notebook(source: str, *, tags: tuple[str, ...] = ("parameters",)) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "# x"}, cell]}


def declared(source: str = SOURCE) -> Any:
    return declared_parameters(notebook(source), name="n")


def test_names_types_defaults_and_comments_are_read() -> None:
    found = {parameter.name: parameter for parameter in declared()}
    assert list(found) == ["branch", "month", "top", "share", "kinds", "tone", "flags"]
    assert found["branch"].comment == "branch code, as in params/branches.yaml"
    assert found["kinds"].default == ["a=b", "c"]
    assert found["kinds"].comment == "the kinds"
    assert found["share"].annotation == "float | None"
    assert found["top"].comment == ""


def test_source_may_be_a_list_of_lines() -> None:
    cells = notebook("")
    cells["cells"][1]["source"] = ['branch: str = "BJ"\n', "top: int = 1"]
    assert [parameter.name for parameter in declared_parameters(cells, name="n")] == ["branch", "top"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('branch = "BJ"', "more than parameters"),
        ("import os", "more than parameters"),
        ('branch: str = "BJ"\ntwice: str = branch * 2', "not a literal"),
        ("branch: str", "no default"),
        ("top: int = '5'", r"another type.*'5'.*expected: int"),
        ("top: int = True", "another type"),
        ("top: int = 1\ntop: int = 2", "declared twice"),
        ("top: int = = 2", "not Python"),
        ("when: datetime = 3", "cannot be checked"),
        ('tone: Literal["plain", "formal"] = "plane"', "did you mean plain"),
    ],
)
def test_a_cell_that_holds_anything_else_is_refused(source: str, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        declared(source)


def test_a_notebook_needs_exactly_one_parameters_cell() -> None:
    with pytest.raises(ProfileError, match=r"one parameters cell.*found: 0"):
        declared_parameters(notebook("x: int = 1", tags=()), name="n")
    twice = notebook("x: int = 1")
    twice["cells"].append(twice["cells"][1])
    with pytest.raises(ProfileError, match=r"one parameters cell.*found: 2"):
        declared_parameters(twice, name="n")


def test_fitting_parameters_pass() -> None:
    given = {"branch": "010", "top": 3, "share": 1, "kinds": [], "tone": "formal", "flags": {"y": False}}
    check_parameters(declared(), given, notebook="n")
    check_parameters(declared(), {}, notebook="n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"brnch": "BJ"}, r"no such parameter[\s\S]*did you mean branch"),
        ({"branch": 10}, "another type.*found: 10.*expected: str"),
        ({"branch": None}, "another type"),
        ({"share": "0.1"}, r"expected: float \| None"),
        ({"kinds": ["a", 1]}, "another type"),
        ({"flags": {"x": 1}}, "another type"),
        ({"tone": "formel"}, "did you mean formal"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        check_parameters(declared(), given, notebook="n")
