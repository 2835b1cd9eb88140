"""The head office's own sections: the summary over all branches, shared and hottest issues, actions, the landing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.ingest import intake
from voc_lib.numbers.wording import change_of, month_name, number
from voc_lib.report.changes import VERDICTS
from voc_lib.report.comparison import branch_moods
from voc_lib.report.html import Html, join, note, table
from voc_lib.report.narrative import (
    issue_state_of,
    largest_sentences,
    masthead,
    mood_sentences,
    render_summary,
    volume_change,
)
from voc_lib.report.quality import intake_table
from voc_lib.report.sentences import sentences
from voc_lib.report.summary import summary_row
from voc_lib.report.tables import expected_in_words, issue_state
from voc_lib.schema import ACTION_STATUSES, HEAD_OFFICE, REASON_NAMES, STATUS_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from voc_lib.report.office_view import OfficeView

__all__ = [
    "action_tables",
    "department_table",
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
    branches = number(len(view.reporting), view.words.branch_measure) + view.words.branch
    told = f"{branches} · {view.voice}{number(len(view.current), '件')}"
    meta = f"统计月份：{month_name(view.month)} · {told}"
    return masthead(view.title, kicker=view.profile.run.centre, meta=meta)


def office_summary_page(view: OfficeView) -> Html:
    """What changed, what is hot, what is to be done, over all branches."""
    parts = [("变化", _change_sentences(view)), ("热点", _hot_sentences(view)), ("建议", _action_sentences(view))]
    if view.missing:
        names = [view.profile.branch(code).name for code in view.missing]
        parts.insert(0, ("未出报告", sentences(view, "office_missing", names=names)))
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
        caption=f"共性问题：在两{view.words.branch_measure}及以上{view.words.branch}进入热度前"
        f"{view.profile.thresholds.report.top_issues}位的类别（件数为所列{view.words.branch}之和）",
        numeric=[f"{view.words.branch}数", "本月件数"],
        empty=f"本月没有两{view.words.branch_measure}及以上{view.words.branch}共有的前列问题。",
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
            view.words.branch: [view.profile.branch(code).name for code in ranked["branch"]],
            "件数": [number(n) for n in ranked["n_records"]],
            "往月推算": [expected_in_words(value) for value in ranked["expected"]],
            "热度": [f"{value:.0f}" for value in ranked["heat"]],
            "判断": [issue_state(row) for row in ranked.itertuples(index=False)],
        }
    )
    return table(
        frame,
        caption=f"各{view.words.branch}问题按热度排列（先列显著上升的热点）",
        numeric=["件数", "往月推算", "热度"],
        empty=f"本月各{view.words.branch}均没有达到热点统计条件的问题。",
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
        department_table(view),
        _states(view, view.actions, "department", "责任部门", departments),
        _states(
            view,
            by_branch,
            "branch",
            view.words.branch,
            [name for name in order if (by_branch["branch"] == name).any()],
        ),
    )


def department_table(view: OfficeView) -> Html:
    """What each department is asked to act on, over all branches: the matters in hand, most records first."""
    import pandas as pd

    in_hand = view.actions[(view.actions["status"] != "done") & (view.actions["n_records"] > 0)]
    rows = []
    for (department, _), group in in_hand.groupby(["department", "category"], sort=True):
        largest = group.sort_values(["n_records", "branch"], ascending=[False, True], kind="stable")
        names = [view.profile.branch(code).short_name for code in view.codes if code in set(group["branch"])]
        rows.append(
            {
                "责任部门": department,
                "事项": largest["matter"].iloc[0],
                view.words.branch: "、".join(names),
                "本月件数": int(group["n_records"].sum()),
                "建议": largest["suggestion"].iloc[0],
            }
        )
    frame = pd.DataFrame(rows)
    if len(frame):
        of_department = frame.groupby("责任部门")["本月件数"].transform("sum")
        frame = frame.assign(_all=of_department).sort_values(
            ["_all", "责任部门", "本月件数", "事项"], ascending=[False, True, False, True], kind="stable"
        )
        frame = frame.drop(columns="_all").assign(本月件数=[number(n) for n in frame["本月件数"]])
    return table(
        frame,
        caption=f"各责任部门未办结的建议（同一事项合并各{view.words.branch}；建议取件数最多的{view.words.branch}的文字）",
        numeric=["本月件数"],
        empty="没有未办结的建议。",
    )


def landing_sum(view: OfficeView) -> Html:
    """Every row of the month's raw files, whole: records, duplicates, refused by reason; what belongs to no month."""
    sums = intake(view.rawfiles).sum(numeric_only=True)
    if not len(view.rawfiles):
        return note("没有与本月有关的原始数据文件。")
    names = {"入库": "n_records", "重复": "n_duplicates", "拒收": "n_refused", "晚于本月": "n_later"}
    names["按本人要求删除"] = "n_erased"
    always = ("n_records", "n_duplicates", "n_refused")
    terms = [f"{name}{number(sums[key], '行')}" for name, key in names.items() if key in always or sums[key]]
    files = number(view.rawfiles["origin_file"].nunique(), "个")
    sentence = f"与本月有关的原始文件{files}、{number(sums['n_rows'], '行')}＝{'＋'.join(terms)}。"
    if n_unplaced := int(view.rawfiles["n_unplaced"].sum()):
        sentence += f"其中{number(n_unplaced, '行')}无法归入任何{view.words.branch}和月份（原因见下表）。"
    if sums["n_later"]:
        sentence += "晚于本月的行由以后各月的报告核算。"
    return join(
        intake_table(
            view.rawfiles,
            source_names=view.profile.source_names,
            caption="数据入库总账（与本月有关的原始文件，按整个文件；单位：行）",
            empty="",
        ),
        note(sentence + "全部原始文件的总账见报告总览页。"),
    )


