"""The stages of the workflow: notebooks, and what each declares.

A stage is a notebook `NN_name.ipynb` that declares in its metadata what it is for:
`voc: {scope: branch | month, reads: ["landed[-1..0]", …], writes: ["records", …]}`, and where it matters `files` (what
it puts beside its report) and `uses` (the parts of the profile; all of them, if it does not say).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from voc_lib import schema
from voc_lib.context import Read, parse_read
from voc_lib.errors import ProfileError, TableError
from voc_lib.params import PROFILE_PARTS, check_parts

__all__ = ["FORMATS", "Stage", "discover_stages"]

FORMATS = ("html", "pdf")

_NOTEBOOK = re.compile(r"(\d{2})_([a-z0-9_]+)\.ipynb")
_SCOPES = ("branch", "month")
_KEYS = ("scope", "reads", "writes")
_OPTIONAL_KEYS = ("files", "uses")
_EXPECTED = '{"scope": "branch" or "month", "reads": […], "writes": […]}, and maybe "files": […], "uses": […]'
_OWN_FILES = ("manifest.json", *(f"report.{format}" for format in FORMATS))
_FILE = re.compile(r"[a-z0-9_]+\.[a-z0-9]+")


@dataclass(frozen=True)
class Stage:
    """A notebook of the workflow and what it declares.

    Args:
        number: two digits, which name the executed notebook.
        name: number and name, e.g. 01_ingestion.
        path: the notebook.
        scope: branch (a run for each branch and month) or month (one for the head office each month).
        reads: the tables it reads, with month offsets.
        writes: the tables it writes.
        files: the files that it puts beside its report.
        uses: the parts of the profile that it uses.
    """

    number: str
    name: str
    path: Path
    scope: str
    reads: tuple[Read, ...]
    writes: tuple[str, ...]
    files: tuple[str, ...] = ()
    uses: tuple[str, ...] = PROFILE_PARTS

    @property
    def is_report(self) -> bool:
        """Whether readers get it as HTML and PDF: it is what writes the key figures that the index shows."""
        return "summary" in self.writes


def discover_stages(folder: str | Path) -> tuple[Stage, ...]:
    """The stages in a folder of notebooks, by number. Files named otherwise are not part of the workflow.

    Raises: ProfileError when the folder holds none, or a declaration is missing or wrong.
    """
    folder = Path(folder)
    named = [(match, path) for path in sorted(folder.glob("*.ipynb")) if (match := _NOTEBOOK.fullmatch(path.name))]
    if not named:
        raise ProfileError(
            "no notebooks of the workflow found",
            folder=str(folder),
            expected="NN_name.ipynb, e.g. 01_ingestion.ipynb",
            hint="give the folder as --notebooks DIR",
        )
    return tuple(_stage(match[1], path.resolve()) for match, path in named)


def _stage(number: str, path: Path) -> Stage:
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        declared = metadata["voc"]
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        raise ProfileError(
            "notebook does not declare what it reads and writes",
            notebook=path.name,
            expected=f"metadata.voc = {_EXPECTED}",
        ) from None
    keys = set(declared) if isinstance(declared, dict) else set()
    if not keys.issuperset(_KEYS) or keys - {*_KEYS, *_OPTIONAL_KEYS} or declared["scope"] not in _SCOPES:
        raise ProfileError(
            "notebook's declaration is wrong",
            notebook=path.name,
            found=json.dumps(declared, ensure_ascii=False)[:200],
            expected=_EXPECTED,
        )
    try:
        reads = tuple(parse_read(text) for text in declared["reads"])
        writes = tuple(schema.table(name).name for name in declared["writes"])
        files = tuple(_file(name) for name in declared.get("files", ()))
        uses = check_parts(declared["uses"]) if "uses" in declared else PROFILE_PARTS
    except (ProfileError, TableError) as error:
        raise ProfileError(
            f"notebook's declaration is wrong: {error.message}", notebook=path.name, hint=error.hint, **error.where
        ) from None
    return Stage(number, path.stem, path, declared["scope"], reads, writes, files, uses)


def _file(name: str) -> str:
    if not _FILE.fullmatch(name) or name.endswith(".ipynb") or name in _OWN_FILES:
        raise ProfileError(
            "not a file name that a notebook may write",
            found=name,
            expected="lower case, e.g. feedback_form.xlsx",
            hint=f"{', '.join(_OWN_FILES)} and notebooks are the run's own",
        )
    return name
