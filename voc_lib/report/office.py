"""The head office's own sections: the summary over all branches, shared and hottest issues, actions, the landing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.ingest import intake
from voc_lib.report.html import Html, join, note, table
from voc_lib.report.narrative import masthead, render_summary
from voc_lib.report.overview import figures_of, negative_change, satisfaction_change
from voc_lib.report.quality import intake_table
from voc_lib.report.summary import summary_row
from voc_lib.report.wording import REASON_NAMES, STATUS_NAMES, change_of, listed, month_name, number, share
from voc_lib.schema import ACTION_STATUSES, HEAD_OFFICE, UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.office_view import OfficeView

__all__ = [
    "action_tables",
    "hottest_issues",
    "landing_sum",
    "office_masthead",
    "office_summary",
    "office_summary_page",
    "shared_issues",
    "unplaced_rows",
]


def office_masthead(view: OfficeView) -> Html:
    """The head of the report."""
    told = f"{len(view.reporting)}家分行 · {view.voice}{number(len(view.current), '件')}"
    meta = f"统计月份：{month_name(view.month)} · {told}"
    return masthead(view.title, kicker=view.profile.run.centre, meta=meta)


def office_summary_page(view: OfficeView) -> Html:
    """What changed, what is hot, what is to be done, over all branches."""
    parts = [("变化", _change_sentences(view)), ("热点", _hot_sentences(view)), ("建议", _action_sentences(view))]
    if view.missing:
        names = listed([view.profile.branch(code).name for code in view.missing])
        parts.insert(0, ("缺报", [f"{names}本月没有分行报告，以下各项不含其数据。"]))
    return render_summary(parts)


def shared_issues(view: OfficeView) -> Html:
    """Categories in which two or more branches have one of their top issues."""
    import pandas as pd

    top = view.hotspots[view.hotspots["rank"] <= view.profile.thresholds.report.top_issues]
    top = top[top["category"].notna()]
    rows = []
    for code, group in top.groupby("category", sort=True):
        branches = [branch for branch in view.codes if (group["branch"] == branch).any()]
        if len(branches) >= 2:
            rows.append(_shared_row(view, str(code), group, branches))
    frame = pd.DataFrame(rows)
    if len(frame):
        frame = frame.sort_values(["_n", "_size", "类别"], ascending=[False, False, True], kind="stable")
        frame = frame.drop(columns=["_n", "_size"]).reset_index(drop=True)
    return table(
        frame,
        caption="共性问题：进入两家及以上分行前列问题的类别",
        numeric=["分行数", "本月件数"],
        empty="本月没有两家以上分行共有的前列问题。",
    )


def hottest_issues(view: OfficeView) -> Html:
    """The issues of all branches in order: hot ones first, by heat."""
    import pandas as pd

    top = view.profile.thresholds.report.top_issues * 2
    ranked = view.hotspots.sort_values(["is_hot", "heat", "branch", "rank"], ascending=[False, False, True, True])
    ranked = ranked.head(top)
    frame = pd.DataFrame(
        {
            "问题": ranked["label"],
            "分行": [view.profile.branch(code).name for code in ranked["branch"]],
            "件数": [number(n) for n in ranked["n_records"]],
            "往月推算": [f"{value:.1f}" if value == value else "–" for value in ranked["expected"]],
            "热度": [f"{value:.0f}" for value in ranked["heat"]],
            "判断": [_state(row) for row in ranked.itertuples(index=False)],
        }
    )
    return table(
        frame,
        caption="各分行问题按热度排列（先列显著上升的热点）",
        numeric=["件数", "往月推算", "热度"],
        empty="本月各分行均没有达到热点统计条件的问题。",
    )


def action_tables(view: OfficeView) -> Html:
    """Suggestions by department and by branch, with their states."""
    if view.actions.empty:
        return note("本月没有建议。")
    names = {code: view.profile.branch(code).name for code in view.codes}
    by_branch = view.actions.assign(branch=view.actions["branch"].map(names))
    order = [names[code] for code in view.codes]
    departments = sorted(
        view.actions["department"].unique(), key=lambda d: (-int((view.actions["department"] == d).sum()), d)
    )
    return join(
        _states(view.actions, "department", "责任部门", departments),
        _states(by_branch, "branch", "分行", [name for name in order if (by_branch["branch"] == name).any()]),
    )


def landing_sum(view: OfficeView) -> Html:
    """Every raw row of every file: records, duplicates, refused by reason; and what belongs to no branch or month."""
    sums = intake(view.ledger)
    n_rows, n_records, n_duplicates, n_refused = (
        int(sums[name].sum()) for name in ("n_rows", "n_records", "n_duplicates", "n_refused")
    )
    unplaced = view.ledger[(view.ledger["branch"] == UNKNOWN) | (view.ledger["month"] == UNKNOWN)]
    sentence = (
        f"全部原始文件{number(len(sums), '个')}、{number(n_rows, '行')}＝入库{number(n_records, '行')}＋"
        f"重复{number(n_duplicates, '行')}＋拒收{number(n_refused, '行')}。"
    )
    if len(unplaced):
        n = number(unplaced["n_rows"].sum(), "行")
        sentence += f"其中{n}分行或时间无法识别，不归属任何分行月份，只在此处列示。"
    return join(
        intake_table(
            view.ledger, caption="数据入库总账（全部月份，按文件；单位：行）", empty="没有原始数据文件的入库记录。"
        ),
        note(sentence) if n_rows else None,
    )


def unplaced_rows(view: OfficeView) -> Html:
    """The refused rows that belong to no branch-month, by file and reason, with where to find them."""
    import pandas as pd

    rows = view.quarantine[(view.quarantine["branch"] == UNKNOWN) | (view.quarantine["month"] == UNKNOWN)]
    groups = rows.groupby(["origin_file", "reason"], sort=True)["origin_row"].agg(["size", list]).reset_index()
    frame = pd.DataFrame(
        {
            "文件": groups["origin_file"],
            "原因": groups["reason"].map(REASON_NAMES),
            "行数": [number(n) for n in groups["size"]],
            "行号": [_row_numbers(found) for found in groups["list"]],
        }
    )
    return table(
        frame,
        caption="不归属任何分行月份的行（行号以文件首行为1）",
        numeric=["行数"],
        empty="没有不归属任何分行月份的行。",
    )


def office_summary(view: OfficeView) -> pd.DataFrame:
    """The head-office report's row of table `summary`."""
    return summary_row(
        branch=HEAD_OFFICE,
        month=view.month,
        title=view.title,
        now=view.current,
        before=view.previous,
        issues=view.hotspots.sort_values(["heat", "branch", "rank"], ascending=[False, True, True]),
        actions=view.actions,
        tz=view.profile.tz,
    )