def unplaced_rows(view: OfficeView) -> Html:
    """The refused rows that belong to no branch-month, by file and reason, with where to find them."""
    import pandas as pd

    groups = view.rawfiles[view.rawfiles["n_unplaced"] > 0]
    frame = pd.DataFrame(
        {
            "文件": groups["origin_file"],
            "原因": groups["outcome"].map(REASON_NAMES),
            "行数": [number(n) for n in groups["n_unplaced"]],
            "行号": [
                _row_numbers(found, of=n)
                for found, n in zip(groups["unplaced_rows"], groups["n_unplaced"], strict=True)
            ],
        }
    )
    return table(
        frame,
        caption=f"无法归入任何{view.words.branch}和月份的行（行号以文件首行为1）",
        numeric=["行数"],
        empty=f"各行都能归入{view.words.branch}和月份。",
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
        small=view.small,
        tz=view.profile.tz,
    )


def _change_sentences(view: OfficeView) -> list[Markup]:
    if view.current.empty:
        return sentences(view, "office_empty", month=month_name(view.month))
    moved = [_branch_change(view, code) for code in view.reporting]
    volume = sentences(
        view,
        "office_volume",
        n_branches=len(view.reporting),
        n_records=len(view.current),
        change=volume_change(view),
        moved=[row for row in moved if row["change"].is_clear],
    )
    apart = sentences(view, "office_apart", apart=_apart(view))
    return [*volume, *largest_sentences(view), *mood_sentences(view), *apart]


def _apart(view: OfficeView) -> list[dict[str, Any]]:
    """The branches whose satisfaction or negative share differs from that of the others beyond chance."""
    moods = branch_moods(view)
    told = []
    for what, verdicts in (
        ("满意度", [mood.satisfaction for mood in moods]),
        ("负面占比", [mood.negative for mood in moods]),
    ):
        for verdict in ("high", "low"):
            names = [view.profile.branch(m.code).name for m, v in zip(moods, verdicts, strict=True) if v == verdict]
            if names:
                told.append({"names": names, "what": what, "verdict": VERDICTS[verdict]})
    return told


def _branch_change(view: OfficeView, code: str) -> dict[str, Any]:
    """A branch's voices and their change."""
    before = view.previous_of(code)
    n = int((view.current["branch"] == code).sum())
    change = change_of(n, None if before is None else len(before), small=view.small_change)
    return {"branch": view.profile.branch(code).name, "n": n, "change": change}


def _hot_sentences(view: OfficeView) -> list[Markup]:
    hot = view.hotspots[view.hotspots["is_hot"]].sort_values(["heat", "branch"], ascending=[False, True])
    top = hot.head(view.profile.thresholds.report.top_issues)
    rows = [
        {"branch": view.profile.branch(row.branch).name, "label": row.label, "n": int(row.n_records)}
        for row in top.itertuples(index=False)
    ]
    return sentences(
        view,
        "office_hot",
        state=issue_state_of(view.hotspots),
        n_hot=len(hot),
        n_branches=hot["branch"].nunique(),
        issues=rows,
    )


def _action_sentences(view: OfficeView) -> list[Markup]:
    in_hand = view.actions[view.actions["status"] != "done"]
    return sentences(
        view,
        "office_actions",
        n_all=len(view.actions),
        n_in_hand=len(in_hand),
        n_new=int((in_hand["raised_month"] == view.month).sum()),
        n_overdue=int((in_hand["status"] == "overdue").sum()),
        n_done=len(view.actions) - len(in_hand),
    )


def _shared_row(view: OfficeView, code: str, group: pd.DataFrame, branches: list[str]) -> dict[str, Any]:
    n = int(((view.texts["category"] == code) & view.texts["branch"].isin(branches)).sum())
    hot = [view.profile.branch(b).short_name for b in branches if group[group["branch"] == b]["is_hot"].any()]
    return {
        "类别": view.profile.taxonomy.category(code).name,
        f"{view.words.branch}数": number(len(branches)),
        view.words.branch: "、".join(view.profile.branch(branch).short_name for branch in branches),
        "其中显著上升": "、".join(hot) or "无",
        "本月件数": number(n),
        "_n": len(branches),
        "_size": n,
    }


def _states(view: OfficeView, actions: pd.DataFrame, column: str, heading: str, order: list[str]) -> Html:
    """Suggestions in hand, the new ones of them, and how many stand where; a state that none has is left out."""
    import pandas as pd

    counts = pd.crosstab(actions[column], actions["status"]).reindex(
        index=order, columns=list(ACTION_STATUSES), fill_value=0
    )
    new = actions.loc[actions["raised_month"] == view.month, column].value_counts().reindex(order, fill_value=0)
    frame = pd.DataFrame({heading: order, "未办结建议": [number(n) for n in counts.drop(columns="done").sum(axis=1)]})
    frame["其中本月新提"] = [number(n) for n in new]
    for status in ACTION_STATUSES:
        if counts[status].any():
            frame[STATUS_NAMES[status]] = [number(n) for n in counts[status]]
    return table(frame, caption=f"建议办理情况（按{heading}，单位：项）", numeric=list(frame.columns[1:]))


def _row_numbers(found: list[int], *, of: int) -> str:
    told = "、".join(str(n) for n in found)
    return f"{told}等" if of > len(found) else told
