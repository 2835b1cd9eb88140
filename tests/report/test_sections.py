"""Every section of both reports: shown for any size of month, hostile texts harmless, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.report.frames import branch_view, next_month, office_view
from voc_lib import report
from voc_lib.hotspot import concentrated_problems
from voc_lib.params import Profile
from voc_lib.report import BranchView, Html, OfficeView, actions_of
from voc_lib.report.figures import heat, issues

# A name of the profile or of a source may hold what matplotlib, a spreadsheet or a browser would read in its own way.
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)> =1+1 {{ 7*7 }} \u202e$\\frac{1}{2}$"


def _problems(view: BranchView) -> object:
    return concentrated_problems(view.current, view.previous)


def _actions(view: BranchView) -> object:
    return actions_of(view, concentrated_problems(view.current, view.previous))


BRANCH: dict[str, Callable[[BranchView], Html]] = {
    "masthead": report.narrative.branch_masthead,
    "key figures": report.overview.key_figure_list,
    "key figure table": report.overview.key_figure_table,
    "sources": report.tables.source_table,
    "months": report.figures.monthly_chart,
    "days": report.figures.daily_chart,
    "service": report.figures.concern_chart,
    "categories": report.figures.category_chart,
    "category table": report.tables.category_table,
    "problems": lambda view: report.tables.problem_table(view, _problems(view)),  # type: ignore[arg-type]
    "issues": report.tables.issue_table,
    "issue days": report.figures.issue_chart,
    "cases": report.cases.typical_cases,
    "mood": report.figures.mood_chart,
    "satisfaction": report.figures.satisfaction_chart,
    "channels": report.tables.channel_table,
    "products": report.tables.product_table,
    "outlet heading": report.tables.outlet_heading,
    "outlets": report.tables.outlet_table,
    "likes": report.likes.likes_table,
    "changes": report.concentration.change_table,
    "places": report.concentration.place_table,
    "outlet limits": report.concentration.outlet_limits,
    "suggestions": lambda view: report.suggestions.suggestions_by_department(view, _actions(view)),  # type: ignore[arg-type]
    "follow-up": lambda view: report.suggestions.follow_up_table(view, _actions(view)),  # type: ignore[arg-type]
    "quality": report.quality.quality_sentences,
    "intake": report.quality.branch_intake,
    "method": report.quality.method_notes,
}
OFFICE: dict[str, Callable[[OfficeView], Html]] = {
    "masthead": report.office.office_masthead,
    "summary": report.office.office_summary_page,
    "key figures": report.overview.key_figure_list,
    "branches": report.comparison.branch_table,
    "mood": report.comparison.mood_table,
    "heat map": report.figures.branch_heat_map,
    "movements": report.movements.movement_table,
    "shared": report.office.shared_issues,
    "shared matters": report.concentration.shared_matters,
    "hottest": report.office.hottest_issues,
    "actions": report.office.action_tables,
    "landing": report.office.landing_sum,
    "unplaced": report.office.unplaced_rows,
}


def _office(profile: Profile, sizes: dict[str, tuple[int, ...]]) -> OfficeView:
    views = [branch_view(profile, branch=branch, sizes=size) for branch, size in sizes.items()]
    return office_view(views, [_actions(view) for view in views])  # type: ignore[misc]


@pytest.fixture(scope="module", params=[(0,), (1,), (300, 0), (5, 7), (120, 150)], ids=str)
def view(profile: Profile, request: pytest.FixtureRequest) -> BranchView:
    return branch_view(profile, sizes=request.param)


@pytest.fixture(
    scope="module",
    params=[{"BJ": (0,)}, {"BJ": (60, 80), "TJ": (60, 0)}, {"BJ": (200, 250), "HE": (150, 300), "LN": (1,)}],
    ids=str,
)
def office(profile: Profile, request: pytest.FixtureRequest) -> OfficeView:
    return _office(profile, request.param)


@pytest.mark.parametrize("section", BRANCH.values(), ids=BRANCH)
def test_a_branchs_section_is_shown_for_any_month(view: BranchView, section: Callable[[BranchView], Html]) -> None:
    markup = section(view).markup
    assert (not markup or markup.startswith("<")) and not re.search(r">(nan|None|<NA>)|Undefined", markup)


@pytest.mark.parametrize("section", OFFICE.values(), ids=OFFICE)
def test_an_office_section_is_shown_for_any_month(office: OfficeView, section: Callable[[OfficeView], Html]) -> None:
    markup = section(office).markup
    assert markup.startswith("<") and not re.search(r">(nan|None|<NA>)|Undefined", markup)


def test_hostile_texts_are_harmless_everywhere(profile: Profile) -> None:
    view = branch_view(_hostile(profile), sizes=(60, 80))
    told = dict.fromkeys(("text", "outlet", "channel", "product", "category_name", "level1_name"), HOSTILE)
    hostile = replace(
        view,
        scored=view.scored.assign(**told, order_type=view.scored["order_type"].mask(lambda v: v.notna(), HOSTILE)),
        hotspots=view.hotspots.assign(label=HOSTILE, category_name=HOSTILE, kind="term", is_hot=True),
        ledger=view.ledger.assign(origin_file=HOSTILE),
    )
    actions = _actions(hostile).assign(department=HOSTILE, reply=HOSTILE)  # type: ignore[attr-defined]
    later = replace(hostile, month="2013-06", earlier_actions=actions)
    pages = [section(hostile).markup for section in BRANCH.values()]
    pages.append(report.suggestions.follow_up_table(later, actions).markup)
    office = office_view([hostile], [actions])
    office = replace(office, rawfiles=office.rawfiles.assign(origin_file=HOSTILE))
    pages += [section(office).markup for section in OFFICE.values()]
    for page in pages:
        assert "<script" not in page and "<img" not in page and "\u202e" not in page
    assert any("{{ 7*7 }}" in page for page in pages) and any("&lt;script&gt;" in page for page in pages)


def _hostile(profile: Profile) -> Profile:
    """The profile with its centre, branches and categories named so."""
    branches = [b.model_copy(update={"name": HOSTILE, "short_name": HOSTILE}) for b in profile.branches.branches]
    levels = [
        level.model_copy(
            update={
                "name": HOSTILE,
                "children": tuple(c.model_copy(update={"name": f"{c.code}{HOSTILE}"}) for c in level.children),
            }
        )
        for level in profile.taxonomy.levels
    ]
    named = dict.fromkeys(("centre", "head_office", "report_title", "customer_voice"), HOSTILE)
    return replace(
        profile,
        run=profile.run.model_copy(update=named),
        branches=profile.branches.model_copy(update={"branches": tuple(branches)}),
        taxonomy=profile.taxonomy.model_copy(update={"levels": tuple(levels)}),
    )


def test_the_same_view_gives_the_same_bytes_whatever_the_order_of_its_rows(profile: Profile) -> None:
    view = branch_view(profile, sizes=(60, 80))
    shuffled = replace(view, scored=view.scored.sample(frac=1, random_state=2).reset_index(drop=True))
    for name, section in BRANCH.items():
        assert section(view).markup == section(shuffled).markup, name


CHARTS = {name: getattr(report.figures, name) for name in report.figures.__all__}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_names_its_number_of_records_and_has_an_alternative_and_its_figures(
    profile: Profile, name: str
) -> None:
    is_office = name == "branch_heat_map"
    view = _office(profile, {"BJ": (120, 150), "TJ": (90, 80)}) if is_office else branch_view(profile, sizes=(120, 150))
    markup = CHARTS[name](view).markup
    assert re.search(r'aria-label="[^"]*\d', markup) and re.search(r"<figcaption>[^<]*n=\d", markup)
    assert 'class="chart-data"' in markup


def test_branches_without_a_report_stand_in_no_chart(profile: Profile) -> None:
    markup = report.figures.branch_heat_map(_office(profile, {"BJ": (60, 80), "TJ": (60, 70)})).markup
    assert "天津" in markup and "山西" not in markup


def test_one_text_does_not_own_the_heat_map(profile: Profile) -> None:
    office = _office(profile, {"BJ": (60, 80), "TJ": (1, 2)})
    counts, totals = heat._counts(office)
    shares = heat._shares(counts, totals, small=office.small)
    assert totals["天津"] < office.small and shares["天津"].isna().all() and shares["北京"].max() < 1
    assert "不着色" in report.figures.branch_heat_map(office).markup


def test_means_of_few_are_not_told(profile: Profile) -> None:
    office = _office(profile, {"BJ": (60, 90), "LN": (1, 3)})
    row = report.comparison.mood_table(office).markup.split("辽宁")[1]
    assert "件数太少" in row and not re.search(r"\d\.\d（", row)


def test_the_shared_count_is_of_the_branches_named(profile: Profile) -> None:
    office = _office(profile, {"BJ": (200, 250), "TJ": (200, 250), "HE": (200, 250)})
    # 河北 has records of every category but none of its issues among the first.
    office = replace(office, hotspots=office.hotspots[office.hotspots["branch"] != "HE"])
    markup = report.office.shared_issues(office).markup
    for code in office.hotspots["category"].unique():
        name = profile.taxonomy.category(code).name
        mine = office.texts[(office.texts["category"] == code) & office.texts["branch"].isin(["BJ", "TJ"])]
        row = markup.split(f'<th scope="row">{name}</th>')[1].split("</tr>")[0]
        assert row.endswith(f'<td class="num">{len(mine)}</td>') and "河北" not in row


def test_suggestions_in_hand_are_counted_alike_everywhere(profile: Profile) -> None:
    office = _office(profile, {"BJ": (200, 250), "TJ": (200, 250)})
    done = office.actions["action_id"] == office.actions["action_id"].iloc[0]
    office = replace(office, actions=office.actions.assign(status=office.actions["status"].mask(done, "done")))
    n = int((~done).sum())
    mine = int((office.actions["branch"][~done] == "BJ").sum())
    assert f"各分行未办结的建议{n}项" in report.office.office_summary_page(office).markup
    states = report.office.action_tables(office).markup
    assert f'<th scope="row">北京市分行</th><td class="num">{mine}</td>' in states
    assert "已答复" not in states and "逾期" not in states, "what none has is left out"
    assert "未办结建议" in report.comparison.branch_table(office).markup


def test_chapters_agree_on_a_category_with_a_hot_issue(profile: Profile) -> None:
    view = branch_view(profile)
    problems = concentrated_problems(view.current, view.previous)
    row = report.tables.problem_table(view, problems).markup.split("手机银行</th>")[1].split("</tr>")[0]
    rank = view.hot_by_category["61"].rank
    assert f"见热点{rank}" in row and "无明显变化" not in row


def test_the_category_table_colours_what_the_problem_table_calls_a_change(profile: Profile) -> None:
    view = branch_view(profile, sizes=(300, 320))
    problems = concentrated_problems(view.current, view.previous)
    markup = report.tables.category_table(view).markup
    assert not re.search("明显(上升|下降)", report.tables.problem_table(view, problems).markup)
    assert not re.search(r'class="num (up|down)"', markup) and 'class="num flat"' in markup


def test_a_category_of_praise_is_told_apart_from_problems(profile: Profile) -> None:
    view = branch_view(profile)
    praised = replace(
        view, scored=view.scored.assign(intent=view.scored["intent"].mask(view.scored["category"] == "72", "praise"))
    )
    problems = concentrated_problems(praised.current, praised.previous)
    name = profile.taxonomy.category("72").name
    told = report.tables.problem_table(praised, problems).markup
    assert f'<th scope="row">{name}</th>' not in told and f"{name}以表扬为主，不列为问题" in told
    summary = report.narrative.summary_page(praised, problems, _actions(praised)).markup  # type: ignore[arg-type]
    assert f"“{name}”" not in summary.split("以表扬为主")[0].split("反映较多的问题是")[1].split("。")[0]


def test_a_month_that_was_skipped_is_marked(profile: Profile) -> None:
    view = branch_view(profile, sizes=(80, 90, 100))  # 2013-03 to 2013-05
    gap = replace(view, known_months=("2013-03",))
    markup = report.figures.monthly_chart(gap).markup
    assert "2013年4月无数据" in markup and "2013年4月无数据" not in report.figures.monthly_chart(view).markup
    assert markup.split("图表数据")[1].count("<tr>") == 3
    office = _office(profile, {"BJ": (80, 90, 100)})
    office = replace(office, summaries=office.summaries[office.summaries["month"] != "2013-04"])
    assert office.history_of("BJ") == [80, None, 100]
    assert "80，未知，100" in report.comparison.branch_table(office).markup


def test_the_office_names_what_customers_spoke_of_and_the_branch_that_stands_out(profile: Profile) -> None:
    office = _office(profile, {"BJ": (200, 250), "TJ": (200, 250)})
    mine = office.scored["branch"] == "BJ"
    angry = office.scored["sentiment_label"].mask(mine & office.scored["category"].notna(), "negative")
    told = report.office.office_summary_page(replace(office, scored=office.scored.assign(sentiment_label=angry))).markup
    assert "反映较多的问题是" in told and "北京市分行的负面占比偏高" in told
    assert "属正常波动" in told or "超出正常波动范围" in told


def test_the_service_chart_is_titled_as_the_branches_know_it(profile: Profile) -> None:
    assert "北京市分行服务类客户之声各类问题占比" in report.figures.concern_chart(branch_view(profile)).markup


def test_an_earlier_suggestion_is_followed_with_its_interval(profile: Profile) -> None:
    view = branch_view(profile)
    later = next_month(view, _actions(view), 350)  # type: ignore[arg-type]
    markup = report.suggestions.follow_up_table(later, _actions(later)).markup  # type: ignore[arg-type]
    assert re.search(r"：\d\.\d（\d\.\d–\d+\.\d）", markup) and "2013年5月" in markup
    assert "逾期未答复（应于6月15日前）" in markup
    assert "均未收到答复" in markup and "不能视为措施的效果" in markup


def test_the_office_names_the_branches_that_are_missing(profile: Profile) -> None:
    told = report.office.office_summary_page(_office(profile, {"BJ": (60, 80)})).markup
    assert "天津市分行、河北省分行、山西省分行、内蒙古自治区分行和辽宁省分行本月没有分行报告" in told


def test_the_landing_holds_what_belongs_to_no_branch(profile: Profile) -> None:
    told = report.office.landing_sum(_office(profile, {"BJ": (60, 80)})).markup
    assert "87行＝入库80行＋重复4行＋拒收3行" in told and "其中1行无法归入任何分行和月份（原因见下表）" in told


def test_a_course_of_one_month_is_no_line(profile: Profile) -> None:
    assert "<svg" not in report.comparison.branch_table(_office(profile, {"BJ": (80,)})).markup
    assert "<polyline" in report.comparison.branch_table(_office(profile, {"BJ": (80, 90)})).markup


def test_a_small_chart_keeps_what_tells_its_issue_from_others(profile: Profile) -> None:
    issue = SimpleNamespace(rank=2, label="网上银行与安全工具：网银登录密码、安全控件", n_records=37)
    assert issues._title(issue, is_long=True) == "2. 网上银行与安全工具（37件）\n网银登录密码、安全控件"
    short = SimpleNamespace(rank=1, label="手机银行：登录", n_records=5)
    assert issues._title(short, is_long=False) == "1. 手机银行：登录（5件）"


def test_a_category_is_not_taken_for_the_channel_beside_it(profile: Profile) -> None:
    assert "归类：手机银行" in report.cases.typical_cases(branch_view(profile)).markup
