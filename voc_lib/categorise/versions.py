"""Versions of the taxonomy: what becomes of a code when codes change, and which series break."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Taxonomy

__all__ = ["broken_series", "migrated", "successor"]


def successor(code: str, version: int, taxonomy: Taxonomy) -> str | None:
    """The code that took a code's place; None where there is no one successor (dropped, or split into several).

    Args:
        code: of an earlier version.
        version: that version.
        taxonomy: the present one, with its changes; a code that a change does not name goes on.
    """
    current: str | None = code
    for change in sorted(taxonomy.changes, key=lambda change: change.version):
        if change.version > version and current in change.codes:
            later = change.codes[current]
            current = later[0] if len(later) == 1 else None
        if current is None:
            return None
    return current


def migrated(history: pd.DataFrame, version: int, *, taxonomy: Taxonomy) -> pd.DataFrame:
    """Records of an earlier version with the present codes; a record without one successor loses its category.

    Args:
        history: with the columns category, category_name, level1, level1_name.
        version: of the taxonomy when they were categorised.
    """
    codes = [
        None if code is None or code != code else successor(str(code), version, taxonomy)
        for code in history["category"]
    ]
    names = {c.code: (c.name, taxonomy.level_of(c.code)) for c in taxonomy.categories}
    placed = [None if code is None or code not in names else names[code] for code in codes]
    return history.assign(
        category=codes,
        category_name=[None if place is None else place[0] for place in placed],
        level1=[None if place is None else place[1].code for place in placed],
        level1_name=[None if place is None else place[1].name for place in placed],
    ).astype(dict.fromkeys(("category", "category_name", "level1", "level1_name"), "str"))


def broken_series(taxonomy: Taxonomy) -> pd.DataFrame:
    """The categories whose figures must not be held against those of earlier versions, and why.

    Returns: 版本, 原编码, 现编码, 变化 (改编码 moved, 并入 merged, 拆分 split, 停用 dropped), by version and old
        code. A category that merely moved to another code goes on, and is told as well.
    """
    import pandas as pd

    rows = []
    for change in sorted(taxonomy.changes, key=lambda change: change.version):
        targets = [code for later in change.codes.values() for code in later]
        for code, later in sorted(change.codes.items()):
            if not later:
                kind = "停用"
            elif len(later) > 1:
                kind = "拆分"
            else:
                moved = targets.count(later[0]) == 1 and later[0] not in change.kept
                kind = "改编码" if moved else "并入"
            rows.append((change.version, code, "、".join(later) or "—", kind))
    return pd.DataFrame(rows, columns=["版本", "原编码", "现编码", "变化"])
