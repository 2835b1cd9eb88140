"""The tables of the branch report, from figures to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voc_lib.numbers.intervals import share_interval
from voc_lib.numbers.wording import number, percent, share, short_change
from voc_lib.report.breakdown import by_category, by_column, by_outlet
from voc_lib.report.changes import VERDICTS, clear_changes, shares_apart
from voc_lib.report.editorial import EDITED
from voc_lib.report.html import Html, join, note, render, table
from voc_lib.report.records_page import counted

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.report.view import BranchView

__all__ = [
    "category_table",
    "channel_table",
    "expected_in_words",
    "issue_state",
    "issue_table",
    "outlet_heading",
    "outlet_table",
    "problem_table",
    "product_table",
    "source_table",
]


def category_table(view: BranchView) -> Html:
    """All categories of the month: records, share, change on last month, negative records."""
    import pandas as pd

    total = len(view.texts)
    if not total:
        return note(f"本月没有带文字内容的{view.voice}。")
    rows = by_category(view.texts, view.previous_texts, view.profile)
    changes = _changes(view, rows)
    heard = rows["n"] > 0
    told = "各类问题件数与占比" if view.previous is None else "各类问题件数、占比与环比"
    frame = pd.DataFrame(
        {
            "类别": rows["name"],
            "大类": rows["level1_name"],
            "件数": [counted(row.n, category=row.category) for row in rows.itertuples(index=False)],
            "占比": [_share(n, total, view.small) for n in rows["n"]],
            "上月件数": [_known(n) for n in rows["n_before"]],
            "变化": [text for text, _ in changes],
            "其中负面": [
                counted(row.n_negative, category=row.category, sentiment_label="negative")
                for row in rows.itertuples(index=False)
            ],
        }
    )
    return join(
        table(
            frame[heard],
            caption=f"{told}（有文字内容的{view.voice}，n={number(total)}件）",
            numeric=["件数", "占比", "上月件数", "变化", "其中负面"],
            classes={"变化": _heard_directions(changes, heard)},
        ),
        _silent(rows["name"], rows, "类别"),
    )


def problem_table(view: BranchView, problems: pd.DataFrame) -> Html:
    """Concentrated problems: the few categories that make most of the month, and whether their share changed."""
    import pandas as pd

    total = len(view.texts)
    if not total:
        return note(f"本月没有带文字内容的{view.voice}，不作集中度分析。")
    if total < view.small:
        return note(f"有文字内容的{view.voice}只有{number(total, '件')}，不作集中度分析。")
    rate = view.false_discovery_rate
    is_clear = clear_changes(problems["n_records"], problems["n_previous"], false_discovery_rate=rate)
    few = problems.assign(is_clear=is_clear)[problems["is_concentrated"]]
    is_problem = (few["category"] != view.profile.taxonomy.nothing) & ~few["category"].isin(view.praised)
    shown = few[is_problem].head(view.profile.thresholds.report.top_categories)
    frame = pd.DataFrame(
        {
            "问题": shown["category_name"],
            "件数": [counted(row.n_records, category=row.category) for row in shown.itertuples(index=False)],
            "占比（95%区间）": [
                f"{percent(row.share, total)}（{row.share_low * 100:.0f}–{row.share_high * 100:.0f}%）"
                for row in shown.itertuples(index=False)
            ],
            "其中负面": [
                _share(round(row.negative_share * row.n_records), row.n_records, view.small)
                for row in shown.itertuples(index=False)
            ],
            "占比较上月": [_verdict(view, row) for row in shown.itertuples(index=False)],
        }
    )
    together = float(shown["share"].sum())
    listed_all = len(shown) == int(is_problem.sum())
    cut = "" if listed_all else f"，只列前{len(shown)}类"
    praised = few.loc[few["category"].isin(view.praised), "category_name"]
    nothing = few.loc[few["category"] == view.profile.taxonomy.nothing, "category_name"]
    without = f"，不计“{nothing.iloc[0]}”" if len(nothing) else ""
    return join(
        table(
            frame,
            caption=f"集中问题：件数最多、合计约占八成的类别{cut}{without}，以下合计占{percent(together, total)}"
            f"（n={number(total)}件）",
            numeric=["件数", "占比（95%区间）", "其中负面"],
            empty="本月问题分散，没有集中的类别。",
        ),
        note(f"{'、'.join(praised)}{'均' if len(praised) > 1 else ''}以表扬为主，不列为问题。")
        if len(praised)
        else None,
    )


def issue_table(view: BranchView) -> Html:
    """All issues of the month in order of heat."""
    import pandas as pd

    issues = view.issues
    has_history = bool((issues["history_months"] > 0).any())
    # The category is told where the name of an issue does not begin with it, as one that was renamed.
    is_told = [
        isinstance(row.category_name, str) and not str(row.label).startswith(row.category_name)
        for row in issues.itertuples(index=False)
    ]
    frame = pd.DataFrame(
        {
            "问题": [
                f"{row.rank}. {row.label}{EDITED if row.is_edited else ''}" for row in issues.itertuples(index=False)
            ],
            "类别": issues["category_name"].where(is_told),
            "件数": [counted(row.n_records, issue=row.issue_id) for row in issues.itertuples(index=False)],
            "事项": [number(n) for n in issues["n_matters"]],
            view.words.customer: [number(n) for n in issues["n_customers"]],
            "往月推算": [expected_in_words(value) for value in issues["expected"]],
            "倍数（95%区间）": [_growth(row) for row in issues.itertuples(index=False)],
            "热度": [f"{value:.0f}" for value in issues["heat"]],
            "判断": [issue_state(row, is_judged=has_history) for row in issues.itertuples(index=False)],
        }
    )
    judged = (
        "显著上升的在前，其余在后，各按热度排列，热度0–100；倍数为本月件数与往月推算件数之比，件数越少越向1靠拢"
        if has_history
        else "没有往月数据，不判断升降；按热度排列，热度0–100"
    )
    return join(
        table(
            frame,
            caption=f"热点与新增问题（{judged}）",
            numeric=["件数", "事项", view.words.customer, "往月推算", "倍数（95%区间）", "热度"],
            empty="本月没有达到热点统计条件的问题。",
        ),
        note("问题按内容相近归并，同一件可计入几个问题，也可分属几个类别，因此件数与同名类别的件数可能不同。")
        if len(frame)
        else None,
    )


def issue_state(issue: Any, *, is_judged: bool = True) -> str | None:
    """What the figures say of an issue (a row of `BranchView.issues`); one of praise is no problem, and says so.

    Args:
        issue: the row.
        is_judged: whether rises and falls are judged at all; nothing is said of them where there is no earlier month.
    """
    if not is_judged:
        return "以表扬为主" if issue.is_praised else None
    state = _state(issue)
    return f"{state}（以表扬为主）" if issue.is_praised else state


def _state(issue: Any) -> str:
    if issue.history_months == 0:
        return "无往月可比"
    if not issue.is_hot and issue.is_edited and issue.expected != issue.expected:
        return "合并后不作判断"
    return "新增热点" if issue.is_hot and issue.is_new else "显著上升" if issue.is_hot else "正常波动"


def expected_in_words(value: float | None) -> str:
    """The count that the earlier months make one expect: none below a half, nor where nothing is known."""
    if value is None or value != value:
        return "–"
    return f"{value:.1f}" if value >= 0.5 else "不足0.5"


def channel_table(view: BranchView) -> Html:
    """Where voices came in, and which channels they are about."""
    return join(
        _plain(view, view.current, view.previous, "channel", "受理渠道", "按受理渠道"),
        _plain(view, view.texts, view.previous_texts, "concerns_channel", "涉及渠道", "按内容涉及的渠道"),
    )


def product_table(view: BranchView) -> Html:
    """Which products the voices name."""
    return _plain(view, view.texts, view.previous_texts, "product", "产品", "按内容涉及的产品")


def source_table(view: BranchView) -> Html:
    """Voices by source, this month and last."""
    names = view.profile.source_names
    named = view.current.assign(source=view.current["source"].map(names))
    before = view.previous
    before = None if before is None else before.assign(source=before["source"].map(names))
    return _plain(view, named, before, "source", "来源", "按来源")


def outlet_heading(view: BranchView) -> Html:
    """The heading of the outlets' chapter, in the centre's own word for them."""
    return render("<h2>八、{{ word }}</h2>", word=view.words.outlet)


def outlet_table(view: BranchView) -> Html:
    """Outlets with enough voices: counts and negative shares with intervals, and whether one stands out.

    No ranking by share: an outlet is marked only where it differs from the others together beyond chance.
    """
    import pandas as pd

    if view.current.empty:
        return note(f"本月没有{view.voice}，无{view.words.outlet}统计。")
    outlets = by_outlet(view.current)
    shown = outlets[outlets["n"] >= view.small]
    rest = outlets[outlets["n"] < view.small]
    # Each against all the others, the small ones together as one.
    counts = [*shown["n_negative"], rest["n_negative"].sum()]
    totals = [*shown["n_texts"], rest["n_texts"].sum()]
    verdicts = shares_apart(counts, totals, at_least=view.small, false_discovery_rate=view.false_discovery_rate)[
        : len(shown)
    ]
    frame = pd.DataFrame(
        {
            view.words.outlet: shown["outlet"],
            "件数": [counted(row.n, outlet=row.outlet) for row in shown.itertuples(index=False)],
            "有文字": [number(n) for n in shown["n_texts"]],
            "负面": [
                counted(row.n_negative, outlet=row.outlet, sentiment_label="negative")
                for row in shown.itertuples(index=False)
            ],
            "负面占比（95%区间）": [
                _with_interval(row.n_negative, row.n_texts, view.small) for row in shown.itertuples(index=False)
            ],
            f"与其他{view.words.outlet}相比": [VERDICTS[verdict] for verdict in verdicts],
        }
    )
    told = (
        f"另有{len(rest)}个{view.words.outlet}不足{view.small}件，合计{number(rest['n'].sum(), '件')}，不单列。"
        if len(rest) and len(shown)
        else ""
    )
    unnamed = int(view.current["outlet"].isna().sum())
    if unnamed and len(outlets):
        told += f"未注明{view.words.outlet}的{number(unnamed, '件')}未计入。"
    return join(
        table(
            frame,
            caption=f"各{view.words.outlet}{view.voice}（满{view.small}件的{view.words.outlet}，按件数排列；件数多少受{view.words.customer}量影响，不作优劣排名）",
            numeric=["件数", "有文字", "负面", "负面占比（95%区间）"],
            empty=f"各{view.words.outlet}均不足{view.small}件，不单列。"
            if len(outlets)
            else f"本月记录未注明{view.words.outlet}。",
        ),
        note(told) if told else None,
    )


def _plain(
    view: BranchView, now: pd.DataFrame, before: pd.DataFrame | None, column: str, heading: str, caption: str
) -> Html:
    import pandas as pd

    rows = by_column(now, before, column)
    named = int(rows["n"].sum())
    if not named:
        return note(f"{caption}：本月没有可统计的记录。")
    changes = _changes(view, rows)
    heard = rows["n"] > 0
    keys = {name: source for source, name in view.profile.source_names.items()} if column == "source" else {}
    frame = pd.DataFrame(
        {
            heading: rows["value"],
            "件数": [
                counted(row.n, **{column: keys.get(row.value, row.value)}) for row in rows.itertuples(index=False)
            ],
            "占比": [_share(n, len(now), view.small) for n in rows["n"]],
            "上月件数": [_known(n) for n in rows["n_before"]],
            "变化": [text for text, _ in changes],
        }
    )
    unnamed = len(now) - named
    tail = f"，其中{number(unnamed, '件')}未涉及或未注明" if unnamed else ""
    return join(
        table(
            frame[heard],
            caption=f"{caption}（n={number(len(now))}件{tail}）",
            numeric=["件数", "占比", "上月件数", "变化"],
            classes={"变化": _heard_directions(changes, heard)},
        ),
        _silent(rows["value"], rows, heading),
    )


def _heard_directions(changes: list[tuple[str, str]], heard: pd.Series) -> list[str]:
    return [direction for (_, direction), shown in zip(changes, heard, strict=True) if shown]


def _silent(names: pd.Series, rows: pd.DataFrame, heading: str) -> Html | None:
    """What only last month has: a sentence instead of rows of nothing."""
    told = [
        f"{name}{number(n, '件')}" for name, n, now in zip(names, rows["n_before"], rows["n"], strict=True) if not now
    ]
    return note(f"上月有、本月没有的{heading}：{'、'.join(told)}。") if told else None


def _changes(view: BranchView, rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Each row's change in words, and its direction where its share of the table changed beyond chance."""
    is_clear = clear_changes(rows["n"], rows["n_before"], false_discovery_rate=view.false_discovery_rate)
    befores = rows["n_before"].astype("object").where(rows["n_before"].notna(), None)
    told = []
    for n, before, clear in zip(rows["n"], befores, is_clear, strict=True):
        text, _ = short_change(int(n), before, small=view.small_change)
        moved = clear and before is not None and n != before
        told.append((text, ("up" if n > before else "down") if moved else "flat"))
    return told


