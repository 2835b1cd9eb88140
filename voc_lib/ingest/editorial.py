"""What analysts decided, from data/editorial/CODE/YYYY-MM.yaml into the table `edits`, from which reports are built.

As a table it stands in the fingerprints like any other: a report is made anew when a decision about it changes, and
only then. A file that was taken away takes its decisions with it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voc_lib import schema
from voc_lib.errors import ProfileError, nearest
from voc_lib.params import Profile
from voc_lib.params.editorial import Editorial
from voc_lib.params.load import read_settings
from voc_lib.store import Store

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.privacy import Masker

__all__ = ["land_editorial"]

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


def land_editorial(profile: Profile, data_root: str | Path) -> int:
    """Read every file of data_root/editorial, check it, and write the table `edits`; nothing is written on a fault.

    Personal data in what an analyst wrote are masked, as in what a customer said.

    Returns: how many reports have decisions.
    Raises: ProfileError naming the file and the key, when a file is not named after a branch and a month of the
        profile, or does not say what it should.
    """
    folder = Path(data_root) / "editorial"
    files = sorted(folder.glob("*/*")) if folder.is_dir() else ()
    found = {}
    for path in files:
        if not path.name.startswith(".") and path.is_file():
            place = _place(path, profile)
            found[place] = _rows(read_settings(path, Editorial), *place, path=path, profile=profile, masker=_masker())
    store = Store(str(data_root), profile.tz)
    for branch, month in sorted(set(store.partitions("edits")) - set(found)):
        store.remove("edits", branch, month)
    for (branch, month), frame in found.items():
        store.write("edits", frame, branch, month)
    return len(found)


@cache
def _masker() -> Masker:
    from voc_lib.privacy import Masker  # only where analysts decided something: it takes a while to load

    return Masker.default()


def _place(path: Path, profile: Profile) -> tuple[str, str]:
    if path.suffix not in (".yaml", ".yml") or not _MONTH.fullmatch(path.stem):
        raise ProfileError(
            "not a file of decisions", file=str(path), expected="editorial/CODE/YYYY-MM.yaml, e.g. BJ/2013-05.yaml"
        )
    code = path.parent.name
    if code not in profile.branches.codes:
        near = nearest(code, profile.branches.codes)
        raise ProfileError(
            "no such branch",
            file=str(path),
            branch=code,
            allowed=", ".join(profile.branches.codes),
            hint=f"did you mean {near}?" if near else None,
        )
    return code, path.stem


def _rows(decided: Editorial, branch: str, month: str, *, path: Path, profile: Profile, masker: Masker) -> pd.DataFrame:
    import pandas as pd

    def masked(text: str) -> str:
        return masker.mask(text)[0]

    rows: list[dict[str, Any]] = []
    if decided.comment:
        rows.append({"kind": "comment", "told": masked(decided.comment)})
    for issue in decided.issues:
        if issue.rename:
            rows.append({"kind": "rename", "target": issue.issue, "told": masked(issue.rename)})
        if issue.merge_into:
            rows.append({"kind": "merge", "target": issue.issue, "told": issue.merge_into})
        if issue.suppress:
            rows.append({"kind": "suppress", "target": issue.issue, "told": masked(issue.suppress)})
        if issue.typical:
            rows.append({"kind": "typical", "target": issue.issue, "record_ids": list(issue.typical)})
    for suggestion in decided.suggestions:
        _check_category(suggestion.category, path, profile)
        rows.append({"kind": "suggestion", "target": suggestion.category, "told": masked(suggestion.text)})
    table = [
        {"target": None, "told": None, "record_ids": [], **row}
        | {"branch": branch, "month": month, "position": position, "by": decided.by}
        for position, row in enumerate(rows, start=1)
    ]
    return schema.conform(pd.DataFrame(table, columns=schema.table("edits").names), "edits", tz=profile.tz)


def _check_category(code: str, path: Path, profile: Profile) -> None:
    if code not in profile.taxonomy.codes:
        near = nearest(code, profile.taxonomy.codes)
        raise ProfileError(
            "no such category",
            file=str(path),
            key="suggestions.category",
            found=code,
            hint=f"did you mean {near}?" if near else "give a level-2 code of params/taxonomy.yaml, in quotes",
        )
