"""What may be an issue: categories, terms with enough voices, gathered matters; and which matter holds which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voc_lib.hotspot.terms import terms_of_texts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from voc_lib.hotspot.gathered import Gathered
    from voc_lib.text import Segmenter

__all__ = ["Candidates", "find_candidates"]

_TOO_COMMON = 0.5  # a term in more than half of the month's matters names the centre's business, not an issue
_AT_HOME = 0.5  # share of a term's voices in one category from which on the term belongs to it


@dataclass(frozen=True)
class Candidates:
    """Categories, terms and gathered matters, and where they occur.

    A matter counts once a month, however many voices it has.

    Args:
        names: category codes, then terms, then names of gathered matters; each part sorted.
        is_category, is_gathered: for each of them; a term is neither.
        place: for each the place or object that a gathered matter is about, or None.
        home: for each the position of the category it belongs to (a category is its own), or −1.
        records: candidates × records of the month, 1 where it occurs.
        now: candidates × matters of the month.
        before: candidates × matters of the earlier months (a matter heard in two months is two columns).
        month_of: for each column of `before` the position of its month.
        matter_of: for each record of the month the column of `now`.
    """

    names: tuple[str, ...]
    is_category: NDArray[np.bool_]
    is_gathered: NDArray[np.bool_]
    place: tuple[str | None, ...]
    home: NDArray[np.int64]
    records: csr_matrix
    now: csr_matrix
    before: csr_matrix
    month_of: NDArray[np.int64]
    matter_of: NDArray[np.int64]

    @property
    def is_term(self) -> NDArray[np.bool_]:
        """Which are terms."""
        return ~(self.is_category | self.is_gathered)

    def rows(self, members: tuple[int, ...]) -> NDArray[np.bool_]:
        """Which records of the month hold any of the members."""
        return self.any_of(self.records, members)

    @staticmethod
    def any_of(matrix: csr_matrix, members: tuple[int, ...]) -> NDArray[np.bool_]:
        """Which columns of one of the three matrices hold any of the members."""
        found = np.zeros(matrix.shape[1], dtype=bool)
        for member in members:
            found[matrix.indices[matrix.indptr[member] : matrix.indptr[member + 1]]] = True
        return found


def find_candidates(
    month_rows: pd.DataFrame,
    earlier_rows: pd.DataFrame,
    *,
    months: tuple[str, ...],
    segmenter: Segmenter,
    min_records: int,
    gathered: Sequence[Gathered] = (),
) -> Candidates:
    """Gather the candidates of a branch-month.

    Args:
        month_rows: the month's rows with a text: text, category, month, matter_id.
        earlier_rows: the same of the earlier months.
        months: the earlier months, in order.
        segmenter: cuts the texts.
        min_records: a term needs so many matters in the month and the earlier months together. The sum says nothing of
            growth, so choosing by it does not bend the tests that follow (independent filtering: Bourgon, Gentleman and
            Huber 2010, PNAS 107:9546).
        gathered: matters gathered from both, earlier rows first; the same least number of matters holds for them.
    """
    import pandas as pd

    rows = pd.concat([earlier_rows, month_rows], ignore_index=True)
    n_earlier = len(earlier_rows)
    matters = rows.groupby(["month", "matter_id"], sort=True).ngroup().to_numpy()
    # Renumbered so that the earlier months' matters come first and the month's own follow.
    _, before_of = np.unique(matters[:n_earlier], return_inverse=True)
    _, now_of = np.unique(matters[n_earlier:], return_inverse=True)
    codes = tuple(sorted(rows["category"].dropna().unique()))
    occurs, terms = _occurrences(rows, codes, segmenter=segmenter, min_texts=min_records, gathered=gathered)
    now = _by_matter(occurs[:, n_earlier:], now_of)
    before = _by_matter(occurs[:, :n_earlier], before_of)
    n_now, n_all = now.sum(axis=1).A1, now.sum(axis=1).A1 + before.sum(axis=1).A1
    kept = (n_all >= min_records) & (n_now <= max(_TOO_COMMON * now.shape[1], min_records))
    kept[: len(codes)] = True
    names = np.array([*codes, *terms, *(matter.name for matter in gathered)], dtype=object)[kept]
    is_gathered = (np.arange(len(kept)) >= len(kept) - len(gathered))[kept]
    places = [None] * (len(kept) - len(gathered)) + [matter.place for matter in gathered]
    position = {month: number for number, month in enumerate(months)}
    month_of = np.zeros(before.shape[1], dtype=np.int64)
    month_of[before_of] = earlier_rows["month"].map(position).to_numpy(dtype=np.int64)
    return Candidates(
        names=tuple(names),
        is_category=np.arange(len(names)) < len(codes),
        is_gathered=is_gathered,
        place=tuple(place for place, is_kept in zip(places, kept, strict=True) if is_kept),
        home=_homes(occurs[kept], len(codes)),
        records=occurs[kept][:, n_earlier:],
        now=now[kept],
        before=before[kept],
        month_of=month_of,
        matter_of=now_of.astype(np.int64),
    )


def _occurrences(
    rows: pd.DataFrame,
    codes: tuple[str, ...],
    *,
    segmenter: Segmenter,
    min_texts: int,
    gathered: Sequence[Gathered],
) -> tuple[csr_matrix, list[str]]:
    """Categories, then terms with enough texts, then gathered matters, × records; and the terms."""
    from collections import Counter

    from scipy.sparse import csr_matrix

    found = terms_of_texts(rows["text"].tolist(), segmenter=segmenter)
    counts: Counter[str] = Counter()
    for present in found:
        counts.update(present)
    terms = sorted(term for term, count in counts.items() if count >= min_texts)
    number = {term: len(codes) + position for position, term in enumerate(terms)}
    of_code = {code: position for position, code in enumerate(codes)}
    where: list[int] = []
    what: list[int] = []
    for record, (present, category) in enumerate(zip(found, rows["category"].tolist(), strict=True)):
        held = [number[term] for term in present if term in number]
        if category in of_code:
            held.append(of_code[category])
        what.extend(held)
        where.extend([record] * len(held))
    for position, matter in enumerate(gathered, start=len(codes) + len(terms)):
        what.extend([position] * len(matter.rows))
        where.extend(matter.rows)
    shape = (len(codes) + len(terms) + len(gathered), len(rows))
    matrix = csr_matrix((np.ones(len(what), dtype=np.int64), (what, where)), shape=shape)
    matrix.sort_indices()
    return matrix, terms


def _by_matter(occurs: csr_matrix, matter_of: NDArray[np.int64]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    n_matters = int(matter_of.max()) + 1 if len(matter_of) else 0
    gather = csr_matrix(
        (np.ones(len(matter_of), dtype=np.int64), (np.arange(len(matter_of)), matter_of)),
        shape=(len(matter_of), n_matters),
    )
    result = csr_matrix(occurs @ gather)
    result.data[:] = 1
    result.sort_indices()
    return result


def _homes(occurs: csr_matrix, n_codes: int) -> NDArray[np.int64]:
    """For each candidate the category that holds most of its records, or −1 where none holds half."""
    if n_codes == 0 or occurs.shape[0] == 0:
        return np.full(occurs.shape[0], -1, dtype=np.int64)
    together = (occurs @ occurs[:n_codes].T).toarray()
    best = together.argmax(axis=1)
    share = together[np.arange(len(best)), best] / np.maximum(occurs.sum(axis=1).A1, 1)
    home = np.where(share >= _AT_HOME, best, -1)
    home[:n_codes] = np.arange(n_codes)
    return home.astype(np.int64)