def _change_sentences(view: OfficeView) -> list[str]:
    if view.current.empty:
        return [f"{month_name(view.month)}，各分行均没有登记{view.voice}，本期各项统计为空。"]
    now = figures_of(view.current)
    before = None if view.previous is None else figures_of(view.previous)
    change = change_of(now.n_records, None if before is None else before.n_records, small=view.small)
    first = f"{len(view.reporting)}家分行共登记{view.voice}{number(now.n_records, '件')}"
    sentences = [f"{first}，{change.text}。" if before else f"{first}；没有可比的上月数据，本期不作环比。"]
    moved = [_branch_change(view, code) for code in view.reporting]
    sentences += [sentence for sentence in moved if sentence]
    if now.satisfaction is not None and now.n_scores >= view.small:
        tail = (
            f"，{satisfaction_change(now, before, view.small).text}"
            if before and before.satisfaction is not None
            else ""
        )
        sentences.append(f"满意度回访{number(now.n_scores, '件')}，平均{now.satisfaction:.1f}分（5分制）{tail}。")
    if now.n_texts >= view.small:
        tail = f"，{negative_change(now, before, view.small).text}" if before else ""
        told = share(now.n_negative, now.n_texts, small=view.small)
        sentences.append(f"有文字内容的{number(now.n_texts, '件')}中，负面情感占{told}{tail}。")
    return sentences


