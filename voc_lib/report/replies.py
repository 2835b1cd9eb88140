"""Replies that stand in the records themselves: what share of the voices was answered, and how soon.

A source that carries replies (`reply`, `replied_at`) is held to them; of one that carries none nothing is said, for
what was answered there is not in the data. Every reply that the data hold counts, whenever it was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.numbers.wording import number, share
from voc_lib.report.html import Html, join, note, table

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView
    from voc_lib.report.view import BranchView

__all__ = ["branch_replies", "days_to_reply", "office_replies", "reply_figures"]

_DAY = 86_400.0


def branch_replies(view: BranchView) -> Html:
    """Answered share and time to answer of the month's voices, by category."""
    return _tables(view, view.scored, [("类别", "category_name")])


def office_replies(view: OfficeView) -> Html:
    """The same of all branches, by branch and by category."""
    names = {code: view.profile.branch(code).name for code in view.codes}
    named = view.scored.assign(branch_name=view.scored["branch"].map(names))
    return _tables(view, named, [(view.words.branch, "branch_name"), ("类别", "category_name")])


def reply_figures(records: pd.DataFrame, by: str) -> pd.DataFrame:
    """How many of the records were answered, and how soon.

    Args:
        records: rows of table `records` or a later one; those of a source without any reply are left out by the caller.
        by: column to group by; records in which it is missing are left out.
    Returns: a row per group, largest first: by, n, n_answered, n_timed (with a time of reply that makes sense), median
        and p90 of the days to the reply (missing where n_timed is 0).
    """
    import pandas as pd

    days = days_to_reply(records)
    frame = pd.DataFrame({by: records[by], "days": days, "is_answered": is_answered(records)}).dropna(subset=[by])
    groups = frame.groupby(by, sort=True, observed=True)
    figures = groups.agg(
        n=("is_answered", "size"),
        n_answered=("is_answered", "sum"),
        n_timed=("days", "count"),
        median=("days", "median"),
        p90=("days", lambda values: values.quantile(0.9)),
    ).reset_index()
    return figures.sort_values(["n", by], ascending=[False, True], kind="stable", ignore_index=True)


def is_answered(records: pd.DataFrame) -> pd.Series:
    """Whether each record has a reply, or the time of one."""
    has_words = records["reply"].notna() & (records["reply"].str.strip() != "")
    return has_words.fillna(False).astype(bool) | records["replied_at"].notna()


def days_to_reply(records: pd.DataFrame) -> pd.Series:
    """Days from the voice to its reply, as a fraction; missing where its time is, or is told as before the voice."""
    days = (records["replied_at"] - records["occurred_at"]).dt.total_seconds() / _DAY
    return days.where(days >= 0)


def _tables(view: BranchView | OfficeView, scored: pd.DataFrame, by: list[tuple[str, str]]) -> Html:
    current = scored[scored["month"] == view.month]
    names = view.profile.source_names
    carrying = [source for source in names if _carries(scored, source)]
    records = current[current["source"].isin(carrying)]
    if not carrying:
        return Html("")
    if records.empty:
        return note(f"本月没有{'、'.join(names[source] for source in carrying)}，无答复可统计。")
    answered = is_answered(records)
    days = days_to_reply(records).dropna()
    told = f"{'、'.join(names[source] for source in carrying)}本月{number(len(records), '件')}，数据中已有答复的"
    told += f"{number(answered.sum(), '件')}（{share(int(answered.sum()), len(records), small=view.small)}）"
    if len(days):
        told += f"，答复用时中位数{days.median():.1f}天，九成在{days.quantile(0.9):.1f}天以内"
        told += f"（{number(len(days), '件')}有答复时间）"
    odd = int((answered & records["replied_at"].notna() & (records["replied_at"] < records["occurred_at"])).sum())
    if odd:
        told += f"；{number(odd, '件')}的答复时间早于反映时间，不计用时"
    pieces = [note(f"{told}。以生成报告时数据中的答复为准。")]
    return join(*pieces, *(_table(view, records, heading, column) for heading, column in by))


def _carries(scored: pd.DataFrame, source: str) -> bool:
    mine = scored[scored["source"] == source]
    return bool(mine["reply"].notna().any() or mine["replied_at"].notna().any())


def _table(view: BranchView | OfficeView, records: pd.DataFrame, heading: str, column: str) -> Html:
    import pandas as pd

    figures = reply_figures(records, column)
    shown = pd.DataFrame(
        {
            heading: figures[column],
            "件数": [number(n) for n in figures["n"]],
            "已答复": [number(n) for n in figures["n_answered"]],
            "答复率": [
                share(int(n), int(total), small=view.small)
                for n, total in zip(figures["n_answered"], figures["n"], strict=True)
            ],
            "用时中位数（天）": [
                _days(value, n, view.small) for value, n in zip(figures["median"], figures["n_timed"], strict=True)
            ],
            "九成以内（天）": [
                _days(value, n, view.small) for value, n in zip(figures["p90"], figures["n_timed"], strict=True)
            ],
        }
    )
    return table(
        shown,
        caption=f"逐件答复情况（按{heading}；用时为反映至答复，不足{view.small}件的不计）",
        numeric=list(shown.columns[1:]),
    )


def _days(value: float, n: int, small: int) -> str | None:
    return f"{value:.1f}" if n >= small else None
