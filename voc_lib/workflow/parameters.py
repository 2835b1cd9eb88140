"""Checks a notebook's parameters before any kernel starts: names, types and vocabulary, as its cell declares them.

The cell (tag `parameters`) holds literals only, each with a type and a comment. papermill itself only logs an unknown
name and checks no type, so a slip in `branch` would quietly run the default branch.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from voc_lib.errors import ProfileError, nearest

__all__ = ["Parameter", "check_parameters", "declared_parameters"]

_TAG = "parameters"
_SIMPLE: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (float, int), "bool": (bool,)}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, its annotation as written, its default and the comment beside it."""

    name: str
    annotation: str
    default: Any
    comment: str


def declared_parameters(notebook: Mapping[str, Any], *, name: str) -> tuple[Parameter, ...]:
    """The parameters that a notebook declares, in order.

    Args:
        notebook: the notebook's JSON.
        name: its name, for messages.
    Raises: ProfileError when there is not exactly one parameters cell, or it holds more than literals with a type.
    """
    cells = [cell for cell in notebook["cells"] if _TAG in cell.get("metadata", {}).get("tags", [])]
    if len(cells) != 1:
        raise ProfileError("notebook needs one parameters cell", notebook=name, found=len(cells), expected=1)
    source = "".join(cells[0]["source"])
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ProfileError("parameters cell is not Python", notebook=name, line=error.lineno) from None
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    for statement in statements:
        parameter = _parameter(statement, comments, notebook=name)
        if parameter.name in found:
            raise ProfileError("parameter declared twice", notebook=name, parameter=parameter.name)
        _check_type(parameter, parameter.default, notebook=name)
        found[parameter.name] = parameter
    return tuple(found.values())


def check_parameters(declared: Iterable[Parameter], given: Mapping[str, Any], *, notebook: str) -> None:
    """Refuse a parameter that the notebook does not declare, or of another type.

    Raises: ProfileError naming the parameter, what was found and expected, and the nearest right name.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name, value in given.items():
        if name not in known:
            near = nearest(name, known)
            raise ProfileError(
                "notebook has no such parameter",
                notebook=notebook,
                parameter=name,
                allowed=", ".join(known) or "none",
                hint=f"did you mean {near}?" if near else None,
            )
        _check_type(known[name], value, notebook=notebook)


def _parameter(statement: ast.stmt, comments: Mapping[int, str], *, notebook: str) -> Parameter:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        raise ProfileError(
            "parameters cell holds more than parameters",
            notebook=notebook,
            line=statement.lineno,
            expected='name: type = literal  # what it is, e.g. branch: str = "BJ"  # branch code',
        )
    name = statement.target.id
    if statement.value is None:
        raise ProfileError("parameter has no default", notebook=notebook, parameter=name)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        # A derived value is not computed anew when papermill replaces what it derives from.
        raise ProfileError(
            "parameter's default is not a literal", notebook=notebook, parameter=name, line=statement.lineno
        ) from None
    comment = comments.get(statement.end_lineno or statement.lineno, "")
    return Parameter(name, ast.unparse(statement.annotation), default, comment)


def _comments(source: str) -> dict[int, str]:
    """The comment at the end of each line, by line number."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _check_type(parameter: Parameter, value: object, *, notebook: str) -> None:
    if not _fits(value, ast.parse(parameter.annotation, mode="eval").body, parameter, notebook):
        allowed = parameter.annotation
        near = nearest(value, _words(allowed)) if isinstance(value, str) else None
        raise ProfileError(
            "parameter has another type",
            notebook=notebook,
            parameter=parameter.name,
            found=repr(value),
            expected=allowed,
            hint=f"did you mean {near}?" if near else None,
        )


def _words(annotation: str) -> list[str]:
    constants = (node.value for node in ast.walk(ast.parse(annotation)) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def _fits(value: object, annotation: ast.expr, parameter: Parameter, notebook: str) -> bool:
    """Whether a value is of an annotated type: str, int, float, bool, None, T | U, list[T], dict[K, V], Literal[…]."""
    match annotation:
        case ast.Name(id=name) if name in _SIMPLE:
            return isinstance(value, _SIMPLE[name]) and (name == "bool" or not isinstance(value, bool))
        case ast.Constant(value=None):
            return value is None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _fits(value, left, parameter, notebook) or _fits(value, right, parameter, notebook)
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return isinstance(value, list) and all(_fits(v, item, parameter, notebook) for v in value)
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, item])):
            return isinstance(value, dict) and all(
                _fits(k, key, parameter, notebook) and _fits(v, item, parameter, notebook) for k, v in value.items()
            )
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            allowed = ast.literal_eval(choices)
            return value in (allowed if isinstance(allowed, tuple) else (allowed,))
    raise ProfileError(
        "parameter has a type that cannot be checked",
        notebook=notebook,
        parameter=parameter.name,
        found=parameter.annotation,
        allowed="str, int, float, bool, None, list[…], dict[…], Literal[…], joined by |",
    )