def _branch_change(view: OfficeView, code: str) -> str | None:
    """A sentence on a branch whose volume moved beyond chance."""
    before = view.previous_of(code)
    n = int((view.current["branch"] == code).sum())
    change = change_of(n, None if before is None else len(before), small=view.small)
    if not change.is_clear:
        return None
    return f"{view.profile.branch(code).name}{number(n, '件')}，{change.text}，超出正常波动范围。"


def _hot_sentences(view: OfficeView) -> list[str]:
    if view.hotspots.empty:
        return ["本月各分行均没有达到热点统计条件的问题。"]
    if not (view.hotspots["history_months"] > 0).any():
        return ["没有往月数据，暂不判断升降。"]
    hot = view.hotspots[view.hotspots["is_hot"]].sort_values(["heat", "branch"], ascending=[False, True])
    if hot.empty:
        return ["与往月相比，各分行均没有超出正常波动的热点问题。"]
    top = hot.head(view.profile.thresholds.report.top_issues)
    named = "；".join(
        f"{view.profile.branch(row.branch).name}“{row.label}”{number(row.n_records, '件')}" for row in _rows(top)
    )
    more = "，其中较突出的有" if len(hot) > len(top) else ""
    return [f"{hot['branch'].nunique()}家分行共有{number(len(hot), '个')}显著上升的问题{more or '：'}{named}。"]


def _action_sentences(view: OfficeView) -> list[str]:
    if view.actions.empty:
        return ["本月没有建议。"]
    new = int((view.actions["raised_month"] == view.month).sum())
    counts = view.actions["status"].value_counts()
    states = [f"{STATUS_NAMES[s]}{number(counts[s], '项')}" for s in ACTION_STATUSES if counts.get(s, 0)]
    return [f"各分行在办建议{number(len(view.actions), '项')}，其中本月新提{number(new, '项')}；{'，'.join(states)}。"]


def _shared_row(view: OfficeView, code: str, group: pd.DataFrame, branches: list[str]) -> dict[str, Any]:
    n = int((view.texts["category"] == code).sum())
    hot = [view.profile.branch(b).short_name for b in branches if group[group["branch"] == b]["is_hot"].any()]
    return {
        "类别": view.profile.taxonomy.category(code).name,
        "分行数": number(len(branches)),
        "分行": "、".join(view.profile.branch(branch).short_name for branch in branches),
        "其中显著上升": "、".join(hot) or "无",
        "本月件数": number(n),
        "_n": len(branches),
        "_size": n,
    }


def _states(actions: pd.DataFrame, column: str, heading: str, order: list[str]) -> Html:
    import pandas as pd

    counts = pd.crosstab(actions[column], actions["status"]).reindex(
        index=order, columns=list(ACTION_STATUSES), fill_value=0
    )
    frame = pd.DataFrame({heading: order, "建议": [number(n) for n in counts.sum(axis=1)]})
    for status in ACTION_STATUSES:
        frame[STATUS_NAMES[status]] = [number(n) for n in counts[status]]
    return table(frame, caption=f"建议办理情况（按{heading}，单位：项）", numeric=list(frame.columns[1:]))


def _state(row: Any) -> str:
    if row.history_months == 0:
        return "无往月可比"
    return "新增热点" if row.is_hot and row.is_new else "显著上升" if row.is_hot else "正常波动"


def _row_numbers(found: list[int], limit: int = 12) -> str:
    told = "、".join(str(n) for n in sorted(found)[:limit])
    return f"{told}等" if len(found) > limit else told


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))
