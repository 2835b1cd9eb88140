"""Where every raw row went: records, duplicates, refused; and how sure the analysis is of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.ingest import daily_counts, intake, odd_days
from voc_lib.numbers.wording import number, share
from voc_lib.report.html import Html, join, list_of, note, table
from voc_lib.schema import OUTCOME_NAMES, REASON_NAMES

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = ["branch_intake", "intake_table", "method_notes", "odd_day_sentences", "quality_sentences"]


def intake_table(counts: pd.DataFrame, *, source_names: dict[str, str], caption: str, empty: str) -> Html:
    """The rows of each raw file as a table with a last line of sums; counts are rows of `ledger` or of `rawfiles`."""
    import pandas as pd

    sums = intake(counts)
    headings = {
        name: told for name, told in OUTCOME_NAMES.items() if name not in ("n_later", "n_erased") or sums[name].any()
    }
    total = sums.select_dtypes("number").sum().to_dict() | {"origin_file": "合计", "source": None}
    lines = pd.concat([sums, pd.DataFrame([total])], ignore_index=True) if len(sums) else sums
    frame = pd.DataFrame({"文件": lines["origin_file"], "来源": lines["source"].map(source_names).fillna("")})
    for name, heading in headings.items():
        frame[heading] = [number(n) for n in lines[name]]
    frame["拒收原因"] = [_reasons(row) for row in lines.to_dict("records")]
    return table(
        frame,
        caption=caption,
        numeric=list(headings.values()),
        classes={"来源": ["nowrap"] * len(frame)},
        has_total=len(sums) > 0,
        empty=empty,
    )


def branch_intake(view: BranchView) -> Html:
    """The branch-month's share of each raw file."""
    caption = f"本{view.words.branch}本月数据入库情况（按原始文件；单位：行）"
    empty = f"本月没有归属本{view.words.branch}的原始数据文件。"
    return intake_table(view.ledger, source_names=view.profile.source_names, caption=caption, empty=empty)


def quality_sentences(view: BranchView) -> Html:
    """The branch's share of the landing, and how much an expert should look at."""
    sums = intake(view.ledger)
    rows, records, duplicates, refused, erased = (
        int(sums[name].sum()) for name in ("n_rows", "n_records", "n_duplicates", "n_refused", "n_erased")
    )
    told_erased = f"、按本人要求删除{number(erased, '行')}" if erased else ""
    sentences = [
        f"归属本{view.words.branch}本月的原始数据{number(rows, '行')}，其中入库{number(records, '行')}、"
        f"重复{number(duplicates, '行')}、拒收{number(refused, '行')}{told_erased}。"
        if rows
        else f"本月没有归属本{view.words.branch}的原始数据。"
    ]
    if refused:
        sentences.append(f"拒收原因：{_reasons(sums.sum(numeric_only=True).to_dict())}。")
    n_texts, n_review = len(view.texts), int(view.texts["needs_review"].sum())
    if n_texts:
        told = f"（{share(n_review, n_texts, small=view.small)}）" if n_texts >= view.small else ""
        unsure = f"中，分类把握不足、待专家复核的{number(n_review, '件')}{told}" if n_review else "，分类均有把握"
        sentences.append(f"有文字内容的{number(n_texts, '件')}{unsure}。")
    silent = len(view.current) - n_texts
    if silent:
        sentences.append(f"只有满意度分值、没有文字的回访{number(silent, '件')}，计入满意度，不计入分类占比。")
    sentences += odd_day_sentences(view.current, month=view.month, source_names=view.profile.source_names)
    masked = int(view.current["n_masked"].sum())
    if masked:
        sentences.append(f"入库时已遮盖文字中的个人信息{number(masked, '处')}。")
    return list_of(sentences)


def odd_day_sentences(records: pd.DataFrame, *, month: str, source_names: dict[str, str]) -> list[str]:
    """The days of the month that are missing or out of line, a sentence a source; none where all are as usual.

    Args:
        records: rows with occurred_at and source.
        month: YYYY-MM.
        source_names: what the centre calls its sources.
    """
    days = odd_days(daily_counts(records, month=month))
    sentences = []
    for source, own in days.groupby("source", sort=True):
        told = []
        lost = own[own["kind"] == "missing"]
        if len(lost):
            usual = number(round(lost["expected"].mean()), "件")
            told.append(f"{_day_names(lost['day'])}没有数据（这些日子平常约每日{usual}），请核对导出是否完整")
        for kind, name in (("low", "明显偏少"), ("high", "明显偏多")):
            for row in own[own["kind"] == kind].itertuples():
                usual = number(round(row.expected), "件")
                told.append(f"{_day_name(row.day)}{number(row.n_records, '件')}，{name}（平常约{usual}）")
        sentences.append(f"{source_names[str(source)]}逐日件数：{'；'.join(told)}。")
    return sentences


def _day_names(days: pd.Series) -> str:
    """Days as a person would list them: 3日、7日至9日."""
    runs: list[list[pd.Timestamp]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(_day_name(run[0]) + (f"至{_day_name(run[-1])}" if len(run) > 1 else "") for run in runs)


def _day_name(day: pd.Timestamp) -> str:
    return f"{day.day}日"


def method_notes(view: BranchView) -> Html:
    """How the figures came about, for the reader who asks."""
    settings = view.profile.thresholds
    return join(
        list_of(
            [
                f"事项：同一{view.words.customer}在相近时间就同一问题的多次反映合为一个事项。",
                "分类：先用规则，规则无把握时用模型，每件只归一类；把握低于"
                f"{settings.categorise.review_below * 100:.0f}%的列入待复核。",
                f"热点：以本{view.words.branch}往月为基准推算本月件数，按误报率不超过"
                f"{settings.hotspot.false_discovery_rate * 100:.0f}%判断是否显著上升；"
                f"不足{settings.hotspot.min_records}件的不判为热点。",
                f"样本较少时：总数不足{settings.report.small_number}件的不给百分比和平均分；上月或本月不足"
                f"{settings.report.small_change}件的，变化只给件数。所列区间均为95%区间，占比因四舍五入合计可能不等于100%。",
                "变化标色、偏高偏低：同表各行一并检验，误报率不超过"
                f"{settings.hotspot.false_discovery_rate * 100:.0f}%；未标的属正常波动。",
                f"引用的{view.words.customer}原话均已遮盖个人信息，过长的截断。",
            ]
        ),
        note("分类与情感由模型给出，个别可能有误；数字用于发现问题，不宜直接用于考核。"),
    )


def _reasons(counts: dict[Any, Any]) -> str:
    """The reasons of refusal that occur, each with its rows."""
    told = [f"{name}{number(counts[reason], '行')}" for reason, name in REASON_NAMES.items() if counts[reason]]
    return "、".join(told)