def _known(n: object) -> str:
    import pandas as pd

    return "–" if pd.isna(n) else number(n)  # type: ignore[arg-type]


def _share(n: int, total: int, small: int) -> str:
    return percent(n / total, total) if total >= small else "–"


def _with_interval(n: int, total: int, small: int) -> str:
    if total < small:
        return "件数太少"
    low, high = share_interval(n, total)
    return f"{share(n, total, small=small)}（{low * 100:.0f}–{high * 100:.0f}%）"


def _verdict(view: BranchView, row: Any) -> str:
    """What happened to a category's share; where one of its issues is hot, that is said instead of no change."""
    hot = view.hot_by_category.get(row.category)
    seen = f"见热点{hot.rank}" if hot is not None else ""
    if row.change != row.change:
        return seen or "–"  # last month is not known
    if row.is_clear:
        verdict = "明显上升" if row.change > 0 else "明显下降"
        return f"{verdict}，{seen}" if seen else verdict
    return seen or "无明显变化"


def _growth(row: Any) -> str:
    if row.growth is None or row.growth != row.growth:
        return "–"
    # One that is called risen must not seem to include no change only because its lower end was rounded to 1.0.
    decimals = 2 if row.growth_low > 1 and round(row.growth_low, 1) == 1 else 1
    return f"{row.growth:.{decimals}f}（{row.growth_low:.{decimals}f}–{row.growth_high:.{decimals}f}）"
