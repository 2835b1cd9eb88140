"""params/narrative/: how a centre words the sentences of its reports, as Jinja templates; what they may name.

The library ships a template for each group of sentences; a centre that wants other words puts a file of the same name
into its profile. A template only words what was computed: it sees the variables listed here and nothing else, runs in
a sandbox, and is checked when the profile is read. Each line that it leaves is a sentence of the report.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib.errors import ProfileError, nearest
from voc_lib.params.base import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["FIELDS", "FILTERS", "TEMPLATES", "Narrative", "read_narrative", "sandbox"]

# In every template: what the centre calls one voice, and what else it calls by its own words.
_EVERYWHERE = ("voice", "words")
# Group of sentences → what its template may name beside.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "empty": ("month", "name"),
    "volume": ("month", "n_records", "n_matters", "change", "sources"),
    "largest": ("problems", "praised", "spread", "n_problems", "n_texts"),
    "shares": ("changed",),
    "mood": (
        *("n_scores", "is_few_scores", "satisfaction", "best_score", "satisfaction_change"),
        *("n_texts", "n_negative", "is_few_texts", "negative_share", "negative_change"),
    ),
    "hot": ("state", "issues", "n_more"),
    "actions": ("n_new", "departments", "due", "n_old", "states", "again"),
    "office_empty": ("month",),
    "office_volume": ("n_branches", "n_records", "change", "moved"),
    "office_apart": ("apart",),
    "office_hot": ("state", "n_hot", "n_branches", "issues"),
    "office_actions": ("n_all", "n_in_hand", "n_new", "n_overdue", "n_done"),
    "office_missing": ("names",),
}
# What the entries of those variables hold.
FIELDS = frozenset(
    (
        *("branch", "outlet", "customer", "name", "names", "n", "share", "category", "source", "types", "n_before"),
        *("rises", "label", "issue", "is_new", "is_praised", "expected", "month", "day", "what", "verdict"),
        *("text", "judged", "is_clear", "direction", "change", "share_before", "matters", "branch_measure"),
    )
)
_OF_A_LOOP = frozenset(("first", "last", "index", "index0", "length"))
# count: a number with its measure word, and where a record can be told by what follows, a link to the records.
FILTERS = ("count", "listed")
_FOLDER = "narrative"


class Narrative(Settings):
    """The templates of all groups of sentences."""

    templates: dict[str, str]


def read_narrative(folder: Path) -> Narrative:
    """The shipped templates, and in their place those of the profile's folder `narrative`.

    Raises: ProfileError naming file and line for a template that nothing asks for, that is no Jinja template, or that
        names a variable, a field or a filter which there is not.
    """
    own = {}
    for path in sorted((folder / _FOLDER).glob("*.j2")):
        if path.stem not in TEMPLATES:
            near = nearest(path.stem, TEMPLATES)
            raise ProfileError(
                "no group of sentences has this template",
                file=str(path),
                allowed=", ".join(TEMPLATES),
                hint=f"did you mean {near}.j2?" if near else None,
            )
        try:
            own[path.stem] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProfileError("profile file cannot be read", file=str(path), found=error) from None
        _check(path, own[path.stem])
    return Narrative(templates={name: own[name] if name in own else _shipped(name) for name in TEMPLATES})


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """Where templates are read: everything escaped, nothing of Python within reach, an unknown name an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters.update(dict.fromkeys(FILTERS, str))  # what they do, the reports say
    return environment


@cache
def _shipped(name: str) -> str:
    return resources.files("voc_lib.params").joinpath(_FOLDER, f"{name}.j2").read_text(encoding="utf-8")


def _check(path: Path, text: str) -> None:
    from jinja2 import TemplateSyntaxError, meta, nodes

    try:
        tree = sandbox().parse(text)
    except TemplateSyntaxError as error:
        raise ProfileError("not a Jinja template", file=str(path), line=error.lineno, found=error.message) from None
    known = (*_EVERYWHERE, *TEMPLATES[path.stem])
    for node in _walk(tree):
        if isinstance(node, nodes.Getattr) and node.attr not in FIELDS | _OF_A_LOOP:
            raise _unknown("field", path, node.lineno, node.attr, tuple(sorted(FIELDS)))
        if isinstance(node, nodes.Filter) and node.name not in {*FILTERS, *sandbox().filters}:
            raise _unknown("filter", path, node.lineno, node.name, FILTERS)
        if isinstance(node, nodes.Test) and node.name not in sandbox().tests:
            raise _unknown("test", path, node.lineno, node.name, tuple(sorted(sandbox().tests)))
        if isinstance(node, (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            raise ProfileError("a template stands by itself", file=str(path), line=node.lineno)
    unknown = meta.find_undeclared_variables(tree) - set(known)
    for node in _walk(tree):
        if isinstance(node, nodes.Name) and node.name in unknown:
            raise _unknown("variable", path, node.lineno, node.name, known)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _walk(child)


def _unknown(what: str, path: Path, line: int, found: Any, allowed: tuple[str, ...]) -> ProfileError:
    near = nearest(str(found), allowed)
    return ProfileError(
        f"unknown {what} in a template",
        file=str(path),
        line=line,
        found=found,
        allowed=", ".join(allowed),
        hint=f"did you mean {near}?" if near else None,
    )
